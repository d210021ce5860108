//! Who the service is at the provider, and how it shows that.

use std::fmt;

use base64_simd::URL_SAFE_NO_PAD;
use serde_json::json;
use stepup_core::Timestamp;
use zeroize::Zeroizing;

use crate::SigningKey;
use crate::factor::provider::http::Call;
use crate::random::random;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Seconds that an assertion is good.
const ASSERTION_LIFE: u64 = 60;

/// The service as a client of an OpenID Provider: its id there, and how it shows that it is that.
///
/// ```
/// use stepup_authority::factor::OidcClient;
///
/// fn client(secret: String) -> OidcClient {
///     OidcClient::secret_basic("step-up", secret)
/// }
/// ```
pub struct OidcClient {
    id: String,
    shows: Shows,
}

enum Shows {
    Nothing,
    SecretInHeader(Zeroizing<String>),
    SecretInBody(Zeroizing<String>),
    Signature(SigningKey),
}

impl OidcClient {
    /// A public client (`none`): the code is bound to this service by PKCE alone.
    ///
    /// ```
    /// let client = stepup_authority::factor::OidcClient::public("step-up");
    /// ```
    #[must_use]
    pub fn public(id: impl Into<String>) -> Self {
        Self { id: id.into(), shows: Shows::Nothing }
    }

    /// By a secret in the header `Authorization` (`client_secret_basic`), both encoded as RFC 6749
    /// §2.3.1 demands.
    ///
    /// ```
    /// use stepup_authority::factor::OidcClient;
    /// fn client(secret: String) -> OidcClient {
    ///     OidcClient::secret_basic("step-up", secret)
    /// }
    /// ```
    #[must_use]
    pub fn secret_basic(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), shows: Shows::SecretInHeader(Zeroizing::new(secret.into())) }
    }

    /// By a secret in the body (`client_secret_post`).
    ///
    /// ```
    /// use stepup_authority::factor::OidcClient;
    /// fn client(secret: String) -> OidcClient {
    ///     OidcClient::secret_post("step-up", secret)
    /// }
    /// ```
    #[must_use]
    pub fn secret_post(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), shows: Shows::SecretInBody(Zeroizing::new(secret.into())) }
    }

    /// By a signature (`private_key_jwt`). The provider has to know the public key under
    /// [`SigningKey::kid`].
    ///
    /// ```
    /// use stepup_authority::{SigningKey, factor::OidcClient};
    /// fn client(key: SigningKey) -> OidcClient {
    ///     OidcClient::private_key_jwt("step-up", key)
    /// }
    /// ```
    #[must_use]
    pub fn private_key_jwt(id: impl Into<String>, key: SigningKey) -> Self {
        Self { id: id.into(), shows: Shows::Signature(key) }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn is_complete(&self) -> bool {
        let has_secret = match &self.shows {
            Shows::Nothing | Shows::Signature(_) => true,
            Shows::SecretInHeader(secret) | Shows::SecretInBody(secret) => !secret.is_empty(),
        };
        has_secret && !self.id.is_empty()
    }

    /// The form with what shows who sends it. `None`: it cannot be signed.
    pub(super) fn send(
        &self,
        call: Call,
        form: &[(&str, &str)],
        issuer: &str,
        now: Timestamp,
    ) -> Option<Call> {
        let mut form = form.to_vec();
        let names_client = form.iter().any(|(name, _)| *name == "client_id");
        if !names_client && !matches!(self.shows, Shows::SecretInHeader(_)) {
            form.push(("client_id", &self.id));
        }
        Some(match &self.shows {
            Shows::Nothing => call.form(&form),
            Shows::SecretInHeader(secret) => {
                call.basic(&encoded(&self.id), &encoded(secret)).form(&form)
            }
            Shows::SecretInBody(secret) => {
                form.push(("client_secret", secret));
                call.form(&form)
            }
            Shows::Signature(key) => {
                let assertion = self.assertion(key, issuer, now)?;
                form.push(("client_assertion_type", ASSERTION_TYPE));
                form.push(("client_assertion", &assertion));
                call.form(&form)
            }
        })
    }

    /// Its audience is the issuer and nothing else, so that it is good at no other's endpoint.
    fn assertion(
        &self,
        key: &SigningKey,
        issuer: &str,
        now: Timestamp,
    ) -> Option<Zeroizing<String>> {
        let now = now.as_secs();
        let claims = json!({
            "iss": self.id,
            "sub": self.id,
            "aud": issuer,
            "jti": URL_SAFE_NO_PAD.encode_to_string(random::<16>().ok()?),
            "iat": now,
            "exp": now.saturating_add(ASSERTION_LIFE),
        });
        key.sign_assertion(&claims).ok().map(Zeroizing::new)
    }
}

/// The id alone.
impl fmt::Debug for OidcClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcClient").field("id", &self.id).finish_non_exhaustive()
    }
}

/// As a form has it: a colon in it is no longer one.
fn encoded(text: &str) -> Zeroizing<String> {
    Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect())
}
