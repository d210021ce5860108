//! The token of the user's login.

use std::fmt;

use crate::token::AccessToken;

/// Where the token of the user's login comes from.
///
/// A function that gives a token is a source, and so is a token itself. Of such a source another
/// token is another login: all that was got for the last is forgotten.
///
/// A login whose token is renewed says whose it is, by its [`session`](Self::session). A renewed
/// token is the same login then, no older and no younger: it never takes the place of a step-up
/// (RFC 9068 §2.2.1).
///
/// ```
/// use stepup_client::{AccessToken, BoxFuture, SourceError, TokenSource};
///
/// struct Renewed {
///     sub: String,
/// }
///
/// impl TokenSource for Renewed {
///     fn token(&self) -> BoxFuture<'_, Result<AccessToken, SourceError>> {
///         Box::pin(async { Ok(AccessToken::bearer("2YotnFZFEjr1zCsicMWpAA")) })
///     }
///
///     fn session(&self) -> Option<String> {
///         Some(self.sub.clone())
///     }
/// }
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// The token of the login as it is now.
    ///
    /// # Errors
    ///
    /// Nobody is logged in, or the token could not be renewed.
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, SourceError>>;

    /// Whose login it is, such as their `sub`, or a session's name. Where it changes, all that was
    /// got for the last is forgotten, as by [`StepUp::forget`](crate::StepUp::forget).
    ///
    /// Of a source that does not say it, another token is another login. One that says it only once
    /// it has a token is asked for that token again, and a call that is given another one ends.
    fn session(&self) -> Option<String> {
        None
    }
}

impl<F, A> TokenSource for F
where
    F: Fn() -> A + Send + Sync + 'static,
    A: Future<Output = Result<AccessToken, SourceError>> + Send + 'static,
{
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, SourceError>> {
        Box::pin(self())
    }
}

impl TokenSource for AccessToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, SourceError>> {
        Box::pin(std::future::ready(Ok(self.clone())))
    }
}

/// There is no token of a login to send. It repeats what the source said.
///
/// ```
/// let error = stepup_client::SourceError::new("nobody is logged in");
/// assert_eq!(error.to_string(), "nobody is logged in");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError(String);

impl SourceError {
    /// With why there is none. It may be shown and logged: no secrets.
    ///
    /// ```
    /// let error = stepup_client::SourceError::new("nobody is logged in");
    /// ```
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SourceError {}

/// What this crate's traits return.
///
/// ```
/// use stepup_client::BoxFuture;
/// fn at_once(answer: bool) -> BoxFuture<'static, bool> {
///     Box::pin(std::future::ready(answer))
/// }
/// ```
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
