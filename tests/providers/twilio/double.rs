//! Twilio Verify v2, as its OpenAPI description and its pages of errors have it.

mod entities;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use crate::double::{Asked, Double, Said};

pub const KEY: &str = "SK0123456789abcdef0123456789abcdef";
pub const SECRET: &str = "sec:ret";
pub const SERVICE: &str = "VA0123456789abcdef0123456789abcdef";
/// `SK…:sec:ret`
const BASIC: &str = "Basic U0swMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjpzZWM6cmV0";
/// What every app shows.
pub const APP_CODE: &str = "492039";
const DATE: &str = "2015-07-30T20:00:00Z";

#[derive(Default)]
pub struct State {
    verifications: HashMap<String, Verification>,
    factors: HashMap<String, Factor>,
    challenges: HashMap<String, Challenge>,
    next: u128,
}

struct Verification {
    sid: String,
    channel: String,
    code: String,
    status: &'static str,
    sends: u32,
    checks: u32,
}

#[derive(Clone)]
struct Factor {
    identity: String,
    sort: String,
    status: &'static str,
    tries: u32,
}

struct Challenge {
    factor: String,
    status: &'static str,
}

pub struct Twilio {
    pub http: Double,
    state: Arc<Mutex<State>>,
}

impl Twilio {
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let own = Arc::clone(&state);
        let http = Double::start(move |asked| own.lock().unwrap().answer(asked));
        Self { http, state }
    }

    /// The code that was sent there last.
    pub fn code(&self, to: &str) -> String {
        self.state.lock().unwrap().verifications[to].code.clone()
    }

    /// A login of the same service's has a code sent there.
    pub fn another_program_sends(&self, to: &str) -> String {
        let mut state = self.state.lock().unwrap();
        let sid = state.sid("VE");
        let (channel, code) = ("sms".to_owned(), "271828".to_owned());
        let status = "pending";
        let sent = Verification { sid, channel, code: code.clone(), status, sends: 1, checks: 0 };
        state.verifications.insert(to.to_owned(), sent);
        code
    }

    /// Every code that is good for ten minutes is over.
    pub fn ten_minutes_go_by(&self) {
        self.state.lock().unwrap().verifications.clear();
    }

    /// The app makes its factor, with the identity of its access token.
    pub fn app_makes_factor(&self, identity: &str, status: &'static str) -> String {
        let mut state = self.state.lock().unwrap();
        let sid = state.sid("YF");
        let identity = identity.to_owned();
        let factor = Factor { identity, sort: "push".to_owned(), status, tries: 0 };
        state.factors.insert(sid.clone(), factor);
        sid
    }

    /// How many factors users have there.
    pub fn factors(&self) -> usize {
        self.state.lock().unwrap().factors.len()
    }

    pub fn factor_is(&self, sid: &str, status: &'static str) {
        self.state.lock().unwrap().factors.get_mut(sid).unwrap().status = status;
    }

    /// What the user says to every question that was not answered.
    pub fn user_says(&self, status: &'static str) {
        for challenge in self.state.lock().unwrap().challenges.values_mut() {
            if challenge.status == "pending" {
                challenge.status = status;
            }
        }
    }
}

pub fn error(status: u16, code: u32) -> Said {
    let body = json!({
        "code": code,
        "message": "Invalid parameter: +4915112345678",
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    });
    Said::json(status, &body)
}

type Fields = Result<Map<String, Value>, Box<Said>>;

/// What may be in a form, and what must be. Only `Details.Fields` repeats.
fn fields(asked: &Asked, required: &[&str], optional: &[&str]) -> Fields {
    let mut fields = Map::new();
    for (name, value) in asked.form() {
        if !required.contains(&name.as_str()) && !optional.contains(&name.as_str()) {
            return Err(Box::new(error(400, 60200).complaining(format!("unknown {name}"))));
        }
        if fields.insert(name.clone(), value.into()).is_some() && name != "Details.Fields" {
            return Err(Box::new(error(400, 60200).complaining(format!("{name} twice"))));
        }
    }
    match required.iter().find(|name| !fields.contains_key(**name)) {
        Some(name) => Err(Box::new(error(400, 60200).complaining(format!("no {name}")))),
        None => Ok(fields),
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl State {
    fn sid(&mut self, kind: &str) -> String {
        self.next += 1;
        format!("{kind}{:032x}", self.next)
    }

    fn answer(&mut self, asked: &Asked) -> Said {
        if asked.header("authorization") != BASIC {
            return error(401, 20003).complaining("not authorised");
        }
        if !asked.query.is_empty() {
            return error(400, 60200).complaining("a query");
        }
        let is_post = asked.method == "POST";
        if is_post && asked.header("content-type") != "application/x-www-form-urlencoded" {
            return error(400, 60200).complaining("no form");
        }
        let segments = asked.segments();
        let ["v2", "Services", SERVICE, rest @ ..] = segments.as_slice() else {
            return error(404, 20404).complaining("no such service");
        };
        let answered = match (asked.method.as_str(), rest) {
            ("POST", ["Verifications"]) => self.send(asked),
            ("POST", ["Verifications", sid]) => self.report(asked, sid),
            ("POST", ["VerificationCheck"]) => self.check(asked),
            ("POST", ["AccessTokens"]) => self.access_token(asked),
            ("POST", ["Entities", identity, "Factors"]) => self.new_factor(asked, identity),
            ("POST", ["Entities", identity, "Factors", sid]) => self.verify(asked, identity, sid),
            ("GET", ["Entities", identity, "Factors", sid]) => self.factor(identity, sid),
            ("DELETE", ["Entities", identity, "Factors", sid]) => self.delete(asked, identity, sid),
            ("POST", ["Entities", identity, "Challenges"]) => self.challenge(asked, identity),
            ("GET", ["Entities", identity, "Challenges", sid]) => self.challenged(identity, sid),
            _ => Ok(error(404, 20404).complaining("no such path or method")),
        };
        answered.unwrap_or_else(|refused| *refused)
    }

    fn send(&mut self, asked: &Asked) -> Result<Said, Box<Said>> {
        let optional = ["Locale", "CustomCode", "RateLimits"];
        let fields = fields(asked, &["To", "Channel"], &optional)?;
        let (to, channel) = (text(&fields, "To").to_owned(), text(&fields, "Channel").to_owned());
        let is_there = match channel.as_str() {
            "sms" | "call" | "whatsapp" => to.starts_with('+'),
            "email" => to.contains('@'),
            _ => false,
        };
        if !is_there {
            return Err(Box::new(error(400, 60200).complaining("no such channel to there")));
        }
        if let Some(limits) = fields.get("RateLimits") {
            let limits: Option<HashMap<String, String>> =
                serde_json::from_str(limits.as_str().unwrap()).ok();
            if limits.is_none() {
                return Err(Box::new(error(400, 60200).complaining("RateLimits is no object")));
            }
        }
        let custom = fields.get("CustomCode").and_then(Value::as_str).map(str::to_owned);
        if custom.as_ref().is_some_and(|code| !(4..=10).contains(&code.len())) {
            return Err(Box::new(error(400, 60200).complaining("CustomCode")));
        }
        let sid = self.sid("VE");
        let number = 100_000 + self.next;
        let verification = self.verifications.entry(to.clone()).or_insert(Verification {
            sid,
            channel,
            code: number.to_string(),
            status: "pending",
            sends: 0,
            checks: 0,
        });
        verification.code = custom.unwrap_or_else(|| verification.code.clone());
        verification.sends += 1;
        if verification.sends > 5 {
            return Ok(error(429, 60203));
        }
        Ok(verification.said(201, &to))
    }

    fn check(&mut self, asked: &Asked) -> Result<Said, Box<Said>> {
        let fields = fields(asked, &["Code"], &["To", "VerificationSid"])?;
        if fields.len() != 2 {
            return Err(Box::new(error(400, 60221).complaining("not one of To, VerificationSid")));
        }
        let (to, sid) = (text(&fields, "To"), text(&fields, "VerificationSid"));
        let code = text(&fields, "Code");
        if !(4..=10).contains(&code.len()) {
            return Err(Box::new(error(400, 60200).complaining("Code")));
        }
        let found = self.verifications.iter_mut().find(|(own, one)| *own == to || one.sid == sid);
        let Some((to, found)) = found.filter(|(_, found)| found.status == "pending") else {
            return Ok(error(404, 20404));
        };
        found.checks += 1;
        if found.checks > 5 {
            return Ok(error(429, 60202));
        }
        if found.code == code {
            found.status = "approved";
        }
        let (said, to) = (found.said(201, to), to.clone());
        if found.status == "approved" {
            self.verifications.remove(&to);
        }
        Ok(said)
    }

    fn report(&mut self, asked: &Asked, sid: &str) -> Result<Said, Box<Said>> {
        let fields = fields(asked, &["Status"], &[])?;
        let status = match text(&fields, "Status") {
            "approved" => "approved",
            "canceled" => "canceled",
            _ => return Err(Box::new(error(400, 60200).complaining("Status"))),
        };
        let found = self.verifications.iter_mut().find(|(_, one)| one.sid == sid);
        let Some((to, found)) = found else { return Ok(error(404, 20404)) };
        found.status = status;
        let (said, to) = (found.said(200, to), to.clone());
        self.verifications.remove(&to);
        Ok(said)
    }
}

impl Verification {
    fn said(&self, status: u16, to: &str) -> Said {
        let body = json!({
            "sid": self.sid, "service_sid": SERVICE, "account_sid": null, "to": to,
            "channel": self.channel, "status": self.status, "valid": self.status == "approved",
            "lookup": {}, "amount": null, "payee": null, "date_created": DATE,
            "date_updated": DATE, "sna": null, "url": null, "is_unknown": true,
        });
        Said::json(status, &body)
    }
}
