//! What a verifier states of a login.

use std::sync::Arc;

use super::Authentication;
use crate::clock::Timestamp;
use crate::level::Level;
use crate::method::Method;

impl Authentication {
    /// A user's login. A user is the pair of issuer and subject: a subject alone is not unique
    /// (RFC 7519 §4.1.2).
    ///
    /// ```
    /// use stepup_core::{Authentication, Timestamp};
    /// let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert!(login.is_user());
    /// ```
    #[must_use]
    pub fn of_user(issuer: impl Into<Arc<str>>, subject: &str, expires_at: Timestamp) -> Self {
        Self {
            issuer: issuer.into(),
            subject: subject.into(),
            is_user: true,
            client_id: None,
            token_id: None,
            scope: Box::default(),
            level: None,
            auth_time: None,
            reached: Vec::new(),
            methods: Vec::new(),
            session: None,
            key_thumbprint: None,
            issued_at: None,
            not_before: None,
            expires_at,
            takes_claims_challenge: false,
        }
    }

    /// A client acting for itself (client credentials, RFC 6749 §4.4): nobody logged in, so no
    /// level, age or method is ever satisfied, whatever else is stated (RFC 9068 §2.2.1).
    ///
    /// ```
    /// use stepup_core::{Authentication, Timestamp};
    /// let job = Authentication::of_client("https://idp.example", "nightly-job", Timestamp::MAX);
    /// assert!(!job.is_user());
    /// ```
    #[must_use]
    pub fn of_client(issuer: impl Into<Arc<str>>, client_id: &str, expires_at: Timestamp) -> Self {
        Self { is_user: false, ..Self::of_user(issuer, client_id, expires_at) }
            .with_client_id(client_id)
    }

    /// Adds the client that the token was issued to.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.with_client_id("web").client_id(), Some("web"));
    /// ```
    #[must_use]
    pub fn with_client_id(self, client_id: &str) -> Self {
        Self { client_id: Some(client_id.into()), ..self }
    }

    /// Adds the token's own identifier (`jti`, RFC 7519 §4.1.7).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.with_token_id("e1j3").token_id(), Some("e1j3"));
    /// ```
    #[must_use]
    pub fn with_token_id(self, token_id: &str) -> Self {
        Self { token_id: Some(token_id.into()), ..self }
    }

    /// Adds the token's scope, space separated (RFC 6749 §3.3).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert!(login.with_scope("read pay").has_scope("pay"));
    /// ```
    #[must_use]
    pub fn with_scope(self, scope: &str) -> Self {
        Self { scope: scope.into(), ..self }
    }

    /// Adds the level that the login reached.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Level, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.with_level(Level::MFA).level(), Some(Level::MFA));
    /// ```
    #[must_use]
    pub fn with_level(self, level: Level) -> Self {
        Self { level: Some(level), ..self }
    }

    /// Adds when the user last actively authenticated (`auth_time`, OpenID Connect Core §2).
    /// Never when the token was issued: a refresh renews that.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let login = login.with_auth_time(Timestamp::from_secs(9));
    /// assert_eq!(login.auth_time(), Some(Timestamp::from_secs(9)));
    /// ```
    #[must_use]
    pub fn with_auth_time(self, auth_time: Timestamp) -> Self {
        Self { auth_time: Some(auth_time), ..self }
    }

    /// Adds when a level was reached, for issuers that date it. From then on the age of a level or
    /// method is that of its own date: `auth_time` may be that of another.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Level, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let login = login
    ///     .with_auth_time(Timestamp::from_secs(90))
    ///     .with_level_reached(Level::MFA, Timestamp::from_secs(30));
    /// assert_eq!(login.reached_at(Level::MFA), Some(Timestamp::from_secs(30)));
    /// ```
    #[must_use]
    pub fn with_level_reached(mut self, level: Level, at: Timestamp) -> Self {
        self.reached.push((level, at));
        match self.level {
            Some(known) if known.at_least(level) => self,
            _ => self.with_level(level),
        }
    }

    /// Adds a method that the login used.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Method, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert!(login.with_method(Method::PWD).used(Method::PWD));
    /// ```
    #[must_use]
    pub fn with_method(mut self, method: Method<'_>) -> Self {
        self.methods.push((method.keep(), None));
        self
    }

    /// Adds a method and when it was used, for issuers that date each. From then on the age of a
    /// level or method is that of its own date, so date the levels too
    /// ([`with_level_reached`](Self::with_level_reached)).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Method, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let login = login.with_method_used(Method::OTP, Timestamp::from_secs(30));
    /// assert_eq!(login.used_at(Method::OTP), Some(Timestamp::from_secs(30)));
    /// ```
    #[must_use]
    pub fn with_method_used(mut self, method: Method<'_>, at: Timestamp) -> Self {
        self.methods.push((method.keep(), Some(at)));
        self
    }

    /// Adds the moment before which the token is not valid (`nbf`, RFC 7519 §4.1.5, or its issue).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let login = login.with_not_before(Timestamp::from_secs(9));
    /// assert_eq!(login.not_before(), Some(Timestamp::from_secs(9)));
    /// ```
    #[must_use]
    pub fn with_not_before(self, not_before: Timestamp) -> Self {
        Self { not_before: Some(not_before), ..self }
    }

    /// Adds the session that the token belongs to (`sid`, OpenID Connect Front-Channel Logout §3).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// assert_eq!(login.with_session("s-1").session(), Some("s-1"));
    /// ```
    #[must_use]
    pub fn with_session(self, session: &str) -> Self {
        Self { session: Some(session.into()), ..self }
    }

    /// Adds the key that the token is bound to: the SHA-256 thumbprint (RFC 7638) of its JWK, as
    /// in `cnf.jkt` (RFC 9449 §6.1). From then on the token alone is worth nothing: the gate wants
    /// a DPoP proof with that key.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let bound = login.with_key_thumbprint("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    /// assert!(bound.key_thumbprint().is_some());
    /// ```
    #[must_use]
    pub fn with_key_thumbprint(self, thumbprint: &str) -> Self {
        Self { key_thumbprint: Some(thumbprint.into()), ..self }
    }

    /// Adds when the token was issued (`iat`). It says nothing of the login; it is what
    /// [`Gate::forget`](crate::Gate::forget) goes by.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let login = login.with_issued_at(Timestamp::from_secs(9));
    /// assert_eq!(login.issued_at(), Some(Timestamp::from_secs(9)));
    /// ```
    #[must_use]
    pub fn with_issued_at(self, issued_at: Timestamp) -> Self {
        Self { issued_at: Some(issued_at), ..self }
    }

    /// The client declared to understand its provider's own challenge.
    pub(crate) fn with_claims_challenge(self) -> Self {
        Self { takes_claims_challenge: true, ..self }
    }
}
