//! What was sent to whom, and how much more may be.

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use crate::account::TooMany;
use crate::json::is_default;
use crate::limits::{DAY, Limits, SEND_WINDOW};
use crate::times::{recent, until_one_leaves};

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
}

impl DestinationSends {
    /// Counts one that is about to be sent, for an enrolment or a ceremony.
    ///
    /// Anybody can enrol anybody's address, as far as sending to it: enrolments leave one message
    /// of all to the owner's ceremonies, and do not make those wait for the interval (O30).
    pub(crate) fn send(
        &mut self,
        is_enrolment: bool,
        now: Timestamp,
        limits: &Limits,
    ) -> Result<(), TooMany> {
        recent(&mut self.step_up, now, SEND_WINDOW);
        recent(&mut self.enrol, now, SEND_WINDOW);
        let all: Vec<u64> = self.step_up.iter().chain(&self.enrol).copied().collect();
        let most = limits.sends_per_destination as usize;
        let for_enrolments = most.saturating_sub(1).max(1);
        let too_many = |sent: &[u64], most| {
            let retry_after = until_one_leaves(sent, most, now, SEND_WINDOW);
            if sent.len() >= most { Err(TooMany { retry_after }) } else { Ok(()) }
        };
        too_many(&all, most)?;
        if is_enrolment {
            too_many(&self.enrol, for_enrolments)?;
        }
        let sent = if is_enrolment { &mut self.enrol } else { &mut self.step_up };
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
    /// Counts one that is about to be sent.
    pub(crate) fn send(&mut self, now: Timestamp, limits: &Limits) -> Result<(), TooMany> {
        let day = now.as_secs() / DAY.as_secs();
        // A clock that was put back by a day does not free the count.
        if day > self.day {
            *self = Self { day, count: 0 };
        }
        // One that was far ahead does not keep it for longer than that.
        self.day = self.day.min(day.saturating_add(1));
        if self.count >= limits.sends_per_prefix {
            let next = self.day.saturating_add(1).saturating_mul(DAY.as_secs());
            return Err(TooMany { retry_after: next.saturating_sub(now.as_secs()).max(1) });
        }
        self.count += 1;
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
    fn o30_enrolling_somebodys_address_leaves_them_a_message() {
        let limits = Limits::default();
        let mut sends = DestinationSends::default();
        let mut sent = 0;
        for second in 0..600 {
            sent += u32::from(sends.send(true, after(second), &limits).is_ok());
        }
        assert_eq!(sent, 2);
        assert_eq!(sends.send(false, after(599), &limits), Ok(()));
        assert!(sends.send(false, after(599), &limits).is_err());
    }

    #[test]
    fn o17_a_prefix_is_sent_to_so_often_a_day() {
        let limits = Limits::default().sends_per_prefix(3);
        let mut sends = PrefixSends::default();
        for _ in 0..3 {
            assert_eq!(sends.send(NOW, &limits), Ok(()));
        }
        let midnight = (NOW.as_secs() / 86_400 + 1) * 86_400;
        let retry_after = midnight - NOW.as_secs();
        assert_eq!(sends.send(NOW, &limits), Err(TooMany { retry_after }));
        let yesterday = Timestamp::from_secs(NOW.as_secs() - 86_400);
        assert!(sends.send(yesterday, &limits).is_err());
        assert_eq!(sends.send(Timestamp::from_secs(midnight), &limits), Ok(()));
    }
}
