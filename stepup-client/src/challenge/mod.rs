//! Reading what an API asks for.

mod dialect;
mod malformed;
mod words;

use std::cmp::Reverse;
use std::sync::Arc;

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;
use stepup_core::{AuthChallenge, INSUFFICIENT_USER_AUTHENTICATION};

pub use self::dialect::Dialects;
use self::dialect::{ENTRA, OKTA};
pub use self::malformed::MalformedChallenge;

/// All challenges of an answer, whatever their schemes, in the order in which they stand.
///
/// Several `WWW-Authenticate` lines are one, with commas between them (RFC 9110 §5.3).
///
/// # Errors
///
/// What RFC 9110 §11 does not allow, a parameter that stands twice, and more than 16 KiB. Then
/// nothing of it can be relied on.
///
/// ```
/// use stepup_client::{Dialects, read_challenges};
///
/// let challenges = read_challenges(r#"Basic realm="a, b", Bearer"#, Dialects::default())?;
/// assert_eq!(challenges.len(), 2);
/// assert_eq!(challenges[0].param("realm"), Some("a, b"));
/// # Ok::<(), stepup_client::MalformedChallenge>(())
/// ```
pub fn read_challenges(
    line: &str,
    dialects: Dialects,
) -> Result<Vec<AuthChallenge>, MalformedChallenge> {
    Ok(stepup_core::read_challenges(&dialects.in_standard_form(line))?)
}

/// The lines of an answer as one.
pub(crate) fn line_of(headers: &HeaderMap) -> String {
    let lines = headers.get_all(WWW_AUTHENTICATE).iter();
    // Bytes beyond ASCII may stand in quoted strings (RFC 9110 §5.5, `obs-text`).
    let lines = lines.map(|line| line.as_bytes().iter().map(|byte| char::from(*byte)).collect());
    lines.collect::<Vec<String>>().join(", ")
}

/// What an API asks for: a login that is stronger, more recent, or both (RFC 9470 §3).
///
/// A challenge is only ever compared and passed on. Addresses in it are not kept.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header::WWW_AUTHENTICATE};
/// use stepup_client::{Challenge, Dialects};
///
/// let mut headers = HeaderMap::new();
/// headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(
///     r#"Bearer error="insufficient_user_authentication", acr_values="mfa phr", max_age=300"#,
/// ));
/// let challenge = Challenge::from_headers(&headers, Dialects::default())?.expect("a step-up");
/// assert_eq!((challenge.scheme(), challenge.max_age()), ("Bearer", Some(300)));
/// assert_eq!(challenge.to_string(), "a login at level mfa or phr, at most 300 s old");
/// # Ok::<(), stepup_client::MalformedChallenge>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Challenge(Arc<Asked>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Asked {
    scheme: String,
    acr_values: Vec<String>,
    max_age: Option<u64>,
    amr_values: Vec<String>,
    scope: Vec<String>,
    claims: Option<String>,
}

impl Challenge {
    /// The step-up that an answer asks for, if it asks for one.
    ///
    /// # Errors
    ///
    /// As [`from_line`](Self::from_line).
    ///
    /// ```
    /// use stepup_client::{Challenge, Dialects};
    /// assert_eq!(Challenge::from_headers(&http::HeaderMap::new(), Dialects::default()), Ok(None));
    /// ```
    pub fn from_headers(
        headers: &HeaderMap,
        dialects: Dialects,
    ) -> Result<Option<Self>, MalformedChallenge> {
        Self::from_line(&line_of(headers), dialects)
    }

    /// The same of the header's value alone.
    ///
    /// # Errors
    ///
    /// What [`read_challenges`] refuses, a `max_age` that is no whole number of seconds, and two
    /// challenges that ask for different step-ups.
    ///
    /// ```
    /// use stepup_client::{Challenge, Dialects};
    ///
    /// let line = r#"Bearer error="insufficient_user_authentication", max_age=-1"#;
    /// assert!(Challenge::from_line(line, Dialects::default()).is_err());
    /// ```
    pub fn from_line(line: &str, dialects: Dialects) -> Result<Option<Self>, MalformedChallenge> {
        let mut found: Option<Self> = None;
        for challenge in read_challenges(line, dialects)? {
            match (Self::of(&challenge, dialects)?, &found) {
                (Some(next), None) => found = Some(next),
                (Some(next), Some(first)) if !next.asks_the_same_as(first) => {
                    return Err(MalformedChallenge::of("it asks for two different step-ups"));
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn of(
        challenge: &AuthChallenge,
        dialects: Dialects,
    ) -> Result<Option<Self>, MalformedChallenge> {
        let claims = match challenge.param("error") {
            Some(INSUFFICIENT_USER_AUTHENTICATION) => None,
            Some(OKTA) if dialects.okta => None,
            Some(ENTRA) if dialects.entra => {
                match challenge.param("claims").and_then(dialect::claims) {
                    None => return Ok(None),
                    claims => claims,
                }
            }
            _ => return Ok(None),
        };
        let list = |name| {
            let words = challenge.param(name).unwrap_or_default().split(' ');
            words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let (contexts, claims) = claims.map(|it| (it.contexts, it.json)).unzip();
        Ok(Some(Self(Arc::new(Asked {
            scheme: challenge.scheme().to_owned(),
            acr_values: contexts.unwrap_or_else(|| list("acr_values")),
            max_age: challenge.param("max_age").map(seconds).transpose()?,
            amr_values: list("amr_values"),
            scope: list("scope"),
            claims,
        }))))
    }

    fn asks_the_same_as(&self, other: &Self) -> bool {
        let of_their_scheme = Asked { scheme: other.0.scheme.clone(), ..(*self.0).clone() };
        of_their_scheme == *other.0
    }

    /// Whether a token that was got for this challenge is sure to meet that one as well, as far as
    /// RFC 9470 says: one of the `acr_values` is enough, and no value is above another.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let (ours, theirs) = (&*self.0, &*other.0);
        let holds = |all: &[String], some: &[String]| some.iter().all(|one| all.contains(one));
        let level = theirs.acr_values.is_empty()
            || !ours.acr_values.is_empty() && holds(&theirs.acr_values, &ours.acr_values);
        let age = match (ours.max_age, theirs.max_age) {
            (_, None) => true,
            (Some(ours), Some(theirs)) => ours <= theirs,
            (None, Some(_)) => false,
        };
        level
            && age
            && holds(&ours.amr_values, &theirs.amr_values)
            && holds(&ours.scope, &theirs.scope)
            && (theirs.claims.is_none() || theirs.claims == ours.claims)
    }

    /// How much more a token was got for that covers that challenge: less is narrower. Rights come
    /// first, then what the login proved, then how recent it was.
    pub(crate) fn beyond(&self, other: &Self) -> impl Ord + use<> {
        let (ours, theirs) = (&*self.0, &*other.0);
        let more =
            |all: &[String], some: &[String]| all.iter().filter(|one| !some.contains(one)).count();
        (
            self != other,
            more(&ours.scope, &theirs.scope),
            ours.claims.is_some() && theirs.claims.is_none(),
            more(&ours.amr_values, &theirs.amr_values),
            (!ours.acr_values.is_empty()).then_some(Reverse(ours.acr_values.len())),
            ours.max_age.map(Reverse),
        )
    }

    /// The authentication scheme that carried it, as it was written: `Bearer`, `DPoP`.
    ///
    /// ```
    /// # use stepup_client::{Challenge, Dialects};
    /// let line = r#"DPoP error="insufficient_user_authentication""#;
    /// let challenge = Challenge::from_line(line, Dialects::default())?.expect("a step-up");
    /// assert_eq!(challenge.scheme(), "DPoP");
    /// # Ok::<(), stepup_client::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.0.scheme
    }

    /// Levels, **one** of which is demanded, the preferred one first.
    ///
    /// ```
    /// # use stepup_client::{Challenge, Dialects};
    /// let line = r#"Bearer error="insufficient_user_authentication", acr_values="mfa phr""#;
    /// let challenge = Challenge::from_line(line, Dialects::default())?.expect("a step-up");
    /// assert_eq!(challenge.acr_values(), ["mfa", "phr"]);
    /// # Ok::<(), stepup_client::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn acr_values(&self) -> &[String] {
        &self.0.acr_values
    }

    /// How many seconds ago the user may have logged in.
    ///
    /// ```
    /// # use stepup_client::{Challenge, Dialects};
    /// let line = r#"Bearer error="insufficient_user_authentication", max_age="60""#;
    /// let challenge = Challenge::from_line(line, Dialects::default())?.expect("a step-up");
    /// assert_eq!(challenge.max_age(), Some(60));
    /// # Ok::<(), stepup_client::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn max_age(&self) -> Option<u64> {
        self.0.max_age
    }

    /// Methods, all of which are demanded: a parameter of stepup's own, beside RFC 9470's.
    ///
    /// ```
    /// # use stepup_client::{Challenge, Dialects};
    /// let line = r#"Bearer error="insufficient_user_authentication", amr_values="hwk pin""#;
    /// let challenge = Challenge::from_line(line, Dialects::default())?.expect("a step-up");
    /// assert_eq!(challenge.amr_values(), ["hwk", "pin"]);
    /// # Ok::<(), stepup_client::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn amr_values(&self) -> &[String] {
        &self.0.amr_values
    }

    /// Scopes that the token lacks besides (RFC 6750 §3).
    ///
    /// ```
    /// # use stepup_client::{Challenge, Dialects};
    /// let line = r#"Bearer error="insufficient_user_authentication", scope="pay""#;
    /// let challenge = Challenge::from_line(line, Dialects::default())?.expect("a step-up");
    /// assert_eq!(challenge.scope(), ["pay"]);
    /// # Ok::<(), stepup_client::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn scope(&self) -> &[String] {
        &self.0.scope
    }

    /// Of Entra's dialect: the JSON for a request's `claims` parameter.
    ///
    /// ```
    /// # use stepup_client::{Challenge, Dialects};
    /// let claims = "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJ2YWx1ZSI6ImMxIn19fQ==";
    /// let line = format!(r#"Bearer error="insufficient_claims", claims="{claims}""#);
    /// let challenge = Challenge::from_line(&line, Dialects::default().entra())?.expect("a step-up");
    /// assert_eq!(challenge.claims(), Some(r#"{"access_token":{"acrs":{"value":"c1"}}}"#));
    /// # Ok::<(), stepup_client::MalformedChallenge>(())
    /// ```
    #[must_use]
    pub fn claims(&self) -> Option<&str> {
        self.0.claims.as_deref()
    }
}

fn seconds(text: &str) -> Result<u64, MalformedChallenge> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok()).flatten();
    // 2^53: what every client in JavaScript can count exactly, too.
    seconds
        .filter(|seconds| *seconds <= 1 << 53)
        .ok_or(MalformedChallenge::of("its `max_age` is no number of seconds"))
}

#[cfg(test)]
mod tests;
