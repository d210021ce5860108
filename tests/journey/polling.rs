//! A factor that is answered on another device, which the client asks after.

use std::time::Duration;

use futures_util::future::join;
use serde_json::json;
use stepup_authority::EventKind;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::phone::{Asked, Phone, Said, alice, with_phone};
use crate::put_together::{claims, problem, token};

stepup_tests::on_every_store!(
    an_answer_on_another_device_is_waited_for
    a_no_on_another_device_ends_the_ceremony
    what_cannot_be_told_is_not_counted
    nothing_is_counted_for_a_poll_that_ends_after_its_ceremony
    nothing_is_counted_for_a_poll_that_another_overtakes
    o15_an_answer_to_what_was_asked_before_proves_nothing
    o15_an_answer_that_is_checked_for_too_long_proves_nothing
    an_enrolment_waits_for_an_answer_on_another_device
);

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
    assert!(begun.elapsed() < Duration::from_millis(8_000), "{:?}", begun.elapsed());
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

/// It was right when it was looked at, and the factor has asked anew since.
async fn o15_an_answer_to_what_was_asked_before_proves_nothing(setup: Setup) {
    let phone = Phone::default();
    let service = with_phone(setup, &phone).await;
    let alice = alice(&service).await;
    let asked = Asked::begin(&alice).await;
    phone.says(&asked.question, Said::Yes);
    let meanwhile = async {
        phone.waits().await;
        let again = Asked::in_ceremony(&alice, asked.ceremony.clone(), asked.factor.clone()).await;
        assert_ne!(again.question, asked.question);
        phone.go_on();
        again
    };
    let (answer, again) = join(asked.poll_slowly(&alice), meanwhile).await;
    assert_eq!(problem(&answer), (403, "wrong-answer".to_owned()));
    assert_eq!(again.poll(&alice).await.status, 202);
    assert_eq!(service.events.count(EventKind::Proved), 0);
    phone.says(&again.question, Said::Yes);
    token(&again.poll(&alice).await);
}

/// R-OTP-01: it was given in time, and found right when the ceremony was over.
async fn o15_an_answer_that_is_checked_for_too_long_proves_nothing(setup: Setup) {
    let phone = Phone::default();
    let service = with_phone(setup, &phone).await;
    let alice = alice(&service).await;
    let asked = Asked::begin(&alice).await;
    phone.says(&asked.question, Said::Yes);
    service.wait(599);
    let meanwhile = async {
        phone.waits().await;
        service.wait(1);
        phone.go_on();
    };
    let (answer, ()) = join(asked.poll_slowly(&alice), meanwhile).await;
    assert_eq!(problem(&answer), (410, "ceremony-over".to_owned()));
    assert_eq!(service.events.count(EventKind::Proved), 0);
}

/// It is enrolled once that is there, and no poll counts as a guess.
async fn an_enrolment_waits_for_an_answer_on_another_device(setup: Setup) {
    let phone = Phone::default();
    let service = with_phone(setup, &phone).await;
    let alice = service.login("alice").await;
    let begun = alice.enrol(json!({ "method": "phone", "answered": true })).await;
    let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
    for _ in 0..10 {
        let answer = alice.call("POST", &path, &json!({})).await;
        assert_eq!(problem(&answer), (409, "pending".to_owned()));
    }
    assert_eq!(alice.get("/step-up/factors").await.json()["factors"], json!([]));
    phone.says(begun["prompt"]["question"].as_str().unwrap(), Said::Yes);
    let answer = alice.call("POST", &path, &json!({})).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["factor"]["method"]),
        (201, &json!("phone"))
    );
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
