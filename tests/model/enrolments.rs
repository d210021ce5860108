//! Steps that change a user's factors.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::authority::TotpApp;

use crate::action::{Code, Pick, Which, Who};
use crate::ceremonies::ids;
use crate::code::{Question, Truth};
use crate::conditions::verdict;
use crate::expect::{Expect, INVALID_TOKEN, NO_FACTOR, NOT_THERE, OVER, STEP_UP};
use crate::walk::{Walk, name};
use crate::world::{
    CHANGE_WITHIN, Ceremony, Counted, FACTORS, Factor, METHODS, Purpose, Secret, State, USERS,
    user_of,
};

const TOO_MANY: (u16, &str) = (409, "too-many-factors");

impl Walk {
    /// Factors are changed with a fresh proof of the most that they reach; the first is enrolled
    /// with a fresh login.
    fn may_change(&self, expect: &mut Expect, who: Who) {
        let account = &self.world.accounts[user_of(who.seat)];
        let token = self.world.token(who);
        let age = self.world.now - token.auth_time;
        let is_outdated = self.world.is_outdated(who);
        if account.factors.is_empty() {
            expect.must(age > CHANGE_WITHIN, STEP_UP);
            expect.must(is_outdated && token.is_proof, INVALID_TOKEN);
            expect.may(is_outdated, INVALID_TOKEN);
            return;
        }
        // All of these reach `mfa`, disabled or not: wrong answers lower nothing.
        expect.must(age > CHANGE_WITHIN || token.acr != "mfa", STEP_UP);
        expect.must(is_outdated, INVALID_TOKEN);
    }

    /// There is room for it, or something to replace.
    fn has_room(&self, expect: &mut Expect, user: usize, method: &str, replaces: Option<&str>) {
        let factors = &self.world.accounts[user].factors;
        match replaces {
            Some(id) => {
                let goes = factors.iter().any(|one| one.id == id && one.method == method);
                expect.must(!goes, NO_FACTOR);
            }
            None => expect.must(factors.len() >= FACTORS, TOO_MANY),
        }
    }

    pub async fn enrol(
        &mut self,
        who: Who,
        method: usize,
        details: usize,
        replaces: Option<Pick>,
    ) -> Result<(), String> {
        let (user, now) = (user_of(who.seat), self.world.now);
        let method = METHODS[method];
        let replaces = replaces.filter(|pick| !matches!(pick, Pick::None));
        let replaces = replaces.map(|pick| self.pick(user, pick, None).1);
        let mut body = details_of(user, method, details);
        if let Some(replaces) = &replaces {
            body["replaces"] = json!(replaces);
        }
        let address = [&body["email"], &body["phone"]].into_iter().find_map(Value::as_str);
        let address = address.map(str::to_owned);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        expect.must(method == "fax", (400, "malformed-request"));
        self.may_change(&mut expect, who);
        self.has_room(&mut expect, user, method, replaces.as_deref());
        let is_sent = method == "email" || method == "sms";
        let fits = address.as_deref().is_some_and(|to| to.contains(['@', '+']));
        expect.must(is_sent && !fits, (422, "unfit-details"));
        let account = &self.world.accounts[user];
        let (was_first, changes) = (account.factors.is_empty(), account.changes);
        expect.begins(account, who.seat, now);
        if let (true, Some(to)) = (is_sent && fits, &address) {
            expect.sends(&self.world, account, to, true);
        }
        let answer = self.call(who, "POST", "/step-up/enrolments", &body).await;
        let is_ok = self.check("enrol", &expect, 201, false, &answer)?;
        let code = self.sent(address.as_deref().filter(|_| is_ok && is_sent))?;
        let name = name(&answer);
        if is_ok && method != "recovery" {
            self.count_begun(who, true);
        } else if ["unfit-details", "too-many-messages", "not-sent"].contains(&&*name) {
            // Whether what comes to nothing counts is nobody's concern.
            self.count_begun(who, false);
        }
        if let (true, Some(to)) = (is_ok || name == "not-sent", &address) {
            self.count_send(user, to, true);
        }
        if !is_ok {
            return Ok(());
        }
        let body = answer.json();
        let secret = match (&address, body["secret"].as_str(), body["codes"].as_array()) {
            (Some(address), ..) => Secret::Sent(address.clone()),
            (_, Some(secret), _) => Secret::App(TotpApp::scan(secret)),
            (_, _, Some(codes)) => {
                let code = |code: &Value| code.as_str().unwrap_or_default().to_owned();
                Secret::List(codes.iter().map(code).collect())
            }
            _ => return Err(format!("{body} has nothing to answer with")),
        };
        let mut new = Factor {
            id: String::new(),
            method,
            secret,
            enrolled_at: 0,
            last_step: None,
            spent: Vec::new(),
            wrong_in_a_row: 0,
        };
        if method == "recovery" {
            new.id = body["factor"]["id"].as_str().unwrap_or_default().to_owned();
            self.add(user, new, replaces);
            return Ok(());
        }
        self.world.ceremonies.push(Ceremony {
            id: body["id"].as_str().unwrap_or_default().to_owned(),
            seat: who.seat,
            purpose: Purpose::Enrol { new, replaces, was_first, changes },
            begun_at: now,
            state: State::Pending,
            wrong: Vec::new(),
            asked: vec![(String::new(), code)],
            earlier_codes: Vec::new(),
        });
        Ok(())
    }

    fn add(&mut self, user: usize, new: Factor, replaces: Option<String>) {
        let account = &mut self.world.accounts[user];
        let before = account.factors.len();
        account.factors.retain(|factor| {
            let goes = replaces.as_ref() == Some(&factor.id);
            !(goes || new.method == "recovery" && factor.method == "recovery")
        });
        let removed = before - account.factors.len();
        if removed > 0 {
            account.changed_at = Some(self.world.now);
            account.changes += removed;
            self.coverage.hit("(factor", "replaced)");
        }
        account.factors.push(Factor { enrolled_at: self.world.now, ..new });
        self.happened(EventKind::Removed, removed);
        self.happened(EventKind::Enrolled, 1);
    }

    pub async fn confirm(&mut self, who: Who, which: Which, code: Code) -> Result<(), String> {
        let (user, now) = (user_of(who.seat), self.world.now);
        let (place, id) = self.world.which(who.seat, which, false);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        expect.may(self.world.is_outdated(who), INVALID_TOKEN);
        let is_own = self.world.is_own(place, who.seat, false);
        expect.must(!is_own, NOT_THERE);
        let mut answered = (json!("123456"), Truth::Wrong);
        let mut enrols = None;
        // What is only known not to be so any more once the answer is right.
        let mut late = Expect::default();
        if let (true, Some(place)) = (is_own, place) {
            let ceremony = &self.world.ceremonies[place];
            if let Purpose::Enrol { new, replaces, was_first, changes } = &ceremony.purpose {
                expect.pending(ceremony, now);
                let account = &self.world.accounts[user];
                let target = format!("enrol {}", new.method);
                expect.guesses(account, &target, true, now);
                // What it took to begin it is not what it would take now.
                let is_first = account.factors.is_empty();
                late.must(*was_first != is_first || account.changes != *changes, OVER);
                self.has_room(&mut late, user, new.method, replaces.as_deref());
                let question = Question {
                    secret: &new.secret,
                    last_step: None,
                    spent: &[],
                    sent: ceremony.asked("").and_then(|code| code.as_deref()),
                    earlier: &ceremony.earlier_codes,
                    seat: who.seat,
                };
                let answer = question.answer(&self.world, code);
                let truth = question.judge(now, &answer);
                answered = (answer, truth);
                enrols = Some((place, target));
            }
        }
        let (answer, truth) = answered;
        let is_heard = expect.must.is_empty();
        verdict(&mut expect, &truth);
        expect.may.extend(late.may.clone());
        if matches!(truth, Truth::Right(_)) {
            expect.must.extend(late.must.clone());
        } else {
            expect.may.extend(late.must.clone());
        }
        let path = format!("/step-up/enrolments/{id}");
        let answer = self.call(who, "POST", &path, &json!({ "code": answer })).await;
        let is_ok = self.check("confirm", &expect, 201, false, &answer)?;
        let Some((place, target)) = enrols else { return Ok(()) };
        let name = name(&answer);
        if name == "wrong-answer" || name == "malformed-answer" {
            return self.count_wrong(user, place, &target, None, &answer);
        }
        let was_late = late.must.iter().chain(&late.may).any(|(_, late)| *late == name);
        if !is_ok && is_heard && was_late {
            // It was right, and comes to nothing: whether it is counted is nobody's concern.
            let counted = Counted { at: now, is_certain: false };
            self.world.ceremonies[place].wrong.push(counted);
            self.world.accounts[user].wrong.entry(target).or_default().push(counted);
            self.coverage.hit("(confirm", "too late)");
        }
        if is_ok { self.enrolled(user, place, &truth, &answer.json()) } else { Ok(()) }
    }

    fn enrolled(
        &mut self,
        user: usize,
        place: usize,
        truth: &Truth,
        body: &Value,
    ) -> Result<(), String> {
        let Purpose::Enrol { new, replaces, .. } = self.world.ceremonies[place].purpose.clone()
        else {
            return Err("a ceremony enrolled something".to_owned());
        };
        let id = body["factor"]["id"].as_str().unwrap_or_default().to_owned();
        self.coverage.hit("(enrolled", &format!("{})", new.method));
        self.add(user, Factor { id, ..new }, replaces);
        let factor = self.world.accounts[user].factors.len() - 1;
        self.use_up(user, place, factor, truth)?;
        self.world.ceremonies[place].state = State::Enrolled;
        Ok(())
    }

    pub async fn remove(&mut self, who: Who, pick: Pick) -> Result<(), String> {
        let user = user_of(who.seat);
        let (factor, id) = self.pick(user, pick, None);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        self.may_change(&mut expect, who);
        expect.must(factor.is_none(), NO_FACTOR);
        let path = format!("/step-up/factors/{id}");
        let answer = self.call(who, "DELETE", &path, &Value::Null).await;
        if self.check("remove", &expect, 204, false, &answer)?
            && let Some(factor) = factor
        {
            let account = &mut self.world.accounts[user];
            account.factors.remove(factor);
            account.changed_at = Some(self.world.now);
            account.changes += 1;
            self.happened(EventKind::Removed, 1);
        }
        Ok(())
    }

    pub async fn list(&mut self, who: Who) -> Result<(), String> {
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        expect.may(self.world.is_outdated(who), INVALID_TOKEN);
        let answer = self.call(who, "GET", "/step-up/factors", &Value::Null).await;
        if !self.check("list", &expect, 200, false, &answer)? {
            return Ok(());
        }
        let body = answer.json();
        let factors = &self.world.accounts[user_of(who.seat)].factors;
        let expected: Vec<_> = factors.iter().map(|factor| factor.id.clone()).collect();
        let flags = body["factors"].as_array().into_iter().flatten();
        let disabled: Vec<_> = flags.map(|factor| factor["disabled"] == true).collect();
        let expected_disabled: Vec<_> = factors.iter().map(Factor::is_disabled).collect();
        if ids(&body["factors"]) != expected || disabled != expected_disabled {
            return Err(format!("{body} should be {expected:?}, disabled {expected_disabled:?}"));
        }
        Ok(())
    }
}

fn details_of(user: usize, method: &str, details: usize) -> Value {
    let own = USERS[user];
    match (method, details % 5) {
        ("email", 0) => json!({ "method": "email", "email": format!("{own}@example.com") }),
        ("email", 1) => json!({ "method": "email", "email": format!("{own}@mail.example") }),
        ("email", 2) => json!({ "method": "email", "email": "shared@example.com" }),
        ("email", 3) => json!({ "method": "email" }),
        ("email", _) => json!({ "method": "email", "email": "nonsense" }),
        ("sms", 0) => json!({ "method": "sms", "phone": format!("+49151123456{user}0") }),
        ("sms", 1) => json!({ "method": "sms", "phone": format!("+49151123456{user}1") }),
        ("sms", 2) => json!({ "method": "sms", "phone": "+4915112345699" }),
        ("sms", 3) => json!({ "method": "sms", "phone": 4_915_112_345_678_u64 }),
        ("sms", _) => json!({ "method": "sms", "phone": "nonsense" }),
        ("fax", 0) => json!({ "method": "fax" }),
        ("fax", 1) => json!({}),
        ("fax", _) => json!({ "method": 1 }),
        _ => json!({ "method": method }),
    }
}
