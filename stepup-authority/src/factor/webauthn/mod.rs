//! Passkeys and security keys.

mod answer;
mod client_data;
mod factor;
#[cfg(fuzzing)]
pub(crate) mod fuzz;
mod options;
mod record;
mod relying_party;
mod statement;
mod tests;
mod trusted;
mod verifier;

use std::fmt;

use serde_json::Value;

use self::relying_party::RelyingParty;
use self::trusted::Trusted;
use super::User;
use crate::StartError;

type Label = dyn Fn(User<'_>) -> String + Send + Sync;

/// Passkeys and security keys (WebAuthn Level 3). The method `webauthn`.
///
/// The browser signs for the origin of its page, so that an answer to another page is none: each
/// key reaches `phr` by itself. The device verifies the user, by finger, face or PIN, and that it
/// did is checked in every answer. A key of a model that is [trusted](Self::trusting) never to let
/// a key out reaches `phrh`.
///
/// A user has as many as the authority lets them have; of those that suffice the browser picks one.
/// Enrolment takes a `name` for the key (at most 64 characters), by which the user knows it again.
/// Its prompt has `publicKey`, for `PublicKeyCredential.parseCreationOptionsFromJSON()` and then
/// `navigator.credentials.create({ publicKey })`; the prompt of a ceremony has one for
/// `parseRequestOptionsFromJSON()` and `navigator.credentials.get({ publicKey })`. What comes of
/// either is answered as `credential`, by its `toJSON()`.
///
/// A key that counts what it signs, and whose count does not grow, may have a copy: the answer is
/// wrong, and [`EventKind::Cloned`](crate::EventKind::Cloned) is told.
///
/// `GET …/factors` has `signals.webauthn`: what the page passes to
/// `PublicKeyCredential.signalAllAcceptedCredentials()` after a key was enrolled or removed, and
/// after an answer that was wrong, so that the browser forgets passkeys that are known no longer.
/// Nothing says of one key that it is unknown: it may be that of another account on the same
/// device, from which `signalUnknownCredential()` would take it.
///
/// The library that verifies logs what it reads, which goes nowhere here, unless `tracing` has no
/// subscriber and hands on to `log`: leave the target `webauthn_rs_core` out of that.
///
/// ```
/// use stepup_authority::factor::{Factor, WebAuthn};
///
/// let keys = WebAuthn::new("bank.example", ["https://bank.example", "https://pay.bank.example"])?;
/// assert_eq!(keys.method(), "webauthn");
/// # Ok::<(), stepup_authority::StartError>(())
/// ```
pub struct WebAuthn {
    relying_party: RelyingParty,
    trusted: Trusted,
    label: Option<Box<Label>>,
    is_discoverable: bool,
}

impl WebAuthn {
    /// Keys of this relying party, a domain, which the pages of these origins use. It can never be
    /// changed: users' keys are made for it.
    ///
    /// # Errors
    ///
    /// No domain; no origin, or one that is not of the domain, not of `https` (but for
    /// `http://localhost`), or not written as browsers write it.
    ///
    /// ```
    /// use stepup_authority::factor::WebAuthn;
    ///
    /// let local = WebAuthn::new("localhost", ["http://localhost:3000"])?;
    /// assert_eq!(
    ///     WebAuthn::new("bank.example", ["https://bank.example/"]).unwrap_err().to_string(),
    ///     "the WebAuthn origin `https://bank.example/` is not as browsers write it, which is \
    ///      `https://bank.example`",
    /// );
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn new<O: AsRef<str>>(
        relying_party_id: &str,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, StartError> {
        Ok(Self {
            relying_party: RelyingParty::new(relying_party_id, origins)?,
            trusted: Trusted::default(),
            label: None,
            is_discoverable: true,
        })
    }

    /// What the service is called where the user's device asks for them; its domain unless set.
    ///
    /// ```
    /// use stepup_authority::factor::WebAuthn;
    /// let keys = WebAuthn::new("bank.example", ["https://bank.example"])?.rp_name("Bank");
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    #[must_use]
    pub fn rp_name(mut self, name: impl Into<String>) -> Self {
        self.relying_party.name = name.into();
        self
    }

    /// What the account is called on the user's device, in place of the user's `sub`.
    ///
    /// ```
    /// use stepup_authority::factor::WebAuthn;
    /// let keys = WebAuthn::new("bank.example", ["https://bank.example"])?
    ///     .labelled(|user| format!("Account {}", user.subject));
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    #[must_use]
    pub fn labelled(self, label: impl Fn(User<'_>) -> String + Send + Sync + 'static) -> Self {
        Self { label: Some(Box::new(label)), ..self }
    }

    /// Asks for keys that the device does not list by themselves. They take no room in security
    /// keys, which have little; but what is also to sign in without a name has to be listed, and
    /// that is asked for unless this is set.
    ///
    /// ```
    /// use stepup_authority::factor::WebAuthn;
    /// let keys = WebAuthn::new("bank.example", ["https://bank.example"])?.not_discoverable();
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    #[must_use]
    pub fn not_discoverable(self) -> Self {
        Self { is_discoverable: false, ..self }
    }

    /// Takes the word of this root of attestation (a certificate, as DER or PEM) for keys of these
    /// models, by AAGUID: they never leave their hardware, and reach `phrh` unless they say
    /// themselves that they can be copied. Others stay at `phr`. A model that is taken off the list
    /// is back at `phr` at once.
    ///
    /// Browsers may ask the user whether the service may know the model. A key whose maker's word
    /// cannot be taken, of whatever format it is and whatever is wrong with it, is enrolled as one
    /// without.
    ///
    /// # Errors
    ///
    /// No certificate, no model, or one that is no AAGUID.
    ///
    /// ```
    /// use stepup_authority::StartError;
    /// use stepup_authority::factor::WebAuthn;
    ///
    /// fn keys(root_of_the_maker: &[u8]) -> Result<WebAuthn, StartError> {
    ///     WebAuthn::new("bank.example", ["https://bank.example"])?
    ///         .trusting(root_of_the_maker, ["2fc0579f-8113-47ea-b116-bb5a8db9202a"])
    /// }
    /// ```
    pub fn trusting<'a>(
        mut self,
        root: &[u8],
        models: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, StartError> {
        self.trusted.add(root, models)?;
        Ok(self)
    }

    /// Lets pages of other domains use the keys as well (WebAuthn Level 3 §5.11). Browsers ask for
    /// the list at `https://{relying party id}/.well-known/webauthn`: serve
    /// [`related_origins_document`](Self::related_origins_document) there, as `application/json`.
    ///
    /// # Errors
    ///
    /// What is no origin of `https` (or `http://localhost`), as browsers write it. Apps are none.
    ///
    /// ```
    /// use stepup_authority::factor::WebAuthn;
    ///
    /// let keys = WebAuthn::new("bank.example", ["https://bank.example"])?
    ///     .related_origins(["https://bank.test"])?;
    /// assert_eq!(
    ///     keys.related_origins_document(),
    ///     serde_json::json!({ "origins": ["https://bank.test"] }),
    /// );
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn related_origins<O: AsRef<str>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, StartError> {
        self.relying_party.relate(origins)?;
        Ok(self)
    }

    /// The document that browsers look for origins of other domains in, none where there are none.
    ///
    /// ```
    /// use stepup_authority::factor::WebAuthn;
    /// let keys = WebAuthn::new("bank.example", ["https://bank.example"])?;
    /// assert_eq!(keys.related_origins_document()["origins"], serde_json::json!([]));
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    #[must_use]
    pub fn related_origins_document(&self) -> Value {
        self.relying_party.related_origins_document()
    }

    /// Takes proofs that were given in a frame in a page of these origins. From others' frames, and
    /// for enrolment, nothing is taken: a page that has the service in a frame decides what the
    /// user sees of it.
    ///
    /// # Errors
    ///
    /// What is no origin of `https` (or `http://localhost`), as browsers write it. Apps are none.
    ///
    /// ```
    /// use stepup_authority::factor::WebAuthn;
    /// let keys = WebAuthn::new("bank.example", ["https://bank.example"])?
    ///     .within_frames_of(["https://shop.example"])?;
    /// # Ok::<(), stepup_authority::StartError>(())
    /// ```
    pub fn within_frames_of<O: AsRef<str>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, StartError> {
        self.relying_party.frame(origins)?;
        Ok(self)
    }
}

/// Nothing of any user.
impl fmt::Debug for WebAuthn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebAuthn")
            .field("relying_party", &self.relying_party)
            .field("is_discoverable", &self.is_discoverable)
            .finish_non_exhaustive()
    }
}
