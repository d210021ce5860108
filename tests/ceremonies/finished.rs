//! C3, C4, C8: what is finished, given up or abandoned proves nothing more.

use stepup_authority::EventKind;
use stepup_tests::authority::Setup;

use crate::scene::{exchange, granted, is, said, setups, token};

stepup_tests::on_every_store!(c3_a_finished_ceremony_makes_no_second_token);

/// Its own client can fetch the token again for a minute (F3): it is the same token.
async fn c3_a_finished_ceremony_makes_no_second_token(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let ceremony = alice.begin_mfa().await.id;
    let code = app.code(service.now());
    let granted_at = service.now();
    let first = granted(&alice.prove(&ceremony, &app.factor, &code).await);
    for wait in [0, 30, 30] {
        service.wait(wait);
        for code in [&code, &app.code(service.now()), &app.wrong_code(service.now())] {
            let answer = alice.prove(&ceremony, &app.factor, code).await;
            assert_eq!(said(&answer), is(409, "ceremony-proved"));
        }
        let with = [("factor", app.factor.as_str()), ("code", code.as_str())];
        assert_eq!(exchange(&service, &alice, &ceremony, &with).await.status, 400);
        for again in
            [alice.state(&ceremony).await, exchange(&service, &alice, &ceremony, &[]).await]
        {
            assert_eq!(granted(&again), first, "to the letter, `jti` and times");
        }
    }
    assert_eq!(service.now(), granted_at + 60);
    service.wait(1);
    for answer in [
        alice.state(&ceremony).await,
        exchange(&service, &alice, &ceremony, &[]).await,
        alice.prove(&ceremony, &app.factor, &app.code(service.now() + 30)).await,
    ] {
        assert!([400, 409, 410].contains(&answer.status.as_u16()), "{}", answer.json());
        assert_eq!(token(&answer), None);
    }
    assert_eq!(said(&alice.state(&ceremony).await), is(410, "ceremony-over"));
    assert_eq!(service.events.count(EventKind::Proved), 1);
}

#[tokio::test]
async fn c4_an_abandoned_or_failed_ceremony_opens_nothing() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let closed = async || {
            let answer = alice.post("/mfa_fresh").await;
            assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
            assert!(answer.challenge().contains("insufficient_user_authentication"));
        };
        closed().await;
        let abandoned = alice.begin_mfa().await.id;
        closed().await;
        assert_eq!(alice.prove(&abandoned, &app.factor, "12345").await.status, 400);
        let wrong = app.wrong_code(service.now());
        assert_eq!(alice.prove(&abandoned, &app.factor, &wrong).await.status, 403);
        closed().await;
        let state = alice.state(&abandoned).await;
        assert_eq!((state.json()["status"].as_str(), token(&state)), (Some("pending"), None));
        assert_eq!(exchange(&service, &alice, &abandoned, &[]).await.status, 400);

        let cancelled = alice.begin_mfa().await.id;
        assert_eq!(alice.cancel(&cancelled).await.status, 204);
        let right = alice.prove(&cancelled, &app.factor, &app.code(service.now())).await;
        assert_eq!(said(&right), is(410, "ceremony-over"));
        let state = alice.state(&cancelled).await;
        assert_eq!((state.json()["status"].as_str(), token(&state)), (Some("cancelled"), None));
        assert_eq!(exchange(&service, &alice, &cancelled, &[]).await.status, 400);

        let failed = alice.begin_mfa().await.id;
        for _ in 0..3 {
            alice.prove(&failed, &app.factor, &wrong).await;
        }
        service.wait(600);
        for over in [&abandoned, &failed] {
            let state = alice.state(over).await;
            assert_eq!((state.json()["status"].as_str(), token(&state)), (Some("expired"), None));
            let right = alice.prove(over, &app.factor, &app.code(service.now())).await;
            assert_eq!(said(&right), is(410, "ceremony-over"));
            assert_eq!(exchange(&service, &alice, over, &[]).await.status, 400);
        }
        closed().await;
        assert_eq!(service.events.count(EventKind::Issued), 0);
    }
}

/// Every way to use a ceremony's name, after it was used.
#[tokio::test]
async fn c8_a_used_ceremony_is_used_for_every_page() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let email = alice.step_up(&app).await.enrol_email("alice@example.com").await;
        let ceremony = alice.begin_mfa().await.id;
        assert_eq!(alice.prompt(&ceremony, &email).await.status, 200);
        let mailed = service.outbox.last_code();
        let first = granted(&alice.prove(&ceremony, &app.factor, &app.code(service.now())).await);
        service.wait(30);
        let sent = service.outbox.sent().len();
        let next = app.code(service.now());
        let by_mail = [("factor", email.as_str()), ("code", mailed.as_str())];
        let by_app = [("factor", app.factor.as_str()), ("code", next.as_str())];
        for answer in [
            alice.prove(&ceremony, &app.factor, &next).await,
            alice.prove(&ceremony, &email, &mailed).await,
            alice.prompt(&ceremony, &email).await,
            alice.cancel(&ceremony).await,
        ] {
            assert_eq!(said(&answer), is(409, "ceremony-proved"));
        }
        for proof in [&by_mail, &by_app] {
            let answer = exchange(&service, &alice, &ceremony, proof).await;
            assert_eq!((answer.status.as_u16(), token(&answer)), (400, None));
        }
        assert_eq!(service.outbox.sent().len(), sent);
        assert_eq!(granted(&alice.state(&ceremony).await), first, "and nobody could cancel it");
        // Not one of these used the next code up.
        alice.step_up(&app).await;
    }
}
