//! How strong a login was.

use std::fmt;

use crate::ladder::{Ladder, same};
use crate::require::Require;
use crate::requirement::Requirement;

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
    pub(crate) names: &'static [&'static str],
    pub(crate) rank: usize,
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
