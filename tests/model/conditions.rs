//! What an answer depends on, and what is counted for it.

use crate::action::Who;
use crate::code::Truth;
use crate::expect::{Expect, INVALID_TOKEN, LOCKED, NO_FACTOR, OVER, PROMPT_OVER, Reason};
use crate::walk::Walk;
use crate::world::*;

impl Walk {
    pub fn asked_last(&self, place: Option<usize>) -> Option<String> {
        let ceremony = &self.world.ceremonies[place?];
        ceremony.asked.last().map(|(factor, _)| factor.clone())
    }

    pub fn authenticated(&self, expect: &mut Expect, who: Who) {
        expect.must(!self.world.is_valid(who), INVALID_TOKEN);
    }

    /// What was proved before a factor was removed counts no more; a login still does.
    pub fn not_outdated(&self, expect: &mut Expect, who: Who) {
        let is_outdated = self.world.is_outdated(who);
        expect.must(is_outdated && self.world.token(who).is_proof, INVALID_TOKEN);
        expect.may(is_outdated, INVALID_TOKEN);
    }

    pub fn may_be_outdated(&self, expect: &mut Expect, who: Who) {
        expect.may(self.world.is_outdated(who), INVALID_TOKEN);
    }

    /// The ceremony is pending, and offers this factor.
    pub fn answerable(&self, expect: &mut Expect, who: Who, place: usize, factor: Option<usize>) {
        let ceremony = &self.world.ceremonies[place];
        expect.pending(ceremony, self.world.now);
        let Purpose::StepUp(wanted) = &ceremony.purpose else { return };
        let factor = factor.map(|factor| &self.world.accounts[user_of(who.seat)].factors[factor]);
        let token = self.world.token(who);
        expect.must(factor.is_none_or(|one| !self.world.offers(token, one, wanted)), NO_FACTOR);
        expect.must(factor.is_some_and(Factor::is_disabled), (403, "factor-disabled"));
    }

    pub fn collectable(&self, expect: &mut Expect, who: Who, proof: &Proof) {
        let exp = proof.expires_at.min(self.world.token(who).exp);
        expect.must(self.world.now > proof.issued_at + COLLECT || exp <= self.world.now, OVER);
        // The factor that proved may be gone.
        let changed_at = self.world.accounts[user_of(who.seat)].changed_at;
        expect.must(changed_at.is_some_and(|at| at >= proof.at), OVER);
        self.not_outdated(expect, who);
    }

    pub fn count_send(&mut self, user: usize, to: &str, is_enrolment: bool) {
        let now = self.world.now;
        self.world.accounts[user].sent.push(now);
        self.world.sent_to.entry(to.to_owned()).or_default().push((now, is_enrolment));
    }

    pub fn count_begun(&mut self, who: Who, is_certain: bool) {
        let now = self.world.now;
        let account = &mut self.world.accounts[user_of(who.seat)];
        account.begun.retain(|begun| now - begun.at < CEREMONY);
        if account.begun.len() >= OPEN {
            account.unsure_until = now + CEREMONY;
        }
        account.begun.push(Begun { seat: who.seat, at: now, is_certain });
    }
}

/// If nothing else stands against it, it is the answer that counts.
pub fn verdict(expect: &mut Expect, truth: &Truth, pending: Reason) {
    if expect.must.is_empty() {
        expect.must(matches!(truth, Truth::Copied | Truth::Wrong), (403, "wrong-answer"));
        expect.must(*truth == Truth::Expired, PROMPT_OVER);
        expect.must(*truth == Truth::Pending, pending);
        expect.must(*truth == Truth::Denied, (403, "denied"));
        expect.must(*truth == Truth::Malformed, (400, "malformed-answer"));
        expect.may(*truth == Truth::Unsure, (403, "wrong-answer"));
    }
}

/// The same refusals in the words of RFC 6749.
pub fn as_oauth(expect: &mut Expect) {
    let word = |reason: &(u16, &'static str)| match *reason {
        INVALID_TOKEN => vec![(400, "invalid_request"), (400, "invalid_grant")],
        LOCKED => vec![(429, "invalid_grant")],
        (403, "wrong-answer") => vec![(400, "wrong-answer")],
        (202, _) => vec![(400, "authorization_pending")],
        (_, "malformed-answer" | "authorization_pending") => vec![*reason],
        _ => vec![(400, "invalid_grant")],
    };
    expect.must = expect.must.iter().flat_map(word).collect();
    expect.may = expect.may.iter().flat_map(word).collect();
}
