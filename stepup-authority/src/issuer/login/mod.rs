//! Logins of the authority's own: the token that a service gives after it checked a password.

use std::fmt;
use std::time::Duration;

use stepup_core::{Level, Method};

use super::{Claims, Confirmation, Issuer, LONGEST_LIFE};
use crate::ceremony::unguessable;
use crate::store::StoreError;

const MAX_TEXT: usize = 255;

/// A login that a service has checked, for a token of [`Issuer::issue_login`]: one factor, of the
/// level [`Level::SINGLE_FACTOR`]. A ceremony steps it up.
///
/// ```
/// use stepup_authority::{Issuer, Login, LoginError};
/// use stepup_core::Method;
///
/// # fn password_is_right(user: &str, password: &str) -> bool { false }
/// async fn log_in(issuer: &Issuer, user: &str, password: &str) -> Result<String, LoginError> {
///     if !password_is_right(user, password) {
///         // Answer 401, the same as for a user that is not there.
///     }
///     let login = Login::of(user).client_id("bank-web").method(Method::PWD).scope("accounts");
///     issuer.issue_login(login).await
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Login {
    subject: String,
    client_id: Option<String>,
    methods: Vec<String>,
    scope: String,
    session: Option<String>,
    key_thumbprint: Option<String>,
    lifetime: Duration,
}

impl Login {
    /// A login of this user (`sub`), by a name that is never given to another user.
    ///
    /// ```
    /// let login = stepup_authority::Login::of("alice");
    /// ```
    pub fn of(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            client_id: None,
            methods: Vec::new(),
            scope: String::new(),
            session: None,
            key_thumbprint: None,
            lifetime: Duration::from_secs(60 * 60),
        }
    }

    /// The client that the user logged in with. Every token names one (RFC 9068 §2.2); unless it
    /// is set it is the API itself, by the issuer's audience, which is right where a service has
    /// one front end of its own.
    ///
    /// ```
    /// let login = stepup_authority::Login::of("alice").client_id("bank-web");
    /// ```
    pub fn client_id(self, client_id: &str) -> Self {
        Self { client_id: Some(client_id.to_owned()), ..self }
    }

    /// How the user logged in (`amr`); one more each time. None unless said.
    ///
    /// ```
    /// use stepup_core::Method;
    /// let login = stepup_authority::Login::of("alice").method(Method::PWD);
    /// ```
    pub fn method(mut self, method: Method<'_>) -> Self {
        if !self.methods.iter().any(|known| known == method.name()) {
            self.methods.push(method.name().to_owned());
        }
        self
    }

    /// What the client may do, names with spaces between them (RFC 6749 §3.3). No scope unless
    /// set.
    ///
    /// ```
    /// let login = stepup_authority::Login::of("alice").scope("accounts payments");
    /// ```
    pub fn scope(self, scope: &str) -> Self {
        Self { scope: scope.to_owned(), ..self }
    }

    /// The session that it is of (`sid`): the service's own name for it, which need not be secret.
    /// Unless set it is a new one of 128 random bits.
    ///
    /// ```
    /// let login = stepup_authority::Login::of("alice").session("b3f1c0");
    /// ```
    pub fn session(self, session: &str) -> Self {
        Self { session: Some(session.to_owned()), ..self }
    }

    /// Binds the token to the client's key by its RFC 7638 thumbprint (`cnf`, RFC 9449 §6): who
    /// has the token alone can do nothing with it.
    ///
    /// ```
    /// let login = stepup_authority::Login::of("alice")
    ///     .key_thumbprint("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    /// ```
    pub fn key_thumbprint(self, thumbprint: &str) -> Self {
        Self { key_thumbprint: Some(thumbprint.to_owned()), ..self }
    }

    /// How long the token is good: an hour unless set, a second to a day. Fractions of a second
    /// are dropped.
    ///
    /// ```
    /// use std::time::Duration;
    /// let login = stepup_authority::Login::of("alice").lifetime(Duration::from_secs(15 * 60));
    /// ```
    pub fn lifetime(self, lifetime: Duration) -> Self {
        Self { lifetime, ..self }
    }

    fn check(&self) -> Result<(), LoginError> {
        let is_text = |text: &str| {
            !text.is_empty() && text.len() <= MAX_TEXT && !text.contains(char::is_control)
        };
        let is_opt = |text: &Option<String>| text.as_deref().is_none_or(is_text);
        let wrong = |what| Err(LoginError::Refused(what));
        if !is_text(&self.subject) {
            return wrong("its subject is empty, longer than 255 bytes, or has control characters");
        }
        if !is_opt(&self.client_id) {
            return wrong("its client is empty, longer than 255 bytes, or has control characters");
        }
        if !is_opt(&self.session) {
            return wrong("its session is empty, longer than 255 bytes, or has control characters");
        }
        if self.methods.len() > 16 || !self.methods.iter().all(|method| is_text(method)) {
            return wrong("its methods are more than 16, or one of them is no name");
        }
        let is_scope = |name: &str| {
            let good = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
            !name.is_empty() && name.bytes().all(good)
        };
        let names_scopes = self.scope.is_empty() || self.scope.split(' ').all(is_scope);
        if self.scope.len() > 2_048 || !names_scopes {
            return wrong("its scope is no list of names with one space between them");
        }
        let is_thumbprint = |text: &String| {
            base64_simd::URL_SAFE_NO_PAD.decode_to_vec(text).is_ok_and(|bytes| bytes.len() == 32)
        };
        if !self.key_thumbprint.as_ref().is_none_or(is_thumbprint) {
            return wrong("its key is named by no thumbprint of SHA-256 in base64url");
        }
        if self.lifetime < Duration::from_secs(1) || self.lifetime > LONGEST_LIFE {
            return wrong("its lifetime is less than a second or more than a day");
        }
        Ok(())
    }
}

impl Issuer {
    /// A token for this login, from now on. Call it when you have checked the password, and never
    /// before: nothing here does.
    ///
    /// Its claims are those of RFC 9068 §2.2 and no others: `iss`, `sub`, `aud`, `client_id`,
    /// `iat`, `exp`, `jti`, `acr`, `auth_time`, `sid`, and where they are set `scope`, `amr` and
    /// `cnf`.
    ///
    /// # Errors
    ///
    /// A login of which no token can be made; a store that has not answered for an hour.
    ///
    /// ```
    /// use stepup_authority::{Issuer, Login, LoginError};
    /// use stepup_core::Method;
    ///
    /// async fn token(issuer: &Issuer) -> Result<String, LoginError> {
    ///     issuer.issue_login(Login::of("alice").method(Method::PWD)).await
    /// }
    /// ```
    pub async fn issue_login(&self, login: Login) -> Result<String, LoginError> {
        login.check()?;
        let now = self.clock().now();
        let token_id = unguessable()?;
        let session = match login.session {
            Some(session) => session,
            None => unguessable()?,
        };
        let methods: Vec<_> = login.methods.iter().map(String::as_str).collect();
        let claims = Claims {
            iss: self.issuer(),
            sub: &login.subject,
            aud: self.audience(),
            client_id: login.client_id.as_deref().unwrap_or_else(|| self.audience()),
            iat: now.as_secs(),
            exp: now.plus(login.lifetime).as_secs(),
            jti: &token_id,
            scope: Some(&*login.scope).filter(|scope| !scope.is_empty()),
            acr: Level::SINGLE_FACTOR.name(),
            amr: &methods,
            auth_time: now.as_secs(),
            sid: Some(&session),
            cnf: login.key_thumbprint.as_deref().map(|jkt| Confirmation { jkt }),
        };
        Ok(self.sign(&claims).await?)
    }
}

/// Why there is no token for a login.
///
/// ```
/// use stepup_authority::LoginError;
/// let error = LoginError::Refused("its lifetime is less than a second or more than a day");
/// assert_eq!(
///     error.to_string(),
///     "the login has no token: its lifetime is less than a second or more than a day",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginError {
    /// The login cannot be written into a token: this is wrong with it.
    Refused(&'static str),
    /// The keys in the store cannot be read.
    Unavailable(StoreError),
}

impl From<StoreError> for LoginError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error)
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the login has no token: ")?;
        match self {
            Self::Refused(what) => f.write_str(what),
            Self::Unavailable(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LoginError {}

mod tests;
