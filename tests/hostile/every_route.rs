//! T13: no route is so undemanding that it does not look at the token.

use std::collections::BTreeSet;

use http::Request;
use stepup_core::{Algorithm, guarded_handlers};
use stepup_tests::{Issuer, NOW, Payload, Token};

use crate::forge::{message, segments};
use crate::trial::{Trial, Verdict};

/// The routes of all handlers that the program lists as guarded, and `/verified`.
fn routes() -> BTreeSet<String> {
    let of = |module: &str| -> BTreeSet<_> {
        guarded_handlers()
            .iter()
            .filter(|handler| handler.module() == format!("stepup_tests::{module}"))
            .map(|handler| if handler.name() == "with_body" { "body" } else { handler.name() })
            .map(|name| format!("/{name}"))
            .collect()
    };
    let mut routes = of("axum_api");
    assert_eq!(routes, of("poem_api"), "the APIs are twins");
    assert!(routes.len() > 15, "{routes:?}");
    routes.insert("/verified".to_owned());
    routes
}

fn request(path: &str, authorization: &[&str]) -> Request<Payload> {
    let mut request = Request::post(path).header("content-type", "application/json");
    for line in authorization {
        request = request.header("authorization", *line);
    }
    request.body(Payload::Bytes(b"{}".to_vec())).expect("a request")
}

#[test]
fn t13_every_route_refuses_what_is_no_good_token() {
    let trial = Trial::new();
    // Enough for the most demanding.
    let best = Token::new()
        .with("acr", "phrh")
        .with("auth_time", NOW)
        .with("iat", NOW)
        .with("amr", vec!["hwk", "pin", "sc"])
        .with("scope", "payments accounts:read");
    let good = trial.issuer.token(&best);
    let [header, payload, signature] = segments(&good);
    let stranger = Issuer::new(Algorithm::Es256).token(&best);
    let unsigned = message(r#"{"typ":"at+jwt","alg":"none"}"#, best.payload());
    let expired = trial.issuer.token(&best.clone().with("exp", NOW));
    let other_issuer = trial.issuer.token(&best.clone().with("iss", "https://other.example"));
    let other_audience = trial.issuer.token(&best.clone().with("aud", "https://other.example"));
    let id_token = trial.issuer.sign(r#"{"typ":"JWT","alg":"ES256"}"#, &best.payload());
    let bad = [
        ("garbage", "garbage".to_owned()),
        ("three garbage parts", "a.b.c".to_owned()),
        ("dots", "..".to_owned()),
        ("unsigned", format!("{unsigned}.")),
        ("stripped", format!("{header}.{payload}.")),
        ("spoilt", format!("{header}.{payload}.AAAA{}", &signature[4..])),
        ("a stranger's", stranger),
        ("expired", expired),
        ("another issuer's", other_issuer),
        ("for another audience", other_audience),
        ("an ID token", id_token),
    ];
    for path in routes() {
        let judge = |name: &str, lines: &[&str], verdict| {
            let name = format!("{name} at {path}");
            trial.judge_request(name, verdict, || request(&path, lines));
        };
        judge("the control", &[&format!("Bearer {good}")], Verdict::Admitted);
        for (name, token) in &bad {
            judge(name, &[&format!("Bearer {token}")], Verdict::Invalid);
        }
        judge("nothing", &[], Verdict::NoCredential);
        judge("an empty line", &[""], Verdict::NoCredential);
        judge("another scheme", &["Basic YWxpY2U6cHdk"], Verdict::NoCredential);
        judge("an empty token", &["Bearer "], Verdict::Malformed);
        judge("no token", &["Bearer"], Verdict::Malformed);
        judge("the control", &[&format!("Bearer {good}")], Verdict::Admitted);
    }
}
