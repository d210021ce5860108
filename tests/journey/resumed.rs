//! What happens to a ceremony between its beginning and its end.

use serde_json::json;
use stepup_authority::EventKind;
use stepup_tests::authority::Setup;

use crate::put_together::{claims, problem, token};

stepup_tests::on_every_store!(
    a_page_that_is_loaded_again_goes_on_where_it_was
    o15_a_code_that_was_sent_again_replaces_the_one_before
    a_ceremony_that_is_given_up_is_over_and_another_goes_well
    c4_a_ceremony_ends_with_its_time
    c3_a_ceremony_is_finished_once
    p6_a_ceremony_is_given_up_once
);

async fn a_page_that_is_loaded_again_goes_on_where_it_was(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let email = alice.step_up(&app).await.enrol_email("alice@example.com").await;
    let ceremony = alice.begin_mfa().await;
    let expected = |left: u64, prompted: serde_json::Value| {
        json!({
            "id": ceremony.id, "status": "pending", "expires_in": left,
            "factors": ceremony.factors, "prompted": prompted,
        })
    };
    assert_eq!(alice.state(&ceremony.id).await.json(), expected(600, json!([])));
    assert_eq!(alice.prompt(&ceremony.id, &email).await.status, 200);
    service.wait(70);
    for _ in 0..2 {
        let state = alice.state(&ceremony.id).await;
        assert_eq!((state.status.as_u16(), state.json()), (200, expected(530, json!([email]))));
        assert_eq!(state.headers["cache-control"], "no-store");
    }
    // The code that was sent before is good after.
    let stepped_up = token(&alice.prove(&ceremony.id, &email, &service.outbox.last_code()).await);
    assert_eq!(alice.with_token(&stepped_up).post("/mfa_fresh").await.status, 200);
}

async fn o15_a_code_that_was_sent_again_replaces_the_one_before(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let email = alice.enrol_email("alice@example.com").await;
    service.wait(600);
    let ceremony = alice.begin_mfa().await;
    assert_eq!(alice.prompt(&ceremony.id, &email).await.status, 200);
    let first = service.outbox.last_code();
    service.wait(10);
    let soon = alice.prompt(&ceremony.id, &email).await;
    assert_eq!(problem(&soon), (429, "too-many-messages".to_owned()));
    assert_eq!(soon.headers["retry-after"], "20");
    service.wait(20);
    let mut second = first.clone();
    // Once in a million they are the same.
    while second == first {
        assert_eq!(alice.prompt(&ceremony.id, &email).await.status, 200);
        second = service.outbox.last_code();
        service.wait(30);
    }
    let old = alice.prove(&ceremony.id, &email, &first).await;
    assert_eq!(problem(&old), (403, "wrong-answer".to_owned()));
    // R-OTP-02: to send again frees no guesses.
    assert_eq!(old.json()["attempts_left"], 4);
    let state = alice.state(&ceremony.id).await.json();
    assert_eq!(state["prompted"], json!([email]), "once, however often it was asked");
    token(&alice.prove(&ceremony.id, &email, &second).await);
}

async fn a_ceremony_that_is_given_up_is_over_and_another_goes_well(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let email = alice.enrol_email("alice@example.com").await;
    service.wait(600);
    let ceremony = alice.begin_mfa().await;
    assert_eq!(alice.prompt(&ceremony.id, &email).await.status, 200);
    let code = service.outbox.last_code();
    for _ in 0..2 {
        let cancelled = alice.cancel(&ceremony.id).await;
        assert_eq!((cancelled.status.as_u16(), cancelled.body.len()), (204, 0));
    }
    let over = (410, "ceremony-over".to_owned());
    assert_eq!(problem(&alice.prove(&ceremony.id, &email, &code).await), over);
    assert_eq!(problem(&alice.prompt(&ceremony.id, &email).await), over);
    let state = alice.state(&ceremony.id).await;
    assert_eq!(state.json(), json!({ "id": ceremony.id, "status": "cancelled" }));
    // C4: nothing came of it.
    assert_eq!(alice.post("/mfa_fresh").await.status, 401);

    let another = alice.begin_mfa().await;
    assert_ne!(another.id, ceremony.id);
    // C10: its code is another's, and needs sending anew.
    let early = alice.prove(&another.id, &email, &code).await;
    assert_eq!(problem(&early), (409, "no-code-sent".to_owned()));
    service.wait(30);
    assert_eq!(alice.prompt(&another.id, &email).await.status, 200);
    token(&alice.prove(&another.id, &email, &service.outbox.last_code()).await);
    // What is finished is not given up.
    let late = alice.cancel(&another.id).await;
    assert_eq!(problem(&late), (409, "ceremony-proved".to_owned()));
}

/// P6: events say what happened, and nothing that did not.
async fn p6_a_ceremony_is_given_up_once(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    alice.enrol_totp().await;
    let ceremony = alice.begin_mfa().await;
    for _ in 0..3 {
        assert_eq!(alice.cancel(&ceremony.id).await.status, 204);
    }
    assert_eq!(service.events.count(EventKind::Cancelled), 1);
}

async fn c4_a_ceremony_ends_with_its_time(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    for (waits, is_over) in [(599, false), (600, true), (1199, true)] {
        let ceremony = alice.begin_mfa().await;
        service.wait(waits);
        let state = alice.state(&ceremony.id).await.json();
        let proof = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
        if is_over {
            assert_eq!(state, json!({ "id": ceremony.id, "status": "expired" }));
            assert_eq!(problem(&proof), (410, "ceremony-over".to_owned()), "{waits}");
            let prompt = alice.prompt(&ceremony.id, &app.factor).await;
            assert_eq!(problem(&prompt), (410, "ceremony-over".to_owned()), "{waits}");
        } else {
            assert_eq!((&state["status"], &state["expires_in"]), (&json!("pending"), &json!(1)));
            token(&proof);
        }
    }
    assert_eq!(service.events.count(EventKind::Failed), 0, "nothing was looked at");
}

async fn c3_a_ceremony_is_finished_once(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let ceremony = alice.begin_mfa().await;
    let proved = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
    let first = claims(&token(&proved));
    for waits in [0, 30, 30] {
        service.wait(waits);
        let again = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
        assert_eq!(problem(&again), (409, "ceremony-proved".to_owned()));
        let prompt = alice.prompt(&ceremony.id, &app.factor).await;
        assert_eq!(problem(&prompt), (409, "ceremony-proved".to_owned()));
        // The token may have got lost on its way; it is the same, and lives no longer.
        let state = alice.state(&ceremony.id).await;
        assert_eq!(claims(&token(&state)), first);
        let left = first["exp"].as_u64().unwrap() - service.now();
        assert_eq!(
            (&state.json()["status"], &state.json()["expires_in"]),
            (&json!("verified"), &json!(left))
        );
    }
    service.wait(1);
    assert_eq!(problem(&alice.state(&ceremony.id).await), (410, "ceremony-over".to_owned()));
}
