//! The order of levels.
//!
//! RFC 9470 gives `acr` values none ("do not suggest an absolute hierarchy"); here it is the
//! ladder's and nothing else's.

use crate::charset::is_acr;
use crate::level::Level;

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
