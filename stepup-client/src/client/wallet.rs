//! The tokens of step-ups, side by side.

use std::collections::{HashMap, VecDeque};

use http::Method;
use tokio::time::Instant;

use crate::challenge::Challenge;
use crate::token::{AccessToken, SteppedUp};

/// More requirements than one API has.
const MOST_TOKENS: usize = 32;
/// More addresses than are called within the life of a token.
const MOST_ROUTES: usize = 1024;

/// What is called: what was asked for there before is likely to be asked for again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Route {
    pub(crate) origin: String,
    pub(crate) method: Method,
    pub(crate) path: String,
}

/// One token, and what it was got for.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    id: u64,
    origin: String,
    pub(super) challenge: Challenge,
    pub(super) token: AccessToken,
    pub(super) got: Instant,
    until: Option<Instant>,
    /// The API asked again when it was sent.
    is_refused: bool,
}

impl Kept {
    pub(super) fn is(&self, other: &Self) -> bool {
        self.id == other.id
    }

    /// Whether it may do for this, as far as anybody knows who does not look into it.
    fn may_meet(&self, challenge: &Challenge, now: Instant) -> bool {
        let is_fresh = |seconds| now.duration_since(self.got).as_secs() < seconds;
        !self.is_refused
            && self.until.is_none_or(|until| now < until)
            && self.challenge.covers(challenge)
            && challenge.max_age().is_none_or(is_fresh)
    }
}

#[derive(Debug, Default)]
pub(super) struct Wallet {
    kept: VecDeque<Kept>,
    routes: HashMap<Route, Challenge>,
    next: u64,
    /// Of the login that they were got with, where nothing else tells it.
    pub(super) base: Option<AccessToken>,
}

impl Wallet {
    /// Keeps a token; it takes the place of an earlier one for the same.
    pub(super) fn keep(
        &mut self,
        origin: &str,
        challenge: &Challenge,
        stepped_up: SteppedUp,
        now: Instant,
    ) -> Kept {
        self.kept.retain(|kept| kept.origin != origin || kept.challenge != *challenge);
        if self.kept.len() == MOST_TOKENS {
            self.kept.pop_front();
        }
        self.next += 1;
        let kept = Kept {
            id: self.next,
            origin: origin.to_owned(),
            challenge: challenge.clone(),
            token: stepped_up.token,
            got: now,
            // What lies beyond all time does not end.
            until: stepped_up.expires_in.and_then(|good| now.checked_add(good)),
            is_refused: false,
        };
        self.kept.push_back(kept.clone());
        kept
    }

    pub(super) fn forget(&mut self, kept: &Kept) {
        self.kept.retain(|other| !other.is(kept));
    }

    /// Remembers that a step-up was in vain, for calls that were under way by then.
    pub(super) fn refuse(&mut self, kept: &Kept) {
        self.kept.iter_mut().filter(|other| other.is(kept)).for_each(|one| one.is_refused = true);
    }

    /// What the user stepped up for in vain, since then, that would have been for this.
    pub(super) fn in_vain(
        &self,
        origin: &str,
        challenge: &Challenge,
        since: Instant,
    ) -> Option<Challenge> {
        let refused = self.kept.iter().filter(|kept| kept.is_refused && kept.origin == origin);
        let mut refused = refused.filter(|kept| kept.got >= since);
        refused.find(|kept| kept.challenge.covers(challenge)).map(|kept| kept.challenge.clone())
    }

    pub(super) fn forget_all(&mut self) {
        self.kept.clear();
    }

    /// The narrowest that does for this.
    pub(super) fn meeting(
        &self,
        origin: &str,
        challenge: &Challenge,
        now: Instant,
    ) -> Option<Kept> {
        let meeting = self.kept.iter().rev().filter(|kept| kept.origin == origin);
        let meeting = meeting.filter(|kept| kept.may_meet(challenge, now));
        meeting.min_by_key(|kept| kept.challenge.beyond(challenge)).cloned()
    }

    /// What was asked for here the last time.
    pub(super) fn learn(&mut self, route: &Route, challenge: &Challenge) {
        if self.routes.len() == MOST_ROUTES && !self.routes.contains_key(route) {
            self.routes.clear();
        }
        self.routes.insert(route.clone(), challenge.clone());
    }

    /// The token to call this with; `None` is the login's own.
    pub(super) fn for_route(&self, route: &Route, now: Instant) -> Option<Kept> {
        let challenge = self.routes.get(route)?;
        self.meeting(&route.origin, challenge, now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::challenge::Dialects;

    const API: &str = "https://api.example";

    fn challenge(parameters: &str) -> Challenge {
        let line = format!(r#"Bearer error="insufficient_user_authentication", {parameters}"#);
        Challenge::from_line(&line, Dialects::default()).unwrap().unwrap()
    }

    fn token(value: &str) -> SteppedUp {
        SteppedUp::new(AccessToken::bearer(value))
    }

    #[test]
    fn r_9470_16_the_narrowest_that_suffices_is_sent() {
        let now = Instant::now();
        let mut wallet = Wallet::default();
        wallet.keep(API, &challenge(r#"acr_values="phrh""#), token("phrh"), now);
        wallet.keep(API, &challenge(r#"acr_values="phr phrh""#), token("phr"), now);
        let found = |wallet: &Wallet, parameters| {
            let kept = wallet.meeting(API, &challenge(parameters), now);
            kept.map(|kept| kept.token.expose().to_owned())
        };
        assert_eq!(found(&wallet, r#"acr_values="mfa phr phrh""#).as_deref(), Some("phr"));
        assert_eq!(found(&wallet, r#"acr_values="phrh""#).as_deref(), Some("phrh"));
        assert_eq!(found(&wallet, r#"acr_values="mfa""#), None);
        wallet.keep(API, &challenge(r#"acr_values="mfa phr phrh""#), token("mfa"), now);
        assert_eq!(found(&wallet, r#"acr_values="mfa phr phrh""#).as_deref(), Some("mfa"));
    }

    /// Of two that were got for these, in either order, the first is sent.
    #[test]
    fn r_9470_16_what_was_got_for_more_is_not_sent_in_place_of_less() {
        for (narrow, wide, asked) in [
            ("max_age=60", r#"acr_values="phr phrh", max_age=60"#, "max_age=300"),
            (
                r#"acr_values="mfa", max_age=60"#,
                r#"acr_values="mfa", max_age=300, scope="admin""#,
                r#"acr_values="mfa", max_age=600"#,
            ),
            (r#"acr_values="mfa""#, r#"acr_values="mfa", amr_values="hwk pin""#, "acr_values=mfa"),
            (r#"acr_values="mfa""#, r#"acr_values="mfa", max_age=60"#, r#"acr_values="mfa phr""#),
            (
                r#"acr_values="mfa", max_age=60"#,
                r#"acr_values="mfa", max_age=60, amr_values="hwk""#,
                r#"acr_values="mfa", max_age=600"#,
            ),
            ("max_age=300", "max_age=60", "max_age=300"),
            ("max_age=299", "max_age=60", "max_age=300"),
            (r#"scope="a""#, r#"scope="a b c""#, r#"scope="a""#),
        ] {
            for both in [[narrow, wide], [wide, narrow]] {
                let now = Instant::now();
                let mut wallet = Wallet::default();
                for parameters in both {
                    wallet.keep(API, &challenge(parameters), token(parameters), now);
                }
                let found = wallet.meeting(API, &challenge(asked), now).unwrap();
                assert_eq!(found.token.expose(), narrow, "{asked}");
            }
        }
    }

    #[test]
    fn b9_a_token_is_for_the_origin_that_asked() {
        let (now, asked) = (Instant::now(), challenge("max_age=60"));
        let mut wallet = Wallet::default();
        wallet.keep(API, &asked, token("a"), now);
        assert!(wallet.meeting(API, &asked, now).is_some());
        assert!(wallet.meeting("https://api.example:8443", &asked, now).is_none());
    }

    #[test]
    fn a_token_is_kept_no_longer_than_it_is_good() {
        let now = Instant::now();
        let after = |seconds| now + Duration::from_secs(seconds);
        let (mfa, recent) = (challenge(r#"acr_values="mfa""#), challenge("max_age=60"));
        let mut wallet = Wallet::default();
        wallet.keep(API, &mfa, token("a").expires_in(Duration::from_secs(300)), now);
        wallet.keep(API, &recent, token("b").expires_in(Duration::from_secs(300)), now);
        assert!(wallet.meeting(API, &mfa, after(299)).is_some());
        assert!(wallet.meeting(API, &mfa, after(300)).is_none());
        assert!(wallet.meeting(API, &recent, after(59)).is_some());
        assert!(wallet.meeting(API, &recent, after(60)).is_none());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let now = Instant::now();
        let mut wallet = Wallet::default();
        for age in 1..=u64::try_from(MOST_ROUTES).unwrap() + 1 {
            let asked = challenge(&format!("max_age={age}"));
            wallet.keep(API, &asked, token("a"), now);
            let (origin, path) = (API.to_owned(), age.to_string());
            wallet.learn(&Route { origin, method: Method::GET, path }, &asked);
        }
        assert_eq!((wallet.kept.len(), wallet.routes.len()), (MOST_TOKENS, 1));
    }
}
