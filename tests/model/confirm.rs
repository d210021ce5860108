//! Showing that one has what is enrolled.

use serde_json::{Value, json};

use crate::action::{Code, Which, Who};
use crate::code::{Question, Truth};
use crate::conditions::verdict;
use crate::elsewhere;
use crate::expect::{Expect, INVALID_TOKEN, NOT_THERE, OVER};
use crate::keys::registered;
use crate::name::name;
use crate::walk::Walk;
use crate::world::{Counted, Factor, Purpose, Secret, State, user_of};

impl Walk {
    pub async fn confirm(&mut self, who: Who, which: Which, code: Code) -> Result<(), String> {
        self.world.forget_lines();
        let (user, now) = (user_of(who.seat), self.world.now);
        let (place, id) = self.world.which(who.seat, which, false);
        let mut expect = Expect::default();
        self.authenticated(&mut expect, who);
        expect.may(self.world.is_outdated(who), INVALID_TOKEN);
        let is_own = self.world.is_own(place, who.seat, false);
        expect.must(!is_own, NOT_THERE);
        let mut enrols = None;
        // What is only known not to be so any more once the answer is right.
        let mut late = Expect::default();
        if let (true, Some(place)) = (is_own, place) {
            let ceremony = &self.world.ceremonies[place];
            if let Purpose::Enrol { new, replaces, took, changes } = &ceremony.purpose {
                expect.pending(ceremony, now);
                let account = &self.world.accounts[user];
                let target = format!("enrol {}", new.method);
                expect.guesses(account, &target, new.is_guessable(), now);
                // What it took to begin it is not what it would take now.
                let takes = account.change_takes();
                late.must(*took != takes || account.changes != *changes, OVER);
                self.has_room(&mut late, user, new.method, replaces.as_deref());
                enrols = Some((place, target));
            }
        }
        let (body, truth) = match enrols {
            Some((place, _)) => self.shown_to_have(user, place, code).await?,
            None => (json!({ "code": "123456" }), Truth::Wrong),
        };
        let is_heard = expect.must.is_empty();
        verdict(&mut expect, &truth, (409, "pending"));
        expect.may.extend(late.may.clone());
        if matches!(truth, Truth::Right(_)) {
            expect.must.extend(late.must.clone());
        } else {
            expect.may.extend(late.must.clone());
        }
        let path = format!("/step-up/enrolments/{id}");
        let answer = self.call(who, "POST", &path, &body).await;
        let is_ok = self.check("confirm", &expect, 201, false, &answer)?;
        let Some((place, target)) = enrols else { return Ok(()) };
        let name = name(&answer);
        self.confirmed_elsewhere(user, place, &name);
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

    /// What shows that the user has it, and whether it does.
    async fn shown_to_have(
        &mut self,
        user: usize,
        place: usize,
        code: Code,
    ) -> Result<(Value, Truth), String> {
        let ceremony = &self.world.ceremonies[place];
        let Purpose::Enrol { new, .. } = ceremony.purpose.clone() else {
            return Err("nothing is enrolled in a ceremony".to_owned());
        };
        let kept = ceremony.asked("").and_then(|kept| kept.as_deref());
        Ok(match &new.secret {
            Secret::Key(held) => {
                let (credential, truth) = registered(held, kept.unwrap_or_default(), code);
                (json!({ "credential": credential }), truth)
            }
            // Whether it is paired is all that counts.
            Secret::Push(device) => {
                let pairs = matches!(code, Code::Right | Code::Step(_) | Code::OfOther);
                if pairs {
                    self.pair(user, device, !matches!(code, Code::OfOther)).await?;
                }
                (json!({}), self.is_paired(user, device))
            }
            Secret::Elsewhere => {
                let kept = kept.map(str::to_owned);
                let asked = elsewhere::Asked {
                    user,
                    method: new.method,
                    last_step: None,
                    spent: &[],
                    kept: kept.as_deref(),
                    earlier: None,
                    elsewhere: None,
                    lifetime: None,
                };
                let is_known = new.method == "firebase"
                    && self.world.accounts[user].factors.iter().any(|one| one.method == new.method);
                let (body, truth) = self.provided(&asked, code);
                // What is enrolled is not enrolled again.
                let is_again = is_known && matches!(truth, Truth::Right(_));
                (Value::Object(body), if is_again { Truth::Wrong } else { truth })
            }
            secret => {
                let question = Question {
                    secret,
                    last_step: None,
                    spent: &[],
                    sent: kept,
                    earlier: &ceremony.earlier_codes,
                    seat: ceremony.seat,
                };
                let answer = question.answer(&self.world, code);
                let truth = question.judge(self.world.now, &answer);
                (json!({ "code": answer }), truth)
            }
        })
    }

    fn confirmed_elsewhere(&mut self, user: usize, place: usize, name: &str) {
        let ceremony = &self.world.ceremonies[place];
        let Purpose::Enrol { new, .. } = &ceremony.purpose else { return };
        let is_push = new.method == "okta-push";
        let number = ceremony.asked("").cloned().flatten();
        if is_push && ["ok", "pending", "denied", "prompt-over"].contains(&name) {
            self.asked_after(number.as_deref());
        }
        if name == "denied" {
            self.denied(user, place, is_push);
        }
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
}
