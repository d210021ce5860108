//! What a client reads of a shortfall: the step-up challenge of RFC 9470 §3.

mod auth_challenge;
mod read;
mod write;

pub use auth_challenge::{AuthChallenge, MalformedChallenge};
pub use read::read_challenges;
pub(crate) use write::HeaderText;

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

use crate::level::Level;
use crate::requirement::Requirement;
use crate::shortfall::Shortfall;

/// The error code of a step-up challenge (RFC 9470 §3), in any scheme.
///
/// ```
/// assert_eq!(stepup_core::INSUFFICIENT_USER_AUTHENTICATION, "insufficient_user_authentication");
/// ```
pub const INSUFFICIENT_USER_AUTHENTICATION: &str = "insufficient_user_authentication";

/// A shortfall as a client reads it (RFC 9470 §3).
///
/// A login that meets all parts of it is admitted: one of the `acr_values`, no older than
/// `max_age`, and every method and scope.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header::WWW_AUTHENTICATE};
/// use stepup_core::Challenge;
///
/// let mut headers = HeaderMap::new();
/// headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(
///     r#"Bearer error="insufficient_user_authentication", acr_values="mfa phr", max_age=300"#,
/// ));
/// let challenge = Challenge::from_headers(&headers)?.expect("the answer asks for a step-up");
/// assert_eq!(challenge.acr_values(), ["mfa", "phr"]);
/// assert_eq!(challenge.max_age(), Some(300));
/// # Ok::<(), stepup_core::MalformedChallenge>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub(crate) acr_values: Vec<String>,
    pub(crate) max_age: Option<u64>,
    pub(crate) amr_values: Vec<String>,
    pub(crate) scope: Vec<String>,
}

impl Challenge {
    /// The challenge that closes this shortfall.
    ///
    /// Alternatives that differ in level and age alone make one challenge that any of them
    /// answers; else the challenge is that of the alternative with the fewest gaps.
    ///
    /// ```
    /// use stepup_core::{AnyOf, Authentication, Challenge, MaxAge, Require, Timestamp, level};
    ///
    /// type Strong = AnyOf<(level::Phrh, (level::Mfa, MaxAge<60>))>;
    /// let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// let short = Strong::REQUIREMENT.evaluate(&login, Timestamp::from_secs(9)).unwrap_err();
    /// let challenge = Challenge::new(&Strong::REQUIREMENT, &short);
    /// assert_eq!(challenge.acr_values(), ["phrh", "mfa", "phr"]);
    /// assert_eq!(challenge.max_age(), Some(60));
    /// ```
    #[must_use]
    pub fn new(requirement: &Requirement, shortfall: &Shortfall) -> Self {
        Self::named(requirement, shortfall, |level| vec![level.name().to_owned()])
    }

    /// The same with the names that an issuer has for the levels.
    pub(crate) fn named(
        requirement: &Requirement,
        shortfall: &Shortfall,
        names: impl Fn(Level) -> Vec<String>,
    ) -> Self {
        let alike = requirement
            .paths()
            .all(|path| path.level.is_some() && path.methods.is_empty() && path.scope.is_empty());
        let mut challenge = Self {
            acr_values: Vec::new(),
            max_age: None,
            amr_values: Vec::new(),
            scope: Vec::new(),
        };
        for (alternative, path) in requirement.paths().enumerate() {
            if alike || alternative == shortfall.alternative {
                challenge.add(&path, shortfall, &names);
            }
        }
        challenge
    }

    fn add(
        &mut self,
        path: &Requirement,
        shortfall: &Shortfall,
        names: &impl Fn(Level) -> Vec<String>,
    ) {
        for acr in path.level.iter().flat_map(|level| level.and_above()).flat_map(names) {
            if !self.acr_values.contains(&acr) {
                self.acr_values.push(acr);
            }
        }
        self.max_age = match (self.max_age, path.max_age.map(u64::from)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.amr_values.extend(path.methods.iter().map(str::to_owned));
        if shortfall.scope.is_some() {
            self.scope.extend(path.scope.iter().map(str::to_owned));
        }
    }

    /// The step-up challenge in an answer's headers, if there is one.
    ///
    /// All `WWW-Authenticate` lines are read as one, with commas between them (RFC 9110 §5.3), and
    /// whichever scheme carries the error code. Other challenges beside it are passed over, so are
    /// parameters that are not known, and two that ask for the same are one. `stepup-client` reads
    /// by the same rule, and other providers' own challenges besides if it is told to.
    ///
    /// # Errors
    ///
    /// What [`read_challenges`] refuses, on whichever line; a `max_age` that is no whole number of
    /// seconds; and two challenges that ask for different step-ups.
    ///
    /// ```
    /// use http::HeaderMap;
    /// assert_eq!(stepup_core::Challenge::from_headers(&HeaderMap::new()), Ok(None));
    /// ```
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, MalformedChallenge> {
        let lines = headers.get_all(WWW_AUTHENTICATE).iter();
        // Bytes beyond ASCII may stand in quoted strings (RFC 9110 §5.5, `obs-text`).
        let lines =
            lines.map(|line| line.as_bytes().iter().map(|byte| char::from(*byte)).collect());
        let mut found = None;
        for challenge in read_challenges(&lines.collect::<Vec<String>>().join(", "))? {
            if challenge.param("error") != Some(INSUFFICIENT_USER_AUTHENTICATION) {
                continue;
            }
            let next = Self::from_params(&challenge)?;
            if found.get_or_insert_with(|| next.clone()) != &next {
                return Err(MalformedChallenge::new("it asks for two different step-ups"));
            }
        }
        Ok(found)
    }

    fn from_params(challenge: &AuthChallenge) -> Result<Self, MalformedChallenge> {
        let list = |name| {
            let words = challenge.param(name).unwrap_or_default().split(' ');
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let max_age = challenge.param("max_age").map(|text| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let seconds = digits.then(|| text.parse::<u64>().ok()).flatten();
            // 2^53: what every JSON and JavaScript client can count exactly.
            seconds
                .filter(|seconds| *seconds <= 1 << 53)
                .ok_or_else(|| MalformedChallenge::new("`max_age` is no number of seconds"))
        });
        Ok(Self {
            acr_values: list("acr_values"),
            max_age: max_age.transpose()?,
            amr_values: list("amr_values"),
            scope: list("scope"),
        })
    }

    /// The `acr` values of which **one** is demanded, the preferred one first (RFC 9470 §3).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Challenge, Require, Timestamp, level::Phr};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// # let short = Phr::REQUIREMENT.evaluate(&login, Timestamp::from_secs(9)).unwrap_err();
    /// assert_eq!(Challenge::new(&Phr::REQUIREMENT, &short).acr_values(), ["phr", "phrh"]);
    /// ```
    #[must_use]
    pub fn acr_values(&self) -> &[String] {
        &self.acr_values
    }

    /// The greatest number of seconds since the user last actively logged in (RFC 9470 §3).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Challenge, Require, Timestamp, level::Phr};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// # let short = Phr::REQUIREMENT.evaluate(&login, Timestamp::from_secs(9)).unwrap_err();
    /// assert_eq!(Challenge::new(&Phr::REQUIREMENT, &short).max_age(), None);
    /// ```
    #[must_use]
    pub const fn max_age(&self) -> Option<u64> {
        self.max_age
    }

    /// The methods that are demanded, all of them. RFC 9470 has no parameter for them; ours is
    /// called `amr_values`, and clients that do not know it pass it over.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Challenge, Require, Timestamp, method::Hwk};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// # let short = Hwk::REQUIREMENT.evaluate(&login, Timestamp::from_secs(9)).unwrap_err();
    /// assert_eq!(Challenge::new(&Hwk::REQUIREMENT, &short).amr_values(), ["hwk"]);
    /// ```
    #[must_use]
    pub fn amr_values(&self) -> &[String] {
        &self.amr_values
    }

    /// The scopes that are demanded, when the token lacks one (RFC 6750 §3).
    ///
    /// ```
    /// # use stepup_core::{Authentication, Challenge, Require, Timestamp, method::Hwk};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// # let short = Hwk::REQUIREMENT.evaluate(&login, Timestamp::from_secs(9)).unwrap_err();
    /// assert!(Challenge::new(&Hwk::REQUIREMENT, &short).scope().is_empty());
    /// ```
    #[must_use]
    pub fn scope(&self) -> &[String] {
        &self.scope
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    type Asked = (Vec<String>, Option<u64>);

    fn read(lines: &[&[u8]]) -> Result<Option<Asked>, MalformedChallenge> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_bytes(line).unwrap());
        }
        let challenge = Challenge::from_headers(&headers)?;
        Ok(challenge.map(|challenge| (challenge.acr_values, challenge.max_age)))
    }

    const OURS: &[u8] = br#"Bearer error="insufficient_user_authentication", max_age=300"#;

    #[test]
    fn the_step_up_challenge_is_found_among_others() {
        let ours = || Ok(Some((Vec::new(), Some(300))));
        for (lines, expected) in [
            (&[OURS][..], ours()),
            (&[b"Basic realm=\"caf\xe9\"", OURS], ours()),
            (&["Basic realm=\"Öffnen – 5 €\"".as_bytes(), OURS], ours()),
            (&[b"Negotiate YII=", b"", OURS], ours()),
            (&[OURS, OURS, &OURS.to_ascii_lowercase()], ours()),
            (&[br#"Bearer error="insufficient_user_authentication""#, b"max_age=300"], ours()),
            (
                &[br#"DPoP error="insufficient_user_authentication", acr_values="a b""#],
                Ok(Some((vec!["a".to_owned(), "b".to_owned()], None))),
            ),
            (&[br#"Bearer error="invalid_token", max_age=300"#], Ok(None)),
            (&[br#"Bearer realm="x", scope="error=insufficient_user_authentication""#], Ok(None)),
        ] {
            assert_eq!(read(lines), expected);
        }
        let other: &[u8] = br#"DPoP error="insufficient_user_authentication", max_age=60"#;
        assert!(read(&[OURS, other]).is_err(), "two that differ");
        for open in [&[b"Basic realm=\"open", OURS], &[OURS, b"Basic realm=\"open"]] {
            assert!(read(open).is_err(), "what belongs to which line is not known");
        }
    }

    #[test]
    fn r_9470_06_max_age_is_a_whole_number() {
        for (max_age, expected) in [
            ("300", Some(300)),
            ("\"300\"", Some(300)),
            ("0", Some(0)),
            ("9007199254740992", Some(9_007_199_254_740_992)),
            ("9007199254740993", None),
            ("99999999999999999999", None),
            ("-1", None),
            ("+5", None),
            ("5m", None),
            ("1.5", None),
            ("1e3", None),
            ("\"\"", None),
            ("\" 5\"", None),
        ] {
            let line =
                format!("Bearer error=\"insufficient_user_authentication\", max_age={max_age}");
            let read = read(&[line.as_bytes()]).ok().flatten().and_then(|(_, max_age)| max_age);
            assert_eq!(read, expected, "{max_age}");
        }
    }
}
