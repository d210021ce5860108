//! A gate for tokens that nobody signed, beside one that is like any other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_core::{Algorithm, Gate, KeySet, Profile, danger};
use stepup_tests::{Answer, Api, Framework, Issuer, Log, NOW, block_on, clock};

const PROJECT: &str = "demo-orders";
const ISSUER: &str = "https://securetoken.google.com/demo-orders";

/// As the emulator writes it: a header, a payload, and nothing behind the second dot.
fn unsigned(header: &Value, payload: &Value) -> String {
    let [header, payload] = [header, payload].map(|json| URL_SAFE_NO_PAD.encode(json.to_string()));
    format!("{header}.{payload}.")
}

/// Of a user with a password and a code by text message.
fn payload() -> Value {
    json!({
        "iss": ISSUER,
        "aud": PROJECT,
        "sub": "dr1RyWjwWwfIFdpXcjZP",
        "user_id": "dr1RyWjwWwfIFdpXcjZP",
        "email": "alice@example.com",
        "auth_time": NOW - 60,
        "iat": NOW - 60,
        "exp": NOW + 3540,
        "firebase": {
            "identities": { "email": ["alice@example.com"] },
            "sign_in_provider": "password",
            "sign_in_second_factor": "phone",
            "second_factor_identifier": "3hVzZzDSww8BcKzursd2",
        },
    })
}

fn with(member: &str, value: Value) -> Value {
    let mut payload = payload();
    payload[member] = value;
    payload
}

fn header() -> Value {
    json!({ "alg": "none", "typ": "JWT" })
}

fn emulator_gate() -> Gate {
    let builder = danger::firebase_emulator(PROJECT).realm("orders").clock(clock());
    // The tests' handlers demand more than Firebase has.
    builder.except_module("stepup_tests").build().expect("this is no release build")
}

/// The same answer of both frameworks.
fn answer(gate: &Gate, path: &str, token: &str) -> Answer {
    let answers =
        Framework::ALL.map(|framework| block_on(Api::new(framework, gate).post_with(path, token)));
    assert_eq!(answers[0], answers[1]);
    let [answer, _] = answers;
    answer
}

#[test]
fn p2_a_gate_for_unsigned_tokens_says_so_when_it_is_built() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    let logged = tracing::subscriber::set_default(subscriber);
    emulator_gate();
    drop(logged);
    let text = log.text();
    assert!(text.contains("ERROR") && text.contains("DANGER") && text.contains(PROJECT), "{text}");
}

#[test]
fn it_takes_what_the_emulator_writes_and_no_more() {
    let gate = emulator_gate();
    let good = unsigned(&header(), &payload());
    assert_eq!(answer(&gate, "/mfa_fresh", &good).status, 200);

    let password = json!({ "identities": {}, "sign_in_provider": "password" });
    let anonymous = json!({ "identities": {}, "sign_in_provider": "anonymous" });
    for (path, firebase) in [("/mfa", password), ("/single", anonymous)] {
        let weak = answer(&gate, path, &unsigned(&header(), &with("firebase", firebase)));
        assert_eq!((weak.status.as_u16(), weak.ran), (401, 0), "{path}");
        assert!(weak.challenge().contains("insufficient_user_authentication"), "{weak:?}");
    }
    for (name, token) in [
        ("another project", unsigned(&header(), &with("aud", json!("demo-other")))),
        ("another issuer", unsigned(&header(), &with("iss", json!("https://idp.example")))),
        ("over", unsigned(&header(), &with("exp", json!(NOW)))),
        ("without a user", unsigned(&header(), &with("sub", json!(null)))),
        ("another algorithm", unsigned(&json!({ "alg": "RS256" }), &payload())),
        ("a signature", format!("{good}AAAA")),
        ("two parts", good.trim_end_matches('.').to_owned()),
    ] {
        let refused = answer(&gate, "/mfa", &token);
        assert_eq!((refused.status.as_u16(), refused.ran), (401, 0), "{name}");
        assert!(refused.challenge().contains(r#"error="invalid_token""#), "{name}: {refused:?}");
    }
}

/// With the feature on, a gate that does not ask for it takes no such token.
#[test]
fn p2_the_feature_changes_no_other_gate() {
    let issuer = Issuer::new(Algorithm::Rs256);
    for profile in [Profile::firebase(), Profile::oidc(), Profile::rfc9068()] {
        let keys = KeySet::from_jwks(issuer.jwks().as_bytes()).expect("keys");
        let gate = Gate::builder(ISSUER, PROJECT)
            .keys(keys)
            .profile(profile.clone())
            .clock(clock())
            .except_module("stepup_tests")
            .build()
            .expect("its settings are good");
        for alg in ["none", "None", "NONE", "RS256"] {
            let kid = issuer.header()["kid"].clone();
            let header = json!({ "alg": alg, "typ": "at+jwt", "kid": kid });
            let refused = answer(&gate, "/single", &unsigned(&header, &payload()));
            assert_eq!((refused.status.as_u16(), refused.ran), (401, 0), "{alg} {profile:?}");
        }
    }
}
