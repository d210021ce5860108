//! What a client asks for.

use serde::{Deserialize, Serialize};
use stepup_core::Ladder;

use crate::factor::Reached;
use crate::json::is_default;

/// What a challenge demanded, as the client repeated it. The API decides again by itself: who asks
/// for less than it demanded gains nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Levels on the ladder, any of which will do; none: whatever can be reached.
    pub(crate) levels: Vec<String>,
    /// In seconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) max_age: Option<u64>,
    /// `amr` values, all of which the token must have.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) methods: Vec<String>,
    /// Methods of factors that the user's device cannot do.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) without: Vec<String>,
}

impl Wanted {
    /// Whether that is what was asked for (R-9470-11).
    pub(crate) fn is_met_by(&self, reached: &Reached, ladder: &Ladder) -> bool {
        let mut levels = self.levels.iter().filter_map(|level| ladder.find(level));
        let level = self.levels.is_empty() || levels.any(|level| reached.level.at_least(level));
        level && self.methods.iter().all(|method| reached.methods.contains(method))
    }
}

#[cfg(test)]
mod tests {
    use stepup_core::Level;

    use super::*;

    #[test]
    fn r_9470_04_any_of_the_levels_will_do_and_all_of_the_methods() {
        let strings = |words: &str| words.split_whitespace().map(str::to_owned).collect();
        for (levels, methods, level, amr, expected) in [
            ("", "", Level::SINGLE_FACTOR, "otp", true),
            ("mfa phr phrh", "", Level::MFA, "otp", true),
            ("mfa", "", Level::PHR, "hwk", true),
            ("phr phrh", "", Level::MFA, "otp", false),
            ("phr mfa", "", Level::MFA, "otp", true),
            ("mfa", "otp", Level::MFA, "pwd otp mfa", true),
            ("mfa", "otp hwk", Level::MFA, "pwd otp mfa", false),
        ] {
            let wanted =
                Wanted { levels: strings(levels), methods: strings(methods), ..Wanted::default() };
            let reached = Reached { level, methods: strings(amr) };
            assert_eq!(wanted.is_met_by(&reached, Ladder::BUILT_IN), expected, "{wanted:?}");
        }
    }
}
