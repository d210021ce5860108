//! Users with the factors that they alone enrol, and the right answers to what these ask.

use serde_json::{Value, json};

use crate::key::{Key, Said};
use crate::person::{Asked, Person, now};
use crate::provider::Provider;
use crate::server::Server;

/// Somebody who enrolled one.
pub struct Owner {
    pub person: Person,
    method: &'static str,
    /// Of a passkey.
    key: Option<Key>,
    provider: Provider,
}

impl Owner {
    /// Somebody new.
    pub async fn new(at: &Server, method: &'static str, provider: &Provider) -> Self {
        let person = Person::log_in(at).await;
        let mut owner = Self { person, method, key: None, provider: provider.clone() };
        let begin = json!({ "method": method });
        let begun = owner.person.post(at, "/step-up/enrolments", &begin).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        let prompt = &begun.body["prompt"];
        let answer = if method == "webauthn" {
            let options = &prompt["publicKey"];
            let key = owner.key.insert(Key::of(options));
            json!({ "credential": key.create(&Said::to(challenge(options))) })
        } else {
            owner.answer(prompt, now(), 0)
        };
        let path = format!("/step-up/enrolments/{}", begun.body["id"].as_str().expect("an id"));
        let done = owner.person.post(at, &path, &answer).await;
        assert_eq!(done.status, 201, "{}", done.body);
        owner
    }

    /// A ceremony in which the factor asked, and the right answer.
    pub async fn asked(&self, at: &Server) -> Asked {
        self.asked_by_a_key_that_counts(at, 0).await
    }

    /// With a key that has signed so often.
    pub async fn asked_by_a_key_that_counts(&self, at: &Server, count: u32) -> Asked {
        let mut asked = self.person.begin_for(at, self.method, "").await;
        let prompt = asked.prompted(at).await;
        // A later sign-in than the one that enrolled it.
        asked.answer = self.answer(&prompt, now() + 1, count);
        asked
    }

    fn answer(&self, prompt: &Value, at: u64, count: u32) -> Value {
        let name = &self.person.name;
        match (self.method, &self.key) {
            ("webauthn", Some(key)) => {
                let said = Said { count, ..Said::to(challenge(&prompt["publicKey"])) };
                json!({ "credential": key.get(&said) })
            }
            ("firebase", _) => json!({ "id_token": self.provider.firebase_sign_in(name, at) }),
            ("oidc", _) => self.provider.redirect(prompt, name),
            (method, _) => panic!("{method}"),
        }
    }
}

fn challenge(options: &Value) -> &str {
    options["challenge"].as_str().expect("a challenge")
}
