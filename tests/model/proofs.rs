//! Answers, and what comes of them.

use serde_json::{Map, Value, json};
use stepup_authority::EventKind;
use stepup_tests::Answer;

use crate::action::{Code, Pick, Which, Who};
use crate::code::Truth;
use crate::conditions::{as_oauth, verdict};
use crate::elsewhere::{self, given_at};
use crate::expect::{Expect, NOT_THERE};
use crate::given::Given;
use crate::line::Answered;
use crate::name::name;
use crate::walk::Walk;
use crate::world::*;

impl Walk {
    pub async fn prove(
        &mut self,
        who: Who,
        which: Which,
        pick: Pick,
        code: Code,
        at_token_endpoint: bool,
    ) -> Result<(), String> {
        self.world.forget_lines();
        let (user, now) = (user_of(who.seat), self.world.now);
        let (place, id) = self.world.which(who.seat, which, true);
        let (factor, factor_id) = self.pick(user, pick, self.asked_last(place).as_deref());
        let account = &self.world.accounts[user];
        let is_own = self.world.is_own(place, who.seat, true);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        self.not_outdated(&mut expect, who);
        let names_none = matches!(pick, Pick::None) && !at_token_endpoint;
        expect.must(names_none, (400, "malformed-request"));
        expect.must(!is_own, NOT_THERE);
        if let (true, Some(place)) = (is_own, place) {
            self.answerable(&mut expect, who, place, factor);
            if let Some(factor) = factor.map(|factor| &account.factors[factor]) {
                let is_asked = self.world.ceremonies[place].asked(&factor.id).is_some();
                expect.must(factor.asks() && !is_asked, (409, "no-code-sent"));
                let target = factor.target(who.seat);
                expect.guesses(account, &target, factor.is_guessable(), now);
            }
        }
        let given = factor.map(|factor| self.given(who, place, factor, code, at_token_endpoint));
        let given = given.unwrap_or_else(|| Given {
            body: Map::from_iter([("code".to_owned(), json!("123456"))]),
            truth: Truth::Wrong,
            by: 0,
            sort: String::new(),
        });
        let Given { mut body, truth, by, sort } = given;
        verdict(&mut expect, &truth, (202, "not-yet"));
        if !names_none {
            body.insert("factor".to_owned(), json!(factor_id));
        }
        // What has no name of its own there is asked for here.
        let factors = &self.world.accounts[user].factors;
        let is_elsewhere = factor.is_some_and(|factor| factors[factor].secret.is_elsewhere());
        let has_name = !(is_elsewhere && matches!(truth, Truth::Denied | Truth::Expired));
        let (step, answer) = if at_token_endpoint && has_name {
            as_oauth(&mut expect);
            let mut parameters = vec![("ceremony", &*id), ("factor", &factor_id)];
            let texts =
                body.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
            parameters.extend(texts.filter(|(name, _)| *name != "factor"));
            if parameters.len() == 2 {
                parameters.push(("code", ""));
            }
            ("prove at the token endpoint", self.at_token_endpoint(who, &parameters).await)
        } else {
            let path = format!("/step-up/ceremonies/{id}/proof");
            ("prove", self.call(who, "POST", &path, &Value::Object(body)).await)
        };
        let is_ok = self.check(step, &expect, 200, true, &answer)?;
        let is_counted = ["wrong-answer", "malformed-answer"].contains(&&*name(&answer));
        if let (Some(place), Some(factor)) = (place, factor) {
            self.heard_elsewhere(user, place, factor, &name(&answer));
        }
        let (Some(place), Some(factor), true) = (place, factor, is_ok || is_counted) else {
            return Ok(());
        };
        let kind = if let Code::Malformed(_) = code { "Malformed" } else { &sort };
        self.coverage.hit("(code", &format!("{kind} {})", name(&answer)));
        if is_counted {
            self.happened(EventKind::Cloned, usize::from(truth == Truth::Copied));
            let account = &mut self.world.accounts[user];
            // A number that was mistyped is told once.
            if let Secret::Push(_) = account.factors[factor].secret {
                account.line.question = None;
            }
            let target = account.factors[factor].target(who.seat);
            return self.count_wrong(user, place, &target, Some(factor), &answer);
        }
        self.proved(who, place, by, &truth, &answer)
    }

    /// What follows where a provider was asked what the user said.
    fn heard_elsewhere(&mut self, user: usize, place: usize, factor: usize, name: &str) {
        let Factor { id, method, .. } = &self.world.accounts[user].factors[factor];
        let method = *method;
        let number = self.world.ceremonies[place].asked(id).cloned().flatten();
        let is_push = method == "okta-push";
        if elsewhere::METHODS.contains(&method) {
            self.coverage.hit("(elsewhere", &format!("{method} {name})"));
        }
        if is_push
            && ["ok", "not-yet", "denied", "prompt-over", "authorization_pending"].contains(&name)
        {
            self.asked_after(number.as_deref());
        }
        if name == "denied" {
            self.denied(user, place, is_push);
        }
    }

    /// A no ends it; one to a push keeps others away for a while.
    pub fn denied(&mut self, user: usize, place: usize, is_push: bool) {
        let now = self.world.now;
        self.world.ceremonies[place].state = State::Denied;
        if is_push {
            self.world.accounts[user].nos.one_more(now);
        }
        self.happened(EventKind::Denied, 1);
    }

    fn proved(
        &mut self,
        who: Who,
        place: usize,
        factor: usize,
        truth: &Truth,
        answer: &Answer,
    ) -> Result<(), String> {
        let (user, now) = (user_of(who.seat), self.world.now);
        let given = self.world.token(who).clone();
        let by = &self.world.accounts[user].factors[factor];
        let method = by.method;
        let (level, amr) = self.world.reached(&given, by);
        let ceremony = &self.world.ceremonies[place];
        let Purpose::StepUp(_) = ceremony.purpose else {
            return Err("an enrolment gave a token".to_owned());
        };
        // The user said yes, or signed in, before the client asked.
        let question = &self.world.accounts[user].line.question;
        let at = match question {
            Some(question) if method == "push" => question.answered_at,
            _ => match truth {
                Truth::Right(used) => given_at(method, used).unwrap_or(now),
                _ => now,
            },
        };
        let mut proof = Proof {
            at,
            issued_at: now,
            level,
            amr,
            scope: given.scope.clone(),
            expires_at: at + ceremony.lifetime(),
            jti: String::new(),
        };
        self.take_token(who, &mut proof, &answer.json())?;
        self.coverage.hit("(proved", &format!("{method} {level})"));
        self.use_up(user, place, factor, truth)?;
        if method == "push" {
            self.world.accounts[user].line.answer(Answered::Claimed);
        }
        self.world.ceremonies[place].state = State::Proved(proof);
        self.happened(EventKind::Proved, 1);
        Ok(())
    }

    /// A right answer is right once.
    pub fn use_up(
        &mut self,
        user: usize,
        place: usize,
        factor: usize,
        truth: &Truth,
    ) -> Result<(), String> {
        let ceremony = &mut self.world.ceremonies[place];
        let account = &mut self.world.accounts[user];
        let factor = &mut account.factors[factor];
        let used = match truth {
            Truth::Right(used) => used.clone(),
            _ => format!("unsure at {}", self.world.now / 30),
        };
        let used_up = match &factor.secret {
            Secret::Sent(_) | Secret::Push(_) => format!("{} {} {used}", ceremony.id, factor.id),
            // Of a key that does not count, the challenge alone is used up.
            Secret::Key(held) if !held.counts => format!("{} {}", ceremony.id, factor.id),
            _ => format!("{} {used}", factor.id),
        };
        if !self.world.used_codes.insert(used_up) {
            return Err(format!("{used} was right a second time"));
        }
        match &factor.secret {
            Secret::App(_) => {
                let step = used.parse().unwrap_or(self.world.now / 30 + 1);
                if factor.last_step.is_some_and(|last| step <= last) {
                    return Err(format!("step {step} was right after a later one"));
                }
                factor.last_step = Some(step);
            }
            Secret::Sent(_) => ceremony.earlier_codes.push(used),
            Secret::List(_) => factor.spent.push(used),
            Secret::Key(_) => factor.last_step = used.parse().ok(),
            Secret::Push(_) => {}
            Secret::Elsewhere => {
                factor.last_step = used.parse().ok();
                factor.spent.push(used);
            }
        }
        factor.wrong_in_a_row = 0;
        let (seat, begun_at) = (ceremony.seat, ceremony.begun_at);
        let begun = |begun: &Begun| begun.seat == seat && begun.at == begun_at && begun.is_certain;
        if let Some(at) = account.begun.iter().position(begun) {
            account.begun.remove(at);
        }
        Ok(())
    }

    /// An answer that was looked at and not right.
    pub fn count_wrong(
        &mut self,
        user: usize,
        place: usize,
        target: &str,
        factor: Option<usize>,
        answer: &Answer,
    ) -> Result<(), String> {
        let counted = Counted { at: self.world.now, is_certain: true };
        let account = &mut self.world.accounts[user];
        account.wrong.entry(target.to_owned()).or_default().push(counted);
        if let Some(factor) = factor {
            let is_guessable = account.factors[factor].is_guessable();
            account.factors[factor].wrong_in_a_row += usize::from(is_guessable);
            if account.factors[factor].is_disabled() {
                self.coverage.hit("(factor", "disabled)");
            }
        }
        let ceremony = &mut self.world.ceremonies[place];
        ceremony.wrong.push(counted);
        if ceremony.wrong.iter().filter(|wrong| wrong.is_certain).count() > CEREMONY_GUESSES {
            return Err("more answers were looked at than a ceremony hears".to_owned());
        }
        let left = CEREMONY_GUESSES.saturating_sub(ceremony.wrong.len());
        let said = &answer.json()["attempts_left"];
        let is_certain = ceremony.wrong.iter().all(|wrong| wrong.is_certain);
        if is_certain && !said.is_null() && *said != left {
            return Err(format!("{said} attempts are said to be left, where it is {left}"));
        }
        self.happened(EventKind::Failed, 1);
        Ok(())
    }
}
