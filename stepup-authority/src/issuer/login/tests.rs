#![cfg(test)]

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::{ManualClock, Timestamp};

use super::*;
use crate::sealing::SealingKeys;
use crate::store::MemoryStore;

const NOW: u64 = 1_800_000_000;
const KEY: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

async fn issuer() -> Issuer {
    Issuer::builder("https://login.example", "https://api.example")
        .clock(ManualClock::at(Timestamp::from_secs(NOW)))
        .open(Arc::new(MemoryStore::new()), Arc::new(SealingKeys::generate().unwrap()))
        .await
        .unwrap()
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    let bytes = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// T33: an allow-list, so that nothing gets into tokens that nobody thought of.
#[tokio::test]
async fn t33_a_token_has_the_claims_of_the_standard_and_no_others() {
    let issuer = issuer().await;
    let least = ["acr", "aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "sid", "sub"];
    let most = least.into_iter().chain(["amr", "cnf", "scope"]);
    let full = Login::of("alice")
        .client_id("bank-web")
        .method(Method::PWD)
        .method(Method::PWD)
        .method(Method::KBA)
        .scope("accounts payments")
        .session("s-1")
        .key_thumbprint(KEY)
        .lifetime(Duration::from_secs(90));
    let names = |claims: &Value| -> BTreeSet<String> {
        claims.as_object().unwrap().keys().cloned().collect()
    };
    let set = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();

    let claims_of_least = claims(&issuer.issue_login(Login::of("alice")).await.unwrap());
    assert_eq!(names(&claims_of_least), set(least.to_vec()));
    assert_eq!(claims_of_least["client_id"], "https://api.example");
    assert_eq!(claims_of_least["exp"], NOW + 3_600);

    let mut claims = claims(&issuer.issue_login(full).await.unwrap());
    assert_eq!(names(&claims), set(most.collect()));
    claims.as_object_mut().unwrap().remove("jti");
    assert_eq!(
        claims,
        json!({
            "iss": "https://login.example", "aud": "https://api.example", "sub": "alice",
            "client_id": "bank-web", "iat": NOW, "exp": NOW + 90, "auth_time": NOW,
            "acr": "single-factor", "amr": ["pwd", "kba"], "scope": "accounts payments",
            "sid": "s-1", "cnf": {"jkt": KEY},
        }),
    );
}

#[tokio::test]
async fn iss_04_token_and_session_are_128_random_bits() {
    let issuer = issuer().await;
    let mut seen = BTreeSet::new();
    for _ in 0..100 {
        let claims = claims(&issuer.issue_login(Login::of("alice")).await.unwrap());
        for name in ["jti", "sid"] {
            let text = claims[name].as_str().unwrap().to_owned();
            assert_eq!(text.len(), 22, "{name}");
            assert!(seen.insert(text), "{name}");
        }
    }
}

/// ISS-01, R-9068: what comes out is what the gate reads.
#[tokio::test]
async fn iss_01_the_issuers_gate_reads_the_login() {
    let issuer = issuer().await;
    let gate = issuer.gate().build().unwrap();
    let login = Login::of("alice").client_id("bank-web").method(Method::PWD).scope("accounts");
    let token = issuer.issue_login(login).await.unwrap();
    let request = http::Request::get("/").header("authorization", format!("Bearer {token}"));
    let verified = gate.verify(&request.body(()).unwrap()).await.unwrap();
    assert_eq!(verified.issuer(), "https://login.example");
    assert_eq!(verified.subject(), "alice");
    assert_eq!(verified.client_id(), Some("bank-web"));
    assert_eq!(verified.level(), Some(Level::SINGLE_FACTOR));
    assert_eq!(verified.auth_time(), Some(Timestamp::from_secs(NOW)));
    assert!(verified.session().is_some_and(|session| session.len() == 22));
    // Only a gate that checks proofs takes a bound one.
    let bound = issuer.issue_login(Login::of("alice").key_thumbprint(KEY)).await.unwrap();
    let request = http::Request::get("/").header("authorization", format!("Bearer {bound}"));
    assert!(gate.verify(&request.body(()).unwrap()).await.is_err());
}

#[tokio::test]
async fn p3_a_login_that_makes_no_token_is_refused() {
    let issuer = issuer().await;
    let alice = || Login::of("alice");
    let long = "a".repeat(256);
    for (name, login, good) in [
        ("alice", alice(), true),
        ("a name beyond ASCII", Login::of("Zoë"), true),
        ("nobody", Login::of(""), false),
        ("a long name", Login::of(&long), false),
        ("a line end", Login::of("alice\r\n"), false),
        ("no client", alice().client_id(""), false),
        ("a long client", alice().client_id(&long), false),
        ("no session", alice().session(""), false),
        ("no method", alice().method(Method::new("")), false),
        ("no scope", alice().scope(""), true),
        ("scopes", alice().scope("a b:c/d"), true),
        ("a quote in a scope", alice().scope("a\"b"), false),
        ("two spaces", alice().scope("a  b"), false),
        ("a space first", alice().scope(" a"), false),
        ("a line end in a scope", alice().scope("a\nb"), false),
        ("a huge scope", alice().scope(&"a".repeat(3_000)), false),
        ("a key", alice().key_thumbprint(KEY), true),
        ("a key cut", alice().key_thumbprint(KEY.strip_prefix("N").unwrap()), false),
        ("no key", alice().key_thumbprint(""), false),
        ("a key in base64", alice().key_thumbprint(&KEY.replace(['-', '_'], "+")), false),
        ("a second", alice().lifetime(Duration::from_secs(1)), true),
        ("less", alice().lifetime(Duration::from_millis(999)), false),
        ("a day", alice().lifetime(LONGEST_LIFE), true),
        ("more", alice().lifetime(LONGEST_LIFE + Duration::from_nanos(1)), false),
        ("for ever", alice().lifetime(Duration::MAX), false),
    ] {
        let issued = issuer.issue_login(login).await;
        assert_eq!(issued.is_ok(), good, "{name}: {issued:?}");
    }
}
