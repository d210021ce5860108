//! The one function that decides.

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::method::Method;
use crate::requirement::Requirement;
use crate::shortfall::{Gap, Shortfall};

/// The farthest into the future that a skewed clock may date a login.
///
/// A gate's own skew is smaller (5 s unless configured) and refuses the token; this bound is what
/// [`Requirement::evaluate`] holds by itself.
pub(crate) const MAX_SKEW: Duration = Duration::from_secs(60);

impl Requirement {
    /// Decides: whether this login, at this moment, is strong and recent enough.
    ///
    /// The only function that does. Absent is never satisfied; `age = now − moment reached`, and
    /// an age above `max_age` is stale. The moment is the login's `auth_time`, or, where the
    /// issuer dates its parts, when the demanded level or method was reached. `iat` plays no part.
    ///
    /// # Errors
    ///
    /// The [`Shortfall`]: each part that is missing, too weak or stale. Of alternatives, that of
    /// the one with the fewest gaps (the first of equals).
    ///
    /// ```
    /// use stepup_core::{Authentication, Gap, Level, Requirement, Timestamp};
    ///
    /// let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX)
    ///     .with_level(Level::SINGLE_FACTOR);
    /// let short = Requirement::level(Level::MFA)
    ///     .evaluate(&login, Timestamp::from_secs(1_700_000_000))
    ///     .unwrap_err();
    /// assert_eq!(short.level(), Some(Gap::TooWeak));
    /// ```
    pub fn evaluate(
        &self,
        authentication: &Authentication,
        now: Timestamp,
    ) -> Result<(), Shortfall> {
        let mut nearest = None;
        for (alternative, path) in self.paths().enumerate() {
            let gaps = Shortfall { alternative, ..path.gaps(authentication, now) };
            if gaps.count() == 0 {
                return Ok(());
            }
            if nearest.is_none_or(|known: Shortfall| gaps.count() < known.count()) {
                nearest = Some(gaps);
            }
        }
        Err(nearest.unwrap_or(Shortfall::ALL_MISSING))
    }

    fn gaps(&self, authentication: &Authentication, now: Timestamp) -> Shortfall {
        Shortfall {
            level: self.level.and_then(|demanded| match authentication.level() {
                None => Some(Gap::Missing),
                Some(reached) if reached.at_least(demanded) => None,
                Some(_) => Some(Gap::TooWeak),
            }),
            age: self.max_age.and_then(|max_age| match self.moment(authentication) {
                None => Some(Gap::Missing),
                Some(moment) if moment > now.plus(MAX_SKEW) => Some(Gap::Missing),
                Some(moment) if now.seconds_since(moment) > u64::from(max_age) => Some(Gap::Stale),
                Some(_) => None,
            }),
            methods: self.methods_gap(authentication),
            scope: (!self.scope.iter().all(|scope| authentication.has_scope(scope)))
                .then_some(Gap::Missing),
            no_user: !authentication.is_user() && self.demands_a_login(),
            alternative: 0,
        }
    }

    /// When what is demanded was reached: the earliest of its parts' moments, `None` when one of
    /// them has none. A part that was not reached at all is a gap of its own, with no say in this.
    fn moment(&self, authentication: &Authentication) -> Option<Timestamp> {
        let level = self.level.filter(|demanded| {
            authentication.level().is_some_and(|reached| reached.at_least(*demanded))
        });
        let used = || {
            let demanded = self.methods.iter().map(Method::new);
            demanded.filter(|method| authentication.used(*method))
        };
        let mut moment = match level {
            Some(level) => authentication.reached_at(level)?,
            None if used().next().is_none() => authentication.last_login()?,
            None => Timestamp::MAX,
        };
        for method in used() {
            moment = moment.min(authentication.used_at(method)?);
        }
        Some(moment)
    }

    fn methods_gap(&self, authentication: &Authentication) -> Option<Gap> {
        if self.methods.iter().all(|name| authentication.used(Method::new(name))) {
            None
        } else if authentication.methods().next().is_none() {
            Some(Gap::Missing)
        } else {
            Some(Gap::TooWeak)
        }
    }

    fn demands_a_login(&self) -> bool {
        self.level.is_some() || self.max_age.is_some() || !self.methods.is_empty()
    }
}
