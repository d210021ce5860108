//! Steps of a ceremony, and the guarded routes that it is for.

use http::Request;
use serde_json::{Map, Value, json};
use stepup_authority::EventKind;
use stepup_tests::{Answer, Payload};

use crate::action::{Code, Pick, Which, Who};
use crate::code::{Question, Truth};
use crate::expect::{Expect, INVALID_TOKEN, LOCKED, NO_FACTOR, NOT_THERE, OVER, PROVED, STEP_UP};
use crate::walk::{Walk, name};
use crate::world::{
    Begun, CEREMONY, CEREMONY_GUESSES, COLLECT, Ceremony, Counted, Factor, OPEN, Proof, Purpose,
    Secret, State, TOKEN_LIFE, Wanted, rank, user_of,
};

const EXCHANGE: &str = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange\
    &subject_token_type=urn:ietf:params:oauth:token-type:access_token";

impl Walk {
    pub async fn begin(
        &mut self,
        who: Who,
        acr: usize,
        max_age: usize,
        amr: usize,
    ) -> Result<(), String> {
        let (body, wanted) = demand(acr, max_age, amr);
        let (world, now) = (&self.world, self.world.now);
        let account = &world.accounts[user_of(who.seat)];
        let token = world.token(who);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        expect.must(wanted.is_none(), (400, "malformed-request"));
        let mut offered = Vec::new();
        if let Some(wanted) = &wanted {
            let offers = |factor: &&Factor| world.offers(token, factor, wanted);
            offered = account.factors.iter().filter(offers).map(|one| one.id.clone()).collect();
        }
        let unmet = (403, "unmet-authentication-requirements");
        expect.must(offered.is_empty(), unmet);
        // Nothing can be added to what is a proof already, or looks like one.
        let like_a_proof = token.is_proof || token.amr.iter().any(|method| method == "otp");
        expect.must(offered.is_empty() && like_a_proof, (403, "not-a-login"));
        self.not_outdated(&mut expect, who);
        expect.begins(account, who.seat, now);
        let answer = self.call(who, "POST", "/step-up/ceremonies", &body).await;
        if !self.check("begin", &expect, 201, false, &answer)? {
            return Ok(());
        }
        let body = answer.json();
        let mut named: Vec<_> = ids(&body["factors"]);
        named.sort_unstable();
        offered.sort_unstable();
        if named != offered || body["expires_in"] != CEREMONY {
            return Err(format!("{body} should offer {offered:?}"));
        }
        self.count_begun(who, true);
        self.world.ceremonies.push(Ceremony {
            id: body["id"].as_str().unwrap_or_default().to_owned(),
            seat: who.seat,
            purpose: Purpose::StepUp(wanted.unwrap_or_default()),
            begun_at: now,
            state: State::Pending,
            wrong: Vec::new(),
            asked: Vec::new(),
            earlier_codes: Vec::new(),
        });
        Ok(())
    }

    pub async fn prompt(&mut self, who: Who, which: Which, pick: Pick) -> Result<(), String> {
        let user = user_of(who.seat);
        let (place, id) = self.world.which(who.seat, which, true);
        let (factor, factor_id) = self.pick(user, pick, self.asked_last(place).as_deref());
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        let is_own = self.world.is_own(place, who.seat, true);
        expect.must(!is_own, NOT_THERE);
        let account = &self.world.accounts[user];
        let to = factor.and_then(|factor| match &account.factors[factor].secret {
            Secret::Sent(address) => Some(address.clone()),
            _ => None,
        });
        if let (true, Some(place)) = (is_own, place) {
            self.answerable(&mut expect, who, place, factor);
            if let Some(to) = &to {
                expect.sends(&self.world, account, to, false);
            }
        }
        // Whether the login still counts is looked at when it is answered, or here already.
        self.may_be_outdated(&mut expect, who);
        let path = format!("/step-up/ceremonies/{id}/factors/{factor_id}");
        let answer = self.call(who, "POST", &path, &Value::Null).await;
        let is_ok = self.check("prompt", &expect, 200, false, &answer)?;
        let code = self.sent(to.as_deref().filter(|_| is_ok))?;
        if !is_ok && name(&answer) != "not-sent" {
            return Ok(());
        }
        let Some(place) = place else { return Err("prompted in no ceremony".to_owned()) };
        if let Some(to) = to {
            self.count_send(user, &to, false);
        }
        // A code that never arrived is one that nobody knows; the one before it counts no more.
        let ceremony = &mut self.world.ceremonies[place];
        let before = ceremony.asked(&factor_id).cloned().flatten();
        ceremony.earlier_codes.extend(before);
        ceremony.asked.retain(|(asked, _)| *asked != factor_id);
        ceremony.asked.push((factor_id, code));
        Ok(())
    }

    pub async fn prove(
        &mut self,
        who: Who,
        which: Which,
        pick: Pick,
        code: Code,
        at_token_endpoint: bool,
    ) -> Result<(), String> {
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
                expect.must(factor.is_sent() && !is_asked, (409, "no-code-sent"));
                expect.guesses(account, &factor.id, factor.method != "recovery", now);
            }
        }
        let answered = factor.map(|factor| {
            let ceremony = place.map(|place| &self.world.ceremonies[place]);
            let none = Vec::new();
            let question = Question {
                secret: &account.factors[factor].secret,
                last_step: account.factors[factor].last_step,
                spent: &account.factors[factor].spent,
                sent: ceremony.and_then(|one| one.asked(&factor_id)?.as_deref()),
                earlier: ceremony.map_or(&none, |one| &one.earlier_codes),
                seat: who.seat,
            };
            let mut answer = question.answer(&self.world, code);
            if at_token_endpoint && !answer.is_string() {
                answer = json!("");
            }
            let truth = question.judge(now, &answer);
            (answer, truth)
        });
        let (answer, truth) = answered.unwrap_or((json!("123456"), Truth::Wrong));
        verdict(&mut expect, &truth);
        let mut body = Map::new();
        body.insert("code".to_owned(), answer);
        if !names_none {
            body.insert("factor".to_owned(), json!(factor_id));
        }
        let (step, answer) = if at_token_endpoint {
            as_oauth(&mut expect);
            let code = body["code"].as_str().unwrap_or_default();
            let parameters = [("ceremony", &*id), ("factor", &factor_id), ("code", code)];
            ("prove at the token endpoint", self.at_token_endpoint(who, &parameters).await)
        } else {
            let path = format!("/step-up/ceremonies/{id}/proof");
            ("prove", self.call(who, "POST", &path, &Value::Object(body)).await)
        };
        let is_ok = self.check(step, &expect, 200, true, &answer)?;
        let is_counted = ["wrong-answer", "malformed-answer"].contains(&&*name(&answer));
        let (Some(place), Some(factor), true) = (place, factor, is_ok || is_counted) else {
            return Ok(());
        };
        let kind = match code {
            Code::Malformed(_) => "Malformed".to_owned(),
            code => format!("{code:?}"),
        };
        self.coverage.hit("(code", &format!("{kind} {})", name(&answer)));
        if is_counted {
            return self.count_wrong(user, place, &factor_id, Some(factor), &answer);
        }
        self.proved(who, place, factor, &truth, &answer)
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
        let method = self.world.accounts[user].factors[factor].method;
        let (level, amr) = self.world.reached(&given, method);
        let Purpose::StepUp(wanted) = self.world.ceremonies[place].purpose.clone() else {
            return Err("an enrolment gave a token".to_owned());
        };
        let lifetime = wanted.max_age.map_or(TOKEN_LIFE, |max_age| max_age.min(TOKEN_LIFE));
        let mut proof = Proof {
            at: now,
            level,
            amr,
            scope: given.scope.clone(),
            expires_at: now + lifetime,
            jti: String::new(),
        };
        self.take_token(who, &mut proof, &answer.json())?;
        self.coverage.hit("(proved", &format!("{method} {level})"));
        self.use_up(user, place, factor, truth)?;
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
            Secret::Sent(_) => format!("{} {} {used}", ceremony.id, factor.id),
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
            let is_guessable = account.factors[factor].method != "recovery";
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

    pub async fn ask(&mut self, who: Who, which: Which) -> Result<(), String> {
        let (place, id) = self.world.which(who.seat, which, true);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        let is_own = self.world.is_own(place, who.seat, true);
        expect.must(!is_own, NOT_THERE);
        let ceremony = place.filter(|_| is_own).map(|place| self.world.ceremonies[place].clone());
        let mut status = "";
        if let Some(ceremony) = &ceremony {
            expect.may_be_swept(ceremony, self.world.now);
            status = match &ceremony.state {
                State::Pending if ceremony.is_over(self.world.now) => "expired",
                State::Pending if ceremony.certainly_exhausted() => "expired",
                State::Pending => "pending",
                State::Proved(proof) => {
                    self.collectable(&mut expect, who, proof);
                    "verified"
                }
                State::Cancelled => "cancelled",
                State::Enrolled => "enrolled",
            };
        }
        let path = format!("/step-up/ceremonies/{id}");
        let answer = self.call(who, "GET", &path, &Value::Null).await;
        if !self.check("ask", &expect, 200, status == "verified", &answer)? {
            return Ok(());
        }
        self.coverage.hit("(asked", &format!("{status})"));
        let body = answer.json();
        if body["status"] != status || body["id"] != id {
            return Err(format!("{body} should be {status}"));
        }
        self.collect(who, place, &body)
    }

    pub async fn exchange(&mut self, who: Who, which: Which) -> Result<(), String> {
        let (place, id) = self.world.which(who.seat, which, true);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        let is_own = self.world.is_own(place, who.seat, true);
        expect.must(!is_own, NOT_THERE);
        if let (true, Some(place)) = (is_own, place) {
            let ceremony = &self.world.ceremonies[place];
            let is_over = ceremony.is_over(self.world.now) || ceremony.maybe_exhausted();
            match &ceremony.state {
                State::Pending if is_over => expect.must(true, OVER),
                State::Pending => expect.must(true, (400, "authorization_pending")),
                State::Proved(proof) => self.collectable(&mut expect, who, proof),
                State::Cancelled | State::Enrolled => expect.must(true, OVER),
            }
            expect.may_be_swept(ceremony, self.world.now);
        }
        self.may_be_outdated(&mut expect, who);
        as_oauth(&mut expect);
        let answer = self.at_token_endpoint(who, &[("ceremony", &*id)]).await;
        if !self.check("exchange", &expect, 200, true, &answer)? {
            return Ok(());
        }
        self.collect(who, place, &answer.json())
    }

    pub async fn cancel(&mut self, who: Who, which: Which) -> Result<(), String> {
        let (place, id) = self.world.which(who.seat, which, true);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        let is_own = self.world.is_own(place, who.seat, true);
        expect.must(!is_own, NOT_THERE);
        if let (true, Some(place)) = (is_own, place) {
            let ceremony = &self.world.ceremonies[place];
            expect.must(matches!(ceremony.state, State::Proved(_)), PROVED);
            expect.may_be_swept(ceremony, self.world.now);
        }
        let path = format!("/step-up/ceremonies/{id}");
        let answer = self.call(who, "DELETE", &path, &Value::Null).await;
        if self.check("cancel", &expect, 204, false, &answer)?
            && let Some(place) = place
        {
            self.world.ceremonies[place].state = State::Cancelled;
        }
        Ok(())
    }

    pub async fn guarded(&mut self, who: Who, route: usize) -> Result<(), String> {
        let (path, level, max_age) = [
            ("/single", "single-factor", u64::MAX),
            ("/mfa", "mfa", u64::MAX),
            ("/mfa_fresh", "mfa", 300),
            ("/phr", "phr", u64::MAX),
        ][route];
        let token = self.world.token(who);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        if expect.must.is_empty() {
            let is_short = rank(&token.acr) < rank(level);
            expect.must(is_short || self.world.now - token.auth_time > max_age, STEP_UP);
        }
        let answer = self.call(who, "POST", path, &Value::Null).await;
        let name = name(&answer);
        self.coverage.hit("call", &format!("{path} {name}"));
        let is_allowed = expect.allows(200, answer.status.as_u16(), &name);
        if !is_allowed || answer.ran != usize::from(name == "ok") {
            return Err(format!("{path}: {name}, and {} handlers ran: {expect:?}", answer.ran));
        }
        Ok(())
    }

    fn asked_last(&self, place: Option<usize>) -> Option<String> {
        let ceremony = &self.world.ceremonies[place?];
        ceremony.asked.last().map(|(factor, _)| factor.clone())
    }

    pub fn authenticated(&self, expect: &mut Expect, who: Who) {
        expect.must(!self.world.is_valid(who), INVALID_TOKEN);
    }

    /// What was proved before a factor was removed counts no more; a login still does.
    fn not_outdated(&self, expect: &mut Expect, who: Who) {
        let is_outdated = self.world.is_outdated(who);
        expect.must(is_outdated && self.world.token(who).is_proof, INVALID_TOKEN);
        expect.may(is_outdated, INVALID_TOKEN);
    }

    fn may_be_outdated(&self, expect: &mut Expect, who: Who) {
        expect.may(self.world.is_outdated(who), INVALID_TOKEN);
    }

    /// The ceremony is pending, and offers this factor.
    fn answerable(&self, expect: &mut Expect, who: Who, place: usize, factor: Option<usize>) {
        let ceremony = &self.world.ceremonies[place];
        expect.pending(ceremony, self.world.now);
        let Purpose::StepUp(wanted) = &ceremony.purpose else { return };
        let factor = factor.map(|factor| &self.world.accounts[user_of(who.seat)].factors[factor]);
        let token = self.world.token(who);
        expect.must(factor.is_none_or(|one| !self.world.offers(token, one, wanted)), NO_FACTOR);
        expect.must(factor.is_some_and(Factor::is_disabled), (403, "factor-disabled"));
    }

    fn collectable(&self, expect: &mut Expect, who: Who, proof: &Proof) {
        let exp = proof.expires_at.min(self.world.token(who).exp);
        expect.must(self.world.now > proof.at + COLLECT || exp <= self.world.now, OVER);
        // The factor that proved may be gone.
        let changed_at = self.world.accounts[user_of(who.seat)].changed_at;
        expect.must(changed_at.is_some_and(|at| at >= proof.at), OVER);
        self.not_outdated(expect, who);
    }

    fn collect(&mut self, who: Who, place: Option<usize>, body: &Value) -> Result<(), String> {
        let Some(place) = place else { return Ok(()) };
        if let State::Proved(mut proof) = self.world.ceremonies[place].state.clone() {
            self.take_token(who, &mut proof, body)?;
            self.coverage.hit("(token", "fetched again)");
        }
        Ok(())
    }

    async fn at_token_endpoint(&self, who: Who, parameters: &[(&str, &str)]) -> Answer {
        let mut form = format!("{EXCHANGE}&subject_token={}", self.world.token(who).raw);
        for (name, value) in parameters {
            let escaped: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
            form.push_str(&format!("&{name}={escaped}"));
        }
        let request = Request::post("/step-up/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Payload::Bytes(form.into_bytes()));
        self.service.api.call(request.expect("a request")).await
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
pub fn verdict(expect: &mut Expect, truth: &Truth) {
    if expect.must.is_empty() {
        expect.must(*truth == Truth::Wrong, (403, "wrong-answer"));
        expect.must(*truth == Truth::Malformed, (400, "malformed-answer"));
        expect.may(*truth == Truth::Unsure, (403, "wrong-answer"));
    }
}

/// The same refusals in the words of RFC 6749.
fn as_oauth(expect: &mut Expect) {
    let word = |reason: &(u16, &'static str)| match *reason {
        INVALID_TOKEN => vec![(400, "invalid_request"), (400, "invalid_grant")],
        LOCKED => vec![(429, "invalid_grant")],
        (403, "wrong-answer") => vec![(400, "wrong-answer")],
        (_, "malformed-answer" | "authorization_pending") => vec![*reason],
        _ => vec![(400, "invalid_grant")],
    };
    expect.must = expect.must.iter().flat_map(word).collect();
    expect.may = expect.may.iter().flat_map(word).collect();
}

pub fn ids(factors: &Value) -> Vec<String> {
    let id = |factor: &Value| factor["id"].as_str().unwrap_or_default().to_owned();
    factors.as_array().into_iter().flatten().map(id).collect()
}

/// What is asked for, and what that means; `None`: nothing.
fn demand(acr: usize, max_age: usize, amr: usize) -> (Value, Option<Wanted>) {
    let many = "otp ".repeat(17);
    let acr = [
        json!("mfa phr phrh"),
        Value::Null,
        json!("mfa"),
        json!("single-factor"),
        json!("phr phrh"),
        json!("nonsense"),
        json!("nonsense mfa"),
        json!(7),
        json!(["mfa"]),
        json!(""),
        json!("  mfa  "),
        json!("MFA"),
    ][acr]
        .clone();
    let max_age = [
        json!(300),
        Value::Null,
        json!(1),
        json!(60),
        json!(100_000),
        json!(0),
        json!(-1),
        json!("300"),
        json!(1.5),
        json!(10),
        json!(120),
        json!(u64::MAX),
    ][max_age]
        .clone();
    let amr = [
        Value::Null,
        json!("otp"),
        json!("sms"),
        json!("email"),
        json!("pwd otp"),
        json!("hwk"),
        json!(true),
        json!(many),
        json!(""),
        json!("recovery"),
        json!("mfa"),
        json!("pwd mfa"),
    ][amr]
        .clone();
    let words = |value: &Value| match value {
        Value::Null => Some(Vec::new()),
        Value::String(words) => Some(words.split_whitespace().map(str::to_owned).collect()),
        _ => None,
    };
    let is_age = max_age.is_null() || max_age.as_u64().is_some_and(|seconds| seconds > 0);
    let wanted = || {
        let (levels, amr): (Vec<String>, Vec<String>) = (words(&acr)?, words(&amr)?);
        // Levels that are not on the ladder are reached by nobody.
        (is_age && amr.len() <= 16).then(|| Wanted { levels, max_age: max_age.as_u64(), amr })
    };
    let wanted = wanted();
    (json!({ "acr_values": acr, "max_age": max_age, "amr_values": amr }), wanted)
}
