//! Which answers are right: success if nothing speaks against it, otherwise any of what does. In
//! which order the authority looks is its own affair.

use crate::world::{
    Account, Begun, CEREMONY, Ceremony, Counted, DAY, FACTOR_GUESSES, Factor, GUESS_WINDOW, OPEN,
    SEND_INTERVAL, SENDS_A_DAY, SENDS_TO_ONE, State, USER_GUESSES, World, is_guessable,
    is_of_one_seat,
};

pub type Reason = (u16, &'static str);

#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// It cannot succeed.
    pub must: Vec<Reason>,
    /// It may fail by this.
    pub may: Vec<Reason>,
}

pub const INVALID_TOKEN: Reason = (401, "invalid-token");
pub const LOGIN_TOO_OLD: Reason = (403, "login-too-old");
pub const STEP_UP: Reason = (401, "step-up");
pub const NOT_THERE: Reason = (404, "no-such-ceremony");
pub const OVER: Reason = (410, "ceremony-over");
pub const PROVED: Reason = (409, "ceremony-proved");
pub const NO_FACTOR: Reason = (404, "no-such-factor");
pub const LOCKED: Reason = (429, "factor-locked");
pub const SENDS: Reason = (429, "too-many-messages");
pub const PROMPT_OVER: Reason = (409, "prompt-over");
pub const BEGUN: Reason = (429, "too-many-ceremonies");

impl Expect {
    pub fn must(&mut self, holds: bool, reason: Reason) {
        if holds {
            self.must.push(reason);
        }
    }

    pub fn may(&mut self, holds: bool, reason: Reason) {
        if holds {
            self.may.push(reason);
        }
    }

    /// Whether this answer is right; `success` is the status of one.
    pub fn allows(&self, success: u16, status: u16, name: &str) -> bool {
        if status == success && name == "ok" {
            return self.must.is_empty();
        }
        self.must.iter().chain(&self.may).any(|reason| *reason == (status, name))
    }

    /// The ceremony has to be pending.
    pub fn pending(&mut self, ceremony: &Ceremony, now: u64) {
        match ceremony.state {
            State::Pending => {
                self.must(ceremony.is_over(now) || ceremony.certainly_exhausted(), OVER);
                self.may(ceremony.maybe_exhausted(), OVER);
            }
            State::Proved(_) => self.must(true, PROVED),
            State::Cancelled | State::Denied | State::Enrolled => self.must(true, OVER),
        }
        self.may_be_swept(ceremony, now);
    }

    /// What is long over may be gone.
    pub fn may_be_swept(&mut self, ceremony: &Ceremony, now: u64) {
        self.may(now > ceremony.begun_at + 2 * CEREMONY, NOT_THERE);
    }

    /// One more ceremony of this seat's: a session may have half of what a user may, and makes room
    /// for one that has fewer.
    pub fn begins(&mut self, account: &Account, seat: usize, now: u64) {
        let recent = |begun: &&Begun| now - begun.at < CEREMONY;
        let own = |begun: &&Begun| begun.seat == seat;
        let begun: Vec<_> = account.begun.iter().filter(recent).copied().collect();
        let certain = begun.iter().filter(own).filter(|begun| begun.is_certain).count();
        self.must(certain >= OPEN / 2 && now >= account.unsure_until, BEGUN);
        self.may(begun.iter().filter(own).count() >= OPEN / 2 || begun.len() >= OPEN, BEGUN);
    }

    /// One more message to there: three for ceremonies, two for enrolments, and each sort waits for
    /// its own.
    pub fn sends(&mut self, world: &World, account: &Account, to: &str, is_enrolment: bool) {
        let none = Vec::new();
        let there = world.sent_to.get(to).unwrap_or(&none);
        let within = |window: u64| there.iter().filter(move |(at, _)| world.now - at < window);
        let of_sort = |sent: &&(u64, bool)| sent.1 == is_enrolment;
        let today = account.sent.iter().filter(|at| world.now - **at < DAY).count();
        self.must(today >= SENDS_A_DAY, SENDS);
        self.must(within(SEND_INTERVAL).filter(of_sort).count() > 0, SENDS);
        let most = SENDS_TO_ONE - usize::from(is_enrolment);
        self.must(within(CEREMONY).filter(of_sort).count() >= most, SENDS);
    }

    /// One more answer to this.
    pub fn guesses(&mut self, account: &Account, target: &str, is_guessable: bool, now: u64) {
        let recent = |counted: &&Counted| now - counted.at < GUESS_WINDOW;
        let count = |name: &str, certain: bool| {
            let counted = account.wrong.get(name).into_iter().flatten().filter(recent);
            counted.filter(|counted| counted.is_certain || !certain).count()
        };
        self.must(count(target, true) >= FACTOR_GUESSES, LOCKED);
        self.may(count(target, false) >= FACTOR_GUESSES, LOCKED);
        if !is_guessable {
            return;
        }
        let guessed: Vec<&String> =
            account.wrong.keys().filter(|name| !is_of_one_seat(name)).collect();
        let all = |certain| guessed.iter().map(|name| count(name, certain)).sum::<usize>();
        self.must(all(true) >= USER_GUESSES, LOCKED);
        // A part is kept for each factor, so that guessing at the others locks none: where there
        // are not too many of them, what nobody guessed at is never locked.
        let gone = guessed.iter().filter(|name| count(name, false) > 0).count();
        let counted = guessed.iter().flat_map(|name| &account.wrong[*name]).filter(recent);
        let oldest = counted.map(|counted| counted.at).min();
        let were_there = |factor: &Factor| oldest.is_none_or(|at| factor.enrolled_at < at);
        let is_factor = account.factors.iter().any(|factor| factor.id == target);
        let is_few = account.factors.len() + gone < USER_GUESSES;
        let is_kept = count(target, false) == 0
            && is_factor
            && is_few
            && account.factors.iter().all(were_there);
        self.may(!is_kept, LOCKED);
    }
}

/// Whether more answers were looked at than may be, within any one window that ends now.
pub fn is_beyond_budget(account: &Account, now: u64) -> Option<String> {
    let recent = |counted: &&Counted| counted.is_certain && now - counted.at < GUESS_WINDOW;
    let mut all = 0;
    for (name, counted) in &account.wrong {
        let count = counted.iter().filter(recent).count();
        if count > FACTOR_GUESSES {
            return Some(format!("{count} answers to {name} were looked at"));
        }
        // An enrolment that cannot be guessed at is bounded by itself.
        let is_bounded = name.strip_prefix("enrol ").is_some_and(|method| !is_guessable(method));
        if !is_of_one_seat(name) && !is_bounded {
            all += count;
        }
    }
    (all > USER_GUESSES).then(|| format!("{all} answers of one user were looked at"))
}
