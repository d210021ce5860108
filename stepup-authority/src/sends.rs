//! What was sent to whom, and how much more may be.

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use crate::account::TooMany;
use crate::json::is_default;
use crate::limits::{DAY, Limits, SEND_WINDOW};
use crate::times::{heal, recent, until_one_leaves};

/// When something was sent to one address or number, by whichever user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DestinationSends {
    /// To its owner, for a ceremony.
    #[serde(default, skip_serializing_if = "is_default")]
    step_up: Vec<u64>,
    /// To whoever it belongs to, for an enrolment.
    #[serde(default, skip_serializing_if = "is_default")]
    enrol: Vec<u64>,
}

/// How much was sent to numbers that begin alike, on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PrefixSends {
    day: u64,
    count: u32,
    /// How many of them were for enrolments.
    #[serde(default, skip_serializing_if = "is_default")]
    enrol: u32,
}

impl DestinationSends {
    /// Puts right what a clock wrote that was ahead.
    pub(crate) fn heal(&mut self, now: Timestamp) {
        self.step_up.iter_mut().chain(&mut self.enrol).for_each(|at| heal(at, now));
    }

    /// Counts one that is about to be sent, for an enrolment or a ceremony.
    ///
    /// Anybody can enrol anybody's address, as far as sending to it. So enrolments are counted by
    /// themselves: they keep nothing from the owner's ceremonies (O30), and what is said to them
    /// does not depend on these (C12).
    pub(crate) fn send(
        &mut self,
        is_enrolment: bool,
        now: Timestamp,
        limits: &Limits,
    ) -> Result<(), TooMany> {
        recent(&mut self.step_up, now, SEND_WINDOW);
        recent(&mut self.enrol, now, SEND_WINDOW);
        let most = limits.sends_per_destination as usize;
        let (sent, most) = if is_enrolment {
            (&mut self.enrol, most.saturating_sub(1).max(1))
        } else {
            (&mut self.step_up, most)
        };
        if sent.len() >= most {
            return Err(TooMany { retry_after: until_one_leaves(sent, most, now, SEND_WINDOW) });
        }
        let interval = limits.send_interval.as_secs();
        let last = sent.iter().max().map(|at| at.saturating_add(interval));
        if let Some(next) = last.filter(|next| *next > now.as_secs()) {
            return Err(TooMany { retry_after: next - now.as_secs() });
        }
        sent.push(now.as_secs());
        Ok(())
    }
}

impl PrefixSends {
    /// Puts right what a clock wrote that was more than a day ahead.
    pub(crate) fn heal(&mut self, now: Timestamp) {
        let day = now.as_secs() / DAY.as_secs();
        if self.day > day.saturating_add(1) {
            self.day = day;
        }
    }

    /// Counts one that is about to be sent. Enrolments take half of what there is: anybody can
    /// enrol any number, and that shall keep no code from a number's owner (O30).
    pub(crate) fn send(
        &mut self,
        is_enrolment: bool,
        now: Timestamp,
        limits: &Limits,
    ) -> Result<(), TooMany> {
        let day = now.as_secs() / DAY.as_secs();
        // A clock that was put back by a day does not free the count.
        if day > self.day {
            *self = Self { day, ..Self::default() };
        }
        let most = limits.sends_per_prefix;
        let is_full = self.count >= most || is_enrolment && self.enrol >= most.div_ceil(2);
        if is_full {
            let next = self.day.saturating_add(1).saturating_mul(DAY.as_secs());
            return Err(TooMany { retry_after: next.saturating_sub(now.as_secs()).max(1) });
        }
        self.count += 1;
        self.enrol += u32::from(is_enrolment);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

    fn after(seconds: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn o17_a_destination_is_sent_to_once_in_30_s_and_thrice_in_10_min() {
        let limits = Limits::default();
        let mut sends = DestinationSends::default();
        let mut send = |seconds| sends.send(false, after(seconds), &limits);
        let wait = |retry_after| Err(TooMany { retry_after });
        assert_eq!(send(0), Ok(()));
        assert_eq!(send(0), wait(30));
        assert_eq!(send(29), wait(1));
        assert_eq!(send(30), Ok(()));
        assert_eq!(send(60), Ok(()));
        assert_eq!(send(90), wait(510));
        assert_eq!(send(599), wait(1));
        assert_eq!(send(600), Ok(()));
        assert_eq!(send(629), wait(1));
        assert_eq!(send(630), Ok(()));
    }

    #[test]
    fn o30_c12_enrolling_somebodys_address_takes_and_tells_nothing_of_theirs() {
        let limits = Limits::default();
        let answers = |step_ups: u64| {
            let mut sends = DestinationSends::default();
            for second in 0..step_ups * 30 {
                let _ = sends.send(false, after(second), &limits);
            }
            (0..600).map(|second| sends.send(true, after(second), &limits)).collect::<Vec<_>>()
        };
        let nothing_sent = answers(0);
        assert_eq!(nothing_sent.iter().filter(|answer| answer.is_ok()).count(), 2);
        for step_ups in 1..=3 {
            assert_eq!(answers(step_ups), nothing_sent, "{step_ups}");
        }
        let mut sends = DestinationSends::default();
        for second in [0, 30] {
            assert_eq!(sends.send(true, after(second), &limits), Ok(()));
        }
        for second in [30, 60, 90] {
            assert_eq!(sends.send(false, after(second), &limits), Ok(()));
        }
    }

    #[test]
    fn o30_enrolments_take_half_of_a_prefix() {
        let limits = Limits::default().sends_per_prefix(5);
        let mut sends = PrefixSends::default();
        let sent = (0..9).filter(|_| sends.send(true, NOW, &limits).is_ok()).count();
        assert_eq!(sent, 3);
        let sent = (0..9).filter(|_| sends.send(false, NOW, &limits).is_ok()).count();
        assert_eq!(sent, 2);
    }

    #[test]
    fn f7_a_clock_that_was_a_year_ahead_counts_for_as_long_as_others() {
        let limits = Limits::default().sends_per_prefix(3);
        let year = 365 * 24 * 60 * 60;
        let (mut destination, mut prefix) = (DestinationSends::default(), PrefixSends::default());
        for second in [0, 30, 60] {
            assert_eq!(destination.send(false, after(year + second), &limits), Ok(()));
            assert_eq!(prefix.send(false, after(year + second), &limits), Ok(()));
        }
        destination.heal(NOW);
        prefix.heal(NOW);
        let (mut later, window) = (destination.clone(), SEND_WINDOW.as_secs());
        assert!(destination.send(false, after(window - 1), &limits).is_err());
        assert_eq!(later.send(false, after(window), &limits), Ok(()));
        assert!(prefix.send(false, NOW, &limits).is_err());
        assert_eq!(prefix.send(false, after(DAY.as_secs()), &limits), Ok(()));
    }

    #[test]
    fn o17_a_prefix_is_sent_to_so_often_a_day() {
        let limits = Limits::default().sends_per_prefix(3);
        let mut sends = PrefixSends::default();
        for _ in 0..3 {
            assert_eq!(sends.send(false, NOW, &limits), Ok(()));
        }
        let midnight = (NOW.as_secs() / 86_400 + 1) * 86_400;
        let retry_after = midnight - NOW.as_secs();
        assert_eq!(sends.send(false, NOW, &limits), Err(TooMany { retry_after }));
        let yesterday = Timestamp::from_secs(NOW.as_secs() - 86_400);
        assert!(sends.send(false, yesterday, &limits).is_err());
        assert_eq!(sends.send(false, Timestamp::from_secs(midnight), &limits), Ok(()));
    }
}
