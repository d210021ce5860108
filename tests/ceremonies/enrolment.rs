//! O27: factors are changed by whoever has just proved to be their owner.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::Answer;
use stepup_tests::authority::{Service, User};

use crate::scene::{is, said, setups};

/// The challenge that a guarded API would send.
fn check_challenged(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.json());
    let challenges = stepup_core::read_challenges(answer.challenge()).expect("it can be read");
    let [challenge] = challenges.as_slice() else { panic!("not one: {challenges:?}") };
    assert_eq!(challenge.param("error"), Some("insufficient_user_authentication"));
    assert_eq!(challenge.param("acr_values"), Some("mfa phr phrh"));
    assert_eq!(challenge.param("max_age"), Some("300"));
    let body = answer.json();
    assert_eq!((&body["step_up_required"], &body["max_age"]), (&json!(true), &json!(300)));
    assert_eq!(answer.headers["cache-control"], "no-store");
}

async fn factors(user: &User<'_>) -> Value {
    user.get("/step-up/factors").await.json()["factors"].clone()
}

async fn remove(user: &User<'_>, factor: &str) -> Answer {
    user.call("DELETE", &format!("/step-up/factors/{factor}"), &Value::Null).await
}

/// Every way to change them.
async fn change_all(service: &Service, user: &User<'_>, app: &str, email: &str) -> Vec<Answer> {
    service.wait(30);
    vec![
        user.try_enrol(json!({ "method": "totp" })).await,
        user.try_enrol(json!({ "method": "email", "email": "eve@example.net" })).await,
        user.try_enrol(json!({ "method": "sms", "phone": "+4915112345678" })).await,
        user.try_enrol(json!({ "method": "totp", "replaces": app })).await,
        user.try_enrol(json!({ "method": "recovery" })).await,
        remove(user, email).await,
        remove(user, "f_unknown").await,
    ]
}

#[tokio::test]
async fn o27_factors_are_changed_after_a_step_up_alone() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let strong = alice.step_up(&app).await;
        let email = strong.enrol_email("alice@example.com").await;
        strong.enrol_recovery().await;
        let (before, sent) = (factors(&alice).await, service.outbox.sent().len());
        service.events.clear();
        // A login however fresh, and a step-up that is too old.
        let fresh = service.login("alice").await;
        for answer in change_all(&service, &fresh, &app.factor, &email).await {
            check_challenged(&answer);
        }
        service.wait(300);
        let token = strong.post("/mfa").await;
        assert_eq!(token.status, 401, "that token is over");
        let longer = fresh.begin(json!({ "acr_values": "mfa", "max_age": 3600 })).await.id;
        let proof = fresh.prove(&longer, &app.factor, &app.code(service.now())).await;
        let strong = fresh.with_token(proof.json()["access_token"].as_str().unwrap());
        // Its token ends with the five minutes; the moment before, it is good to change factors.
        service.wait(299);
        assert_eq!(strong.post("/mfa").await.status, 200);
        assert_eq!((factors(&fresh).await, service.outbox.sent().len()), (before, sent));
        assert_eq!(service.events.count(EventKind::Removed), 0);

        assert_eq!(strong.try_enrol(json!({ "method": "recovery" })).await.status, 201);
        assert_eq!(service.events.count(EventKind::Removed), 1, "the list that was there before");
        // That removed a factor: what was proved before counts no more.
        assert_eq!(said(&remove(&strong, &email).await), is(401, "invalid-token"));
        service.wait(1);
        let strong = service.login("alice").await.step_up(&app).await;
        assert_eq!(remove(&strong, &email).await.status, 204);
        let left = factors(&strong).await;
        assert!(!left.to_string().contains(&email), "{left}");
    }
}

/// Each kind of change by itself, with the token that it takes.
#[tokio::test]
async fn o27_with_a_step_up_each_change_works() {
    for setup in setups() {
        let framework = setup.framework;
        for change in 0..6 {
            let service = stepup_tests::authority::Setup::new(framework).start().await;
            let alice = service.login("alice").await;
            let app = alice.enrol_totp().await;
            let strong = alice.step_up(&app).await;
            let email = strong.enrol_email("alice@example.com").await;
            let answers = change_all(&service, &strong, &app.factor, &email).await;
            let expected = [201, 201, 201, 201, 201, 204][change];
            assert_eq!(answers[change].status, expected, "{change}: {}", answers[change].json());
        }
    }
}

/// Without the age, an `mfa` login of another provider's would do that was made this morning.
#[tokio::test]
async fn o27_an_old_proof_is_challenged_by_its_age() {
    for setup in setups() {
        let lifetime = std::time::Duration::from_secs(3600);
        let service = setup.with(move |builder| builder.token_lifetime(lifetime)).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let id = alice.begin(json!({ "acr_values": "mfa" })).await.id;
        let proof = alice.prove(&id, &app.factor, &app.code(service.now())).await;
        let strong = alice.with_token(proof.json()["access_token"].as_str().unwrap());
        service.wait(300);
        assert_eq!(strong.try_enrol(json!({ "method": "totp" })).await.status, 201);
        service.wait(1);
        assert_eq!(strong.post("/mfa").await.status, 200, "it is good as ever elsewhere");
        check_challenged(&strong.try_enrol(json!({ "method": "totp" })).await);
        check_challenged(&remove(&strong, &app.factor).await);
    }
}

/// Who has no factor has nothing to step up with: no challenge could ever be met. They hear what
/// helps, for as long as they have none.
#[tokio::test]
async fn o27_a_login_too_old_for_the_first_factor_is_told_to_sign_in_again() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        service.wait(300);
        assert_eq!(alice.try_enrol(json!({ "method": "totp" })).await.status, 201);
        service.wait(1);
        for method in ["totp", "recovery"] {
            let answer = alice.try_enrol(json!({ "method": method })).await;
            assert_eq!(said(&answer), is(403, "login-too-old"), "{method}");
            assert!(!answer.headers.contains_key("www-authenticate"), "{method}");
            let body = answer.json();
            assert_eq!(body["max_age"], 300);
            assert!(body["detail"].as_str().unwrap().contains("within 5 minutes"), "{body}");
        }
        // There is nothing to prove this with, nor to remove.
        assert_eq!(said(&remove(&alice, "f_unknown").await), is(404, "no-such-factor"));

        let again = service.login("alice").await;
        let app = again.enrol_totp().await;
        check_challenged(&alice.try_enrol(json!({ "method": "recovery" })).await);
        check_challenged(&remove(&alice, "f_unknown").await);

        // Without the last factor it is as before the first one; no login is younger for its proof.
        let strong = alice.step_up(&app).await;
        assert_eq!(remove(&strong, &app.factor).await.status, 204);
        let answer = alice.try_enrol(json!({ "method": "totp" })).await;
        assert_eq!(said(&answer), is(403, "login-too-old"));
        let answer = strong.try_enrol(json!({ "method": "totp" })).await;
        assert_eq!(said(&answer), is(401, "invalid-token"));
    }
}
