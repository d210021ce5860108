//! C1, C2, C7: a ceremony is of the session that began it, and of what it was begun for.

use serde_json::{Value, json};
use stepup_tests::Answer;
use stepup_tests::authority::Setup;

use crate::scene::{JSON, exchange, granted, is, said, send, setups, token};

stepup_tests::on_every_store!(c1_another_users_ceremony_is_none_and_stays_as_it_was);

/// The row's 403 is a 404 here, the same as for a name that nobody has: who guesses learns less.
async fn c1_another_users_ceremony_is_none_and_stays_as_it_was(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let stepped_up = alice.step_up(&app).await;
    let email = stepped_up.enrol_email("alice@example.com").await;
    let bob = service.login("bob").await;
    let own = bob.enrol_totp().await;
    let again = service.login("alice").await;
    let new = stepped_up.enrol(json!({ "method": "totp" })).await;
    let new = new["id"].as_str().unwrap();
    let ceremony = alice.begin_mfa().await.id;
    assert!(ceremony.starts_with("c_") && ceremony.len() == 2 + 22, "128 bits: {ceremony}");
    assert!(new.starts_with("e_") && new.len() == 2 + 22, "{new}");
    let sent = service.outbox.sent().len();

    // Another user, and another session of the same user.
    for (other, factor, code) in [
        (&bob, own.factor.as_str(), own.code(service.now())),
        (&bob, &app.factor, app.code(service.now())),
        (&again, &app.factor, app.code(service.now())),
    ] {
        for answer in [
            other.prove(&ceremony, factor, &code).await,
            other.prompt(&ceremony, &email).await,
            other.state(&ceremony).await,
            other.cancel(&ceremony).await,
            other.confirm(new, &code).await,
        ] {
            assert_eq!(said(&answer), is(404, "no-such-ceremony"));
        }
        let more = [("factor", factor), ("code", code.as_str())];
        for more in [&more[..], &[]] {
            let answer = exchange(&service, other, &ceremony, more).await;
            assert_eq!((answer.status.as_u16(), token(&answer)), (400, None));
        }
    }
    assert_eq!(service.outbox.sent().len(), sent, "nothing was sent for them");
    // Not one guess was counted, of hers or of theirs.
    let wrong = alice.prove(&ceremony, &app.factor, &app.wrong_code(service.now())).await;
    assert_eq!(wrong.json()["attempts_left"], 4);
    let answer = alice.prove(&ceremony, &app.factor, &app.code(service.now())).await;
    assert_eq!(granted(&answer)["sub"], "alice");
    for other in [&bob, &again] {
        assert_eq!(said(&other.state(&ceremony).await), is(404, "no-such-ceremony"), "her token");
    }
    bob.step_up(&own).await;
}

#[tokio::test]
async fn c2_nobody_names_the_user_to_prove() {
    for setup in setups() {
        let service = setup.start().await;
        let (alice, bob) = (service.login("alice").await, service.login("bob").await);
        let (app, victims) = (alice.enrol_totp().await, bob.enrol_totp().await);
        let claimed = json!({
            "sub": "bob", "user": "bob", "subject": "bob", "username": "bob", "verify": "bob",
            "login_hint": "bob", "email": "bob@example.com", "phone": "+4915112345678",
            "acr_values": "mfa",
        });
        let query = "?sub=bob&user=bob&subject=bob&login_hint=bob&verify=bob";
        let headers =
            [JSON, ("x-user", "bob"), ("x-forwarded-user", "bob"), ("cookie", "user=bob")];
        let path = format!("/step-up/ceremonies{query}");
        let body = claimed.to_string();
        let begun = send(&service, &alice, ("POST", &path), &headers, &body).await;
        assert_eq!(begun.status, 201, "{}", begun.json());
        let begun = begun.json();
        assert_eq!(begun["factors"].as_array().unwrap().len(), 1);
        assert_eq!(begun["factors"][0]["id"], json!(app.factor), "it is her own");
        let id = begun["id"].as_str().unwrap();
        let path = format!("/step-up/ceremonies/{id}/proof{query}");
        for (factor, code, status) in [
            (&victims.factor, victims.code(service.now()), 404),
            (&app.factor, victims.code(service.now()), 403),
            (&app.factor, app.code(service.now()), 200),
        ] {
            let mut body = claimed.clone();
            body["factor"] = json!(factor);
            body["code"] = json!(code);
            let body = body.to_string();
            let answer = send(&service, &alice, ("POST", &path), &headers, &body).await;
            assert_eq!(answer.status, status, "{}", answer.json());
            if status == 200 {
                assert_eq!(granted(&answer)["sub"], "alice");
            }
        }
    }
}

/// What an answer's token says, without its times and name.
fn essence(answer: &Answer) -> Value {
    let claims = granted(answer);
    let lifetime = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
    json!([claims["acr"], claims["amr"], claims["scope"], claims["aud"], claims["sid"], lifetime])
}

/// There is no redirect here, and no transaction yet.
#[tokio::test]
async fn c7_what_a_ceremony_is_for_is_settled_when_it_begins() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let begin = || alice.begin(json!({ "acr_values": "mfa", "max_age": 120 }));
        let proof = || json!({ "factor": app.factor, "code": app.code(service.now()) });
        let honest = alice.prove_with(&begin().await.id, &proof()).await;
        let honest = essence(&honest);
        assert_eq!(honest[5], 120, "no longer than what was asked for");
        service.wait(30);
        let changed = json!({
            "acr_values": "phrh", "acr": "phrh", "level": "phrh", "amr": ["hwk"],
            "amr_values": "hwk", "max_age": 86400, "expires_in": 86400, "exp": 9_999_999_999_u64,
            "auth_time": 9_999_999_999_u64, "scope": "admin", "aud": "https://other.example",
            "sid": "other", "client_id": "other", "cnf": { "jkt": "x" }, "purpose": "enrol",
        });
        let id = begin().await.id;
        let mut body = changed.clone();
        body.as_object_mut().unwrap().extend(proof().as_object().unwrap().clone());
        assert_eq!(essence(&alice.prove_with(&id, &body).await), honest);
        service.wait(30);

        let id = begin().await.id;
        let code = app.code(service.now());
        let proof = [("factor", app.factor.as_str()), ("code", code.as_str())];
        let wider = ["scope=admin", "audience=https://other.example", "resource=https://o.example"];
        for wider in wider {
            let wider = [&proof[..], &[wider.split_once('=').unwrap()]].concat();
            assert_eq!(exchange(&service, &alice, &id, &wider).await.status, 400);
        }
        let ignored = [&proof[..], &[("acr_values", "phrh"), ("max_age", "86400"), ("sid", "x")]];
        let answer = exchange(&service, &alice, &id, &ignored.concat()).await;
        assert_eq!(essence(&answer), honest);
    }
}
