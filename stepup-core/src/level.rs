//! How strong a login was: levels, and the ladders that order them.
//!
//! RFC 9470 gives `acr` values no order ("do not suggest an absolute hierarchy"); here the order is
//! the ladder's and nothing else's.

use std::fmt;

use crate::charset::is_acr;
use crate::require::Require;
use crate::requirement::Requirement;

/// An order of levels, weakest first. A level that is not on a ladder satisfies nothing on it.
///
/// ```
/// use stepup_core::{Ladder, Level, Require, Requirement};
///
/// const LADDER: &Ladder = &Ladder::new(&["basic", "notarised"]);
///
/// /// The caller went to a notary: `#[step_up(level = Notarised)]`.
/// pub struct Notarised;
/// impl Require for Notarised {
///     const REQUIREMENT: Requirement = Requirement::level(LADDER.level("notarised"));
/// }
/// assert!(LADDER.level("notarised").at_least(LADDER.level("basic")));
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Ladder {
    names: &'static [&'static str],
}

impl Ladder {
    /// The built-in ladder: `single-factor`, `mfa`, `phr`, `phrh`.
    ///
    /// `phr` (phishing-resistant) and `phrh` (phishing-resistant, hardware-bound) are the names of
    /// OpenID EAP ACR Values 1.0. In the words of NIST SP 800-63B-4, `single-factor` answers to
    /// AAL1, `mfa` and `phr` to AAL2, and `phrh` to the authenticator that AAL3 asks for.
    ///
    /// ```
    /// use stepup_core::{Ladder, Level};
    /// assert_eq!(Ladder::BUILT_IN.find("mfa"), Some(Level::MFA));
    /// assert_eq!(Ladder::BUILT_IN.find("MFA"), None);
    /// ```
    pub const BUILT_IN: &'static Self = &Self::new(&["single-factor", "mfa", "phr", "phrh"]);

    /// A ladder of these `acr` values, weakest first.
    ///
    /// # Panics
    ///
    /// While compiling, when used in a `const` as intended: on no name or more than 32, on a name
    /// that stands twice, on `0` (OpenID Connect Core §2: no confidence at all), and on a name
    /// that `acr_values` cannot list (empty, or with a space, quote, backslash or anything beyond
    /// visible ASCII).
    ///
    /// ```
    /// use stepup_core::Ladder;
    /// const LADDER: &Ladder = &Ladder::new(&["urn:example:bronze", "urn:example:gold"]);
    /// assert_eq!(LADDER.levels().count(), 2);
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, clippy::panic, reason = "evaluated while compiling")]
    #[track_caller]
    pub const fn new(names: &'static [&'static str]) -> Self {
        assert!(!names.is_empty(), "a ladder needs at least one level");
        assert!(names.len() <= 32, "a ladder has at most 32 levels");
        let mut i = 0;
        while i < names.len() {
            if !is_acr(names[i]) {
                panic!("a level's name is visible ASCII without space, quote and backslash");
            }
            if same(names[i], "0") {
                panic!("acr `0` means no confidence (OpenID Connect Core §2) and is no level");
            }
            let mut j = 0;
            while j < i {
                assert!(!same(names[i], names[j]), "a level stands on a ladder once");
                j += 1;
            }
            i += 1;
        }
        Self { names }
    }

    /// The level of this name.
    ///
    /// # Panics
    ///
    /// While compiling, when used in a `const` as intended: if no level has this name.
    ///
    /// ```
    /// use stepup_core::{Ladder, Level};
    /// const GOLD: Level = Ladder::new(&["bronze", "gold"]).level("gold");
    /// assert_eq!(GOLD.name(), "gold");
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, clippy::panic, reason = "evaluated while compiling")]
    #[track_caller]
    pub const fn level(&self, name: &str) -> Level {
        let mut rank = 0;
        while rank < self.names.len() {
            if same(self.names[rank], name) {
                return Level { names: self.names, rank };
            }
            rank += 1;
        }
        panic!("this ladder has no level of this name")
    }

    /// The level that an `acr` value names, compared byte for byte.
    ///
    /// ```
    /// use stepup_core::Ladder;
    /// assert!(Ladder::BUILT_IN.find("loa9").is_none());
    /// ```
    #[must_use]
    pub fn find(&self, acr: &str) -> Option<Level> {
        let rank = self.names.iter().position(|name| *name == acr)?;
        Some(Level { names: self.names, rank })
    }

    /// The levels, weakest first.
    ///
    /// ```
    /// use stepup_core::{Ladder, Level};
    /// assert_eq!(Ladder::BUILT_IN.levels().next(), Some(Level::SINGLE_FACTOR));
    /// ```
    #[must_use]
    pub fn levels(&self) -> impl DoubleEndedIterator<Item = Level> + '_ {
        (0..self.names.len()).map(|rank| Level { names: self.names, rank })
    }

    /// Whether `level` stands on this ladder.
    ///
    /// ```
    /// use stepup_core::{Ladder, Level};
    /// assert!(Ladder::BUILT_IN.holds(Level::PHR));
    /// ```
    #[must_use]
    pub fn holds(&self, level: Level) -> bool {
        self.names == level.names
    }
}

/// How strong a login was: a place on a [`Ladder`], and the `acr` value that names it on the wire
/// (OpenID Connect Core §2, RFC 9470 §3).
///
/// ```
/// use stepup_core::Level;
/// assert!(Level::PHR.at_least(Level::MFA));
/// assert_eq!(Level::PHR.name(), "phr");
/// ```
#[derive(Clone, Copy)]
pub struct Level {
    names: &'static [&'static str],
    rank: usize,
}

impl Level {
    /// One factor, whichever: a password, or a code alone.
    ///
    /// ```
    /// assert_eq!(stepup_core::Level::SINGLE_FACTOR.name(), "single-factor");
    /// ```
    pub const SINGLE_FACTOR: Self = Ladder::BUILT_IN.level("single-factor");
    /// Two factors of different kinds.
    ///
    /// ```
    /// assert_eq!(stepup_core::Level::MFA.name(), "mfa");
    /// ```
    pub const MFA: Self = Ladder::BUILT_IN.level("mfa");
    /// Phishing-resistant (OpenID EAP ACR Values 1.0): a passkey or a security key.
    ///
    /// ```
    /// assert_eq!(stepup_core::Level::PHR.name(), "phr");
    /// ```
    pub const PHR: Self = Ladder::BUILT_IN.level("phr");
    /// Phishing-resistant with a key that its hardware never lets out (OpenID EAP ACR Values 1.0).
    ///
    /// ```
    /// assert_eq!(stepup_core::Level::PHRH.name(), "phrh");
    /// ```
    pub const PHRH: Self = Ladder::BUILT_IN.level("phrh");

    /// The name: this level's `acr` value.
    ///
    /// ```
    /// assert_eq!(stepup_core::Level::MFA.name(), "mfa");
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "`rank` comes from a ladder that has it")]
    pub const fn name(self) -> &'static str {
        self.names[self.rank]
    }

    /// Whether this level is on the ladder of `other`, and as high or higher.
    ///
    /// ```
    /// use stepup_core::{Ladder, Level};
    /// assert!(Level::MFA.at_least(Level::MFA));
    /// assert!(!Level::MFA.at_least(Level::PHR));
    /// const OTHER: Level = Ladder::new(&["mfa"]).level("mfa");
    /// assert!(!OTHER.at_least(Level::MFA), "another ladder's levels are another matter");
    /// ```
    #[must_use]
    pub fn at_least(self, other: Self) -> bool {
        self.rank >= other.rank
            && (std::ptr::eq(self.names, other.names) || self.names == other.names)
    }

    /// This level, then those above it: what `acr_values` lists, in order of preference.
    ///
    /// ```
    /// use stepup_core::Level;
    /// let names: Vec<_> = Level::PHR.and_above().map(Level::name).collect();
    /// assert_eq!(names, ["phr", "phrh"]);
    /// ```
    pub fn and_above(self) -> impl Iterator<Item = Self> {
        (self.rank..self.names.len()).map(move |rank| Self { rank, ..self })
    }

    /// The higher of two; for [`Requirement::and`], which is evaluated while compiling.
    #[expect(clippy::indexing_slicing, reason = "evaluated while compiling")]
    #[track_caller]
    pub(crate) const fn stricter(self, other: Self) -> Self {
        let mut same_ladder = self.names.len() == other.names.len();
        let mut i = 0;
        while same_ladder && i < self.names.len() {
            same_ladder = same(self.names[i], other.names[i]);
            i += 1;
        }
        assert!(same_ladder, "levels of two ladders cannot be compared: demand one of them");
        if self.rank >= other.rank { self } else { other }
    }
}

impl PartialEq for Level {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank && self.names == other.names
    }
}

impl Eq for Level {}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Level({})", self.name())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! level_types {
    ($($(#[$doc:meta])* $name:ident = $level:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use stepup_core::{Level, Require, Requirement, level::", stringify!($name), "};")]
        #[doc = concat!("assert_eq!(", stringify!($name), "::REQUIREMENT, Requirement::level(Level::", stringify!($level), "));")]
        /// ```
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub struct $name;

        impl Require for $name {
            const REQUIREMENT: Requirement = Requirement::level(Level::$level);
        }
    )*};
}

level_types! {
    /// Demands [`Level::SINGLE_FACTOR`]: that the token says how its user logged in.
    SingleFactor = SINGLE_FACTOR;
    /// Demands [`Level::MFA`].
    Mfa = MFA;
    /// Demands [`Level::PHR`].
    Phr = PHR;
    /// Demands [`Level::PHRH`].
    Phrh = PHRH;
}

pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.is_empty() && b.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_ladders() {
        let levels: Vec<_> = Ladder::BUILT_IN.levels().collect();
        for (i, a) in levels.iter().enumerate() {
            for (j, b) in levels.iter().enumerate() {
                assert_eq!(a.at_least(*b), i >= j, "{a} at least {b}");
            }
        }
    }

    /// R-9470-05: unknown, and byte-exact.
    #[test]
    fn r_9470_05_acr_is_compared_byte_for_byte() {
        for acr in ["", "0", "MFA", "Mfa", "mfa ", " mfa", "mfa\0", "ⅿfa", "10", "zzz", "single"]
        {
            assert_eq!(Ladder::BUILT_IN.find(acr), None, "{acr:?}");
        }
    }

    #[test]
    fn ladders_do_not_mix() {
        const OTHER: &Ladder = &Ladder::new(&["single-factor", "mfa"]);
        let other = OTHER.level("mfa");
        assert!(!other.at_least(Level::SINGLE_FACTOR));
        assert!(!Level::PHRH.at_least(other));
        assert!(!Ladder::BUILT_IN.holds(other));
        assert_ne!(other, Level::MFA);
    }

    #[test]
    fn a_ladder_refuses_names_that_a_header_cannot_carry() {
        for names in [
            &[][..],
            &[""],
            &["0"],
            &["a b"],
            &["a\"b"],
            &["a\\b"],
            &["a\r\nb"],
            &["é"],
            &["a", "b", "a"],
        ] {
            let names: &'static [&'static str] = names;
            assert!(std::panic::catch_unwind(|| Ladder::new(names)).is_err(), "{names:?}");
        }
    }
}
