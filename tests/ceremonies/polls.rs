//! Questions after what is answered elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde_json::{Map, Value, json};
use stepup_authority::EventKind;
use stepup_authority::factor::{
    Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Proof, Strength, User,
};
use stepup_core::{Level, Method};
use stepup_tests::authority::{Service, Setup, User as Caller};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::scene::{is, said, setups};

/// A provider that is slow to say what the user has said on their device.
#[derive(Clone, Debug)]
struct Slow(Arc<Provider>);

#[derive(Debug)]
struct Provider {
    asked: AtomicUsize,
    answers: Semaphore,
}

impl Slow {
    fn new() -> Self {
        Self(Arc::new(Provider { asked: AtomicUsize::new(0), answers: Semaphore::new(0) }))
    }

    /// Waits for so many questions to be under way, if they get here.
    async fn asked(&self, times: usize) {
        let there = async {
            while self.0.asked.load(Ordering::SeqCst) < times {
                tokio::task::yield_now().await;
            }
        };
        let _ = timeout(Duration::from_secs(3), there).await;
    }

    fn answer(&self, times: usize) {
        self.0.answers.add_permits(times);
    }
}

impl Factor for Slow {
    fn method(&self) -> &str {
        "slow"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::SWK], Level::MFA)
    }

    fn is_guessable(&self) -> bool {
        false
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(std::future::ready(Ok(Enrolled::new(Vec::new()).without_proof())))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(async move {
            self.0.asked.fetch_add(1, Ordering::SeqCst);
            self.0.answers.acquire().await.unwrap().forget();
            // What it says then, as the tests have it.
            match check.now.as_secs() % 60 {
                0 => Checked::Pending,
                1 => Checked::Wrong,
                _ => Checked::Right(Proof::of_ceremony()),
            }
        })
    }
}

/// At the beginning of a minute.
async fn start(setup: Setup, slow: &Slow) -> Service {
    let slow = slow.clone();
    let service = setup.with(|builder| builder.factor(slow)).start().await;
    service.authority.enrol_for("alice", "slow", &json!({})).await.unwrap();
    service.wait(60 - service.now() % 60);
    service
}

async fn polls(
    alice: &Caller<'_>,
    ceremony: &str,
    factor: &str,
    times: usize,
    slow: &Slow,
) -> Vec<(u16, String)> {
    let body = json!({ "factor": factor });
    let polls = (0..times).map(|_| alice.prove_with(ceremony, &body));
    let answered = async {
        slow.asked(times).await;
        slow.answer(times);
    };
    let (answers, ()) = join(join_all(polls), answered).await;
    answers.iter().map(said).collect()
}

/// A page that asks oftener than the provider answers.
#[tokio::test]
async fn o30_questions_under_way_keep_no_answer_out() {
    for setup in setups() {
        let slow = Slow::new();
        let service = start(setup, &slow).await;
        let alice = service.login("alice").await;
        let begun = alice.begin_mfa().await;
        let factor = begun.factor("slow");
        let answers = polls(&alice, &begun.id, &factor, 8, &slow).await;
        assert!(answers.iter().all(|(status, _)| *status == 202), "{answers:?}");
        service.wait(2);
        slow.answer(1);
        let answer = alice.prove_with(&begun.id, &json!({ "factor": factor })).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        assert_eq!(service.events.count(EventKind::Failed), 0);
    }
}

/// What the user got wrong on their device is a guess, whoever asks after it; and there are five.
#[tokio::test]
async fn o1_what_turns_out_wrong_is_counted() {
    for setup in setups() {
        let slow = Slow::new();
        let service = start(setup, &slow).await;
        let alice = service.login("alice").await;
        let begun = alice.begin_mfa().await;
        let factor = begun.factor("slow");
        service.wait(1);
        slow.answer(5);
        for left in (0..5).rev() {
            let answer = alice.prove_with(&begun.id, &json!({ "factor": factor })).await;
            assert_eq!(said(&answer), is(403, "wrong-answer"));
            assert_eq!(answer.json()["attempts_left"], left);
        }
        let poll = json!({ "factor": factor });
        let over = alice.prove_with(&begun.id, &poll).await;
        assert_eq!(said(&over), is(410, "ceremony-over"));
        // Nor in another ceremony, of this session.
        let other = alice.begin_mfa().await;
        let locked = alice.prove_with(&other.id, &poll).await;
        assert_eq!(said(&locked), is(429, "factor-locked"));
        assert_eq!(service.events.count(EventKind::Failed), 5);
        assert_eq!(service.events.count(EventKind::Locked), 1);
    }
}

/// Two hundred in all.
#[tokio::test]
async fn o1_questions_end_as_well() {
    for setup in setups() {
        let slow = Slow::new();
        let service = start(setup, &slow).await;
        let alice = service.login("alice").await;
        let begun = alice.begin_mfa().await;
        let factor = begun.factor("slow");
        slow.answer(200);
        for _ in 0..200 {
            assert_eq!(alice.prove_with(&begun.id, &json!({ "factor": factor })).await.status, 202);
        }
        let over = alice.prove_with(&begun.id, &json!({ "factor": factor })).await;
        assert_eq!(said(&over), is(410, "ceremony-over"));
    }
}
