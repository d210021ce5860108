//! Keys that change while the service runs, without a network in between.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::keys::KeySet;

/// The keys of an issuer that is in the same process as the gate. Clones are the same keys: one
/// stays with the issuer, which [`replace`](Self::replace)s them, and every gate that was given
/// one reads what stands there at each request, without a lock.
///
/// An issuer elsewhere needs none of this: its keys are fetched (feature `discovery`).
///
/// ```
/// # use stepup_core::{Algorithm, Gate, KeySet, LiveKeys};
/// # let old = KeySet::from_pem(Algorithm::EdDsa, b"-----BEGIN PUBLIC KEY-----
/// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
/// # -----END PUBLIC KEY-----")?;
/// # let new = KeySet::from_pem(Algorithm::EdDsa, b"-----BEGIN PUBLIC KEY-----
/// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
/// # -----END PUBLIC KEY-----")?;
/// let keys = LiveKeys::new(old);
/// let gate = Gate::builder("https://api.example", "https://api.example")
///     .live_keys(&keys)
///     .build()?;
/// keys.replace(new);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LiveKeys(Arc<Shared>);

struct Shared {
    current: ArcSwap<KeySet>,
    /// One replacement after the other: each withdraws what the one before it left.
    replacing: Mutex<()>,
}

impl LiveKeys {
    /// Begins with these.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, KeySet, LiveKeys};
    /// # let keys = KeySet::from_pem(Algorithm::EdDsa, b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----")?;
    /// let keys = LiveKeys::new(keys);
    /// # Ok::<(), stepup_core::KeyError>(())
    /// ```
    #[must_use]
    pub fn new(keys: KeySet) -> Self {
        let current = ArcSwap::from_pointee(keys.share());
        Self(Arc::new(Shared { current, replacing: Mutex::default() }))
    }

    /// From now on these are the keys. A token under a key that is not among them is refused from
    /// the next request on, one that was verified before included; nothing changes for tokens
    /// under keys that stay.
    ///
    /// ```
    /// # use stepup_core::{KeyError, KeySet, LiveKeys};
    /// /// The issuer's own key set, written anew.
    /// fn rotated(keys: &LiveKeys, jwks: &[u8]) -> Result<(), KeyError> {
    ///     keys.replace(KeySet::from_jwks(jwks)?);
    ///     Ok(())
    /// }
    /// ```
    pub fn replace(&self, keys: KeySet) {
        let _one = self.0.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.0.current.load_full();
        let mut keys = keys.share();
        keys.keep_from(&old);
        let keys = Arc::new(keys);
        self.0.current.store(keys.clone());
        // Only now: whoever meets a withdrawn key finds the new set.
        old.withdraw_all_but(&keys);
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&KeySet) -> T) -> T {
        read(&self.0.current.load())
    }
}

impl fmt::Debug for LiveKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LiveKeys").field(&**self.0.current.load()).finish()
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use base64_simd::URL_SAFE_NO_PAD;
    use serde_json::{Value, json};

    use super::*;
    use crate::clock::{ManualClock, Timestamp};
    use crate::resource::algorithm::Algorithm;
    use crate::resource::gate::Gate;
    use crate::resource::profile::Profile;

    const NOW: u64 = 1_800_000_000;

    struct Signer(Ed25519KeyPair, &'static str);

    impl Signer {
        fn new(kid: &'static str) -> Self {
            Self(Ed25519KeyPair::generate().unwrap(), kid)
        }

        fn jwk(&self) -> Value {
            let x = URL_SAFE_NO_PAD.encode_to_string(self.0.public_key());
            json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.1})
        }

        fn token(&self, typ: &str, id: &str) -> String {
            let header = json!({"typ": typ, "alg": "EdDSA", "kid": self.1});
            let claims = json!({
                "iss": "https://api.example", "aud": "https://api.example", "sub": "alice",
                "client_id": "web", "jti": id, "iat": NOW - 9, "exp": NOW + 60,
            });
            let [header, claims] =
                [header, claims].map(|part| URL_SAFE_NO_PAD.encode_to_string(part.to_string()));
            let message = format!("{header}.{claims}");
            let signature = URL_SAFE_NO_PAD.encode_to_string(self.0.sign(message.as_bytes()));
            format!("{message}.{signature}")
        }
    }

    fn set(signers: &[&Signer]) -> KeySet {
        let keys: Vec<_> = signers.iter().map(|signer| signer.jwk()).collect();
        KeySet::from_jwks(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    fn gate(keys: &LiveKeys, profile: Profile) -> Gate {
        Gate::builder("https://api.example", "https://api.example")
            .live_keys(keys)
            .profile(profile)
            .clock(ManualClock::at(Timestamp::from_secs(NOW)))
            .build()
            .unwrap()
    }

    fn passes(gate: &Gate, token: &str) -> bool {
        let bearer = format!("Bearer {token}");
        let request = http::Request::get("/").header("authorization", bearer).body(()).unwrap();
        let mut check = std::pin::pin!(gate.verify(&request));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match check.as_mut().poll(&mut context) {
            std::task::Poll::Ready(verified) => verified.is_ok(),
            std::task::Poll::Pending => panic!("nothing is fetched"),
        }
    }

    /// P5, J6: what is new counts at once, what is withdrawn no longer, also where it was met
    /// before, and what stays is not even verified again.
    #[test]
    fn p5_j6_gates_follow_their_issuers_keys() {
        let [old, kept, new] = ["old", "kept", "new"].map(Signer::new);
        let keys = LiveKeys::new(set(&[&old, &kept]));
        let (gate, other) = (gate(&keys, Profile::default()), gate(&keys, Profile::default()));
        let [by_old, by_kept, by_new] =
            [&old, &kept, &new].map(|signer| signer.token("at+jwt", "met"));
        for gate in [&gate, &other] {
            assert!(passes(gate, &by_old) && passes(gate, &by_kept) && !passes(gate, &by_new));
        }
        let key = |kid| keys.read(|keys| keys.find(Some(kid), Algorithm::EdDsa).cloned());
        let (old_key, kept_key) = (key("old").unwrap(), key("kept").unwrap());
        keys.replace(set(&[&kept, &new]));
        for gate in [&gate, &other] {
            assert!(!passes(gate, &by_old), "met before");
            assert!(!passes(gate, &old.token("at+jwt", "not met before")));
            assert!(passes(gate, &by_kept) && passes(gate, &by_new));
        }
        assert!(old_key.is_withdrawn() && !kept_key.is_withdrawn());
        assert!(Arc::ptr_eq(&kept_key, &key("kept").unwrap()), "the same object");

        // What was withdrawn may come back, and vouches anew.
        keys.replace(set(&[&old]));
        assert!(passes(&gate, &by_old) && !passes(&gate, &by_kept) && !passes(&gate, &by_new));
    }

    /// A key of the same name and other numbers is another key.
    #[test]
    fn j8_a_kid_used_again_brings_nothing_back() {
        let [first, second] = ["key", "key"].map(Signer::new);
        let keys = LiveKeys::new(set(&[&first]));
        let gate = gate(&keys, Profile::default());
        let (by_first, by_second) = (first.token("at+jwt", "1"), second.token("at+jwt", "2"));
        assert!(passes(&gate, &by_first) && !passes(&gate, &by_second));
        keys.replace(set(&[&second]));
        assert!(!passes(&gate, &by_first) && passes(&gate, &by_second));
    }

    /// T5: gates that share keys share no judgement: one that takes any `typ` does not teach the
    /// other to.
    #[test]
    fn t5_a_header_good_for_one_gate_is_not_for_another() {
        let signer = Signer::new("key");
        let keys = LiveKeys::new(set(&[&signer]));
        let lenient = gate(&keys, Profile::oidc());
        let strict = gate(&keys, Profile::default());
        let token = signer.token("JWT", "1");
        assert!(!passes(&strict, &token));
        assert!(passes(&lenient, &token));
        assert!(!passes(&strict, &token));
    }

    #[test]
    fn debug_shows_names_alone() {
        let keys = LiveKeys::new(set(&[&Signer::new("a")]));
        assert_eq!(
            format!("{keys:?}"),
            r#"LiveKeys(KeySet { keys: [Key { kid: Some("a"), algorithm: EdDsa, .. }] })"#,
        );
    }
}
