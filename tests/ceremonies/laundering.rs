//! What a proof does not make of a login, or of what was begun before.

use serde_json::json;
use stepup_authority::Login;
use stepup_core::Method;
use stepup_tests::Framework;
use stepup_tests::authority::{Setup, TotpApp};

/// ISS-01: the methods of an old login are not as fresh as the proof that was added to it.
#[tokio::test]
async fn iss_01_old_methods_do_not_become_fresh() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let login = Login::of("alice").client_id("web").method(Method::HWK).method(Method::PIN);
        let token = service.issuer.issue_login(login).await.expect("a token is issued");
        let with_key = alice.with_token(&token);
        assert_eq!(with_key.post("/hwk").await.status, 200);
        service.wait(600);

        let wanted = json!({ "acr_values": "mfa", "amr_values": "hwk pin", "max_age": 300 });
        assert_eq!(with_key.try_begin(wanted).await.status, 403);
        let stepped_up = with_key.step_up(&app).await;
        assert_eq!(stepped_up.post("/mfa_fresh").await.status, 200);
        let answer = stepped_up.post("/hwk_pin").await;
        assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
    }
}

/// O27, R-BIND-01: what was begun while the account had no factor is not finished once it has one.
#[tokio::test]
async fn o27_an_enrolment_is_finished_by_the_rule_that_it_was_begun_by() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let thief = service.login("alice").await;
        let begun = thief.enrol(json!({ "method": "totp" })).await;
        let of_thief = TotpApp::scan(begun["secret"].as_str().expect("a secret"));
        let owner = service.login("alice").await;
        owner.enrol_totp().await;
        let id = begun["id"].as_str().expect("an id");
        let answer = thief.confirm(id, &of_thief.code(service.now())).await;
        assert_eq!(answer.status, 410, "{}", answer.json());
        let factors = owner.get("/step-up/factors").await.json();
        assert_eq!(factors["factors"].as_array().expect("an array").len(), 1);
    }
}
