//! The signing keys as they stand in the store: sealed, and read strictly.

use base64_simd::STANDARD;
use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;
use zeroize::{Zeroize, Zeroizing};

use super::key_ring::{KeyRing, RingKey};
use super::signing_key::SigningKey;
use crate::sealing::SealingKeys;
use crate::store::StoreError;

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRecord {
    version: u32,
    keys: Vec<StoredKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    alg: String,
    pkcs8: String,
    signs_from: u64,
}

impl Drop for StoredKey {
    fn drop(&mut self) {
        self.pkcs8.zeroize();
    }
}

pub(super) fn seal(
    ring: &KeyRing,
    issuer: &str,
    sealing: &SealingKeys,
) -> Result<Vec<u8>, StoreError> {
    let keys = ring.keys().map(|RingKey { key, signs_from }| {
        Ok(StoredKey {
            alg: key.algorithm().name().to_owned(),
            pkcs8: STANDARD.encode_to_string(&*key.to_pkcs8()?),
            signs_from: signs_from.as_secs(),
        })
    });
    let record = KeyRecord { version: VERSION, keys: keys.collect::<Result<_, StoreError>>()? };
    // Room for all of it at once: no copy stays behind where it grew.
    let room = 64 + record.keys.iter().map(|key| key.pkcs8.len() + 128).sum::<usize>();
    let mut json = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *json, &record)
        .map_err(|_| StoreError::Unavailable("the signing keys cannot be written".to_owned()))?;
    sealing.seal(&context(issuer), &json)
}

/// S12: what is not exactly what is written here is an error, and no ring is made in its place.
pub(super) fn open(
    sealed: &[u8],
    issuer: &str,
    sealing: &SealingKeys,
) -> Result<KeyRing, StoreError> {
    let json = sealing.open(&context(issuer), sealed).ok_or_else(|| {
        StoreError::Refused(
            "its signing keys were sealed with another sealing key: give that one too with \
             `.or_before(…)`"
                .to_owned(),
        )
    })?;
    let foreign = || {
        StoreError::Refused(
            "its signing keys are written in a way that this version does not know: use the \
             version that wrote them, or a newer one"
                .to_owned(),
        )
    };
    let record: KeyRecord = serde_json::from_slice(&json).map_err(|_| foreign())?;
    if record.version != VERSION {
        return Err(foreign());
    }
    let keys = record.keys.iter().map(|stored| {
        let der = STANDARD.decode_to_vec(&stored.pkcs8).map(Zeroizing::new).ok()?;
        let key = SigningKey::from_pkcs8(&der).ok()?;
        let signs_from = Timestamp::from_secs(stored.signs_from);
        (key.algorithm().name() == stored.alg).then_some(RingKey { key, signs_from })
    });
    keys.collect::<Option<Vec<_>>>().and_then(KeyRing::from_keys).ok_or_else(foreign)
}

const fn context(issuer: &str) -> [&str; 2] {
    ["signing-keys", issuer]
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stepup_core::Algorithm;

    use super::*;

    const ISSUER: &str = "https://login.example";

    #[test]
    fn s10_keys_are_read_back_and_show_nothing() {
        let sealing = SealingKeys::generate().unwrap();
        let key = |algorithm, signs_from| RingKey {
            key: SigningKey::generate(algorithm).unwrap(),
            signs_from: Timestamp::from_secs(signs_from),
        };
        let keys = vec![key(Algorithm::Es256, 7), key(Algorithm::EdDsa, 9)];
        let ring = KeyRing::from_keys(keys).unwrap();
        let sealed = seal(&ring, ISSUER, &sealing).unwrap();
        let again = open(&sealed, ISSUER, &sealing).unwrap();
        let show = |ring: &KeyRing| format!("{ring:?}");
        assert_eq!(show(&ring), show(&again));
        assert!(!sealed.windows(5).any(|window| window == b"pkcs8"));
        assert!(open(&sealed, "https://other.example", &sealing).is_err(), "another issuer's");
        assert!(open(&sealed, ISSUER, &SealingKeys::generate().unwrap()).is_err());
    }

    #[test]
    fn s12_what_is_not_known_is_an_error() {
        let sealing = SealingKeys::generate().unwrap();
        let der = SigningKey::generate(Algorithm::Es256).unwrap().to_pkcs8().unwrap();
        let der = STANDARD.encode_to_string(&*der);
        let key = json!({"alg": "ES256", "pkcs8": der, "signs_from": 7});
        let record = |keys| json!({"version": 1, "keys": keys});
        for (name, json, good) in [
            ("as it is written", record(json!([key])), true),
            ("newer", json!({"version": 2, "keys": [key]}), false),
            ("without a version", json!({ "keys": [key] }), false),
            ("with more", json!({"version": 1, "keys": [key], "more": 1}), false),
            ("no keys", record(json!([])), false),
            (
                "another algorithm",
                record(json!([{"alg": "EdDSA", "pkcs8": der, "signs_from": 7}])),
                false,
            ),
            ("no time", record(json!([{"alg": "ES256", "pkcs8": der}])), false),
            (
                "a time before 1970",
                record(json!([{"alg": "ES256", "pkcs8": der, "signs_from": -1}])),
                false,
            ),
            (
                "a state",
                record(
                    json!([{"alg": "ES256", "pkcs8": der, "signs_from": 7, "state": "revoked"}]),
                ),
                false,
            ),
            ("no key", record(json!([{"alg": "ES256", "pkcs8": "AAAA", "signs_from": 7}])), false),
            ("no record", json!("keys"), false),
        ] {
            let sealed = sealing.seal(&context(ISSUER), json.to_string().as_bytes()).unwrap();
            assert_eq!(open(&sealed, ISSUER, &sealing).is_ok(), good, "{name}");
        }
        assert!(open(b"", ISSUER, &sealing).is_err());
    }
}
