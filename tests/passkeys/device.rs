//! A user's device: an authenticator, and the browser in front of it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passkey::authenticator::{Authenticator, MemoryStore, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData, WebauthnError};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::get_assertion::{Options, Request};
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use passkey::types::webauthn::{
    CredentialCreationOptions, CredentialRequestOptions, PublicKeyCredentialDescriptor,
};
use public_suffix::PublicSuffixList;
use serde_json::{Value, json};
use url::Url;

use crate::scene::Browser;

/// Who touches it.
pub struct Person {
    is_verified: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Person {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        hint: UiHint<'a, Passkey>,
        _: bool,
        _: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        if let UiHint::InformExcludedCredentialFound(_) = hint {
            return Err(Ctap2Error::CredentialExcluded);
        }
        Ok(UserCheck { presence: true, verification: self.is_verified })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(self.is_verified)
    }
}

type Inner = Client<MemoryStore, Person, RustCryptoBackend, PublicSuffixList, ()>;

pub struct Device(Inner);

impl Device {
    /// One that knows its user, and counts nothing, as those do that copy keys to others.
    pub fn new() -> Self {
        Self::of(true, false)
    }

    /// One that counts what it signs, as security keys do.
    pub fn counting() -> Self {
        Self::of(true, true)
    }

    fn of(is_verified: bool, counts: bool) -> Self {
        let person = Person { is_verified };
        let (model, store) = (Aaguid::new_empty(), MemoryStore::new());
        let mut authenticator = Authenticator::new(model, store, person, RustCryptoBackend);
        authenticator.set_make_credentials_with_signature_counter(counts);
        Self(Client::new(authenticator).user_verification_when_preferred(false))
    }

    /// Another that has the same keys, in other hands: nobody is verified by it.
    pub fn copied_unverified(&self) -> Self {
        let mut other = Self::of(false, false);
        *other.keys() = self.0.authenticator().store().clone();
        other
    }

    /// Another that has the same keys.
    pub fn copied(&self) -> Self {
        let mut other = Self::new();
        *other.keys() = self.0.authenticator().store().clone();
        other
    }

    pub fn keys(&mut self) -> &mut MemoryStore {
        self.0.authenticator_mut().store_mut()
    }

    /// What the authenticator gives to a browser that writes this client data, for this relying
    /// party.
    pub async fn sign(&mut self, rp_id: &str, id: &str, client_data: &str) -> Value {
        let credential: PublicKeyCredentialDescriptor =
            serde_json::from_value(json!({ "type": "public-key", "id": id })).unwrap();
        let hash = digest(&SHA256, client_data.as_bytes()).as_ref().to_vec();
        let request = Request {
            rp_id: rp_id.to_owned(),
            client_data_hash: hash.into(),
            allow_list: Some(vec![credential]),
            extensions: None,
            options: Options { up: true, uv: true },
            pin_auth: None,
            pin_protocol: None,
        };
        let signed = self.0.authenticator_mut().get_assertion(request).await;
        let signed = signed.unwrap_or_else(|status| panic!("{status:?}"));
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": {
            "clientDataJSON": text(client_data.as_bytes()),
            "authenticatorData": text(&signed.auth_data.to_vec()),
            "signature": text(&signed.signature),
            "userHandle": signed.user.map(|user| text(&user.id)),
        }})
    }
}

impl Browser for Device {
    async fn create(&mut self, origin: &str, options: &Value) -> Result<Value, String> {
        let options: CredentialCreationOptions =
            serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let origin = Url::parse(origin).unwrap();
        let created = self.0.register(&origin, options, DefaultClientData).await;
        created.map(|created| serde_json::to_value(created).unwrap()).map_err(said)
    }

    async fn get(&mut self, origin: &str, options: &Value) -> Result<Value, String> {
        let options: CredentialRequestOptions =
            serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let origin = Url::parse(origin).unwrap();
        let given = self.0.authenticate(&origin, options, DefaultClientData).await;
        given.map(|given| serde_json::to_value(given).unwrap()).map_err(said)
    }
}

fn said(error: WebauthnError) -> String {
    format!("{error:?}")
}
