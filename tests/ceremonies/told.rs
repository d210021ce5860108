//! C12: an answer does not tell whose something is, or that it is there at all. What it tells by
//! its time is measured elsewhere.

use serde_json::{Value, json};
use stepup_tests::Answer;

use crate::scene::{exchange, is, said, setups};

/// All that an answer says, but for these members of its body.
fn whole(answer: &Answer, but: &[&str]) -> (u16, String, Value) {
    let mut body = answer.json();
    for name in but {
        if let Some(body) = body.as_object_mut() {
            body.remove(*name);
        }
    }
    (answer.status.as_u16(), format!("{:?}", answer.headers), body)
}

fn check_alike(answers: &[Answer], but: &[&str]) {
    for answer in answers {
        assert_eq!(whole(answer, but), whole(&answers[0], but));
    }
}

#[tokio::test]
async fn c12_a_ceremony_of_anothers_is_told_as_one_that_never_was() {
    for setup in setups() {
        let service = setup.start().await;
        let (alice, bob) = (service.login("alice").await, service.login("bob").await);
        let (app, own) = (alice.enrol_totp().await, bob.enrol_totp().await);
        let expired = alice.begin_mfa().await.id;
        let strong = alice.step_up(&app).await;
        let enrolment = strong.enrol(json!({ "method": "totp" })).await;
        let enrolment = enrolment["id"].as_str().unwrap().replacen("e_", "c_", 1);
        service.wait(600);
        let cancelled = alice.begin_mfa().await.id;
        assert_eq!(alice.cancel(&cancelled).await.status, 204);
        let finished = alice.begin_mfa().await.id;
        let answer = alice.prove(&finished, &app.factor, &app.code(service.now())).await;
        assert_eq!(answer.status, 200);
        let exhausted = alice.begin_mfa().await.id;
        for _ in 0..5 {
            alice.prove(&exhausted, &app.factor, &app.wrong_code(service.now())).await;
        }
        let pending = alice.begin_mfa().await.id;
        let [unknown, short, odd] = ["c_AAAAAAAAAAAAAAAAAAAAAA", "c_A", "..%2f"].map(str::to_owned);
        let names =
            [unknown, short, odd, expired, finished, cancelled, exhausted, pending, enrolment];
        let (mut proofs, mut prompts, mut states, mut cancels, mut tokens, mut fetched) =
            (vec![], vec![], vec![], vec![], vec![], vec![]);
        for name in &names {
            let code = own.code(service.now());
            let more = [("factor", own.factor.as_str()), ("code", code.as_str())];
            proofs.push(bob.prove(name, &own.factor, &code).await);
            prompts.push(bob.prompt(name, &own.factor).await);
            states.push(bob.state(name).await);
            cancels.push(bob.cancel(name).await);
            tokens.push(exchange(&service, &bob, name, &more).await);
            fetched.push(exchange(&service, &bob, name, &[]).await);
        }
        for answers in [&proofs, &prompts, &states, &cancels, &tokens, &fetched] {
            check_alike(answers, &[]);
        }
        assert_eq!(said(&states[0]), is(404, "no-such-ceremony"));
        assert_eq!(proofs[0], states[0]);
        assert_eq!((tokens[0].status.as_u16(), &tokens[0]), (400, &fetched[0]));
    }
}

#[tokio::test]
async fn c12_a_factor_of_anothers_is_told_as_one_that_never_was() {
    for setup in setups() {
        let service = setup.start().await;
        let (alice, bob) = (service.login("alice").await, service.login("bob").await);
        let (app, own) = (alice.enrol_totp().await, bob.enrol_totp().await);
        let strong = bob.step_up(&own).await;
        let ceremony = bob.begin_mfa().await.id;
        let code = app.code(service.now());
        let mut alike = Vec::new();
        for factor in ["f_AAAAAAAAAAAAAAAAAAAAAA", "f_A", "0", app.factor.as_str()] {
            alike.push(bob.prove(&ceremony, factor, &code).await);
            alike.push(bob.prompt(&ceremony, factor).await);
            let path = format!("/step-up/factors/{factor}");
            alike.push(strong.call("DELETE", &path, &Value::Null).await);
            let replaces = json!({ "method": "totp", "replaces": factor });
            alike.push(strong.try_enrol(replaces).await);
        }
        check_alike(&alike, &[]);
        assert_eq!(said(&alike[0]), is(404, "no-such-factor"));
    }
}

/// An address that somebody else has is enrolled as any other. (Within 30 s of a message to it
/// nobody can have another sent: that it was sent to is told, O17; not whose it is.)
#[tokio::test]
async fn c12_an_address_of_anothers_is_told_as_a_new_one() {
    for setup in setups() {
        let service = setup.start().await;
        let (alice, bob) = (service.login("alice").await, service.login("bob").await);
        alice.enrol_email("alice@example.com").await;
        service.login("dora").await.enrol_text("+4915112345678").await;
        for [taken, free] in [
            [
                json!({ "method": "email", "email": "alice@example.com" }),
                json!({ "method": "email", "email": "blice@example.com" }),
            ],
            [
                json!({ "method": "sms", "phone": "+4915112345678" }),
                json!({ "method": "sms", "phone": "+4915112345679" }),
            ],
        ] {
            let answers = [bob.try_enrol(taken).await, bob.try_enrol(free).await];
            assert_eq!(answers[0].status, 201);
            check_alike(&answers, &["id"]);
        }
        // She is asked for no more and no less than somebody whose address is her own alone.
        let carol = service.login("carol").await;
        let (of_alice, of_carol) = (bob.get("/step-up/factors"), carol.get("/step-up/factors"));
        check_alike(&[of_alice.await, of_carol.await], &[]);
    }
}

#[tokio::test]
async fn c12_wrong_used_old_and_expired_codes_are_told_alike() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let email = alice.step_up(&app).await.enrol_email("alice@example.com").await;
        service.wait(600);
        let used = app.code(service.now());
        let first = alice.begin_mfa().await.id;
        alice.prove(&first, &app.factor, &used).await;
        let of_app = alice.begin_mfa().await.id;
        let mut answers = Vec::new();
        for code in [
            used,
            app.wrong_code(service.now()),
            app.code(service.now() - 30),
            app.code(service.now() - 300),
        ] {
            answers.push(alice.prove(&of_app, &app.factor, &code).await);
        }
        let by_mail = alice.begin_mfa().await.id;
        for _ in 0..2 {
            service.wait(30);
            assert_eq!(alice.prompt(&by_mail, &email).await.status, 200);
        }
        let sent = service.outbox.sent();
        let [.., enrolment, old, new] = sent.as_slice() else { panic!("{sent:?}") };
        for code in [&enrolment.code, &old.code, &crate::scene::other_code(&new.code)] {
            answers.push(alice.prove(&by_mail, &email, code).await);
        }
        check_alike(&answers, &["attempts_left"]);
        assert_eq!(said(&answers[0]), is(403, "wrong-answer"));
        let left: Vec<_> = answers.iter().map(|one| one.json()["attempts_left"].clone()).collect();
        assert_eq!(json!(left), json!([4, 3, 2, 1, 4, 3, 2]));
    }
}
