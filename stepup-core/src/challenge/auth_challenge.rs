//! What a `WWW-Authenticate` line says, once it was read.

use std::fmt;

/// One challenge of a `WWW-Authenticate` line, whatever its scheme (RFC 9110 §11.3).
///
/// ```
/// let challenges = stepup_core::read_challenges(r#"Basic realm="a, b", Bearer"#)?;
/// assert_eq!(challenges[0].param("REALM"), Some("a, b"));
/// assert_eq!(challenges[1].scheme(), "Bearer");
/// # Ok::<(), stepup_core::MalformedChallenge>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthChallenge {
    pub(super) scheme: String,
    pub(super) token68: Option<String>,
    pub(super) params: Vec<(String, String)>,
}

impl AuthChallenge {
    /// The scheme as it was written; compare it without regard to case.
    ///
    /// ```
    /// assert_eq!(stepup_core::read_challenges("bEaReR")?[0].scheme(), "bEaReR");
    /// # Ok::<(), stepup_core::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The value of the parameter of this name, found without regard to case.
    ///
    /// ```
    /// let challenges = stepup_core::read_challenges(r#"Bearer max_age=300, x="a\"b""#)?;
    /// assert_eq!(challenges[0].param("max_age"), Some("300"));
    /// assert_eq!(challenges[0].param("x"), Some("a\"b"));
    /// # Ok::<(), stepup_core::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// All parameters, in their order; their names as they were written.
    ///
    /// ```
    /// let challenges = stepup_core::read_challenges("Bearer Max_Age=300, x=y")?;
    /// assert!(challenges[0].params().eq([("Max_Age", "300"), ("x", "y")]));
    /// # Ok::<(), stepup_core::MalformedChallenge>(())
    /// ```
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The `token68` that some schemes carry in place of parameters.
    ///
    /// ```
    /// let challenges = stepup_core::read_challenges("Negotiate YII=")?;
    /// assert_eq!(challenges[0].token68(), Some("YII="));
    /// # Ok::<(), stepup_core::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn token68(&self) -> Option<&str> {
        self.token68.as_deref()
    }
}

/// A challenge that cannot be read. It says why, and repeats nothing of what was sent.
///
/// ```
/// let error = stepup_core::read_challenges(r#"Bearer realm="open"#.trim_end_matches('"')).unwrap_err();
/// assert_eq!(error.to_string(), "malformed challenge: a quoted string does not end");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedChallenge {
    why: &'static str,
}

impl MalformedChallenge {
    pub(super) const fn new(why: &'static str) -> Self {
        Self { why }
    }
}

impl fmt::Display for MalformedChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed challenge: {}", self.why)
    }
}

impl std::error::Error for MalformedChallenge {}
