//! A factor that a user has, and what of it is used up.

use serde::{Deserialize, Serialize};

use crate::factor::Once;
use crate::json::is_default;
use crate::limits::Limits;

/// A factor that a user has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrolledFactor {
    pub(crate) id: String,
    pub(crate) method: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) hint: String,
    /// Which of its method's sorts it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) grade: String,
    /// Sealed.
    pub(crate) data: String,
    pub(crate) enrolled_at: u64,
    /// Wrong answers since the last right one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) wrong_in_a_row: u32,
    /// The step of time, or the count, of the last right answer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) last_step: Option<u64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) spent: Vec<u32>,
}

impl EnrolledFactor {
    /// Whether it heard so many wrong answers in a row that it has to be enrolled anew.
    pub(crate) const fn is_disabled(&self, limits: &Limits) -> bool {
        self.wrong_in_a_row >= limits.guesses_in_a_row
    }

    /// Uses up what a right answer uses up; `false` where it was used up before.
    pub(crate) fn use_up(&mut self, once: Once) -> bool {
        match once {
            Once::Ceremony => true,
            Once::Count(count) => {
                let last = self.last_step.unwrap_or_default();
                let grows = count > last || count == 0 && last == 0;
                if grows {
                    self.last_step = Some(count);
                }
                grows
            }
            Once::Entry(entry) if self.spent.contains(&entry) => false,
            Once::Entry(entry) => {
                self.spent.push(entry);
                true
            }
            Once::Step(step) if self.last_step.is_some_and(|last| step <= last) => false,
            Once::Step(step) => {
                self.last_step = Some(step);
                true
            }
            Once::Steps(first, _) if self.last_step.is_some_and(|last| first <= last) => false,
            Once::Steps(_, last) => {
                self.last_step = Some(last);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor() -> EnrolledFactor {
        EnrolledFactor {
            id: "f".into(),
            method: "totp".into(),
            hint: String::new(),
            grade: String::new(),
            data: String::new(),
            enrolled_at: 0,
            wrong_in_a_row: 0,
            last_step: None,
            spent: Vec::new(),
        }
    }

    #[test]
    fn o8_o9_r_otp_05_a_step_is_later_than_any_before() {
        let mut factor = factor();
        assert!(factor.use_up(Once::Step(7)));
        for step in [7, 6, 0] {
            assert!(!factor.use_up(Once::Step(step)), "{step}");
        }
        assert!(factor.use_up(Once::Step(8)));
    }

    #[test]
    fn o8_r_otp_05_of_several_steps_all_are_later_than_any_before() {
        let mut factor = factor();
        assert!(factor.use_up(Once::Steps(6, 8)));
        for (first, last) in [(6, 8), (7, 9), (8, 10), (0, 20)] {
            assert!(!factor.use_up(Once::Steps(first, last)), "{first} to {last}");
        }
        assert!(!factor.use_up(Once::Step(8)));
        assert!(factor.use_up(Once::Steps(9, 11)));
        assert!(!factor.use_up(Once::Step(11)) && factor.use_up(Once::Step(12)));
    }

    #[test]
    fn o23_r_wa_04_a_count_grows_or_is_always_0() {
        let mut key = factor();
        for (count, grows) in [(0, true), (0, true), (3, true), (3, false), (2, false), (0, false)]
        {
            assert_eq!(key.use_up(Once::Count(count)), grows, "{count}");
        }
        assert!(key.use_up(Once::Count(4)));
    }

    #[test]
    fn o26_a_recovery_code_is_good_once() {
        let mut factor = factor();
        assert!(factor.use_up(Once::Entry(3)));
        assert!(!factor.use_up(Once::Entry(3)));
        assert!(factor.use_up(Once::Entry(4)));
    }
}
