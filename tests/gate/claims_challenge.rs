//! Entra's own challenge, for clients that declared to understand it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use stepup_core::{Algorithm, Challenge, Gate, KeySet, Level, Profile, read_challenges};
use stepup_tests::{Api, Framework, Issuer, NOW, block_on, clock};

const TENANT: &str = "https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0";
const CLIENT: &str = "6e74172b-be56-4843-9ff4-e66a39bb12e3";

fn claims(acrs: &[&str], capable: Option<Value>) -> String {
    let mut claims = json!({
        "iss": TENANT, "aud": CLIENT, "sub": "alice", "azp": "web", "scp": "access_as_user",
        "uti": "bDQ3", "iat": NOW - 30, "nbf": NOW - 30, "exp": NOW + 600, "ver": "2.0",
        "acrs": acrs,
    });
    if let Some(capable) = capable {
        claims["xms_cc"] = capable;
    }
    claims.to_string()
}

#[test]
fn entra_speaks_its_claims_challenge_only_to_clients_that_declared_cp1() {
    let issuer = Issuer::new(Algorithm::Rs256);
    let gate = Gate::builder(TENANT, CLIENT)
        .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
        .profile(Profile::entra().level(Level::MFA, "c1").auth_time_claim("auth_time"))
        .except_module("stepup_tests")
        .except_module("gate::names")
        .clock(clock())
        .build()
        .unwrap();
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "key-1"}).to_string();
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        for (capable, own) in [
            (Some(json!(["cp1"])), true),
            (Some(json!(["CP1"])), true),
            (Some(json!(["cp0", "Cp1"])), true),
            (None, false),
            (Some(json!([])), false),
            (Some(json!(["cp2"])), false),
            (Some(json!("cp1")), false),
            (Some(json!(null)), false),
        ] {
            let ask = |acrs: &[&str]| {
                let token = issuer.sign(&header, &claims(acrs, capable.clone()));
                block_on(api.post_with("/mfa", &token))
            };
            let seen = format!("{framework:?} {capable:?}");
            assert_eq!(ask(&["c1"]).status, 200, "{seen}");
            assert_eq!(ask(&["c2", "c1"]).status, 200, "{seen}");
            let short = ask(&["c2"]);
            assert_eq!((short.status.as_u16(), short.ran), (401, 0), "{seen}");
            let challenges = read_challenges(short.challenge()).unwrap();
            let [challenge] = challenges.as_slice() else { panic!("{challenges:?}") };
            assert_eq!(challenge.scheme(), "Bearer");
            if !own {
                let ours = Challenge::from_headers(&short.headers).unwrap().unwrap();
                assert_eq!(ours.acr_values(), ["c1"], "{seen}");
                assert_eq!(challenge.param("claims"), None, "{seen}");
                continue;
            }
            assert_eq!(challenge.param("error"), Some("insufficient_claims"), "{seen}");
            assert_eq!(challenge.param("realm"), Some(""));
            assert_eq!(
                challenge.param("authorization_uri"),
                Some(
                    "https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/\
                     oauth2/v2.0/authorize"
                )
            );
            let asked = STANDARD.decode(challenge.param("claims").unwrap()).unwrap();
            let asked: Value = serde_json::from_slice(&asked).unwrap();
            assert_eq!(
                asked,
                json!({"access_token": {"acrs": {"essential": true, "value": "c1"}}})
            );
            let body = short.json();
            assert_eq!(body["error"], "insufficient_claims", "{seen}");
            assert_eq!(body["acr_values"], json!(["c1"]), "{seen}");
            assert_eq!(body["step_up_required"], true);
        }
    }
}
