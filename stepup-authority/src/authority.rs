//! The one object that a service builds to prove who its users are.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::request::Parts;
use stepup_core::{Authentication, Clock, Gate, Ladder, Timestamp};
use tokio_util::task::TaskTracker;

use crate::account::{Account, EnrolledFactor};
use crate::books::Desk;
use crate::builder::AuthorityBuilder;
use crate::ceremony::{Binding, Wanted};
use crate::change_rules::ChangeRules;
use crate::event::{EventSink, Notify};
use crate::factor::{Factor, Kind, Reached};
use crate::issuer::Issuer;
use crate::limits::Limits;
use crate::service::Swept;
use crate::store::{Key, Kind as RecordKind};

/// Proves who users are: begins ceremonies, checks their answers, and exchanges a login's token
/// and a proof for a stepped-up token. Build one when the service starts and share it: a clone is
/// the same authority.
#[doc = include_str!("docs/authority.md")]
#[derive(Clone)]
pub struct Authority {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) issuer: Issuer,
    pub(crate) gate: Gate,
    pub(crate) factors: Vec<Arc<dyn Factor>>,
    pub(crate) ladder: &'static Ladder,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) path: Box<str>,
    pub(crate) origins: Vec<String>,
    pub(crate) problem_types: Box<str>,
    pub(crate) first_enrolment: FirstEnrolment,
    /// What a login counts as whose token names no methods.
    pub(crate) undeclared: Option<Kind>,
    pub(crate) combine_within: Duration,
    pub(crate) factor_rest: Duration,
    pub(crate) token_lifetime: Duration,
    pub(crate) outlives_login: bool,
    /// How long a request waits for the store, all in all.
    pub(crate) store_patience: Duration,
    pub(crate) change_rules: ChangeRules,
    pub(crate) subjects: Option<Subjects>,
    pub(crate) address: Option<Address>,
    pub(crate) swept: Swept,
    pub(crate) sink: Option<Box<dyn EventSink>>,
    pub(crate) notify: Option<Arc<dyn Notify>>,
    /// What goes on though nobody may wait for it.
    pub(crate) under_way: TaskTracker,
}

/// Whom a login of another issuer's belongs to.
pub(crate) type Subjects = Box<dyn Fn(&Authentication) -> Option<String> + Send + Sync>;

/// Where a request comes from.
pub(crate) type Address = Box<dyn Fn(&Parts) -> Option<String> + Send + Sync>;

/// Who may enrol a user's first factor, when there is none yet to prove anything with. That login
/// is all there is to go by, so it has to be fresh; and enrolling proves nothing.
///
/// ```
/// use std::time::Duration;
/// use stepup_authority::FirstEnrolment;
/// let policy = FirstEnrolment::AfterLogin { within: Duration::from_secs(300) };
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstEnrolment {
    /// The user, within this time of logging in; later, they are told to log in again (403
    /// `login-too-old`).
    AfterLogin {
        /// A minute to an hour.
        within: Duration,
    },
    /// The service alone, with [`Authority::enrol_for`].
    ByService,
}

impl Authority {
    /// An authority whose tokens this issuer signs, for logins that this gate verifies.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use stepup_authority::{Authority, FirstEnrolment, Issuer, StartError, factor::Totp};
    /// fn authority(issuer: Issuer) -> Result<Authority, Box<dyn std::error::Error>> {
    ///     let gate = issuer.gate().build()?;
    ///     let authority = Authority::builder(issuer, gate)
    ///         .factor(Totp::new("Bank"))
    ///         .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
    ///         .build()?;
    ///     Ok(authority)
    /// }
    /// ```
    pub fn builder(issuer: Issuer, gate: Gate) -> AuthorityBuilder {
        AuthorityBuilder::new(issuer, gate)
    }

    /// Who issues its tokens.
    ///
    /// ```
    /// fn name(authority: &stepup_authority::Authority) -> &str {
    ///     authority.issuer().issuer()
    /// }
    /// ```
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.inner.issuer
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The store, for one request.
    pub(crate) fn desk(&self) -> Desk {
        Desk::open(self.issuer.store(), self.store_patience)
    }

    pub(crate) fn factor(&self, method: &str) -> Option<&dyn Factor> {
        self.factors.iter().find(|factor| factor.method() == method).map(|factor| &**factor)
    }

    pub(crate) fn account_key(&self, subject: &str) -> Key {
        Key::of(RecordKind::Account, &[self.issuer.issuer(), subject])
    }

    /// What a right answer to this factor would come to with this login.
    pub(crate) fn reached(
        &self,
        factor: &EnrolledFactor,
        login: &Authentication,
        now: Timestamp,
    ) -> Option<Reached> {
        self.reached_by(&factor.method, &factor.grade, login, now)
    }

    /// What one of this grade would come to.
    pub(crate) fn reached_by(
        &self,
        method: &str,
        grade: &str,
        login: &Authentication,
        now: Timestamp,
    ) -> Option<Reached> {
        let strength = self.factor(method)?.strength_of(grade).on(self.ladder).ok()?;
        Some(strength.reached(login, self.undeclared, now, self.combine_within))
    }

    /// What it would come to, where it may be used for what is wanted at all.
    pub(crate) fn offered(
        &self,
        factor: &EnrolledFactor,
        login: &Authentication,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Option<Reached> {
        let has_rested = now.as_secs()
            >= factor.enrolled_at.saturating_add(self.factor_rest.as_secs())
            || self.factor_rest.is_zero();
        let reached = self.reached(factor, login, now)?;
        let offered = has_rested
            && !factor.is_disabled(&self.limits)
            && !wanted.without.contains(&factor.method)
            && wanted.is_met_by(&reached, self.ladder);
        offered.then_some(reached)
    }

    /// The methods by which a user could reach what is wanted, had they enrolled them.
    pub(crate) fn enrollable(
        &self,
        login: &Authentication,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Vec<String> {
        let reaches = |factor: &dyn Factor| {
            let is_possible = !wanted.without.iter().any(|method| method == factor.method());
            is_possible
                && factor.strengths().into_iter().any(|strength| {
                    let strength = strength.on(self.ladder).ok();
                    let reached = strength.map(|strength| {
                        strength.reached(login, self.undeclared, now, self.combine_within)
                    });
                    reached.is_some_and(|reached| wanted.is_met_by(&reached, self.ladder))
                })
        };
        let factors = self.factors.iter().map(|factor| &**factor);
        factors.filter(|factor| reaches(*factor)).map(|factor| factor.method().to_owned()).collect()
    }

    /// What else of an account's is guessed at, out of the budget that all of it shares.
    pub(crate) fn other_targets(&self, account: &Account, target: &str) -> Vec<String> {
        let is_guessable =
            |factor: &EnrolledFactor| self.factor(&factor.method).is_none_or(Factor::is_guessable);
        let enrolled = account.factors.iter().filter(|factor| is_guessable(factor));
        let enrolled = enrolled.map(|factor| factor.id.as_str());
        let mut others: Vec<String> = enrolled
            .chain(account.guesses.targets().filter(|name| !is_of_one_session(name)))
            .filter(|name| *name != target)
            .map(str::to_owned)
            .collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// What guesses at it count under. Those at what cannot be guessed are there to bound work:
    /// each session has its own, so that who attacks everything that the owner has leaves them
    /// that way in (O30).
    pub(crate) fn target_name(&self, factor: &EnrolledFactor, session: &Binding) -> String {
        if self.factor(&factor.method).is_none_or(Factor::is_guessable) {
            factor.id.clone()
        } else {
            format!("{}{OF_SESSION}{}", factor.id, session.short())
        }
    }
}

/// What guesses at an enrolment count under begins with it.
pub(crate) const ENROLMENT: &str = "enrol ";

/// Divides a factor's name from a session's.
const OF_SESSION: char = '@';

fn is_of_one_session(target: &str) -> bool {
    target.contains(OF_SESSION)
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.inner.factors.iter().map(|factor| factor.method()).collect();
        f.debug_struct("Authority")
            .field("issuer", &self.inner.issuer)
            .field("factors", &methods)
            .finish_non_exhaustive()
    }
}
