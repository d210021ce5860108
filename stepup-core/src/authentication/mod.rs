//! What has been verified about the caller.

mod stated;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::level::Level;
use crate::method::Method;

/// What has been **verified** about the caller: who vouches, for whom, how strongly the user
/// logged in and when.
///
/// Only a [`Verifier`](crate::Verifier) has reason to make one: whoever calls
/// [`of_user`](Self::of_user) or [`of_client`](Self::of_client) asserts to have checked every
/// fact put into it. What is not stated counts as not known, and satisfies nothing.
///
/// `Debug` prints the facts that decide, not the caller's names.
///
/// ```
/// use stepup_core::{Authentication, Level, Method, Timestamp};
///
/// let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX)
///     .with_client_id("web")
///     .with_level(Level::MFA)
///     .with_auth_time(Timestamp::from_secs(1_700_000_000))
///     .with_method(Method::OTP);
/// assert!(login.used(Method::OTP));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Authentication {
    issuer: Arc<str>,
    subject: Box<str>,
    is_user: bool,
    client_id: Option<Box<str>>,
    token_id: Option<Box<str>>,
    scope: Box<str>,
    level: Option<Level>,
    auth_time: Option<Timestamp>,
    reached: Vec<(Level, Timestamp)>,
    methods: Vec<(Cow<'static, str>, Option<Timestamp>)>,
    session: Option<Box<str>>,
    key_thumbprint: Option<Box<str>>,
    issued_at: Option<Timestamp>,
    not_before: Option<Timestamp>,
    expires_at: Timestamp,
    takes_claims_challenge: bool,
}

impl Authentication {
    /// Who vouches (`iss`).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.issuer(), "https://idp.example");
    /// ```
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who it is (`sub`), unique within the issuer only.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.subject(), "alice");
    /// ```
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether a user logged in; `false` for a client acting for itself.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert!(login.is_user());
    /// ```
    #[must_use]
    pub const fn is_user(&self) -> bool {
        self.is_user
    }

    /// The client that the token was issued to.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.client_id(), None);
    /// ```
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// The token's own identifier (`jti`).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.token_id(), None);
    /// ```
    #[must_use]
    pub fn token_id(&self) -> Option<&str> {
        self.token_id.as_deref()
    }

    /// The scopes of the token.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.with_scope("read pay").scopes().collect::<Vec<_>>(), ["read", "pay"]);
    /// ```
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.split(' ').filter(|scope| !scope.is_empty())
    }

    /// Whether the token has this scope.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert!(!login.has_scope("pay"));
    /// ```
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|held| held == scope)
    }

    /// The level that the login reached; `None` when it is not known or not on the gate's ladder.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.level(), None);
    /// ```
    #[must_use]
    pub const fn level(&self) -> Option<Level> {
        if self.is_user { self.level } else { None }
    }

    /// When the user last actively authenticated.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.auth_time(), None);
    /// ```
    #[must_use]
    pub const fn auth_time(&self) -> Option<Timestamp> {
        if self.is_user { self.auth_time } else { None }
    }

    /// When this level or one above it was last reached: by its own date, or, where the issuer
    /// dates no part of the login, `auth_time`.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Level, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let login = login.with_level_reached(Level::PHR, Timestamp::from_secs(30));
    /// assert_eq!(login.reached_at(Level::MFA), Some(Timestamp::from_secs(30)));
    /// assert_eq!(login.reached_at(Level::PHRH), None);
    /// ```
    #[must_use]
    pub fn reached_at(&self, level: Level) -> Option<Timestamp> {
        if !self.dates_parts() {
            return self.auth_time();
        }
        let dates = self.reached.iter().filter(|(reached, _)| reached.at_least(level));
        dates.map(|(_, at)| *at).max()
    }

    /// The methods that the login used.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.methods().count(), 0);
    /// ```
    pub fn methods(&self) -> impl Iterator<Item = Method<'_>> {
        let methods = if self.is_user { self.methods.as_slice() } else { &[] };
        methods.iter().map(|(name, _)| Method::new(name))
    }

    /// Whether the login used this method.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Method, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert!(!login.used(Method::OTP));
    /// ```
    #[must_use]
    pub fn used(&self, method: Method<'_>) -> bool {
        self.methods().any(|used| used == method)
    }

    /// When this method was last used: by its own date, or, where the issuer dates no part of the
    /// login, `auth_time`; `None` when it was not used at all.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Method, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let login = login.with_auth_time(Timestamp::from_secs(9)).with_method(Method::PWD);
    /// assert_eq!(login.used_at(Method::PWD), Some(Timestamp::from_secs(9)));
    /// assert_eq!(login.used_at(Method::OTP), None);
    /// ```
    #[must_use]
    pub fn used_at(&self, method: Method<'_>) -> Option<Timestamp> {
        if !self.used(method) {
            return None;
        }
        if !self.dates_parts() {
            return self.auth_time();
        }
        let dates = self.methods.iter().filter(|(name, _)| **name == *method.name());
        dates.filter_map(|(_, at)| *at).max()
    }

    /// When the token ends (`exp`): it is valid before this moment, not at it.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.expires_at(), Timestamp::MAX);
    /// ```
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The moment before which the token is not valid, if it names one.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.not_before(), None);
    /// ```
    #[must_use]
    pub const fn not_before(&self) -> Option<Timestamp> {
        self.not_before
    }

    /// The session that the token belongs to.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.session(), None);
    /// ```
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// The thumbprint of the key that the token is bound to, if it is.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.key_thumbprint(), None);
    /// ```
    #[must_use]
    pub fn key_thumbprint(&self) -> Option<&str> {
        self.key_thumbprint.as_deref()
    }

    /// When the token was issued, if that is known.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.issued_at(), None);
    /// ```
    #[must_use]
    pub const fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    pub(crate) const fn takes_claims_challenge(&self) -> bool {
        self.takes_claims_challenge
    }

    /// When the user last did anything: the latest of `auth_time` and all dates.
    pub(crate) fn last_login(&self) -> Option<Timestamp> {
        if self.is_user { self.moments().max() } else { None }
    }

    /// Whether the issuer dates a part of the login. Then what it left undated has no date:
    /// `auth_time` may be that of another part.
    fn dates_parts(&self) -> bool {
        let methods = self.methods.iter().any(|(_, at)| at.is_some());
        self.is_user && (methods || !self.reached.is_empty())
    }

    /// Every moment at which the user is said to have done something: none may lie in the future.
    pub(crate) fn moments(&self) -> impl Iterator<Item = Timestamp> + '_ {
        let levels = self.reached.iter().map(|(_, at)| *at);
        let methods = self.methods.iter().filter_map(|(_, at)| *at);
        self.auth_time.into_iter().chain(levels).chain(methods)
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("issuer", &self.issuer)
            .field("is_user", &self.is_user)
            .field("level", &self.level)
            .field("auth_time", &self.auth_time)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
