//! P1: nothing of the caller in logs or `Debug`, whatever level is on.

use stepup_core::{Algorithm, Credential};
use stepup_tests::{Api, Framework, Issuer, Token, clock, gate};

use crate::log;

const CANARIES: [&str; 4] = ["canary-sub", "canary-client", "canary-jti", "canary-scope"];

#[test]
fn p1_no_secret_at_any_log_level() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let token = Token::new()
        .with("sub", CANARIES[0])
        .with("client_id", CANARIES[1])
        .with("jti", CANARIES[2])
        .with("scope", CANARIES[3]);
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate(&issuer, &clock()));
        for (path, claims, expected) in [
            ("/mfa", token.clone(), 200),
            ("/both", token.clone(), 200),
            ("/verified", token.clone(), 200),
            ("/phr", token.clone(), 401),
            ("/scope", token.clone(), 403),
            ("/mfa", token.clone().with("sub", CANARIES[1]), 403),
            ("/mfa", token.clone().with("exp", "canary-sub"), 401),
            ("/mfa", token.clone().with("iss", "canary-sub"), 401),
        ] {
            let signed = issuer.token(&claims);
            let (answer, log) = log::of(api.post_with(path, &signed));
            assert_eq!(answer.status, expected, "{framework:?} {path}");
            assert!(expected == 200 || log.contains("DEBUG"), "it does log: {log}");
            let segments = signed.split('.').filter(|segment| segment.len() > 8);
            for secret in CANARIES.into_iter().chain(segments) {
                assert!(!log.contains(secret), "{framework:?} {path}: {log}");
                let shown = expected == 200 && path != "/mfa";
                assert!(shown || !format!("{answer:?}").contains(secret), "{framework:?} {path}");
            }
        }
    }
}

#[test]
fn p1_debug_prints_no_token() {
    let request = http::Request::get("/?code=canary").header("authorization", "Bearer canary");
    let request = request.body(()).expect("a request");
    assert!(!format!("{:?}", stepup_core::RequestHead::from(&request)).contains("canary"));
    let credential = Credential::new("canary-token");
    assert_eq!(format!("{credential:?}"), "Credential(12 bytes)");
    let login = stepup_core::Authentication::of_user(
        "https://idp.example",
        CANARIES[0],
        stepup_core::Timestamp::MAX,
    )
    .with_client_id(CANARIES[1])
    .with_token_id(CANARIES[2])
    .with_scope(CANARIES[3]);
    let shown = format!("{login:?}");
    for canary in CANARIES {
        assert!(!shown.contains(canary), "{shown}");
    }
}
