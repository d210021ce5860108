//! How often, how many, how long.

use std::time::Duration;

use crate::start_error::StartError;

/// Limits, each with a default that follows NIST SP 800-63B-4, and a bound that it cannot be set
/// beyond.
///
/// ```
/// use std::time::Duration;
/// use stepup_authority::Limits;
///
/// let limits = Limits::default().ceremony_lifetime(Duration::from_secs(180)).open_ceremonies(5);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Limits {
    pub(crate) ceremony_lifetime: Duration,
    pub(crate) ceremony_guesses: u32,
    pub(crate) factor_guesses: u32,
    pub(crate) user_guesses: u32,
    pub(crate) guess_window: Duration,
    pub(crate) guesses_in_a_row: u32,
    pub(crate) open_ceremonies: u32,
    pub(crate) factors: u32,
    pub(crate) send_interval: Duration,
    pub(crate) sends_per_destination: u32,
    pub(crate) sends_per_user: u32,
    pub(crate) sends_per_prefix: u32,
}

/// In which a destination is sent to no more than so often.
pub(crate) const SEND_WINDOW: Duration = Duration::from_secs(10 * 60);
/// In which a user, or a prefix, is sent to no more than so often.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Default for Limits {
    fn default() -> Self {
        Self {
            ceremony_lifetime: Duration::from_secs(10 * 60),
            ceremony_guesses: 5,
            factor_guesses: 5,
            user_guesses: 10,
            guess_window: Duration::from_secs(15 * 60),
            guesses_in_a_row: 100,
            open_ceremonies: 20,
            factors: 9,
            send_interval: Duration::from_secs(30),
            sends_per_destination: 3,
            sends_per_user: 20,
            sends_per_prefix: 1000,
        }
    }
}

impl Limits {
    /// How long a ceremony, and with it each code that it sends, is good: 10 minutes unless set,
    /// which is the most (NIST SP 800-63B-4 §3.1.3.2); a minute at least.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().ceremony_lifetime(Duration::from_secs(5 * 60));
    /// ```
    pub fn ceremony_lifetime(self, lifetime: Duration) -> Self {
        Self { ceremony_lifetime: lifetime, ..self }
    }

    /// Wrong answers in one ceremony, before it ends: 5 unless set, which is the most.
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().ceremony_guesses(3);
    /// ```
    pub fn ceremony_guesses(self, guesses: u32) -> Self {
        Self { ceremony_guesses: guesses, ..self }
    }

    /// Wrong answers to one factor of a user within [`guess_window`](Self::guess_window), before
    /// it is locked for the rest of that: 5 unless set, which is the most.
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().factor_guesses(3);
    /// ```
    pub fn factor_guesses(self, guesses: u32) -> Self {
        Self { factor_guesses: guesses, ..self }
    }

    /// Wrong answers of a user within [`guess_window`](Self::guess_window) over all guessable
    /// factors, ceremonies and endpoints: 10 unless set, which is the most. A part of them is kept
    /// for each factor, so that guessing at one locks no other.
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().user_guesses(6);
    /// ```
    pub fn user_guesses(self, guesses: u32) -> Self {
        Self { user_guesses: guesses, ..self }
    }

    /// In which wrong answers are counted: 15 minutes unless set, which is the least; a day at
    /// most.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().guess_window(Duration::from_secs(60 * 60));
    /// ```
    pub fn guess_window(self, window: Duration) -> Self {
        Self { guess_window: window, ..self }
    }

    /// Wrong answers to one factor without a right one between, before it is disabled for good and
    /// has to be enrolled anew: 100 unless set, which is the most (NIST SP 800-63B-4 §3.2.2).
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().guesses_in_a_row(50);
    /// ```
    pub fn guesses_in_a_row(self, guesses: u32) -> Self {
        Self { guesses_in_a_row: guesses, ..self }
    }

    /// Ceremonies, enrolments among them, that a user may begin within the lifetime of one, not counting those that they
    /// finished: 20 unless set, 1,000 at most. One session takes half of them.
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().open_ceremonies(5);
    /// ```
    pub fn open_ceremonies(self, ceremonies: u32) -> Self {
        Self { open_ceremonies: ceremonies, ..self }
    }

    /// Factors that a user may have: 9 unless set, which is the most for each to keep a part of
    /// [`user_guesses`](Self::user_guesses).
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().factors(5);
    /// ```
    pub fn factors(self, factors: u32) -> Self {
        Self { factors, ..self }
    }

    /// The time between two messages to one destination: 30 s unless set, which is the least.
    ///
    /// ```
    /// use std::time::Duration;
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().send_interval(Duration::from_secs(60));
    /// ```
    pub fn send_interval(self, interval: Duration) -> Self {
        Self { send_interval: interval, ..self }
    }

    /// Messages to one destination within ten minutes, for ceremonies: 3 unless set, 10 at most.
    /// Enrolments of it have one less, which are counted by themselves.
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().sends_per_destination(2);
    /// ```
    pub fn sends_per_destination(self, sends: u32) -> Self {
        Self { sends_per_destination: sends, ..self }
    }

    /// Messages for one user within a day: 20 unless set, 100 at most.
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().sends_per_user(10);
    /// ```
    pub fn sends_per_user(self, sends: u32) -> Self {
        Self { sends_per_user: sends, ..self }
    }

    /// Text messages to numbers of one dialling prefix within a day (from midnight, UTC): 1,000
    /// unless set, of which enrolments take half at most. Set it to a few times what your users
    /// in the largest country need.
    ///
    /// ```
    /// use stepup_authority::Limits;
    /// let limits = Limits::default().sends_per_prefix(200);
    /// ```
    pub fn sends_per_prefix(self, sends: u32) -> Self {
        Self { sends_per_prefix: sends, ..self }
    }

    pub(crate) fn check(&self) -> Result<(), StartError> {
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        let seconds = Duration::from_secs;
        let within = |what: &str, found: Duration, least: Duration, most: Duration| {
            if (least..=most).contains(&found) {
                return Ok(());
            }
            Err(StartError::new(format!(
                "the authority's {what} is {} s: set it to between {} s and {} s",
                found.as_secs(),
                least.as_secs(),
                most.as_secs()
            )))
        };
        within("ceremony lifetime", self.ceremony_lifetime, minutes(1), minutes(10))?;
        within("guess window", self.guess_window, minutes(15), DAY)?;
        within("send interval", self.send_interval, seconds(30), minutes(10))?;
        for (what, found, most) in [
            ("guesses in a ceremony", self.ceremony_guesses, 5),
            ("guesses at a factor", self.factor_guesses, 5),
            ("guesses of a user", self.user_guesses, 10),
            ("guesses in a row", self.guesses_in_a_row, 100),
            ("open ceremonies of a user", self.open_ceremonies, 1000),
            ("factors of a user", self.factors, 9),
            ("messages to a destination", self.sends_per_destination, 10),
            ("messages for a user", self.sends_per_user, 100),
            ("messages to a dialling prefix", self.sends_per_prefix, 1_000_000),
        ] {
            if found == 0 || found > most {
                return Err(StartError::new(format!(
                    "the authority's limit of {what} is {found}: set it to between 1 and {most}"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p3_limits_beyond_their_bounds_do_not_start() {
        let secs = Duration::from_secs;
        let good = Limits::default;
        assert_eq!(good().check(), Ok(()));
        for (limits, part) in [
            (good().ceremony_lifetime(secs(601)), "ceremony lifetime"),
            (good().ceremony_lifetime(secs(0)), "ceremony lifetime"),
            (good().ceremony_guesses(6), "guesses in a ceremony"),
            (good().ceremony_guesses(0), "guesses in a ceremony"),
            (good().factor_guesses(6), "guesses at a factor"),
            (good().user_guesses(11), "guesses of a user"),
            (good().guess_window(secs(899)), "guess window"),
            (good().guesses_in_a_row(101), "guesses in a row"),
            (good().open_ceremonies(1001), "open ceremonies"),
            (good().factors(10), "factors"),
            (good().send_interval(secs(29)), "send interval"),
            (good().sends_per_destination(11), "messages to a destination"),
            (good().sends_per_user(101), "messages for a user"),
            (good().sends_per_prefix(0), "messages to a dialling prefix"),
        ] {
            let error = limits.check().unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
