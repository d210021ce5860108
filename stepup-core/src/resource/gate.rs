//! The one object that an API builds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;

use super::jwt::JwtVerifier;
use super::keys::KeySet;
use super::rejection::{Answers, Rejection, Why};
use super::verifier::{TokenFault, Verification, Verifier, VerifyError};
use crate::authentication::Authentication;
use crate::charset::is_text_byte;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::guarded_handler::guarded_handlers;
use crate::level::Ladder;
use crate::requirement::{MAX_SKEW, Requirement};

/// Verifies callers and decides about them. Build one when the service starts and share it: a
/// clone is the same gate.
///
/// ```
/// use stepup_core::{Algorithm, Gate, KeySet};
///
/// # let pem = b"-----BEGIN PUBLIC KEY-----
/// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
/// # -----END PUBLIC KEY-----";
/// let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
/// let gate = Gate::builder("https://idp.example", "https://api.example").keys(keys).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    verifier: Box<dyn Verifier>,
    clock: Box<dyn Clock>,
    skew: Duration,
    answers: Answers,
}

impl Gate {
    /// A gate for JWTs of this issuer (`iss`, compared byte for byte) that are for this audience
    /// (`aud`): this API's own identifier at the issuer.
    ///
    /// ```
    /// let error = stepup_core::Gate::builder("https://idp.example", "").build().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the gate's audience is empty: give this API's identifier at the issuer, so that \
    ///      tokens for other services stay out",
    /// );
    /// ```
    #[must_use]
    pub fn builder(issuer: &str, audience: &str) -> GateBuilder {
        GateBuilder::new(Source::Jwt {
            issuer: issuer.into(),
            audience: audience.into(),
            keys: None,
        })
    }

    /// A gate whose callers are verified by the application itself.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use stepup_core::{Authentication, Credential, Gate, Timestamp, TokenFault, Verification, Verifier};
    ///
    /// #[derive(Debug)]
    /// struct Nobody;
    /// impl Verifier for Nobody {
    ///     fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
    ///         Verification::Ready(Err(TokenFault::Signature.into()))
    ///     }
    /// }
    /// let gate = Gate::with_verifier(Nobody).realm("sessions").build()?;
    /// # Ok::<(), stepup_core::GateError>(())
    /// ```
    #[must_use]
    pub fn with_verifier(verifier: impl Verifier) -> GateBuilder {
        GateBuilder::new(Source::Own(Box::new(verifier)))
    }

    /// Verifies the caller, whatever their level.
    ///
    /// # Errors
    ///
    /// No credential, one that is malformed or invalid, or one that cannot be judged at present.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet};
    /// # use http::HeaderMap;
    /// # async fn example(gate: Gate, headers: HeaderMap) {
    /// match gate.verify(&headers).await {
    ///     Ok(authentication) => println!("{} is here", authentication.subject()),
    ///     Err(rejection) => println!("{}", rejection.response().status()),
    /// }
    /// # }
    /// ```
    pub async fn verify(&self, headers: &HeaderMap) -> Result<Arc<Authentication>, Rejection> {
        let verifier = &self.0.verifier;
        let credential = match verifier.credential(headers) {
            Ok(Some(credential)) => credential,
            Ok(None) => return Err(self.reject(Why::NoCredential)),
            Err(malformed) => return Err(self.reject(Why::Malformed(malformed))),
        };
        let verified = match verifier.verify(credential, self.now()) {
            Verification::Ready(verified) => verified,
            Verification::Pending(verified) => verified.await,
        };
        let checked = verified.and_then(|authentication| {
            self.check_times(&authentication, self.now())?;
            Ok(authentication)
        });
        checked.map_err(|error| {
            self.reject(match error {
                VerifyError::Invalid(fault) => Why::Invalid(fault),
                VerifyError::Unavailable { retry_after } => Why::Unavailable { retry_after },
            })
        })
    }

    /// Verifies the caller, then decides: the whole of what a guard does.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), and whenever the login falls short of the requirement.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use stepup_core::{Gate, Rejection, Require, level::Mfa};
    ///
    /// async fn transfer(gate: Gate, headers: HeaderMap) -> Result<(), Rejection> {
    ///     let authentication = gate.admit(&headers, &Mfa::REQUIREMENT).await?;
    ///     println!("{} may go on", authentication.subject());
    ///     Ok(())
    /// }
    /// ```
    pub async fn admit(
        &self,
        headers: &HeaderMap,
        requirement: &'static Requirement,
    ) -> Result<Arc<Authentication>, Rejection> {
        let authentication = self.verify(headers).await?;
        match requirement.evaluate(&authentication, self.now()) {
            Ok(()) => Ok(authentication),
            Err(shortfall) => Err(self.reject(Why::Short { requirement, shortfall })),
        }
    }

    /// Whether an authentication that was once admitted still holds: for streams and sockets,
    /// which outlive the request that opened them.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Gate, Require, level::Mfa};
    /// # fn example(gate: &Gate, authentication: &Authentication) {
    /// if !gate.still_holds(authentication, &Mfa::REQUIREMENT) {
    ///     // End the stream: the client has to come back with a fresh login.
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn still_holds(&self, authentication: &Authentication, requirement: &Requirement) -> bool {
        let now = self.now();
        self.check_times(authentication, now).is_ok()
            && requirement.evaluate(authentication, now).is_ok()
    }

    pub(super) fn without_credential(&self) -> Rejection {
        self.reject(Why::NoCredential)
    }

    pub(super) fn answers(&self) -> &Answers {
        &self.0.answers
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// What must hold of any authentication at any moment it is used.
    fn check_times(
        &self,
        authentication: &Authentication,
        now: Timestamp,
    ) -> Result<(), TokenFault> {
        let latest = now.plus(self.0.skew);
        if now >= authentication.expires_at() {
            return Err(TokenFault::Expired);
        }
        if authentication.not_before().is_some_and(|not_before| not_before > latest) {
            return Err(TokenFault::NotYet);
        }
        if authentication.moments().any(|moment| moment > latest) {
            return Err(TokenFault::Future);
        }
        Ok(())
    }

    fn reject(&self, why: Why) -> Rejection {
        Rejection::new(self.clone(), why)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("verifier", &self.0.verifier).finish_non_exhaustive()
    }
}

enum Source {
    Jwt { issuer: Box<str>, audience: Box<str>, keys: Option<KeySet> },
    Own(Box<dyn Verifier>),
}

/// Settles a [`Gate`]. All has a default but the keys.
///
/// ```
/// use std::time::Duration;
/// use stepup_core::{Gate, GateError, KeySet};
///
/// fn gate(keys: KeySet) -> Result<Gate, GateError> {
///     Gate::builder("https://idp.example", "https://api.example")
///         .keys(keys)
///         .skew(Duration::from_secs(2))
///         .realm("accounts")
///         .build()
/// }
/// ```
#[must_use]
pub struct GateBuilder {
    source: Source,
    ladder: &'static Ladder,
    clock: Box<dyn Clock>,
    skew: Duration,
    realm: Option<String>,
    problem_types: String,
    other_modules: Vec<String>,
}

impl GateBuilder {
    fn new(source: Source) -> Self {
        Self {
            source,
            ladder: Ladder::BUILT_IN,
            clock: Box::new(SystemClock),
            skew: Duration::from_secs(5),
            realm: None,
            problem_types: "https://stepup.example/problems/".to_owned(),
            other_modules: Vec::new(),
        }
    }

    /// The issuer's keys.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
    /// Gate::builder("https://idp.example", "https://api.example").keys(keys).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keys(mut self, given: KeySet) -> Self {
        if let Source::Jwt { keys, .. } = &mut self.source {
            *keys = Some(given);
        }
        self
    }

    /// The ladder that gives `acr` values their order; [`Ladder::BUILT_IN`] unless set.
    ///
    /// ```
    /// use stepup_core::{Gate, Ladder};
    /// const LADDER: &Ladder = &Ladder::new(&["basic", "notarised"]);
    /// let builder = Gate::builder("https://idp.example", "https://api.example").ladder(LADDER);
    /// ```
    pub fn ladder(self, ladder: &'static Ladder) -> Self {
        Self { ladder, ..self }
    }

    /// The clock; the system's unless set.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use stepup_core::{Gate, ManualClock, Timestamp};
    /// let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_700_000_000)));
    /// let builder = Gate::builder("https://idp.example", "https://api.example").clock(clock);
    /// ```
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Box::new(clock), ..self }
    }

    /// How far the issuer's clock may be ahead of ours: 5 s unless set, 60 s at most. It is
    /// allowed to `iat`, `nbf` and `auth_time`, never to `exp` and never to a `max_age`.
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .skew(Duration::from_secs(1));
    /// ```
    pub fn skew(self, skew: Duration) -> Self {
        Self { skew, ..self }
    }

    /// The `realm` of challenges (RFC 9110 §11.5); the audience unless set.
    ///
    /// ```
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .realm("accounts");
    /// ```
    pub fn realm(self, realm: &str) -> Self {
        Self { realm: Some(realm.to_owned()), ..self }
    }

    /// What the `type` of problem bodies begins with (RFC 9457 §3.1.1), a URI that ends in `/`.
    /// It identifies and need not resolve; set it to pages of yours where you have them.
    ///
    /// ```
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .problem_types("https://api.example/problems/");
    /// ```
    pub fn problem_types(self, base: &str) -> Self {
        Self { problem_types: base.to_owned(), ..self }
    }

    /// Handlers in this module and below belong to another gate: their requirements are not
    /// checked against this one.
    ///
    /// ```
    /// let builder = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .except_module("my_service::back_office");
    /// ```
    pub fn except_module(mut self, path: &str) -> Self {
        self.other_modules.push(path.to_owned());
        self
    }

    /// Builds the gate, or says what is wrong with it.
    ///
    /// # Errors
    ///
    /// An empty issuer or audience; no keys; a skew above 60 s; text that a header cannot carry;
    /// and any handler in the program whose requirement names a level that is not on the gate's
    /// ladder.
    ///
    /// ```
    /// let error = stepup_core::Gate::builder("https://idp.example", "https://api.example")
    ///     .build()
    ///     .unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the gate has no keys to check tokens with: give the issuer's with `.keys(…)`",
    /// );
    /// ```
    pub fn build(self) -> Result<Gate, GateError> {
        if self.skew > MAX_SKEW {
            return Err(GateError(
                "the gate's skew is above 60 s: a token from that far in the future is no \
                 matter of clocks"
                    .to_owned(),
            ));
        }
        let base = &self.problem_types;
        if !base.ends_with('/')
            || !base.contains(':')
            || !base.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err(GateError(
                "the gate's problem types are no URI that ends in `/`: write for example \
                 `https://api.example/problems/`"
                    .to_owned(),
            ));
        }
        self.check_handlers()?;
        let (verifier, audience): (Box<dyn Verifier>, _) = match self.source {
            Source::Own(verifier) => (verifier, None),
            Source::Jwt { issuer, audience, keys } => {
                if issuer.is_empty() {
                    return Err(GateError(
                        "the gate's issuer is empty: give the `iss` that the tokens carry"
                            .to_owned(),
                    ));
                }
                if audience.is_empty() {
                    return Err(GateError(
                        "the gate's audience is empty: give this API's identifier at the issuer, \
                         so that tokens for other services stay out"
                            .to_owned(),
                    ));
                }
                let keys = keys.ok_or_else(|| {
                    GateError(
                        "the gate has no keys to check tokens with: give the issuer's with \
                         `.keys(…)`"
                            .to_owned(),
                    )
                })?;
                let (ladder, skew) = (self.ladder, self.skew);
                let realm = audience.to_string();
                (Box::new(JwtVerifier { issuer, audience, keys, ladder, skew }), Some(realm))
            }
        };
        let realm = self.realm.or(audience).ok_or_else(|| {
            GateError("the gate has no realm: name what it protects with `.realm(…)`".to_owned())
        })?;
        if realm.is_empty() || !realm.bytes().all(is_text_byte) {
            return Err(GateError(
                "the gate's realm (the audience, unless set) is empty or has a character that a \
                 header cannot carry: set one of visible ASCII without `\"` and `\\` with \
                 `.realm(…)`"
                    .to_owned(),
            ));
        }
        let answers = Answers::new(&realm, &self.problem_types);
        Ok(Gate(Arc::new(Inner { verifier, clock: self.clock, skew: self.skew, answers })))
    }

    /// No handler may wait for a level that no token can ever show.
    fn check_handlers(&self) -> Result<(), GateError> {
        for handler in guarded_handlers() {
            let below = |module: &String| {
                let rest = handler.module().strip_prefix(module.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            };
            if self.other_modules.iter().any(below) {
                continue;
            }
            for level in handler.requirement().levels() {
                if !self.ladder.holds(level) {
                    return Err(GateError(format!(
                        "{handler} demands the level `{level}`, which is not on the gate's ladder \
                         ({}): give the gate that ladder with `.ladder(…)`, or, if another gate \
                         guards the handler, `.except_module(\"{}\")`",
                        self.ladder
                            .levels()
                            .map(|level| level.name())
                            .collect::<Vec<_>>()
                            .join(", "),
                        handler.module(),
                    )));
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for GateBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateBuilder").field("ladder", &self.ladder).finish_non_exhaustive()
    }
}

/// Why a gate cannot be built: what is wrong, and what to do. A start-up error.
///
/// ```
/// let error = stepup_core::Gate::builder("", "https://api.example").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the gate's issuer is empty: give the `iss` that the tokens carry",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateError(String);

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GateError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::algorithm::Algorithm;
    use crate::resource::credential::Credential;

    const PEM: &[u8] = b"-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----";

    #[derive(Debug)]
    struct Nobody;

    impl Verifier for Nobody {
        fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
            Verification::Ready(Err(TokenFault::Signature.into()))
        }
    }

    fn builder(issuer: &str, audience: &str) -> GateBuilder {
        Gate::builder(issuer, audience).keys(KeySet::from_pem(Algorithm::EdDsa, PEM).unwrap())
    }

    fn good() -> GateBuilder {
        builder("https://idp.example", "https://api.example")
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// T11, T13, C15: what would fail open, or could not be sent, does not start.
    #[test]
    fn t11_a_gate_that_is_set_up_wrongly_is_not_built() {
        let no_keys = Gate::builder("https://idp.example", "https://api.example");
        let own = || Gate::with_verifier(Nobody);
        for (name, builder, expected) in [
            ("all in order", good(), None),
            ("empty issuer", builder("", "https://api.example"), Some("issuer")),
            ("empty audience", builder("https://idp.example", ""), Some("audience")),
            (
                "empty audience, realm set",
                builder("https://idp.example", "").realm("api"),
                Some("audience"),
            ),
            ("no keys", no_keys, Some("keys")),
            ("no skew", good().skew(Duration::ZERO), None),
            ("skew 60 s", good().skew(secs(60)), None),
            ("skew a little above 60 s", good().skew(Duration::from_millis(60_001)), Some("skew")),
            ("skew 61 s", good().skew(secs(61)), Some("skew")),
            ("endless skew", good().skew(Duration::MAX), Some("skew")),
            ("realm", good().realm("my accounts"), None),
            ("empty realm", good().realm(""), Some("realm")),
            ("realm with a quote", good().realm(r#"a", error="b"#), Some("realm")),
            ("realm with a backslash", good().realm(r"a\"), Some("realm")),
            ("realm with a line end", good().realm("a\r\nSet-Cookie: b=c"), Some("realm")),
            ("realm with a tab", good().realm("a\tb"), Some("realm")),
            ("realm beyond ASCII", good().realm("é"), Some("realm")),
            ("audience that no header carries", builder("https://idp.example", "é"), Some("realm")),
            ("such an audience, realm set", builder("https://idp.example", "é").realm("api"), None),
            ("own verifier", own().realm("sessions"), None),
            ("own verifier, no realm", own(), Some("realm")),
            ("own verifier, skew 61 s", own().realm("sessions").skew(secs(61)), Some("skew")),
            ("types", good().problem_types("urn:problems/"), None),
            (
                "types without slash",
                good().problem_types("https://api.example/problems"),
                Some("problem types"),
            ),
            ("types without scheme", good().problem_types("/problems/"), Some("problem types")),
            ("empty types", good().problem_types(""), Some("problem types")),
            (
                "types with a space",
                good().problem_types("https://api.example/a b/"),
                Some("problem types"),
            ),
            (
                "types with a line end",
                good().problem_types("https://api.example/\r\n/"),
                Some("problem types"),
            ),
            (
                "types beyond ASCII",
                good().problem_types("https://é.example/"),
                Some("problem types"),
            ),
        ] {
            let said = builder.build().err().map(|error| error.to_string());
            match (&said, expected) {
                (None, None) => {}
                (Some(said), Some(named)) => {
                    assert!(
                        said.starts_with(&format!("the gate's {named}"))
                            || said.starts_with(&format!("the gate has no {named}")),
                        "{name}: {said}"
                    );
                }
                _ => panic!("{name}: {said:?}"),
            }
        }
    }
}
