//! The checks of WebAuthn Level 3 §7.1 and §7.2, by a library. Of its types none leaves this file,
//! but the list of trusted roots.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::dispatcher::{self, Dispatch};
use tracing::subscriber::NoSubscriber;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AttestationFormat, AttestationMetadata, AuthenticatorAssertionResponseRaw,
    AuthenticatorAttestationResponseRaw, COSEAlgorithm, COSEEC2Key, COSEKey, COSEKeyType,
    COSERSAKey, ECDSACurve, ParsedAttestation, PublicKeyCredential, RegisterPublicKeyCredential,
    RegisteredExtensions, UserVerificationPolicy,
};

use super::RelyingParty;
use super::answer::{Assertion, Credential, Registration};
use super::record::{PublicKey, Record};
use super::statement;
use super::trusted::Trusted;
use crate::sealing::{from_text, to_text};

/// The library makes challenges of its own, and says how long they are good for. Ours are in the
/// ceremony, and end with it.
const NO_TIME: Duration = Duration::ZERO;

/// A key that was made.
pub(super) struct Made {
    pub(super) record: Record,
    pub(super) count: u32,
    /// The model by a trusted maker's word, where no key comes out of it.
    pub(super) bound: Option<String>,
}

/// Why an answer does not verify.
#[derive(Debug)]
pub(super) enum Unverified {
    /// The library is not as it was when this was written.
    Impossible,
    Wrong(WebauthnError),
}

impl From<WebauthnError> for Unverified {
    fn from(error: WebauthnError) -> Self {
        Self::Wrong(error)
    }
}

/// Verifies an answer of `navigator.credentials.create()`, with the user verified.
pub(super) fn register(
    relying_party: &RelyingParty,
    trusted: &Trusted,
    challenge: &[u8],
    credential: &Credential<'_>,
    registration: Registration,
) -> Result<Made, Unverified> {
    let core = core(relying_party);
    let (_, state) = core.generate_challenge_register(
        core.new_challenge_register_builder(b"-", "-", "-")?
            .user_verification_policy(UserVerificationPolicy::Required),
    )?;
    let state = with_challenge(&state, challenge).ok_or(Unverified::Impossible)?;
    let register = |attestation_object, roots| {
        let answer = RegisterPublicKeyCredential {
            id: to_text(&credential.id),
            raw_id: credential.id.clone(),
            response: AuthenticatorAttestationResponseRaw {
                attestation_object,
                client_data_json: credential.client_data.clone(),
                transports: None,
            },
            type_: "public-key".to_owned(),
            extensions: Default::default(),
        };
        quietly(|| core.register_credential(&answer, &state, roots))
    };
    let object = registration.attestation_object;
    let attested = trusted.roots().and_then(|roots| {
        let attested = register(object.clone(), Some(roots));
        let tell = |error: &WebauthnError| {
            tracing::debug!(why = name(error), "nobody vouches for a key");
        };
        attested.inspect_err(tell).ok()
    });
    let is_attested = attested.is_some();
    let made = match attested {
        Some(made) => made,
        // Of another maker, or without a word that counts, it is still a key. What is wrong with
        // the word keeps nobody out: who sends it could have left it out.
        None => {
            let none = statement::without(&object);
            register(none.ok_or(WebauthnError::AttestationStatementMapInvalid)?, None)?
        }
    };
    // It goes by what is signed, and the rest of the answer has to be about the same (O19).
    if made.cred_id != credential.id {
        return Err(WebauthnError::CredentialNotFound.into());
    }
    let model = match &made.attestation.metadata {
        AttestationMetadata::Packed { aaguid } | AttestationMetadata::Tpm { aaguid, .. } => {
            Some(aaguid.to_string())
        }
        _ => None,
    };
    // Attested is a model of the root's own list. What may be copied to other devices is in none of
    // them (R-WA-05).
    let is_bound = is_attested && !made.backup_eligible && !made.backup_state;
    let key = from_cose(&made.cred).ok_or(WebauthnError::COSEKeyInvalidAlgorithm)?;
    Ok(Made {
        record: Record::new(&made.cred_id, key, made.backup_eligible, registration.transports),
        count: made.counter,
        bound: model.filter(|_| is_bound),
    })
}

/// Verifies an answer of `navigator.credentials.get()` by this key, with the user verified, and
/// says what the key has counted. Whether that grew is for the record to say.
pub(super) fn verify(
    relying_party: &RelyingParty,
    record: &Record,
    challenge: &[u8],
    credential: &Credential<'_>,
    assertion: Assertion,
) -> Result<u32, Unverified> {
    let core = core(relying_party);
    let key = to_cose(&record.key).ok_or(Unverified::Impossible)?;
    let known = webauthn_rs_core::proto::Credential {
        cred_id: credential.id.clone(),
        cred: key,
        counter: 0,
        transports: None,
        user_verified: true,
        backup_eligible: record.is_backup_eligible,
        backup_state: record.is_backup_eligible,
        registration_policy: UserVerificationPolicy::Required,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation::default(),
        attestation_format: AttestationFormat::None,
    };
    let required = Some(UserVerificationPolicy::Required);
    let (_, state) = core.generate_challenge_authenticate(
        core.new_challenge_authenticate_builder(Vec::new(), required)?
            .allow_backup_eligible_upgrade(false),
    )?;
    let state = with_challenge(&state, challenge).ok_or(Unverified::Impossible)?;
    let answer = PublicKeyCredential {
        id: to_text(&credential.id),
        raw_id: credential.id.clone(),
        response: AuthenticatorAssertionResponseRaw {
            authenticator_data: assertion.authenticator_data,
            client_data_json: credential.client_data.clone(),
            signature: assertion.signature,
            user_handle: assertion.user_handle,
        },
        extensions: Default::default(),
        type_: "public-key".to_owned(),
    };
    let verified = quietly(|| core.authenticate_single_credential(&answer, &state, &known))?;
    // The library was told so, and this is not left to what it was told (R-WA-02).
    if !verified.user_verified() {
        return Err(WebauthnError::UserNotVerified.into());
    }
    Ok(verified.counter())
}

/// Of an error, without what it has of the caller's bytes.
pub(super) fn name(error: &WebauthnError) -> String {
    format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// The library tells of all that it reads, challenges and ids of keys among it (S10).
fn quietly<T>(verify: impl FnOnce() -> T) -> T {
    // Where nobody listens none is set: from then on `tracing` would hand nothing on to `log`.
    if dispatcher::get_default(Dispatch::is::<NoSubscriber>) {
        return verify();
    }
    dispatcher::with_default(&Dispatch::none(), verify)
}

fn core(relying_party: &RelyingParty) -> WebauthnCore {
    let RelyingParty { id, name, .. } = relying_party;
    let (no_subdomains, no_ports) = (Some(false), Some(false));
    let origins = relying_party.urls();
    WebauthnCore::new_unsafe_experts_only(name, id, origins, NO_TIME, no_subdomains, no_ports)
}

/// The library's state of a ceremony with our challenge: it has no other way in.
fn with_challenge<S: Serialize + DeserializeOwned>(state: &S, challenge: &[u8]) -> Option<S> {
    let mut state = serde_json::to_value(state).ok()?;
    *state.get_mut("challenge")? = to_text(challenge).into();
    serde_json::from_value(state).ok()
}

fn from_cose(key: &COSEKey) -> Option<PublicKey> {
    match (&key.type_, &key.key) {
        (
            COSEAlgorithm::ES256,
            COSEKeyType::EC_EC2(COSEEC2Key { curve: ECDSACurve::SECP256R1, x, y }),
        ) => Some(PublicKey::Es256 { x: to_text(x), y: to_text(y) }),
        (
            COSEAlgorithm::ES384,
            COSEKeyType::EC_EC2(COSEEC2Key { curve: ECDSACurve::SECP384R1, x, y }),
        ) => Some(PublicKey::Es384 { x: to_text(x), y: to_text(y) }),
        (COSEAlgorithm::RS256, COSEKeyType::RSA(COSERSAKey { n, e })) => {
            Some(PublicKey::Rs256 { n: to_text(n), e: to_text(e) })
        }
        // Each algorithm with its own curve alone.
        _ => None,
    }
}

fn to_cose(key: &PublicKey) -> Option<COSEKey> {
    let ec2 = |curve, x: &str, y: &str| {
        Some(COSEKeyType::EC_EC2(COSEEC2Key { curve, x: from_text(x)?, y: from_text(y)? }))
    };
    let (type_, key) = match key {
        PublicKey::Es256 { x, y } => (COSEAlgorithm::ES256, ec2(ECDSACurve::SECP256R1, x, y)?),
        PublicKey::Es384 { x, y } => (COSEAlgorithm::ES384, ec2(ECDSACurve::SECP384R1, x, y)?),
        PublicKey::Rs256 { n, e } => {
            let e = from_text(e)?.try_into().ok()?;
            (COSEAlgorithm::RS256, COSEKeyType::RSA(COSERSAKey { n: from_text(n)?, e }))
        }
    };
    Some(COSEKey { type_, key })
}
