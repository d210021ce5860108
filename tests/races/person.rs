//! Users, and what they are about to do.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use stepup_tests::authority::TotpApp;

use crate::client::{Answer, call, request};
use crate::server::Server;

/// The factors, by their methods.
pub const METHODS: [&str; 4] = ["totp", "email", "sms", "recovery"];

/// A user's client, with the token of their login.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    pub token: String,
    number: u32,
}

/// A ceremony of a user's, and the right answer to it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub person: Person,
    pub ceremony: String,
    pub method: String,
    pub factor: String,
    /// The right answer, but for the factor's name.
    pub answer: Value,
}

/// Seconds since 1970: the processes go by the machine's clock.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later").as_secs()
}

impl Person {
    /// Somebody else each time.
    pub async fn log_in(server: &Server) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::SeqCst);
        let name = format!("person{number}");
        let login = server.ask("POST", "/login", &json!({ "user": name })).await;
        let token = login["token"].as_str().expect("a token").to_owned();
        Self { name, token, number }
    }

    pub fn with_token(&self, token: String) -> Self {
        Self { token, ..self.clone() }
    }

    pub fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }

    pub fn phone(&self) -> String {
        format!("+49151{:08}", self.number)
    }

    /// The service enrols it: what is shown comes back.
    pub async fn enrol(&self, server: &Server, method: &str) -> Value {
        let details = json!({ "email": self.email(), "phone": self.phone() });
        let body = json!({ "user": self.name, "method": method, "details": details });
        server.ask("POST", "/enrol", &body).await
    }

    pub fn request(&self, method: &str, path: &str, body: &Value) -> Vec<u8> {
        // A form has the token in it.
        let token = if body.is_string() { "" } else { &self.token };
        request(method, path, token, body)
    }

    pub async fn call(&self, at: &Server, method: &str, path: &str, body: &Value) -> Answer {
        let answer = call(at.api, &self.request(method, path, body)).await;
        answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub async fn get(&self, at: &Server, path: &str) -> Answer {
        self.call(at, "GET", path, &Value::Null).await
    }

    pub async fn post(&self, at: &Server, path: &str, body: &Value) -> Answer {
        self.call(at, "POST", path, body).await
    }

    /// Begins a ceremony for `mfa`: its name, and the factors that it offers.
    pub async fn begin(&self, at: &Server) -> (String, Value) {
        let answer = self.post(at, "/step-up/ceremonies", &json!({ "acr_values": "mfa" })).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let id = answer.body["id"].as_str().expect("an id").to_owned();
        (id, answer.body["factors"].clone())
    }

    /// Begins another ceremony, to be answered with this factor; no code is sent.
    pub async fn begin_for(&self, at: &Server, method: &str, code: &str) -> Asked {
        let (ceremony, factors) = self.begin(at).await;
        let mut factors = factors.as_array().expect("a list").iter();
        let factor = factors.find(|factor| factor["method"] == method).expect("it is offered");
        let factor = factor["id"].as_str().expect("an id").to_owned();
        let (method, answer) = (method.to_owned(), json!({ "code": code }));
        Asked { person: self.clone(), ceremony, method, factor, answer }
    }
}

impl Asked {
    /// Somebody new, who enrolled this factor and began a ceremony.
    pub async fn new(at: &Server, method: &str) -> Self {
        let person = Person::log_in(at).await;
        let shown = person.enrol(at, method).await;
        let mut asked = person.begin_for(at, method, "").await;
        let code = match method {
            "totp" => TotpApp::scan(shown["secret"].as_str().expect("a secret")).code(now()),
            "recovery" => shown["codes"][0].as_str().expect("a code").to_owned(),
            _ => asked.sent(at).await,
        };
        asked.answer["code"] = code.into();
        asked
    }

    /// Has the factor ask: what it shows.
    pub async fn prompted(&self, at: &Server) -> Value {
        let answer = self.person.post(at, &self.prompt_path(), &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["prompt"].clone()
    }

    /// Has a code sent, and reads it.
    async fn sent(&self, at: &Server) -> String {
        self.prompted(at).await;
        let person = &self.person;
        let to = if self.method == "sms" { person.phone() } else { person.email() };
        at.code_sent_to(&to).await
    }

    pub fn path(&self) -> String {
        format!("/step-up/ceremonies/{}", self.ceremony)
    }

    pub fn prompt_path(&self) -> String {
        format!("{}/factors/{}", self.path(), self.factor)
    }

    pub fn proof_path(&self) -> String {
        format!("{}/proof", self.path())
    }

    /// The code that is right, of those factors that have one.
    pub fn code(&self) -> &str {
        self.answer["code"].as_str().expect("a code")
    }

    fn with_factor(&self, mut answer: Value) -> Value {
        answer["factor"] = self.factor.as_str().into();
        answer
    }

    /// The request with the right answer.
    pub fn proof(&self) -> Vec<u8> {
        self.person.request("POST", &self.proof_path(), &self.with_factor(self.answer.clone()))
    }

    /// An answer of the right form that is not right.
    pub fn wrong(&self) -> Value {
        let mut wrong = self.answer.clone();
        match &*self.method {
            "recovery" => wrong["code"] = "0000-0000-0000-0000".into(),
            // Somebody else's key.
            "webauthn" => wrong["credential"]["response"]["userHandle"] = "AAAA".into(),
            _ => {
                let number: u32 = self.code().parse().expect("six digits");
                wrong["code"] = format!("{:06}", (number + 500_000) % 1_000_000).into();
            }
        }
        self.with_factor(wrong)
    }

    pub async fn prove(&self, at: &Server) -> Answer {
        self.person.post(at, &self.proof_path(), &self.with_factor(self.answer.clone())).await
    }

    pub async fn prove_wrongly(&self, at: &Server) -> Answer {
        self.person.post(at, &self.proof_path(), &self.wrong()).await
    }

    pub async fn state(&self, at: &Server) -> Answer {
        self.person.get(at, &self.path()).await
    }

    /// The token that the same client fetches, as often as it asks, from each of these; and its
    /// code is good for nothing else. Returns the token's name.
    pub async fn has_one_token(&self, servers: &[Server]) -> String {
        let mut ids = Vec::new();
        for server in servers {
            for _ in 0..2 {
                let answer = self.state(server).await;
                assert_eq!(answer.status, 200, "{}", answer.body);
                assert_eq!(answer.body["status"], "verified", "{}", answer.body);
                ids.push(answer.token_id().expect("a token"));
            }
            let again = self.prove(server).await;
            assert_eq!((again.status, again.token_id()), (409, None), "{}", again.body);
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
        if matches!(&*self.method, "totp" | "recovery") {
            let other = self.person.begin_for(&servers[0], &self.method, self.code()).await;
            let answer = other.prove(&servers[servers.len() - 1]).await;
            assert_eq!(answer.status, 403, "{}", answer.body);
        }
        ids.remove(0)
    }
}
