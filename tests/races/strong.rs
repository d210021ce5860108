//! Users with the factors that are no codes of the authority's own, and the right answers to what
//! these ask.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::{ManualClock, Timestamp};

use crate::doubles::Doubles;
use crate::key::{Key, Said};
use crate::person::{Asked, Person, now};
use crate::server::Server;

/// Doubles that go by the machine's clock, as the processes do.
pub async fn doubles() -> Doubles {
    Doubles::start(&Arc::new(ManualClock::at(Timestamp::from_secs(now())))).await
}

/// Somebody who enrolled one.
pub struct Owner<'a> {
    pub person: Person,
    method: &'static str,
    /// Of a passkey.
    key: Option<Key>,
    doubles: &'a Doubles,
}

impl<'a> Owner<'a> {
    /// Somebody new.
    pub async fn new(at: &Server, method: &'static str, doubles: &'a Doubles) -> Self {
        let person = Person::log_in(at).await;
        let mut owner = Self { person, method, key: None, doubles };
        // What is known of them by what they answer alone, nobody else can enrol.
        if matches!(method, "webauthn" | "firebase" | "oidc" | "twilio-push") {
            owner.enrol(at).await;
        } else {
            owner.person.enrol(at, method).await;
        }
        owner
    }

    async fn enrol(&mut self, at: &Server) {
        let begin = json!({ "method": self.method });
        let begun = self.person.post(at, "/step-up/enrolments", &begin).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        let answer = if self.method == "webauthn" {
            let options = &begun.body["prompt"]["publicKey"];
            let key = self.key.insert(Key::of(options));
            json!({ "credential": key.create(&Said::to(challenge(options))) })
        } else {
            self.doubles.openid.clock.set(Timestamp::from_secs(now()));
            let person = &self.person;
            self.doubles.shown(self.method, &person.name, &person.phone(), &begun.body)
        };
        let path = format!("/step-up/enrolments/{}", begun.body["id"].as_str().expect("an id"));
        let done = self.person.post(at, &path, &answer).await;
        assert_eq!(done.status, 201, "{}", done.body);
    }

    /// A ceremony in which the factor asked, and the right answer.
    pub async fn asked(&self, at: &Server) -> Asked {
        self.asked_by_a_key_that_counts(at, 0).await
    }

    /// With a key that has signed so often.
    pub async fn asked_by_a_key_that_counts(&self, at: &Server, count: u32) -> Asked {
        let mut asked = self.person.begin_for(at, self.method, "").await;
        // A later sign-in than the one that enrolled it.
        self.doubles.openid.clock.set(Timestamp::from_secs(now() + 1));
        let name = &self.person.name;
        if self.method == "auth0-sms" {
            let token = self.doubles.auth0.mfa_token(name);
            at.ask("POST", "/mfa-token", &json!({ "user": name, "token": token })).await;
        }
        let prompt = asked.prompted(at).await;
        asked.answer = match &self.key {
            Some(key) => {
                let said = Said { count, ..Said::to(challenge(&prompt["publicKey"])) };
                json!({ "credential": key.get(&said) })
            }
            None => self.doubles.answer(self.method, name, &self.person.phone(), &prompt),
        };
        asked
    }
}

fn challenge(options: &Value) -> &str {
    options["challenge"].as_str().expect("a challenge")
}
