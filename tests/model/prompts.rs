//! Having a factor ask.

use serde_json::Value;
use stepup_authority::EventKind;

use crate::action::{Pick, Which, Who};
use crate::elsewhere::approvals;
use crate::expect::{Expect, NOT_THERE, SENDS};
use crate::line::{ASKS_FOR, Answered, Question};
use crate::name::name;
use crate::walk::Walk;
use crate::world::{Purpose, Secret, State, user_of};

impl Walk {
    pub async fn prompt(&mut self, who: Who, which: Which, pick: Pick) -> Result<(), String> {
        self.world.forget_lines();
        let user = user_of(who.seat);
        let (place, id) = self.world.which(who.seat, which, true);
        let (factor, factor_id) = self.pick(user, pick, self.asked_last(place).as_deref());
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        let is_own = self.world.is_own(place, who.seat, true);
        expect.must(!is_own, NOT_THERE);
        let account = &self.world.accounts[user];
        let secret = factor.map(|factor| account.factors[factor].secret.clone());
        let method = factor.map_or("", |factor| account.factors[factor].method);
        let is_push_elsewhere = method == "okta-push";
        let to = match &secret {
            Some(Secret::Sent(address)) => Some(address.clone()),
            _ => None,
        };
        if let (true, Some(place)) = (is_own, place) {
            self.answerable(&mut expect, who, place, factor);
            match &secret {
                Some(Secret::Sent(to)) => {
                    expect.sends(&self.world, account, to, false);
                    expect.must(self.world.is_down, (503, "not-sent"));
                }
                Some(Secret::Elsewhere) if is_push_elsewhere => {
                    expect.must(account.nos.cool_down(self.world.now), SENDS);
                    expect.sends(&self.world, account, &approvals(user), false);
                }
                Some(Secret::Push(_)) if expect.must.is_empty() => {
                    self.may_ask(&mut expect, user, place);
                }
                _ => {}
            }
        }
        // Whether the login still counts is looked at when it is answered, or here already.
        self.may_be_outdated(&mut expect, who);
        let path = format!("/step-up/ceremonies/{id}/factors/{factor_id}");
        let answer = self.call(who, "POST", &path, &Value::Null).await;
        let is_ok = self.check("prompt", &expect, 200, false, &answer)?;
        let sent = self.sent(to.as_deref().filter(|_| is_ok))?;
        let name = name(&answer);
        let is_refused_elsewhere = match secret {
            Some(Secret::Push(_)) => name == "too-many-messages",
            _ => name == "not-sent",
        };
        self.happened(EventKind::Unsent, usize::from(is_refused_elsewhere));
        if let Some(Secret::Push(_)) = secret {
            self.coverage.hit("(push", &format!("{name})"));
        }
        if is_push_elsewhere {
            self.coverage.hit("(elsewhere", &format!("{method} {name})"));
        }
        if !is_ok && !is_refused_elsewhere {
            return Ok(());
        }
        let (Some(place), Some(secret)) = (place, secret) else {
            return Err("prompted in no ceremony".to_owned());
        };
        if let Some(to) = to.or_else(|| is_push_elsewhere.then(|| approvals(user))) {
            self.count_send(user, &to, false);
        }
        self.happened(EventKind::Sent, usize::from(is_push_elsewhere));
        let shown = &answer.json()["prompt"];
        let kept = match secret {
            Secret::Key(_) => Some(self.challenge(who, place, shown)?),
            Secret::Elsewhere => self.prompted(method, shown)?,
            Secret::Push(device) => self.asked_on(user, place, device, shown, is_ok)?,
            _ => sent,
        };
        // A code that never arrived is one that nobody knows; the one before it counts no more.
        let ceremony = &mut self.world.ceremonies[place];
        let before = ceremony.asked(&factor_id).cloned().flatten();
        ceremony.earlier_codes.extend(before);
        ceremony.asked.retain(|(asked, _)| *asked != factor_id);
        ceremony.asked.push((factor_id, kept));
        Ok(())
    }

    /// A ceremony that is over takes back what it asked, as soon as it comes to it.
    pub fn may_be_taken_back(&self, question: &Question) -> bool {
        !matches!(self.world.ceremonies[question.ceremony].state, State::Pending)
    }

    /// A device is asked one thing at once, and not too often.
    fn may_ask(&self, expect: &mut Expect, user: usize, place: usize) {
        let (line, now) = (&self.world.accounts[user].line, self.world.now);
        expect.must(line.rests(now), SENDS);
        // A new question of the same ceremony takes the place of the old one, on another device too.
        let in_the_way = line.question.as_ref();
        let in_the_way =
            in_the_way.filter(|question| line.is_busy(now) && question.ceremony != place);
        if let Some(question) = in_the_way {
            let may_be_gone = self.may_be_taken_back(question);
            expect.must(!may_be_gone, SENDS);
            expect.may(may_be_gone, SENDS);
        }
    }

    /// The number of the question that a device is asked.
    fn asked_on(
        &mut self,
        user: usize,
        place: usize,
        device: String,
        shown: &Value,
        is_ok: bool,
    ) -> Result<Option<String>, String> {
        let now = self.world.now;
        self.world.questions += 1;
        let number = self.world.questions;
        let line = &mut self.world.accounts[user].line;
        line.void_in(place);
        if is_ok {
            let digits = shown["number"].as_str().filter(|number| number.len() == 6);
            let digits = digits.ok_or_else(|| format!("{shown} has no number to type"))?.to_owned();
            if shown["expires_in"] != ASKS_FOR {
                return Err(format!("{shown} is good for {ASKS_FOR} seconds"));
            }
            line.take_back();
            let question = Question {
                number,
                device,
                ceremony: place,
                shown: digits,
                until: now + ASKS_FOR,
                answered: Answered::Not,
                answered_at: 0,
            };
            line.ask(question, now);
        }
        Ok(Some(number.to_string()))
    }

    /// What a key is to sign. Any of the user's may that suffices.
    fn challenge(&self, who: Who, place: usize, shown: &Value) -> Result<String, String> {
        let options = &shown["publicKey"];
        let allowed = options["allowCredentials"].as_array().into_iter().flatten();
        let mut allowed: Vec<_> = allowed.filter_map(|one| one["id"].as_str()).collect();
        let (world, token) = (&self.world, self.world.token(who));
        let Purpose::StepUp(wanted) = &world.ceremonies[place].purpose else {
            return Err("an enrolment was asked for as a ceremony".to_owned());
        };
        let factors = world.accounts[user_of(who.seat)].factors.iter();
        let factors = factors.filter(|factor| world.offers(token, factor, wanted));
        let keys = factors.filter_map(|factor| match &factor.secret {
            Secret::Key(held) => Some(held.id()),
            _ => None,
        });
        let mut keys: Vec<_> = keys.collect();
        allowed.sort_unstable();
        keys.sort_unstable();
        if allowed != keys || options["userVerification"] != "required" {
            return Err(format!(
                "{options} should be answered by {keys:?}, with the user verified"
            ));
        }
        let challenge = options["challenge"].as_str().map(str::to_owned);
        challenge.ok_or_else(|| format!("{options} has no challenge"))
    }
}
