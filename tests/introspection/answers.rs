//! What an issuer says, and what is made of it.

use serde_json::json;
use stepup_core::Algorithm;
use stepup_tests::{AUDIENCE, NOW, Prover, Token};

use crate::{Opaque, is};

/// R-9470-13: the same rules for an answer as for a token. Each row is one change to a good answer.
#[tokio::test]
async fn r_9470_13_an_answer_is_judged_as_a_token_is() {
    let opaque = Opaque::new().await;
    for (name, changes, path, status) in [
        ("good", json!({}), "/mfa", 200),
        ("good and fresh", json!({}), "/mfa_fresh", 200),
        ("inactive", json!({"active": false}), "/mfa", 401),
        ("weak", json!({"acr": "single-factor"}), "/mfa", 401),
        ("no acr", json!({"acr": null}), "/mfa", 401),
        ("acr 0", json!({"acr": "0"}), "/single", 401),
        ("stale", json!({"auth_time": NOW - 301}), "/fresh", 401),
        ("no auth_time", json!({"auth_time": null}), "/fresh", 401),
        ("auth_time is text", json!({"auth_time": "1"}), "/fresh", 401),
        ("auth_time ahead", json!({"auth_time": NOW + 60}), "/mfa", 401),
        ("expired", json!({"exp": NOW}), "/mfa", 401),
        ("exp is text", json!({"exp": "never"}), "/mfa", 401),
        ("no exp", json!({"exp": null}), "/mfa", 200),
        ("not valid yet", json!({"nbf": NOW + 60}), "/mfa", 401),
        ("issued ahead", json!({"iat": NOW + 60}), "/mfa", 401),
        ("no iat", json!({"iat": null}), "/mfa", 200),
        ("no jti, no issuer", json!({"iss": null}), "/mfa", 200),
        ("another issuer", json!({"iss": "https://evil.example"}), "/mfa", 401),
        ("no audience", json!({"aud": null}), "/mfa", 401),
        ("empty audience", json!({"aud": []}), "/mfa", 401),
        ("another audience", json!({"aud": "https://other.example"}), "/mfa", 401),
        ("several audiences", json!({"aud": ["https://other.example", AUDIENCE]}), "/mfa", 200),
        ("no client", json!({"client_id": null}), "/mfa", 200),
        ("no user", json!({"sub": null}), "/mfa", 403),
        ("the client itself", json!({"sub": "web"}), "/mfa", 403),
        ("neither", json!({"sub": null, "client_id": null}), "/mfa", 401),
        ("methods", json!({"amr": ["hwk", "pin"]}), "/hwk_pin", 200),
        ("too few methods", json!({"amr": ["pwd"]}), "/hwk_pin", 401),
        ("scope lacks", json!({}), "/scope", 403),
        // T12: issuers call refresh tokens active too.
        ("no token type", json!({"token_type": null}), "/mfa", 401),
        ("refresh token", json!({"token_type": "refresh_token"}), "/mfa", 401),
        ("type in small letters", json!({"token_type": "bearer"}), "/mfa", 200),
        ("use of a refresh token", json!({"token_use": "refresh_token"}), "/mfa", 401),
        ("bound to nothing", json!({"token_type": "DPoP"}), "/mfa", 401),
        ("bound otherwise", json!({"cnf": {"x5t#S256": "abc"}}), "/mfa", 401),
    ] {
        for (framework, api) in &opaque.apis {
            opaque.says(&opaque.changed(&changes));
            // Each a token of its own: what was said of one is remembered.
            let token = format!("{name}-{framework:?}").replace([' ', ','], "_");
            is(&api.post_with(path, &token).await, status, &format!("{name} {framework:?}"));
        }
    }
}

/// T7: a member that stands twice, in an answer as in a token, admits nobody.
#[tokio::test]
async fn an_answer_that_cannot_be_read_admits_nobody() {
    let opaque = Opaque::new().await;
    let good = opaque.good().to_string();
    for (name, answer) in [
        ("active is text", good.replace("true", "\"true\"")),
        ("active is 1", good.replace("true", "1")),
        ("active twice", good.replacen('{', "{\"active\":false,", 1)),
        ("sub twice", good.replacen('{', "{\"sub\":\"bob\",", 1)),
        ("no active", good.replace("\"active\":true,", "")),
        ("an array", format!("[{good}]")),
        ("text", "\"active\"".to_owned()),
        ("a token", opaque.key.token(&Token::new())),
        ("nothing", " ".to_owned()),
    ] {
        for (framework, api) in &opaque.apis {
            opaque.idp.put_text(crate::PATH, &answer);
            let token = format!("{}-{framework:?}", name.replace(' ', "_"));
            let what = format!("{name} {framework:?}");
            is(&api.post_with("/mfa", &token).await, 503, &what);
        }
    }
}

/// T24: bound tokens want their proof, whoever says that they are bound.
#[tokio::test]
async fn t24_a_bound_token_wants_its_proof_here_too() {
    let opaque = Opaque::new().await;
    let prover = Prover::new(Algorithm::Es256);
    let bound = json!({"token_type": "DPoP", "cnf": {"jkt": prover.thumbprint()}});
    opaque.says(&opaque.changed(&bound));
    for (framework, api) in &opaque.apis {
        for round in 0..2 {
            let what = format!("{framework:?} {round}");
            is(&api.post_with("/mfa", "opaque").await, 401, &what);
            let proof = prover.sign(&prover.proof("/mfa", "opaque"));
            let request = http::Request::post("/mfa")
                .header("authorization", "DPoP opaque")
                .header("dpop", proof)
                .body(stepup_tests::Payload::NONE);
            is(&api.call(request.unwrap()).await, 200, &what);
        }
    }
}
