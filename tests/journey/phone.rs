//! A factor that is answered on another device.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value, json};
use stepup_authority::factor::{
    Ask, Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Prompt, Proof,
    Strength, Totp, Unreadable, User as Enroller,
};
use stepup_core::{Level, Method};
use stepup_tests::authority::{Service, Setup, User};
use tokio::sync::Semaphore;

use crate::put_together::start;

/// The user's phone, and what stands between it and the authority.
#[derive(Clone, Debug, Default)]
pub struct Phone(Arc<Line>);

#[derive(Debug)]
struct Line {
    said: Mutex<HashMap<String, Said>>,
    next: AtomicU64,
    /// One for each check that waits to be let go on, and one for each that may.
    waits: Semaphore,
    goes_on: Semaphore,
}

impl Default for Line {
    fn default() -> Self {
        let (waits, goes_on) = (Semaphore::new(0), Semaphore::new(0));
        Self { said: Mutex::default(), next: AtomicU64::default(), waits, goes_on }
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Said {
    Yes,
    No,
    Wrong,
    /// The line is busy for seven seconds.
    Busy,
    /// Nobody ever answers.
    Dead,
}

impl Phone {
    pub fn says(&self, question: &str, said: Said) {
        self.0.said.lock().unwrap().insert(question.to_owned(), said);
    }

    pub async fn waits(&self) {
        self.0.waits.acquire().await.unwrap().forget();
    }

    pub fn go_on(&self) {
        self.0.goes_on.add_permits(1);
    }
}

impl Factor for Phone {
    fn method(&self) -> &str {
        "phone"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::new("phone")], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    fn is_guessable(&self) -> bool {
        false
    }

    fn enrol<'a>(
        &'a self,
        _: Enroller<'a>,
        details: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        let enrolled = Enrolled::new(b"phone".to_vec());
        let is_answered = details.contains_key("answered");
        Box::pin(async move { Ok(if is_answered { enrolled } else { enrolled.without_proof() }) })
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn prompt(&self, _: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let question = self.0.next.fetch_add(1, Ordering::SeqCst).to_string();
        Ok(Prompt::default().keeping(question.clone().into_bytes()).showing("question", question))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(async move {
            let question = String::from_utf8(check.kept.unwrap().to_vec()).unwrap();
            let said = self.0.said.lock().unwrap().get(&question).copied();
            if check.answer.member("slowly").is_some() {
                self.0.waits.add_permits(1);
                self.0.goes_on.acquire().await.unwrap().forget();
            }
            match said {
                None => Checked::Pending,
                Some(Said::Yes) => Checked::Right(Proof::of_ceremony()),
                Some(Said::No) => Checked::Denied,
                Some(Said::Wrong) => Checked::Wrong,
                Some(Said::Busy) => Checked::Unavailable(check.now.plus(Duration::from_secs(7))),
                Some(Said::Dead) => std::future::pending().await,
            }
        })
    }
}

pub async fn with_phone(setup: Setup, phone: &Phone) -> Service {
    let phone = phone.clone();
    start(setup, |gate| gate, |builder| builder.factor(Totp::new("Bank")).factor(phone)).await
}

/// A ceremony in which the phone was asked.
pub struct Asked {
    pub ceremony: String,
    pub factor: String,
    pub question: String,
}

impl Asked {
    pub async fn begin(user: &User<'_>) -> Self {
        let begun = user.begin_mfa().await;
        let factor = begun.factor("phone");
        Self::in_ceremony(user, begun.id, factor).await
    }

    pub async fn in_ceremony(user: &User<'_>, ceremony: String, factor: String) -> Self {
        let prompt = user.prompt(&ceremony, &factor).await;
        assert_eq!(prompt.status, 200, "{}", prompt.json());
        let question = prompt.json()["prompt"]["question"].as_str().unwrap().to_owned();
        Self { ceremony, factor, question }
    }

    pub async fn poll(&self, user: &User<'_>) -> stepup_tests::Answer {
        user.prove_with(&self.ceremony, &json!({ "factor": self.factor })).await
    }

    pub async fn poll_slowly(&self, user: &User<'_>) -> stepup_tests::Answer {
        user.prove_with(&self.ceremony, &json!({ "factor": self.factor, "slowly": true })).await
    }
}

/// A user who has it.
pub async fn alice<'a>(service: &'a Service) -> User<'a> {
    let alice = service.login("alice").await;
    alice.enrol(json!({ "method": "phone" })).await;
    alice
}
