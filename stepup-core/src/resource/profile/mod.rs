//! Provider profiles: how one provider writes a login into its tokens, and how it is asked for a
//! stronger one.

mod auth0;
mod clerk;
mod cognito;
mod entra;
mod facts;
mod firebase;
mod keycloak;
mod kind;
mod named;
mod okta;
mod ory;
mod provider;
mod samples;
mod settle;
mod settled;
mod standard;
mod supabase;

use std::borrow::Cow;

pub(crate) use self::facts::Facts;
pub(crate) use self::provider::Part;
use self::provider::Provider;
pub(crate) use self::settled::SettledProfile;
use crate::level::Level;
use crate::method::Method;

/// How one provider writes a login into its tokens, and how it is asked for a stronger one.
///
/// A profile says which claims name the level, the methods and the moment of a login, which `acr`
/// value stands for which [`Level`], and what the provider cannot express at all: a gate is not
/// built when a guarded handler demands that. What to set up at each provider stands in
/// `docs/providers`.
///
/// ```
/// use stepup_core::{Level, Profile};
///
/// let tenant = Profile::entra().level(Level::MFA, "c1").level(Level::PHR, "c2");
/// let okta = Profile::okta();
/// let any = Profile::oidc().level(Level::MFA, "https://refeds.org/profile/mfa");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Profile {
    provider: &'static dyn Provider,
    levels: Vec<(Level, Cow<'static, str>)>,
    by_method: Vec<(Level, Cow<'static, str>)>,
    acr: Option<Cow<'static, str>>,
    amr: Option<Cow<'static, str>>,
    auth_time: Option<Cow<'static, str>>,
}

macro_rules! providers {
    ($($(#[$doc:meta])* $name:ident = $provider:expr;)*) => {
        impl Profile {$(
            $(#[$doc])*
            ///
            /// ```
            #[doc = concat!("let profile = stepup_core::Profile::", stringify!($name), "();")]
            #[doc = concat!("assert_eq!(profile.name(), \"", stringify!($name), "\");")]
            /// ```
            pub fn $name() -> Self {
                Self::of(&$provider)
            }
        )*}

        const PROVIDERS: &[&dyn Provider] = &[$(&$provider),*];
    };
}

providers! {
    /// Access tokens of RFC 9068 to the letter: header `typ` is `at+jwt`, `client_id` and `jti`
    /// are there, `acr` values are the names of the gate's levels. Of a gate unless another is set.
    rfc9068 = standard::Rfc9068;
    /// Any OpenID provider whose access tokens are JWTs: `typ` may be `JWT` or absent, the client
    /// `azp`, the scope an array or in `scp`, `amr` one string. ID tokens, which such a header does
    /// not tell apart, are refused by their `nonce`, `at_hash`, `c_hash` or `s_hash`.
    oidc = standard::Oidc::ANY;
    /// Okta, a custom authorization server.
    okta = okta::Okta;
    /// Auth0: the login stands in claims that an Action adds.
    auth0 = auth0::Auth0;
    /// AuthX: an OpenID provider like any other.
    authx = named::AUTHX;
    /// Microsoft Entra ID: levels are authentication contexts of the tenant, named with
    /// [`level`](Self::level).
    entra = entra::Entra;
    /// Keycloak: `acr` values are those of the realm's ACR-to-LoA mapping.
    keycloak = keycloak::Keycloak;
    /// Amazon Cognito: the gate's audience is the app client's id. `mfa` is a password and an
    /// authenticator app.
    cognito = cognito::Cognito;
    /// Firebase Authentication and Google Cloud Identity Platform: ID tokens, whose audience is
    /// the project.
    firebase = firebase::Firebase;
    /// Supabase Auth: `aal1` and `aal2`, each method with its date.
    supabase = supabase::Supabase;
    /// Clerk session tokens: the gate's audience is the origin that they name (`azp`).
    clerk = clerk::Clerk;
    /// Ping (PingOne, PingFederate, PingAM): levels are the names of policies, told with
    /// [`level`](Self::level).
    ping = named::PING;
    /// Duende IdentityServer: methods and time by default, `acr` only if added there.
    duende = named::DUENDE;
    /// Logto: `urn:logto:acr:1fa` and `urn:logto:acr:mfa`.
    logto = named::LOGTO;
    /// ZITADEL: the login stands in claims that an action adds.
    zitadel = named::ZITADEL;
    /// Ory: Kratos sessions as JWTs, and Hydra's access tokens, with what is copied into them.
    ory = ory::Ory;
    /// Google sign-in: ID tokens, which say when and how the user signed in to Google, if set up;
    /// a stronger or newer login cannot be asked for.
    google = named::GOOGLE;
}

impl Profile {
    fn of(provider: &'static dyn Provider) -> Self {
        Self {
            provider,
            levels: Vec::new(),
            by_method: Vec::new(),
            acr: None,
            amr: None,
            auth_time: None,
        }
    }

    /// The profile of this name, as [`name`](Self::name) gives it: for command lines and
    /// configuration files.
    ///
    /// ```
    /// use stepup_core::Profile;
    /// assert_eq!(Profile::named("keycloak").map(|profile| profile.name()), Some("keycloak"));
    /// assert!(Profile::named("Keycloak").is_none());
    /// ```
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let provider = PROVIDERS.iter().find(|provider| provider.name() == name)?;
        Some(Self::of(*provider))
    }

    /// The names of all profiles.
    ///
    /// ```
    /// assert!(stepup_core::Profile::names().any(|name| name == "okta"));
    /// ```
    pub fn names() -> impl Iterator<Item = &'static str> {
        PROVIDERS.iter().map(|provider| provider.name())
    }

    /// The provider's name.
    ///
    /// ```
    /// assert_eq!(stepup_core::Profile::okta().name(), "okta");
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.provider.name()
    }

    /// This `acr` value of the provider's means this level, and is what a challenge asks for. A
    /// level may have several: the first is asked for first. They replace those that the profile
    /// has for the level, and a value that the profile has for another level leaves that one.
    ///
    /// ```
    /// use stepup_core::{Level, Profile};
    /// let profile = Profile::oidc()
    ///     .level(Level::MFA, "https://refeds.org/profile/mfa")
    ///     .level(Level::MFA, "http://schemas.microsoft.com/claims/multipleauthn");
    /// ```
    pub fn level(mut self, level: Level, acr: impl Into<Cow<'static, str>>) -> Self {
        self.levels.push((level, acr.into()));
        self
    }

    /// This method (`amr`) proves this level, for providers that say how but not how strongly.
    /// RFC 8176 gives methods no strength, so only you can say that this one of this issuer does.
    /// A challenge for a level that nothing but a method proves cannot ask for it by name.
    ///
    /// ```
    /// use stepup_core::{Level, Method, Profile};
    /// let profile = Profile::duende().level_by_method(Level::MFA, Method::MFA);
    /// ```
    pub fn level_by_method(mut self, level: Level, method: Method<'static>) -> Self {
        self.by_method.push((level, method.name().into()));
        self
    }

    /// The claim that carries the `acr` value, where the provider lets one choose. Where it is
    /// there only if set up, this says that it is, also under the standard's name.
    ///
    /// ```
    /// use stepup_core::Profile;
    /// let profile = Profile::auth0().acr_claim("https://api.example/acr");
    /// let profile = Profile::ory().acr_claim("acr");
    /// ```
    pub fn acr_claim(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { acr: Some(name.into()), ..self }
    }

    /// The claim that carries the methods, where the provider lets one choose. Where it is there
    /// only if set up, this says that it is, also under the standard's name.
    ///
    /// ```
    /// use stepup_core::Profile;
    /// let profile = Profile::auth0().amr_claim("https://api.example/amr");
    /// let profile = Profile::keycloak().amr_claim("amr");
    /// ```
    pub fn amr_claim(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { amr: Some(name.into()), ..self }
    }

    /// The claim that carries the moment of the login, in seconds since 1970, where the provider
    /// lets one choose. Never `iat`: a refresh renews that. Where it is there only if set up, this
    /// says that it is, also under the standard's name.
    ///
    /// ```
    /// use stepup_core::Profile;
    /// let profile = Profile::auth0().auth_time_claim("https://api.example/auth_time");
    /// let profile = Profile::entra().auth_time_claim("auth_time");
    /// ```
    pub fn auth_time_claim(self, name: impl Into<Cow<'static, str>>) -> Self {
        Self { auth_time: Some(name.into()), ..self }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::rfc9068()
    }
}
