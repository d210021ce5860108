//! C9, O29: a token says what was proved, not what was asked for.

use serde_json::json;
use stepup_core::Algorithm;
use stepup_tests::authority::{AUTHORITY, BANK_API, Service, User};
use stepup_tests::{Issuer, Token};

use crate::scene::{claims, exchange, granted, is, login_by, said, setups, token};
use crate::tenants::tenant;

#[tokio::test]
async fn c9_a_weaker_factor_is_told_as_what_it_is() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let (recovery, codes) = alice.step_up(&app).await.enrol_recovery().await;
        // Asked for: not even begun.
        for demanded in ["phr", "phr phrh", "phrh"] {
            let answer = alice.try_begin(json!({ "acr_values": demanded })).await;
            assert_eq!(said(&answer), is(403, "unmet-authentication-requirements"));
        }
        let answer = alice.try_begin(json!({ "amr_values": "hwk" })).await;
        assert_eq!(said(&answer), is(403, "unmet-authentication-requirements"));
        // Not asked for: what it is, and no more.
        let code = app.code(service.now());
        for (factor, code, method) in
            [(&app.factor, &code, "otp"), (&recovery, &codes[0], "recovery")]
        {
            for wanted in [json!({}), json!({ "acr_values": "single-factor" })] {
                let id = alice.begin(wanted).await.id;
                let answer = alice.prove(&id, factor, code).await;
                if answer.status != 200 {
                    // The same code a second time, in the ceremony of the other wish.
                    assert_eq!(said(&answer), is(403, "wrong-answer"));
                    continue;
                }
                let said = granted(&answer);
                assert_eq!(said["acr"], "mfa");
                assert_eq!(said["amr"], json!([method, "mfa"]));
                let stronger = alice.with_token(&token(&answer).unwrap());
                for (path, status) in [("/mfa_fresh", 200), ("/phr", 401), ("/phrh", 401)] {
                    let answer = stronger.post(path).await;
                    assert_eq!(answer.status, status, "{method} {path}");
                    assert_eq!(answer.ran, usize::from(status == 200));
                }
                for (path, status) in [("/hwk", 401), ("/hwk_pin", 401)] {
                    assert_eq!(stronger.post(path).await.status, status, "{method} {path}");
                }
            }
        }
    }
}

/// Tries everything that the user has; what the best token says, and whether `mfa` was offered.
async fn best<'a>(service: &Service, user: &User<'a>, factors: &[(&str, String)]) -> Vec<String> {
    let mut levels = Vec::new();
    for (factor, code) in factors {
        let begun = user.try_begin(json!({ "acr_values": "mfa phr phrh" })).await;
        assert_eq!(said(&begun), is(403, "unmet-authentication-requirements"), "{factor}");
        assert_eq!(begun.json()["enrol"], json!([]), "nothing would help but another login");
        let id = user.begin(json!({})).await.id;
        let code = if code.is_empty() {
            service.wait(30);
            assert_eq!(user.prompt(&id, factor).await.status, 200);
            service.outbox.last_code()
        } else {
            code.clone()
        };
        let answer = exchange(service, user, &id, &[("factor", factor), ("code", &code)]).await;
        let claims = claims(&token(&answer).expect("a token"));
        assert!(!claims["amr"].as_array().unwrap().contains(&json!("mfa")), "{claims}");
        levels.push(claims["acr"].as_str().unwrap().to_owned());
        let stepped_up = user.with_token(&token(&answer).unwrap());
        let refused = stepped_up.post("/mfa").await;
        assert_eq!((refused.status.as_u16(), refused.ran), (401, 0));
        // And that token is no login of another kind either.
        let again = stepped_up.try_begin(json!({ "acr_values": "mfa" })).await;
        assert_eq!(again.status, 403, "{}", again.json());
        // Nor does it change what can reach `mfa`.
        let change = stepped_up.try_enrol(json!({ "method": "totp" })).await;
        assert_eq!(change.status, 401, "{}", change.json());
    }
    levels
}

/// O29: logins by a link, a code or a reset, and the same mailbox or pocket once more.
#[tokio::test]
async fn o29_a_login_by_what_the_factor_is_too_stays_what_it_was() {
    for setup in setups() {
        let provider = Issuer::new(Algorithm::EdDsa);
        let service = tenant(AUTHORITY, &setup, &provider).await;
        let own = service.login("alice").await;
        let login = |way: &[&str]| {
            let login = Token::new()
                .with("aud", BANK_API)
                .with("acr", "single-factor")
                .with("sid", way.join(" "))
                .with("iat", service.now())
                .with("auth_time", service.now())
                .with("exp", service.now() + 3600);
            let login = if way.is_empty() { login } else { login.with("amr", json!(way)) };
            own.with_token(&provider.token(&login))
        };
        let alice = login(&["pwd"]);
        let app = alice.enrol_totp().await;
        let stepped_up = alice.step_up(&app).await;
        let email = stepped_up.enrol_email("alice@example.com").await;
        let (recovery, codes) = stepped_up.enrol_recovery().await;
        let mut codes = codes.into_iter();
        let ways: [&[&str]; 7] =
            [&["email"], &["otp"], &["otp", "email"], &["sms"], &["swk"], &["mca"], &[]];
        for way in ways {
            service.wait(1200);
            let factors = [
                (email.as_str(), String::new()),
                (app.factor.as_str(), app.code(service.now() + 30)),
                (recovery.as_str(), codes.next().unwrap()),
            ];
            let levels = best(&service, &login(way), &factors).await;
            assert_eq!(levels, ["single-factor"; 3], "{way:?}");
        }
        // It is the login that is weak, not the factors.
        service.wait(60);
        login(&["pwd"]).step_up(&app).await;
    }
}

/// The same with logins of the authority's own issuer.
#[tokio::test]
async fn o29_an_own_login_by_a_factors_method_stays_what_it_was() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        for way in [&["email"][..], &["otp"], &["otp", "email"], &["mca"], &[]] {
            let user = login_by(&service, "alice", way).await;
            let answer = user.try_begin(json!({ "acr_values": "mfa" })).await;
            assert_eq!(answer.status, 403, "{way:?}");
            let id = user.begin(json!({})).await.id;
            let answer = user.prove(&id, &app.factor, &app.code(service.now())).await;
            assert_eq!(granted(&answer)["acr"], "single-factor", "{way:?}");
            assert_eq!(granted(&answer)["amr"], json!(["otp"]), "{way:?}");
            let stepped_up = user.with_token(&token(&answer).unwrap());
            for user in [&user, &stepped_up] {
                let refused = user.post("/mfa").await;
                assert_eq!((refused.status.as_u16(), refused.ran), (401, 0));
            }
            service.wait(30);
        }
        alice.step_up(&app).await;
    }
}
