//! Settling a gate, and finding out at once what is wrong with it.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::answers::Answers;
use super::gate::{Gate, Inner};
use super::jwt::JwtVerifier;
use super::keys::KeySet;
use super::known::KnownTokens;
use super::verifier::Verifier;
use crate::charset::is_text_byte;
use crate::clock::{Clock, SystemClock};
use crate::evaluate::MAX_SKEW;
use crate::guarded_handler::guarded_handlers;
use crate::ladder::Ladder;

pub(super) enum Source {
    Jwt { issuer: Box<str>, audience: Box<str> },
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
    keys: Option<KeySet>,
    known_tokens: KnownTokens,
    ladder: &'static Ladder,
    clock: Box<dyn Clock>,
    skew: Duration,
    realm: Option<String>,
    problem_types: String,
    other_modules: Vec<String>,
}

impl GateBuilder {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            keys: None,
            known_tokens: KnownTokens::default(),
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
    pub fn keys(self, keys: KeySet) -> Self {
        Self { keys: Some(keys), ..self }
    }

    /// How the gate remembers the tokens that it has verified; [`KnownTokens::up_to`] ten thousand
    /// unless set. A token met again costs a look-up; its times are checked every time.
    ///
    /// ```
    /// use stepup_core::{Gate, KnownTokens};
    /// let builder = Gate::builder("https://idp.example", "https://api.example")
    ///     .known_tokens(KnownTokens::as_digests(100_000));
    /// ```
    pub fn known_tokens(self, known_tokens: KnownTokens) -> Self {
        Self { known_tokens, ..self }
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
    /// An empty issuer or audience; no keys, or keys that would not be used; a skew above 60 s; text that a header cannot carry;
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
            return Err(GateError::new(
                "the gate's skew is above 60 s: a token from that far in the future is no matter \
                 of clocks",
            ));
        }
        let types = &self.problem_types;
        if !types.ends_with('/')
            || !types.contains(':')
            || !types.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err(GateError::new(
                "the gate's problem types are no URI that ends in `/`: write for example \
                 `https://api.example/problems/`",
            ));
        }
        self.check_handlers()?;
        let audience = match &self.source {
            Source::Jwt { audience, .. } => Some(audience.to_string()),
            Source::Own(_) => None,
        };
        let verifier = verifier(self.source, self.keys, self.known_tokens, self.ladder, self.skew)?;
        let realm = self.realm.or(audience).ok_or(GateError::new(
            "the gate has no realm: name what it protects with `.realm(…)`",
        ))?;
        if realm.is_empty() || !realm.bytes().all(is_text_byte) {
            return Err(GateError::new(
                "the gate's realm (the audience, unless set) is empty or has a character that a \
                 header cannot carry: set one of visible ASCII without `\"` and `\\` with \
                 `.realm(…)`",
            ));
        }
        let answers = Answers::new(&realm, &self.problem_types);
        Ok(Gate::new(Inner { verifier, clock: self.clock, skew: self.skew, answers }))
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
                    return Err(GateError::new(format!(
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

fn verifier(
    source: Source,
    keys: Option<KeySet>,
    known_tokens: KnownTokens,
    ladder: &'static Ladder,
    skew: Duration,
) -> Result<Box<dyn Verifier>, GateError> {
    let (issuer, audience) = match source {
        Source::Jwt { issuer, audience } => (issuer, audience),
        Source::Own(verifier) if keys.is_none() => return Ok(verifier),
        Source::Own(_) => {
            return Err(GateError::new(
                "the gate's keys would not be used: its verifier is the application's own",
            ));
        }
    };
    if issuer.is_empty() {
        return Err(GateError::new(
            "the gate's issuer is empty: give the `iss` that the tokens carry",
        ));
    }
    if audience.is_empty() {
        return Err(GateError::new(
            "the gate's audience is empty: give this API's identifier at the issuer, so that \
             tokens for other services stay out",
        ));
    }
    let keys = keys.ok_or(GateError::new(
        "the gate has no keys to check tokens with: give the issuer's with `.keys(…)`",
    ))?;
    let (issuer, known) = (issuer.into(), known_tokens.map());
    Ok(Box::new(JwtVerifier { issuer, audience, keys, ladder, skew, known }))
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
pub struct GateError(Cow<'static, str>);

impl GateError {
    fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GateError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::resource::algorithm::Algorithm;
    use crate::resource::credential::Credential;
    use crate::resource::verifier::{TokenFault, Verification};

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
            (
                "own verifier with keys",
                own().realm("sessions").keys(KeySet::from_pem(Algorithm::EdDsa, PEM).unwrap()),
                Some("keys"),
            ),
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
