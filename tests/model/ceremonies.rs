//! Steps of a ceremony, and the guarded routes that it is for.

use http::Request;
use serde_json::Value;
use stepup_tests::{Answer, Payload};

use crate::action::{Which, Who};
use crate::conditions::as_oauth;
use crate::demand::demand;
use crate::expect::{Expect, NOT_THERE, OVER, PROVED, STEP_UP};
use crate::name::name;
use crate::walk::Walk;
use crate::world::{CEREMONY, Ceremony, Factor, Purpose, State, rank, user_of};

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
                State::Denied => "denied",
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
                State::Cancelled | State::Denied | State::Enrolled => expect.must(true, OVER),
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
            && let State::Pending = self.world.ceremonies[place].state
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
            ("/phrh", "phrh", u64::MAX),
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

    fn collect(&mut self, who: Who, place: Option<usize>, body: &Value) -> Result<(), String> {
        let Some(place) = place else { return Ok(()) };
        if let State::Proved(mut proof) = self.world.ceremonies[place].state.clone() {
            self.take_token(who, &mut proof, body)?;
            self.coverage.hit("(token", "fetched again)");
        }
        Ok(())
    }

    pub async fn at_token_endpoint(&self, who: Who, parameters: &[(&str, &str)]) -> Answer {
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
}

pub fn ids(factors: &Value) -> Vec<String> {
    let id = |factor: &Value| factor["id"].as_str().unwrap_or_default().to_owned();
    factors.as_array().into_iter().flatten().map(id).collect()
}
