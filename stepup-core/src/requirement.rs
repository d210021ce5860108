//! What a handler demands.

use std::fmt;
use std::time::Duration;

use crate::level::Level;
use crate::method::Method;
use crate::words::Words;

/// What a handler demands of its caller's login.
///
/// Begin with one part, add others with [`and`](Self::and); there is no requirement that demands
/// nothing. It is meant for `const`s: a mistake is then a compile error.
///
/// ```
/// use std::time::Duration;
/// use stepup_core::{Level, Require, Requirement};
///
/// pub struct WireTransfer;
/// impl Require for WireTransfer {
///     const REQUIREMENT: Requirement = Requirement::level(Level::PHR)
///         .and(Requirement::max_age(Duration::from_secs(60)))
///         .because("We need to confirm that it is you before money leaves your account.");
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    pub(crate) level: Option<Level>,
    pub(crate) max_age: Option<u32>,
    pub(crate) methods: Words,
    pub(crate) scope: Words,
    pub(crate) reason: Option<&'static str>,
    pub(crate) any_of: &'static [Requirement],
}

impl Requirement {
    const NOTHING: Self = Self {
        level: None,
        max_age: None,
        methods: Words::NONE,
        scope: Words::NONE,
        reason: None,
        any_of: &[],
    };

    /// Demands this level, or one above it on the same ladder.
    ///
    /// ```
    /// use stepup_core::{Level, Requirement};
    /// const MFA: Requirement = Requirement::level(Level::MFA);
    /// ```
    #[must_use]
    pub const fn level(level: Level) -> Self {
        Self { level: Some(level), ..Self::NOTHING }
    }

    /// Demands that the login lie no longer ago (RFC 9470 §3, `max_age`); exactly as long ago is
    /// recent enough.
    ///
    /// # Panics
    ///
    /// While compiling, when used in a `const` as intended: on less than a second (nobody could
    /// ever meet it), a fraction of a second, or more than `u32::MAX` seconds.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_core::Requirement;
    /// const RECENT: Requirement = Requirement::max_age(Duration::from_secs(5 * 60));
    /// ```
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "asserted to fit")]
    #[track_caller]
    pub const fn max_age(age: Duration) -> Self {
        let seconds = age.as_secs();
        assert!(seconds > 0, "`max_age` is at least a second: nobody could meet a shorter one");
        assert!(age.subsec_nanos() == 0, "`max_age` is in whole seconds");
        assert!(seconds <= u32::MAX as u64, "`max_age` is at most 4294967295 seconds");
        Self { max_age: Some(seconds as u32), ..Self::NOTHING }
    }

    /// Demands that the login used this method; [`and`](Self::and) demands several.
    ///
    /// ```
    /// use stepup_core::{Method, Requirement};
    /// const KEY_AND_PIN: Requirement =
    ///     Requirement::method(Method::HWK).and(Requirement::method(Method::PIN));
    /// ```
    #[must_use]
    pub const fn method(method: Method<'static>) -> Self {
        Self { methods: Words::NONE.with(method.name()), ..Self::NOTHING }
    }

    /// Demands this scope of the token (RFC 6749 §3.3); [`and`](Self::and) demands several.
    ///
    /// A token that lacks the scope and nothing else gets a 403 `insufficient_scope`; one that
    /// lacks more gets the step-up challenge with `scope` in it, so that one round trip does.
    ///
    /// ```
    /// use stepup_core::{Level, Requirement};
    /// const PAY: Requirement = Requirement::level(Level::MFA).and(Requirement::scope("payments"));
    /// ```
    #[must_use]
    pub const fn scope(scope: &'static str) -> Self {
        Self { scope: Words::NONE.with(scope), ..Self::NOTHING }
    }

    /// Demands that one of the alternatives hold.
    ///
    /// # Panics
    ///
    /// While compiling, when used in a `const` as intended: on fewer than two alternatives, and on
    /// one with alternatives of its own (write them all out in one `any_of`).
    ///
    /// ```
    /// use stepup_core::{Level, Method, Requirement};
    /// const EITHER: Requirement = Requirement::any_of(&[
    ///     Requirement::level(Level::PHR),
    ///     Requirement::method(Method::SC),
    /// ]);
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn any_of(alternatives: &'static [Self]) -> Self {
        assert!(alternatives.len() > 1, "`any_of` needs at least two alternatives");
        Self::NOTHING.check_with_each(alternatives);
        Self { any_of: alternatives, ..Self::NOTHING }
    }

    /// Demands both: of each part the stricter, and the first reason given.
    ///
    /// # Panics
    ///
    /// While compiling, when used in a `const` as intended: on levels of two ladders, on more
    /// than eight methods or scopes, and when both sides have alternatives of their own (write
    /// the alternatives out in one `any_of`).
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_core::{Level, Requirement};
    /// const LOOSE: Requirement =
    ///     Requirement::level(Level::PHR).and(Requirement::max_age(Duration::from_secs(600)));
    /// const STRICT: Requirement =
    ///     Requirement::level(Level::MFA).and(Requirement::max_age(Duration::from_secs(60)));
    /// assert_eq!(
    ///     LOOSE.and(STRICT),
    ///     Requirement::level(Level::PHR).and(Requirement::max_age(Duration::from_secs(60))),
    /// );
    /// ```
    #[must_use]
    #[expect(clippy::panic, reason = "evaluated while compiling")]
    #[track_caller]
    pub const fn and(self, other: Self) -> Self {
        let any_of = match (self.any_of, other.any_of) {
            (alternatives, []) | ([], alternatives) => alternatives,
            _ => panic!(
                "only one side can have alternatives: write them out in one `AnyOf` (`any_of`)"
            ),
        };
        let parts = self.and_parts(other);
        parts.check_with_each(any_of);
        Self { any_of, ..parts }
    }

    #[track_caller]
    const fn and_parts(self, other: Self) -> Self {
        Self {
            level: match (self.level, other.level) {
                (Some(a), Some(b)) => Some(a.stricter(b)),
                (Some(level), None) | (None, Some(level)) => Some(level),
                (None, None) => None,
            },
            max_age: match (self.max_age, other.max_age) {
                (Some(a), Some(b)) => Some(if a < b { a } else { b }),
                (Some(age), None) | (None, Some(age)) => Some(age),
                (None, None) => None,
            },
            methods: self.methods.union(other.methods),
            scope: self.scope.union(other.scope),
            reason: match self.reason {
                Some(reason) => Some(reason),
                None => other.reason,
            },
            any_of: &[],
        }
    }

    /// So that no request is the first to put together what cannot be.
    #[expect(clippy::indexing_slicing, reason = "evaluated while compiling")]
    #[track_caller]
    const fn check_with_each(self, alternatives: &[Self]) {
        let mut i = 0;
        while i < alternatives.len() {
            assert!(
                alternatives[i].any_of.is_empty(),
                "an alternative has no alternatives of its own: write them out in one `AnyOf` (`any_of`)"
            );
            self.and_parts(alternatives[i]);
            i += 1;
        }
    }

    /// Tells the caller why, in a sentence that a person reads: the `detail` of the answer.
    ///
    /// ```
    /// use stepup_core::{Level, Requirement};
    /// const CLOSE: Requirement =
    ///     Requirement::level(Level::PHR).because("Closing an account cannot be undone.");
    /// assert_eq!(CLOSE.reason(), Some("Closing an account cannot be undone."));
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn because(self, reason: &'static str) -> Self {
        assert!(!reason.is_empty(), "a reason needs words");
        Self { reason: Some(reason), ..self }
    }

    /// The reason given, if any.
    ///
    /// ```
    /// use stepup_core::{Level, Requirement};
    /// assert_eq!(Requirement::level(Level::MFA).reason(), None);
    /// ```
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// All levels that this requirement names, those of its alternatives included.
    ///
    /// ```
    /// use stepup_core::{Level, Requirement};
    /// assert_eq!(Requirement::level(Level::MFA).levels(), [Level::MFA]);
    /// ```
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        let alternatives = self.any_of.iter().flat_map(Self::levels);
        self.level.into_iter().chain(alternatives).collect()
    }

    /// The reason given for this path, or for the whole.
    pub(crate) fn path_reason(&self, path: usize) -> Option<&'static str> {
        self.paths().nth(path).and_then(|path| path.reason)
    }

    /// The ways to satisfy this requirement, each without alternatives: one, or one for each.
    pub(crate) fn paths(&self) -> impl Iterator<Item = Self> + '_ {
        let own = Self { any_of: &[], ..*self };
        let alone = self.any_of.is_empty().then_some(own);
        alone
            .into_iter()
            .chain(self.any_of.iter().map(move |alternative| own.and_parts(*alternative)))
    }
}

impl fmt::Debug for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Requirement({self})")
    }
}

/// In words, for a reviewer: `level mfa, at most 300 s ago`.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(level) = self.level {
            parts.push(format!("level {level}"));
        }
        if let Some(max_age) = self.max_age {
            parts.push(format!("at most {max_age} s ago"));
        }
        if !self.methods.is_empty() {
            parts.push(format!("by {}", self.methods.iter().collect::<Vec<_>>().join(" and ")));
        }
        if !self.scope.is_empty() {
            parts.push(format!("scope {}", self.scope.iter().collect::<Vec<_>>().join(" ")));
        }
        if !self.any_of.is_empty() {
            let alternatives: Vec<_> = self.any_of.iter().map(ToString::to_string).collect();
            parts.push(format!("one of ({})", alternatives.join(") or (")));
        }
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::Ladder;

    const OTHER: &Ladder = &Ladder::new(&["single-factor", "mfa"]);

    #[test]
    fn a_requirement_that_cannot_be_met_or_sent_is_refused() {
        let eight = (0..8).map(|i| Requirement::scope(format!("s{i}").leak()));
        let eight = eight.reduce(Requirement::and).unwrap();
        let mfa = Requirement::level(Level::MFA);
        let other = Requirement::level(OTHER.level("mfa"));
        let either = Requirement::any_of(vec![mfa, Requirement::scope("a")].leak());
        let refused: [(&str, &(dyn Fn() -> Requirement + std::panic::RefUnwindSafe)); 14] = [
            ("no time at all", &|| Requirement::max_age(Duration::ZERO)),
            ("a fraction", &|| Requirement::max_age(Duration::from_millis(1_500))),
            ("too long", &|| Requirement::max_age(Duration::from_secs(u64::from(u32::MAX) + 1))),
            ("endless", &|| Requirement::max_age(Duration::MAX)),
            ("a nameless method", &|| Requirement::method(Method::new(""))),
            ("a method with a space", &|| Requirement::method(Method::new("a b"))),
            ("a scope with a quote", &|| Requirement::scope("a\"b")),
            ("a ninth scope", &|| eight.and(Requirement::scope("s8"))),
            ("two ladders", &|| mfa.and(other)),
            ("one alternative", &|| Requirement::any_of(&[])),
            ("alternatives twice", &|| either.and(either)),
            ("an alternative of alternatives", &|| Requirement::any_of(vec![mfa, either].leak())),
            ("two ladders, one in an alternative", &|| either.and(other)),
            ("a ninth scope in an alternative", &|| either.and(eight)),
        ];
        for (name, make) in refused {
            assert!(std::panic::catch_unwind(make).is_err(), "{name}");
        }
    }
}
