//! A factor that is answered on another device, which the client asks after.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join;
use serde_json::{Map, Value, json};
use stepup_authority::EventKind;
use stepup_authority::factor::{
    Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Prompt, Proof, Strength,
    Totp, Unreadable, User as Enroller, Vault,
};
use stepup_core::{Level, Method};
use stepup_tests::Framework;
use stepup_tests::authority::{Service, Setup, User};
use tokio::sync::Semaphore;

use crate::put_together::{claims, problem, start, token};

stepup_tests::on_every_store!(
    an_answer_on_another_device_is_waited_for
    a_no_on_another_device_ends_the_ceremony
    what_cannot_be_told_is_not_counted
    nothing_is_counted_for_a_poll_that_ends_after_its_ceremony
    nothing_is_counted_for_a_poll_that_another_overtakes
);

/// The user's phone, and what stands between it and the authority.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phone(Arc<Line>);

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
enum Said {
    Yes,
    No,
    Wrong,
    /// The line is busy for seven seconds.
    Busy,
    /// Nobody ever answers.
    Dead,
}

impl Phone {
    fn says(&self, question: &str, said: Said) {
        self.0.said.lock().unwrap().insert(question.to_owned(), said);
    }

    async fn waits(&self) {
        self.0.waits.acquire().await.unwrap().forget();
    }

    fn go_on(&self) {
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
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(async { Ok(Enrolled::new(b"phone".to_vec()).without_proof()) })
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn prompt(&self, _: &[u8], _: &Vault<'_>) -> Result<Prompt, Unreadable> {
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

async fn with_phone(setup: Setup, phone: &Phone) -> Service {
    let phone = phone.clone();
    start(setup, |gate| gate, |builder| builder.factor(Totp::new("Bank")).factor(phone)).await
}

/// A ceremony in which the phone was asked.
struct Asked {
    ceremony: String,
    factor: String,
    question: String,
}

impl Asked {
    async fn begin(user: &User<'_>) -> Self {
        let begun = user.begin_mfa().await;
        let factor = begun.factor("phone");
        Self::in_ceremony(user, begun.id, factor).await
    }

    async fn in_ceremony(user: &User<'_>, ceremony: String, factor: String) -> Self {
        let prompt = user.prompt(&ceremony, &factor).await;
        assert_eq!(prompt.status, 200, "{}", prompt.json());
        let question = prompt.json()["prompt"]["question"].as_str().unwrap().to_owned();
        Self { ceremony, factor, question }
    }

    async fn poll(&self, user: &User<'_>) -> stepup_tests::Answer {
        user.prove_with(&self.ceremony, &json!({ "factor": self.factor })).await
    }

    async fn poll_slowly(&self, user: &User<'_>) -> stepup_tests::Answer {
        user.prove_with(&self.ceremony, &json!({ "factor": self.factor, "slowly": true })).await
    }
}

async fn alice<'a>(service: &'a Service) -> User<'a> {
    let alice = service.login("alice").await;
    alice.enrol(json!({ "method": "phone" })).await;
    alice
}

async fn an_answer_on_another_device_is_waited_for(setup: Setup) {
    let phone = Phone::default();
    let service = with_phone(setup, &phone).await;
    let alice = alice(&service).await;
    let begun = alice.begin_mfa().await;
    let factor = begun.factor("phone");
    let unasked = alice.prove_with(&begun.id, &json!({ "factor": factor })).await;
    assert_eq!(problem(&unasked), (409, "no-code-sent".to_owned()));
    let asked = Asked::in_ceremony(&alice, begun.id, factor).await;
    // Many more polls than guesses are heard.
    for _ in 0..30 {
        let answer = asked.poll(&alice).await;
        assert_eq!(answer.status, 202);
        assert_eq!(answer.json(), json!({ "id": asked.ceremony, "status": "pending" }));
        let state = alice.state(&asked.ceremony).await.json();
        assert_eq!(
            (&state["status"], &state["prompted"]),
            (&json!("pending"), &json!([asked.factor]))
        );
        service.wait(2);
    }
    // A wrong answer is the first that counts.
    phone.says(&asked.question, Said::Wrong);
    let wrong = asked.poll(&alice).await;
    assert_eq!(problem(&wrong), (403, "wrong-answer".to_owned()));
    assert_eq!(wrong.json()["attempts_left"], 4);
    assert_eq!(service.events.count(EventKind::Failed), 1);

    phone.says(&asked.question, Said::Yes);
    let answer = asked.poll(&alice).await;
    let stepped_up = token(&answer);
    assert_eq!(claims(&stepped_up)["amr"], json!(["phone", "mfa"]));
    let admitted = alice.with_token(&stepped_up).post("/mfa_fresh").await;
    assert_eq!((admitted.status.as_u16(), admitted.ran), (200, 1));
    // The poll that was under way when it was answered, and one that got lost.
    assert_eq!(problem(&asked.poll(&alice).await), (409, "ceremony-proved".to_owned()));
    let state = alice.state(&asked.ceremony).await;
    assert_eq!(state.json()["status"], "verified");
    assert_eq!(claims(&token(&state)), claims(&stepped_up));
}

async fn a_no_on_another_device_ends_the_ceremony(setup: Setup) {
    let phone = Phone::default();
    let service = with_phone(setup, &phone).await;
    let alice = alice(&service).await;
    let asked = Asked::begin(&alice).await;
    assert_eq!(asked.poll(&alice).await.status, 202);
    phone.says(&asked.question, Said::No);
    assert_eq!(problem(&asked.poll(&alice).await), (403, "denied".to_owned()));
    let state = alice.state(&asked.ceremony).await;
    assert_eq!(state.json(), json!({ "id": asked.ceremony, "status": "denied" }));
    // For good: who changes their mind begins anew.
    phone.says(&asked.question, Said::Yes);
    assert_eq!(problem(&asked.poll(&alice).await), (410, "ceremony-over".to_owned()));
    let prompt = alice.prompt(&asked.ceremony, &asked.factor).await;
    assert_eq!(problem(&prompt), (410, "ceremony-over".to_owned()));
    assert_eq!(service.events.count(EventKind::Denied), 1);
    assert_eq!(service.events.count(EventKind::Failed), 0);
    assert_eq!(alice.post("/mfa_fresh").await.status, 401);
    // To give up what is over changes nothing.
    assert_eq!(alice.cancel(&asked.ceremony).await.status, 204);
    assert_eq!(alice.state(&asked.ceremony).await.json()["status"], "denied");
    let asked = Asked::begin(&alice).await;
    phone.says(&asked.question, Said::Yes);
    token(&asked.poll(&alice).await);
}

/// F12, for what a factor has checked elsewhere.
async fn what_cannot_be_told_is_not_counted(setup: Setup) {
    let phone = Phone::default();
    let service = with_phone(setup, &phone).await;
    let alice = alice(&service).await;
    let asked = Asked::begin(&alice).await;
    phone.says(&asked.question, Said::Busy);
    for _ in 0..10 {
        let answer = asked.poll(&alice).await;
        assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
        assert_eq!(answer.headers["retry-after"], "7");
    }
    phone.says(&asked.question, Said::Dead);
    let begun = std::time::Instant::now();
    let answer = asked.poll(&alice).await;
    assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
    assert_eq!(answer.headers["retry-after"], "5");
    assert!(begun.elapsed() < Duration::from_millis(5_500), "{:?}", begun.elapsed());
    phone.says(&asked.question, Said::Wrong);
    assert_eq!(asked.poll(&alice).await.json()["attempts_left"], 4);
    phone.says(&asked.question, Said::Yes);
    token(&asked.poll(&alice).await);
}

/// Polls that are under way while the user gives up are no guesses: the next ceremony goes well.
async fn nothing_is_counted_for_a_poll_that_ends_after_its_ceremony(setup: Setup) {
    let phone = Phone::default();
    let service = with_phone(setup, &phone).await;
    let alice = alice(&service).await;
    for _ in 0..5 {
        let asked = Asked::begin(&alice).await;
        let meanwhile = async {
            phone.waits().await;
            assert_eq!(alice.cancel(&asked.ceremony).await.status, 204);
            phone.go_on();
        };
        let (answer, ()) = join(asked.poll_slowly(&alice), meanwhile).await;
        assert_eq!(problem(&answer), (410, "ceremony-over".to_owned()));
    }
    let asked = Asked::begin(&alice).await;
    phone.says(&asked.question, Said::Yes);
    token(&asked.poll(&alice).await);
}

/// Two tabs ask after one answer, and the one that asked first hears later: that there was none
/// yet, or that it is right.
async fn nothing_is_counted_for_a_poll_that_another_overtakes(setup: Setup) {
    let phone = Phone::default();
    let service = with_phone(setup, &phone).await;
    let alice = alice(&service).await;
    for answered_before in [false, true] {
        for _ in 0..5 {
            let asked = Asked::begin(&alice).await;
            if answered_before {
                phone.says(&asked.question, Said::Yes);
            }
            let meanwhile = async {
                phone.waits().await;
                phone.says(&asked.question, Said::Yes);
                token(&asked.poll(&alice).await);
                phone.go_on();
            };
            let (answer, ()) = join(asked.poll_slowly(&alice), meanwhile).await;
            assert_eq!(problem(&answer), (409, "ceremony-proved".to_owned()));
        }
    }
    assert_eq!(service.events.count(EventKind::Proved), 10);
    assert_eq!(service.events.count(EventKind::Failed), 0);
}

/// O25: whoever has not begun the ceremony cannot ask after its answer.
#[tokio::test]
async fn o25_an_answer_is_heard_by_the_session_that_asked() {
    for framework in Framework::ALL {
        let phone = Phone::default();
        let service = with_phone(Setup::new(framework), &phone).await;
        let alice = alice(&service).await;
        let asked = Asked::begin(&alice).await;
        phone.says(&asked.question, Said::Yes);
        for other in [
            service.login("bob").await,
            service.login("alice").await,
            crate::put_together::session(&service, "alice", "other").await,
        ] {
            let not_there = (404, "no-such-ceremony".to_owned());
            assert_eq!(problem(&asked.poll(&other).await), not_there);
            assert_eq!(problem(&other.state(&asked.ceremony).await), not_there);
            assert_eq!(problem(&other.cancel(&asked.ceremony).await), not_there);
        }
        token(&asked.poll(&alice).await);
    }
}
