//! Steps that change a user's factors.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::authority::TotpApp;

use crate::action::{Pick, Who};
use crate::ceremonies::ids;
use crate::demand::details_of;
use crate::elsewhere::{self, approvals};
use crate::expect::{Expect, INVALID_TOKEN, LOGIN_TOO_OLD, NO_FACTOR, SENDS, STEP_UP};
use crate::keys::HeldKey;
use crate::name::name;
use crate::phone::Phone;
use crate::walk::Walk;
use crate::world::{
    CHANGE_WITHIN, Ceremony, FACTORS, Factor, METHODS, Purpose, Secret, State, Takes, is_single,
    rank, user_of,
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
        let Takes::Level(level) = account.change_takes() else {
            expect.must(age > CHANGE_WITHIN, LOGIN_TOO_OLD);
            expect.must(is_outdated && token.is_proof, INVALID_TOKEN);
            expect.may(is_outdated, INVALID_TOKEN);
            return;
        };
        let is_short = |level| rank(&token.acr) < rank(level);
        expect.must(age > CHANGE_WITHIN || is_short(level), STEP_UP);
        expect.must(is_outdated, INVALID_TOKEN);
    }

    /// There is room for it, or something to replace.
    pub fn has_room(&self, expect: &mut Expect, user: usize, method: &str, replaces: Option<&str>) {
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
        self.world.forget_lines();
        let (user, now) = (user_of(who.seat), self.world.now);
        let method =
            METHODS.iter().chain(&elsewhere::METHODS).nth(method).copied().unwrap_or("fax");
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
        let (took, changes) = (account.change_takes(), account.changes);
        expect.must(method == "push" && !account.line.has_room(), (503, "unavailable"));
        expect.begins(account, who.seat, now);
        if let (true, Some(to)) = (is_sent && fits, &address) {
            expect.sends(&self.world, account, to, true);
            expect.must(self.world.is_down, (503, "not-sent"));
        }
        let is_push_elsewhere = method == "okta-push";
        if is_push_elsewhere {
            // The one that they have there is enrolled once.
            let is_there = account.factors.iter().any(|one| one.method == method);
            expect.must(is_there, (422, "unfit-details"));
            expect.must(account.nos.cool_down(now), SENDS);
            expect.sends(&self.world, account, &approvals(user), true);
        }
        let answer = self.call(who, "POST", "/step-up/enrolments", &body).await;
        let is_ok = self.check("enrol", &expect, 201, false, &answer)?;
        let code = self.sent(address.as_deref().filter(|_| is_ok && is_sent))?;
        let name = name(&answer);
        if is_ok && method != "recovery" {
            self.count_begun(who, true);
        } else if ["unfit-details", "too-many-messages", "not-sent", "unavailable"]
            .contains(&&*name)
        {
            // Whether what comes to nothing counts is nobody's concern.
            self.count_begun(who, false);
        }
        if let (true, Some(to)) = (is_ok || name == "not-sent", &address) {
            self.count_send(user, to, true);
        }
        if is_push_elsewhere {
            self.coverage.hit("(elsewhere", &format!("{method} {name})"));
        }
        if is_ok && is_push_elsewhere {
            self.count_send(user, &approvals(user), true);
            self.happened(EventKind::Sent, 1);
        }
        self.happened(EventKind::Unsent, usize::from(name == "not-sent"));
        if !is_ok {
            return Ok(());
        }
        let body = answer.json();
        let (secret, kept) = self.shown(user, method, details, address, &body)?;
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
            purpose: Purpose::Enrol { new, replaces, took, changes },
            begun_at: now,
            state: State::Pending,
            wrong: Vec::new(),
            asked: vec![(String::new(), kept.or(code))],
            earlier_codes: Vec::new(),
        });
        Ok(())
    }

    /// What the user has now to answer with, and what they are asked.
    fn shown(
        &mut self,
        user: usize,
        method: &str,
        details: usize,
        address: Option<String>,
        body: &Value,
    ) -> Result<(Secret, Option<String>), String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(match (method, address) {
            ("totp", _) => (Secret::App(TotpApp::scan(&text(&body["secret"]))), None),
            ("recovery", _) => {
                let codes = body["codes"].as_array().into_iter().flatten();
                (Secret::List(codes.map(text).collect()), None)
            }
            ("webauthn", _) => {
                let options = &body["prompt"]["publicKey"];
                let held = match details % 5 {
                    2 => HeldKey::vouched(),
                    details => HeldKey::plain(options, details.is_multiple_of(2)),
                };
                (Secret::Key(held), Some(text(&options["challenge"])))
            }
            ("push", _) => {
                let device = text(&body["device"]);
                let phone = Phone::scan(&text(&body["pairing_uri"]))?;
                self.world.phones.insert(device.clone(), phone);
                self.world.accounts[user].line.waits_for(&device, self.world.now);
                (Secret::Push(device), None)
            }
            (_, Some(address)) => (Secret::Sent(address), None),
            _ if elsewhere::METHODS.contains(&method) => {
                (Secret::Elsewhere, self.prompted(method, &body["prompt"])?)
            }
            _ => return Err(format!("{body} has nothing to answer with")),
        })
    }

    pub fn add(&mut self, user: usize, new: Factor, replaces: Option<String>) {
        let account = &mut self.world.accounts[user];
        let removed = account.remove(|factor| {
            let goes = replaces.as_ref() == Some(&factor.id);
            goes || is_single(new.method) && factor.method == new.method
        });
        if removed > 0 {
            account.changed_at = Some(self.world.now);
            account.changes += removed;
            self.coverage.hit("(factor", "replaced)");
        }
        account.factors.push(Factor { enrolled_at: self.world.now, ..new });
        self.happened(EventKind::Removed, removed);
        self.happened(EventKind::Enrolled, 1);
    }

    pub async fn remove(&mut self, who: Who, pick: Pick) -> Result<(), String> {
        let user = user_of(who.seat);
        let (factor, id) = self.pick(user, pick, None);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        if self.world.accounts[user].change_takes() != Takes::Login {
            self.may_change(&mut expect, who);
        }
        expect.must(factor.is_none(), NO_FACTOR);
        let path = format!("/step-up/factors/{id}");
        let answer = self.call(who, "DELETE", &path, &Value::Null).await;
        if self.check("remove", &expect, 204, false, &answer)? {
            let account = &mut self.world.accounts[user];
            account.remove(|factor| factor.id == id);
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
