//! Logout and revocation: tokens that were issued up to now are good no longer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::authentication::Authentication;
use crate::clock::Timestamp;

/// Whose tokens a gate shall accept no longer.
///
/// ```
/// use stepup_core::{Forget, Gate};
///
/// fn on_logout(gate: &Gate, session: &str) {
///     gate.forget(Forget::Session { issuer: "https://idp.example", session });
/// }
///
/// fn on_password_change(gate: &Gate, user: &str) {
///     gate.forget(Forget::Subject { issuer: "https://idp.example", subject: user });
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "subject, session, everything: there is no fourth")]
pub enum Forget<'a> {
    /// All of this user's or client's. A subject is unique within its issuer alone.
    Subject {
        /// The `iss` of its tokens.
        issuer: &'a str,
        /// Their `sub`.
        subject: &'a str,
    },
    /// All of this session's (`sid`, or what the provider has for it).
    Session {
        /// The `iss` of its tokens.
        issuer: &'a str,
        /// Their `sid`.
        session: &'a str,
    },
    /// All there are.
    Everything,
}

/// How many subjects and sessions are kept apart. Beyond that the oldest half is forgotten as one:
/// every token issued up to the newest of them is refused, whoever's it is.
const MOST: usize = 100_000;

/// Until when each subject's and session's tokens are refused.
#[derive(Debug, Default)]
pub(super) struct Forgotten {
    /// Seconds since 1970 and one, so that 0 is never.
    everything: AtomicU64,
    /// By issuer.
    each: RwLock<HashMap<Box<str>, OfIssuer>>,
    /// How many there are of `each`, so that nobody locks an empty map.
    count: AtomicUsize,
}

#[derive(Debug, Default)]
struct OfIssuer {
    subjects: HashMap<Box<str>, Timestamp>,
    sessions: HashMap<Box<str>, Timestamp>,
}

impl Forgotten {
    pub(super) fn forget(&self, what: Forget<'_>, now: Timestamp) {
        let (issuer, name) = match what {
            Forget::Everything => return self.forget_all(now),
            Forget::Subject { issuer, subject } => (issuer, subject),
            Forget::Session { issuer, session } => (issuer, session),
        };
        let mut each = self.each.write().unwrap_or_else(PoisonError::into_inner);
        let of_issuer = each.entry(issuer.into()).or_default();
        let names = match what {
            Forget::Session { .. } => &mut of_issuer.sessions,
            _ => &mut of_issuer.subjects,
        };
        let until = names.entry(name.into()).or_insert(now);
        *until = (*until).max(now);
        let all = || each.values().flat_map(|known| [&known.subjects, &known.sessions]);
        let mut count = all().map(HashMap::len).sum();
        if count > MOST {
            let mut moments: Vec<_> = all().flat_map(HashMap::values).copied().collect();
            let (_, median, _) = moments.select_nth_unstable(MOST / 2);
            let median = *median;
            self.forget_all(median);
            for known in each.values_mut() {
                known.subjects.retain(|_, until| *until > median);
                known.sessions.retain(|_, until| *until > median);
            }
            count = each.values().map(|known| known.subjects.len() + known.sessions.len()).sum();
        }
        self.count.store(count, Ordering::Release);
    }

    fn forget_all(&self, until: Timestamp) {
        self.everything.fetch_max(until.as_secs().saturating_add(1), Ordering::AcqRel);
    }

    /// Whether this one's token is refused. Dates have whole seconds, so one issued in the very
    /// second counts as issued before.
    pub(super) fn holds(&self, authentication: &Authentication) -> bool {
        let issued_at = authentication.issued_at();
        let before = |until: Timestamp| issued_at.is_none_or(|issued_at| issued_at <= until);
        let everything = self.everything.load(Ordering::Acquire);
        if everything > 0 && before(Timestamp::from_secs(everything - 1)) {
            return true;
        }
        if self.count.load(Ordering::Acquire) == 0 {
            return false;
        }
        let each = self.each.read().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = each.get(authentication.issuer()) else { return false };
        let subject = known.subjects.get(authentication.subject());
        let session = authentication.session().and_then(|session| known.sessions.get(session));
        subject.into_iter().chain(session).any(|until| before(*until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://idp.example";

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    fn login(subject: &str, session: &str, issued_at: u64) -> Authentication {
        Authentication::of_user(ISSUER, subject, Timestamp::MAX)
            .with_session(session)
            .with_issued_at(at(issued_at))
    }

    /// T25.
    #[test]
    fn t25_what_was_issued_up_to_then_is_refused() {
        let alice = Forget::Subject { issuer: ISSUER, subject: "alice" };
        let session = Forget::Session { issuer: ISSUER, session: "s" };
        let elsewhere = Forget::Subject { issuer: "https://other.example", subject: "alice" };
        for (what, login, refused) in [
            (alice, login("alice", "s", 99), true),
            (alice, login("alice", "s", 100), true),
            (alice, login("alice", "s", 101), false),
            (alice, login("bob", "s", 99), false),
            (alice, login("bob", "alice", 99), false),
            (session, login("alice", "s", 100), true),
            (session, login("alice", "s", 101), false),
            (session, login("alice", "t", 99), false),
            (session, login("s", "t", 99), false),
            (elsewhere, login("alice", "s", 99), false),
            (Forget::Everything, login("alice", "s", 100), true),
            (Forget::Everything, login("alice", "s", 101), false),
        ] {
            let forgotten = Forgotten::default();
            assert!(!forgotten.holds(&login), "nothing is forgotten yet");
            forgotten.forget(what, at(100));
            assert_eq!(forgotten.holds(&login), refused, "{what:?} {login:?}");
            forgotten.forget(what, at(50));
            assert_eq!(
                forgotten.holds(&login),
                refused,
                "{what:?}: an older moment changes nothing"
            );
        }
    }

    #[test]
    fn a_token_of_unknown_age_is_refused_once_its_user_is_forgotten() {
        let forgotten = Forgotten::default();
        let undated = Authentication::of_user(ISSUER, "alice", Timestamp::MAX);
        assert!(!forgotten.holds(&undated));
        forgotten.forget(Forget::Subject { issuer: ISSUER, subject: "alice" }, at(100));
        assert!(forgotten.holds(&undated));
    }

    /// Bounded, and nobody who was forgotten comes back for it.
    #[test]
    fn f9_beyond_the_bound_more_is_forgotten_never_less() {
        let forgotten = Forgotten::default();
        let count = MOST as u64 * 2;
        for n in 0..count {
            let subject = format!("user-{n}");
            forgotten.forget(Forget::Subject { issuer: ISSUER, subject: &subject }, at(n));
        }
        assert!(forgotten.count.load(Ordering::Acquire) <= MOST);
        for n in (0..count).step_by(997) {
            assert!(forgotten.holds(&login(&format!("user-{n}"), "s", n)), "{n}");
        }
        assert!(!forgotten.holds(&login("user-0", "s", count)));
    }
}
