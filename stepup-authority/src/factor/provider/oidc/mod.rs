//! A login at any OpenID Provider, as a factor.

mod asked;
mod cached;
mod checked;
mod client;
mod factor;
pub(super) mod id_token;
mod keys;
pub(super) mod known;
mod levels;
mod pushed;
mod redeem;
mod redirected;

use std::fmt;

use serde::{Deserialize, Serialize};
use stepup_core::{Algorithm, Level, Method};
use url::Url;

pub use self::client::OidcClient;
use self::known::Known;
use self::levels::Levels;
use super::http::{ProviderClient, provider_url};
use crate::StartError;
use crate::factor::User;
use crate::loopback::is_loopback;

type Told = dyn Fn(User<'_>) -> Option<String> + Send + Sync;

/// A fresh login at an OpenID Provider (OpenID Connect Core 1.0): AuthX, the company's directory,
/// whatever speaks it. Needs a Tokio runtime.
///
/// Asked for, it shows `authorization_url`, where the client sends the user's browser, now: by PAR
/// (RFC 9126), which is used where the provider has it, the address is good for `expires_in`
/// seconds. The provider asks for a login anew (`prompt=login`, `max_age=0`, `acr_values`) and
/// sends the browser back to `redirect_uri`, which is **a page of the service's**: nothing of it is
/// served here. The page ties what came to the browser session that began, and posts it as the
/// answer, as it came: `{ "factor", "code", "state", "iss" }`, or with `error` in place of `code`.
///
/// An answer is right where the state is ours, the provider gives for the code an ID token that it
/// signed, for this client and this request (PKCE, `nonce`, RFC 9207), of a login since the user
/// was sent there (`auth_time`), which reaches the level, and of **the very user that was
/// enrolled** (`iss` and `sub`: at another provider the users enrol anew, and its ceremonies end).
/// To enrol is the same way, once. The proof's moment is that of the login.
///
/// Each login is worth the [`level`](Self::level) that its ID token shows, whatever another was:
/// one that comes to less than the ceremony wants is told to be too weak, and counts for nothing.
/// Offered is what was reached when it was enrolled: who can more there enrols it anew. Without a
/// level, any login counts as one factor.
///
/// ```no_run
/// use stepup_authority::factor::{OidcClient, OidcFactor};
/// use stepup_core::Level;
///
/// # fn example(secret: String) -> Result<(), stepup_authority::StartError> {
/// let authx = OidcFactor::new(
///     "authx",
///     "https://login.example",
///     OidcClient::secret_basic("step-up", secret),
///     "https://app.example/step-up/return",
/// )?
/// .level(Level::MFA, "urn:example:mfa")?;
/// # Ok(())
/// # }
/// ```
///
/// # Auth0
///
/// Enable MFA in a post-login Action for the class reference that is asked for; that it took place
/// says the method `mfa` in the ID token, not `acr`:
///
/// ```no_run
/// # use stepup_authority::factor::{OidcClient, OidcFactor};
/// # use stepup_core::{Level, Method};
/// # fn example(secret: String) -> Result<(), stepup_authority::StartError> {
/// let auth0 = OidcFactor::new(
///     "auth0",
///     "https://tenant.eu.auth0.com/",
///     OidcClient::secret_post("client", secret),
///     "https://app.example/step-up/return",
/// )?
/// .level(Level::MFA, "http://schemas.openid.net/pape/policies/2007/06/multi-factor")?
/// .level_by_method(Level::MFA, Method::MFA)?;
/// # Ok(())
/// # }
/// ```
pub struct OidcFactor {
    method: &'static str,
    issuer: String,
    client: OidcClient,
    redirect_uri: String,
    levels: Levels,
    algorithm: Algorithm,
    login_hint: Option<Box<Told>>,
    known_as: Option<Box<Told>>,
    http: ProviderClient,
    known: Known,
}

/// What is kept of a user.
#[derive(Serialize, Deserialize)]
struct Account {
    issuer: String,
    sub: String,
    level: String,
}

impl OidcFactor {
    /// A factor of this name at the provider with this issuer identifier, which the service is
    /// registered with as this client; `redirect_uri` is a page of the service's, to the letter as
    /// it is registered.
    ///
    /// # Errors
    ///
    /// An issuer that is not https (plain http is for the loopback alone), a client without an id
    /// or with an empty secret, a redirect URI that others could read the answer at, or a system
    /// without certificate authorities.
    ///
    /// ```
    /// use stepup_authority::factor::{OidcClient, OidcFactor};
    /// let client = OidcClient::public("step-up");
    /// let page = "https://app.example/return";
    /// let error = OidcFactor::new("authx", "http://login.example", client, page).unwrap_err();
    /// assert!(error.to_string().starts_with("the OpenID Provider's issuer cannot be used"));
    /// ```
    pub fn new(
        method: &'static str,
        issuer: impl Into<String>,
        client: OidcClient,
        redirect_uri: impl Into<String>,
    ) -> Result<Self, StartError> {
        let (issuer, redirect_uri) = (issuer.into(), redirect_uri.into());
        let place = provider_url(&issuer).ok_or_else(|| {
            StartError::new(
                "the OpenID Provider's issuer cannot be used: give the https URL that its \
                 metadata name as `issuer`, to the letter; plain http is for the loopback alone",
            )
        })?;
        if !client.is_complete() {
            return Err(StartError::new(
                "the client at the OpenID Provider has no id, or an empty secret: give what the \
                 provider registered",
            ));
        }
        if !is_page(&redirect_uri) {
            return Err(StartError::new(
                "the redirect URI for the OpenID Provider cannot be used: give the address of the \
                 service's page that takes the answer, as it is registered there: https (plain \
                 http is for the loopback alone), or an app's own scheme such as \
                 `com.example.app`, and no fragment",
            ));
        }
        Ok(Self {
            method,
            known: Known::new(issuer.clone(), place.scheme() == "http"),
            issuer,
            client,
            redirect_uri,
            levels: Levels::default(),
            algorithm: Algorithm::Rs256,
            login_hint: None,
            known_as: None,
            http: ProviderClient::new()?,
        })
    }

    /// This `acr` value of the provider's is this level, and is asked for to reach it. The level
    /// has to be on the authority's ladder.
    ///
    /// # Errors
    ///
    /// A value that has a level already, or levels of two ladders.
    ///
    /// ```
    /// # use stepup_authority::{StartError, factor::{OidcClient, OidcFactor}};
    /// # use stepup_core::Level;
    /// # fn example(authx: OidcFactor) -> Result<OidcFactor, StartError> {
    /// authx.level(Level::MFA, "urn:example:mfa")?.level(Level::PHR, "urn:example:passkey")
    /// # }
    /// ```
    pub fn level(mut self, level: Level, acr: impl Into<String>) -> Result<Self, StartError> {
        self.levels.add(level, acr.into())?;
        Ok(self)
    }

    /// A login that says in `amr` that it used this method has this level, for providers that say
    /// how and not how strongly.
    ///
    /// # Errors
    ///
    /// As of [`level`](Self::level).
    ///
    /// ```
    /// # use stepup_authority::{StartError, factor::OidcFactor};
    /// # use stepup_core::{Level, Method};
    /// # fn example(authx: OidcFactor) -> Result<OidcFactor, StartError> {
    /// authx.level_by_method(Level::MFA, Method::MFA)
    /// # }
    /// ```
    pub fn level_by_method(
        mut self,
        level: Level,
        method: Method<'static>,
    ) -> Result<Self, StartError> {
        self.levels.add_method(level, method)?;
        Ok(self)
    }

    /// What ID tokens are signed with, as it was agreed upon at registration
    /// (`id_token_signed_response_alg`); RS256 unless set. Others are refused.
    ///
    /// ```
    /// # use stepup_authority::factor::OidcFactor;
    /// # use stepup_core::Algorithm;
    /// # fn example(authx: OidcFactor) -> OidcFactor {
    /// authx.signed_with(Algorithm::Es256)
    /// # }
    /// ```
    #[must_use]
    pub fn signed_with(self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// By what the provider may fill in who is to log in. Without PAR it stands in the address.
    ///
    /// ```
    /// # use stepup_authority::factor::OidcFactor;
    /// # fn example(authx: OidcFactor) -> OidcFactor {
    /// authx.login_hint(|user| Some(format!("{}@example.com", user.subject)))
    /// # }
    /// ```
    #[must_use]
    pub fn login_hint(
        self,
        hint: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { login_hint: Some(Box::new(hint)), ..self }
    }

    /// Who the user is at the provider (`sub`), where the service knows: then nobody else's account
    /// can be enrolled for them, and where it is `None`, none at all.
    ///
    /// ```
    /// # use stepup_authority::factor::OidcFactor;
    /// # fn example(authx: OidcFactor) -> OidcFactor {
    /// authx.known_as(|user| Some(user.subject.to_owned()))
    /// # }
    /// ```
    #[must_use]
    pub fn known_as(
        self,
        subject: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { known_as: Some(Box::new(subject)), ..self }
    }
}

/// Which provider, and as whom.
impl fmt::Debug for OidcFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcFactor")
            .field("method", &self.method)
            .field("issuer", &self.issuer)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

/// A code that comes back there is seen by nobody else on the way. An app's own scheme is a name
/// that it has in the DNS, backwards (RFC 8252 §7.1).
fn is_page(redirect_uri: &str) -> bool {
    let Ok(url) = Url::parse(redirect_uri) else { return false };
    let is_safe = match url.scheme() {
        "https" => true,
        "http" => url.host_str().is_some_and(is_loopback),
        scheme => scheme.contains('.'),
    };
    is_safe && url.fragment().is_none()
}
