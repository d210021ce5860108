//! Okta's Factors API, as its OpenAPI description, its reference and its list of error codes have
//! it. Of its own making, because nothing says: a code that was never asked for is a wrong one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::double::{Asked, Double, Said};

pub const TOKEN: &str = "00QCjAl4MlV-WPXM";
/// What every app shows, until it was used.
pub const APP_CODE: &str = "492039";

pub struct Okta {
    pub http: Double,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub struct State {
    /// By user and factor.
    sent: HashMap<(String, String), String>,
    used: Vec<(String, String)>,
    transactions: HashMap<String, &'static str>,
    wrong: HashMap<String, u32>,
    next: u32,
    pub push: Push,
}

/// How a push goes on.
#[derive(Clone, Debug)]
pub struct Push {
    pub status: u16,
    pub number_at_once: Option<u32>,
    pub number_later: Option<u32>,
    /// In place of where it is.
    pub host: Option<String>,
    /// Whether there is a link to cancel it, and where to.
    pub cancel: Option<&'static str>,
}

impl Default for Push {
    fn default() -> Self {
        Self {
            status: 201,
            number_at_once: Some(72),
            number_later: None,
            host: None,
            cancel: Some(""),
        }
    }
}

impl Okta {
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let own = Arc::clone(&state);
        let http = Double::start(move |asked| own.lock().unwrap().answer(asked));
        Self { http, state }
    }

    pub fn code(&self, user: &str, factor: &str) -> String {
        let key = (user.to_owned(), factor.to_owned());
        self.state.lock().unwrap().sent[&key].clone()
    }

    /// To whatever is asked; a yes is a success, with which Okta counts anew.
    pub fn user_says(&self, result: &'static str) {
        let mut state = self.state.lock().unwrap();
        for said in state.transactions.values_mut() {
            *said = result;
        }
        if result == "SUCCESS" {
            state.wrong.clear();
        }
    }

    pub fn push_is(&self, push: Push) {
        self.state.lock().unwrap().push = push;
    }

    /// How each push that was asked for went on, in their order.
    pub fn pushes(&self) -> Vec<&'static str> {
        let state = self.state.lock().unwrap();
        let mut pushes: Vec<_> = state.transactions.iter().collect();
        pushes.sort_by_key(|(name, _)| name[3..].parse::<u32>().unwrap());
        pushes.into_iter().map(|(_, result)| *result).collect()
    }

    /// Wrong answers in a row of a user.
    pub fn wrong(&self, user: &str) -> u32 {
        self.state.lock().unwrap().wrong.get(user).copied().unwrap_or(0)
    }

    /// The apps show other codes.
    pub fn codes_change(&self) {
        self.state.lock().unwrap().used.clear();
    }
}

pub fn error(status: u16, code: u32) -> Said {
    let code = format!("E{code:07}");
    let body = json!({
        "errorCode": code, "errorSummary": "alice@example.com", "errorLink": code,
        "errorId": "oaei_IfXcpnTHit_YEKGInpFw", "errorCauses": [],
    });
    Said::json(status, &body)
}

fn factors(user: &str) -> Value {
    let factor = |id: &str, sort: &str, provider: &str, status: &str, profile: Value| {
        json!({
            "id": id, "factorType": sort, "provider": provider, "vendorName": provider,
            "status": status, "created": "2014-06-27T20:27:26.000Z", "profile": profile,
            "_links": {},
        })
    };
    let phone = json!({ "phoneNumber": "+1-555-415-1337" });
    json!([
        factor("off1", "sms", "OKTA", "PENDING_ACTIVATION", phone.clone()),
        factor("web1", "webauthn", "FIDO", "ACTIVE", json!({ "credentialId": user })),
        { "id": "new1", "factorType": "of_a_new_sort", "status": "ACTIVE" },
        { "unreadable": true },
        factor("duo1", "token:software:totp", "DUO", "ACTIVE", json!({})),
        factor("sms1", "sms", "OKTA", "ACTIVE", phone.clone()),
        factor("clf1", "call", "OKTA", "ACTIVE", phone),
        factor("emf1", "email", "OKTA", "ACTIVE", json!({ "email": "alice@example.com" })),
        factor("ost1", "token:software:totp", "GOOGLE", "ACTIVE", json!({ "credentialId": user })),
        factor("opf1", "push", "OKTA", "ACTIVE", json!({ "name": "Alice's phone" })),
    ])
}

impl State {
    fn answer(&mut self, asked: &Asked) -> Said {
        if asked.header("authorization") != format!("SSWS {TOKEN}") {
            return error(401, 11).complaining("not authorised");
        }
        if asked.header("accept") != "application/json" {
            return error(406, 122).complaining("accepts no JSON");
        }
        if !asked.body.is_empty() && asked.header("content-type") != "application/json" {
            return error(400, 21).complaining("no JSON");
        }
        let asked_for = asked.segments();
        let ["api", "v1", "users", user, "factors", rest @ ..] = asked_for.as_slice() else {
            return error(404, 8).complaining("no such path");
        };
        if !user.starts_with("00u") {
            return error(404, 7);
        }
        match (asked.method.as_str(), rest) {
            ("GET", []) => Said::json(200, &factors(user)),
            ("POST", [factor, "verify"]) => self.verify(asked, user, factor),
            ("GET", [factor, "transactions", name]) => self.poll(asked, user, factor, name),
            ("DELETE", [_, "transactions", name]) => self.cancel(asked, name),
            _ => error(404, 8).complaining("no such path or method"),
        }
    }

    fn verify(&mut self, asked: &Asked, user: &str, factor: &str) -> Said {
        let listed = factors(user);
        let of_id = |one: &&Value| one["id"] == factor;
        let Some(found) = listed.as_array().unwrap().iter().find(of_id) else {
            return error(404, 7);
        };
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_else(|_| json!({}));
        let sort = found["factorType"].as_str().unwrap();
        if sort == "push" {
            return self.ask(asked, &body, user, factor);
        }
        let query: Vec<&str> = asked.query.iter().map(|(name, _)| name.as_str()).collect();
        match body.as_object().unwrap().iter().collect::<Vec<_>>().as_slice() {
            [] if sort == "token:software:totp" => error(400, 1).complaining("no passCode"),
            [] if query == ["tokenLifetimeSeconds"] => self.send(user, factor),
            [] => error(400, 1).complaining("another query"),
            [(name, code)] if *name == "passCode" && query.is_empty() => {
                let code = code.as_str().unwrap_or_default().to_owned();
                if code.is_empty() {
                    return error(400, 1).complaining("an empty passCode");
                }
                self.compare(user, factor, sort, &code)
            }
            _ => error(400, 1).complaining("another member than passCode"),
        }
    }

    fn send(&mut self, user: &str, factor: &str) -> Said {
        self.next += 1;
        let code = format!("{:06}", 100_000 + self.next);
        self.sent.insert((user.to_owned(), factor.to_owned()), code);
        let body = json!({
            "factorResult": "CHALLENGE", "profile": { "phoneNumber": "+12532236986" },
            "_links": { "verify": {}, "factor": {} },
        });
        Said::json(200, &body)
    }

    fn compare(&mut self, user: &str, factor: &str, sort: &str, code: &str) -> Said {
        let wrong = self.wrong.entry(user.to_owned()).or_default();
        if *wrong >= 5 {
            return error(403, 69);
        }
        let key = (user.to_owned(), factor.to_owned());
        let is_app = sort == "token:software:totp";
        let is_right = if is_app {
            code == APP_CODE
        } else {
            self.sent.get(&key).is_some_and(|sent| sent == code)
        };
        if !is_right {
            *wrong += 1;
            return error(403, 68);
        }
        if is_app && self.used.contains(&key) {
            return error(403, 82);
        }
        *wrong = 0;
        self.sent.remove(&key);
        self.used.push(key);
        Said::json(200, &json!({ "factorResult": "SUCCESS" }))
    }

    fn ask(&mut self, asked: &Asked, body: &Value, user: &str, factor: &str) -> Said {
        if asked.header("user-agent").is_empty() {
            return error(400, 1).complaining("no User-Agent");
        }
        if *body != json!({}) && *body != json!({ "useNumberMatchingChallenge": true }) {
            return error(400, 1).complaining("another body");
        }
        self.next += 1;
        let name = format!("mst{}", self.next);
        self.transactions.insert(name.clone(), "WAITING");
        let mut answer = json!({
            "expiresAt": "2015-04-01T15:57:32.000Z", "factorResult": "WAITING",
            "profile": { "credentialId": "jane@example.com" },
            "_links": self.links(asked, user, factor, &name),
        });
        if let Some(number) = self.push.number_at_once {
            answer["_embedded"] = json!({ "challenge": { "correctAnswer": number } });
        }
        Said::json(self.push.status, &answer)
    }

    fn links(&self, asked: &Asked, user: &str, factor: &str, name: &str) -> Value {
        let host = format!("http://{}", asked.header("host"));
        let host = self.push.host.as_ref().unwrap_or(&host);
        let href = format!("{host}/api/v1/users/{user}/factors/{factor}/transactions/{name}");
        let mut links = json!({ "poll": { "href": href, "hints": { "allow": ["GET"] } } });
        if let Some(rest) = self.push.cancel {
            let href = format!("{href}{rest}");
            links["cancel"] = json!({ "href": href, "hints": { "allow": ["DELETE"] } });
        }
        links
    }

    fn cancel(&mut self, asked: &Asked, name: &str) -> Said {
        if !asked.body.is_empty() || !asked.query.is_empty() {
            return error(400, 1).complaining("a body or a query");
        }
        match self.transactions.get_mut(name) {
            Some(result) if *result == "WAITING" => {
                *result = "CANCELLED";
                Said { body: String::new(), headers: Vec::new(), ..Said::json(204, &json!({})) }
            }
            _ => error(404, 7),
        }
    }

    fn poll(&mut self, asked: &Asked, user: &str, factor: &str, name: &str) -> Said {
        let Some(result) = self.transactions.get(name).copied() else { return error(404, 7) };
        let mut answer = json!({ "factorResult": result });
        if result == "WAITING" {
            answer["_links"] = self.links(asked, user, factor, name);
            if let Some(number) = self.push.number_later {
                answer["_embedded"] = json!({ "challenge": { "correctAnswer": number } });
            }
        }
        Said::json(200, &answer)
    }
}
