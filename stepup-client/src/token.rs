//! Access tokens, which are never looked into (RFC 9470 §6).

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use zeroize::Zeroizing;

/// An access token, and how it is sent. What it says is the API's to read.
///
/// It shows itself nowhere: neither in `Debug` nor in an error nor in a log.
///
/// ```
/// use stepup_client::AccessToken;
///
/// let token = AccessToken::bearer("2YotnFZFEjr1zCsicMWpAA");
/// assert_eq!(token.scheme(), "Bearer");
/// assert!(!format!("{token:?}").contains("2Yot"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    scheme: &'static str,
    value: Zeroizing<String>,
}

impl AccessToken {
    /// One that whoever has it can use (RFC 6750).
    ///
    /// ```
    /// assert_eq!(stepup_client::AccessToken::bearer("a").scheme(), "Bearer");
    /// ```
    #[must_use]
    pub fn bearer(value: impl Into<String>) -> Self {
        Self { scheme: "Bearer", value: Zeroizing::new(value.into()) }
    }

    /// One that is bound to a key of the client's (RFC 9449). The proofs are the client's own to
    /// make and send, for every request.
    ///
    /// ```
    /// assert_eq!(stepup_client::AccessToken::dpop("a").scheme(), "DPoP");
    /// ```
    #[must_use]
    pub fn dpop(value: impl Into<String>) -> Self {
        Self { scheme: "DPoP", ..Self::bearer(value) }
    }

    /// By the `token_type` of a token response (RFC 6749 §5.1).
    #[cfg(any(feature = "authority", feature = "oauth"))]
    pub(crate) fn of_type(token_type: &str, value: &str) -> Option<Self> {
        if token_type.eq_ignore_ascii_case("bearer") {
            Some(Self::bearer(value))
        } else if token_type.eq_ignore_ascii_case("dpop") {
            Some(Self::dpop(value))
        } else {
            None
        }
    }

    /// `Bearer` or `DPoP`.
    ///
    /// ```
    /// assert_eq!(stepup_client::AccessToken::bearer("a").scheme(), "Bearer");
    /// ```
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// The token itself, for whoever sends it on.
    ///
    /// ```
    /// assert_eq!(stepup_client::AccessToken::bearer("a").expose(), "a");
    /// ```
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.value
    }

    /// The value of `Authorization`; `None` if the token has characters that no header takes.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let text = Zeroizing::new(format!("{} {}", self.scheme, self.expose()));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken({} …)", self.scheme)
    }
}

/// What a step-up brought: another token, beside the one that the user logged in with.
///
/// ```
/// use std::time::Duration;
/// use stepup_client::{AccessToken, SteppedUp};
///
/// let token = AccessToken::bearer("2YotnFZFEjr1zCsicMWpAA");
/// let stepped_up = SteppedUp::new(token).expires_in(Duration::from_secs(300));
/// ```
#[derive(Clone, Debug)]
pub struct SteppedUp {
    pub(crate) token: AccessToken,
    pub(crate) expires_in: Option<Duration>,
}

impl SteppedUp {
    /// A token of which it is not known how long it is good.
    ///
    /// ```
    /// use stepup_client::{AccessToken, SteppedUp};
    /// let stepped_up = SteppedUp::new(AccessToken::bearer("a"));
    /// ```
    #[must_use]
    pub const fn new(token: AccessToken) -> Self {
        Self { token, expires_in: None }
    }

    /// After this it is not sent any more.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_client::{AccessToken, SteppedUp};
    /// let good = Duration::from_secs(300);
    /// let stepped_up = SteppedUp::new(AccessToken::bearer("a")).expires_in(good);
    /// ```
    #[must_use]
    pub const fn expires_in(mut self, duration: Duration) -> Self {
        self.expires_in = Some(duration);
        self
    }

    /// The token itself.
    ///
    /// ```
    /// use stepup_client::{AccessToken, SteppedUp};
    /// let stepped_up = SteppedUp::new(AccessToken::bearer("a"));
    /// assert_eq!(stepped_up.token(), &AccessToken::bearer("a"));
    /// ```
    #[must_use]
    pub const fn token(&self) -> &AccessToken {
        &self.token
    }
}
