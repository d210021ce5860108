//! C5, C10: an answer counts for the ceremony and the factor that asked, and for nothing else.

use serde_json::json;

use crate::scene::{granted, is, said, setups, token};

/// A ceremony has one step here; another factor, and an enrolment, are the others that there are.
#[tokio::test]
async fn c5_what_one_factor_proved_is_no_answer_to_another() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let stepped_up = alice.step_up(&app).await;
        let email = stepped_up.enrol_email("alice@example.com").await;
        let number = stepped_up.enrol_text("+4915112345678").await;
        let ceremony = alice.begin_mfa().await.id;
        assert_eq!(alice.prompt(&ceremony, &email).await.status, 200);
        let code = service.outbox.last_code();
        let answer = alice.prove(&ceremony, &number, &code).await;
        assert_eq!(said(&answer), is(409, "no-code-sent"), "that one sent none");
        assert_eq!(alice.prove(&ceremony, &app.factor, &code).await.status, 403);
        assert_eq!(alice.prompt(&ceremony, &number).await.status, 200);
        let text = service.outbox.last_code();
        assert_eq!(alice.prove(&ceremony, &email, &text).await.status, 403);
        assert_eq!(alice.prove(&ceremony, &number, &code).await.status, 403);
        assert_eq!(granted(&alice.prove(&ceremony, &email, &code).await)["acr"], "mfa");
        // Finished: no other factor adds anything to it.
        for (factor, code) in [(&number, &text), (&app.factor, &app.code(service.now()))] {
            let answer = alice.prove(&ceremony, factor, code).await;
            assert_eq!(said(&answer), is(409, "ceremony-proved"));
        }
    }
}

#[tokio::test]
async fn c5_an_enrolment_is_no_ceremony_and_a_ceremony_no_enrolment() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let stepped_up = alice.step_up(&app).await;
        let ceremony = alice.begin_mfa().await.id;
        let new = stepped_up.enrol(json!({ "method": "totp" })).await;
        let enrolment = new["id"].as_str().unwrap();
        let code = app.code(service.now());
        let disguised = format!("c_{}", &enrolment[2..]);
        for id in [enrolment, &disguised] {
            for answer in [
                alice.prove(id, &app.factor, &code).await,
                alice.state(id).await,
                alice.prompt(id, &app.factor).await,
                alice.cancel(id).await,
            ] {
                assert_eq!(said(&answer), is(404, "no-such-ceremony"));
            }
        }
        for id in [ceremony.clone(), format!("e_{}", &ceremony[2..])] {
            let answer = stepped_up.confirm(&id, &code).await;
            assert_eq!(said(&answer), is(404, "no-such-ceremony"));
        }
        // Finished, it gives a factor and no token, and no second factor.
        let own = stepup_tests::authority::TotpApp::scan(new["secret"].as_str().unwrap());
        let answer = stepped_up.confirm(enrolment, &own.code(service.now())).await;
        assert_eq!((answer.status.as_u16(), token(&answer)), (201, None));
        let answer = stepped_up.confirm(enrolment, &own.code(service.now() + 30)).await;
        assert_eq!(said(&answer), is(410, "ceremony-over"));
        assert_eq!(stepped_up.state(&disguised).await.status, 404);
        let factors = stepped_up.get("/step-up/factors").await.json();
        assert_eq!(factors["factors"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn c10_a_code_is_for_the_ceremony_that_sent_it() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let stepped_up = alice.step_up(&app).await;
        let email = stepped_up.enrol_email("alice@example.com").await;
        let (first, second) = (alice.begin_mfa().await.id, alice.begin_mfa().await.id);
        assert_eq!(alice.prompt(&first, &email).await.status, 200);
        let of_first = service.outbox.last_code();
        let unsent = alice.prove(&second, &email, &of_first).await;
        assert_eq!(said(&unsent), is(409, "no-code-sent"));
        service.wait(30);
        assert_eq!(alice.prompt(&second, &email).await.status, 200);
        let of_second = service.outbox.last_code();
        assert_ne!(of_first, of_second);
        assert_eq!(alice.prove(&second, &email, &of_first).await.status, 403);
        assert_eq!(alice.prove(&first, &email, &of_second).await.status, 403);

        // Of an enrolment, in a ceremony; of a ceremony, in an enrolment of the same address.
        service.wait(600);
        let stepped_up = alice.step_up(&app).await;
        let new =
            stepped_up.enrol(json!({ "method": "email", "email": "alice@example.com" })).await;
        let of_enrolment = service.outbox.last_code();
        let third = alice.begin_mfa().await.id;
        service.wait(30);
        assert_eq!(alice.prompt(&third, &email).await.status, 200);
        let of_third = service.outbox.last_code();
        assert_ne!(of_enrolment, of_third);
        assert_eq!(alice.prove(&third, &email, &of_enrolment).await.status, 403);
        let new = new["id"].as_str().unwrap();
        assert_eq!(stepped_up.confirm(new, &of_third).await.status, 403);
        assert_eq!(stepped_up.confirm(new, &of_enrolment).await.status, 201);
        assert_eq!(alice.prove(&third, &email, &of_third).await.status, 200);
    }
}
