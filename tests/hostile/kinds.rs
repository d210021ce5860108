//! T12: tokens of another kind, signed with the same key.

use serde_json::json;
use stepup_tests::{NOW, Token};

use crate::trial::{Trial, Verdict};

#[test]
fn t12_only_an_access_token_is_one() {
    let trial = Trial::new();
    let typed =
        |raw: &str| trial.header(&format!(r#"{{"typ":{raw},"alg":"ES256","kid":"key-1"}}"#));
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        [
            r#""JWT""#,
            r#""jwt""#,
            r#""dpop+jwt""#,
            r#""logout+jwt""#,
            r#""secevent+jwt""#,
            r#""refresh""#,
            r#""rt+jwt""#,
            r#""id_token""#,
            r#""kb+jwt""#,
            r#""step-up+jwt""#,
            r#""oauth-authz-req+jwt""#,
            r#""token-introspection+jwt""#,
            r#""entity-statement+jwt""#,
            r#""application/jwt""#,
            r#""text/at+jwt""#,
            r#""application//at+jwt""#,
            r#""application/application/at+jwt""#,
            r#""at+jwt; charset=utf-8""#,
            r#""at+jwt,JWT""#,
            r#""at+jwt ""#,
            r#"" at+jwt""#,
            r#""at+jwt\u0000""#,
            r#""at-jwt""#,
            r#""at jwt""#,
            r#""at%2Bjwt""#,
            r#""at""#,
            r#""""#,
            r#""ａt+jwt""#,
            "null",
            "true",
            "7",
            "[]",
            r#"["at+jwt"]"#,
            r#"{"typ":"at+jwt"}"#,
        ]
        .map(|raw| (raw, typed(raw))),
    );
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        [
            r#"{"alg":"ES256","kid":"key-1"}"#,
            r#"{"alg":"ES256"}"#,
            r#"{"Typ":"at+jwt","alg":"ES256","kid":"key-1"}"#,
            r#"{"cty":"at+jwt","alg":"ES256","kid":"key-1"}"#,
            r#"{"kid":"key-1"}"#,
            "{}",
            "[]",
            "null",
            "",
        ]
        .map(|header| (header, trial.header(header))),
    );
    trial.each(
        "/mfa_fresh",
        Verdict::Admitted,
        [
            r#""at+jwt""#,
            r#""at+JWT""#,
            r#""AT+JWT""#,
            r#""application/at+jwt""#,
            r#""APPLICATION/AT+JWT""#,
            r#""at\u002bjwt""#,
        ]
        .map(|raw| (raw, typed(raw))),
    );
}

/// With the claims that these tokens have, each under its own `typ` and under none.
#[test]
fn t12_a_sibling_token_is_none() {
    let trial = Trial::new();
    let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    let id_token = Token::new()
        .with("aud", "web")
        .with("azp", "web")
        .with("nonce", "n-0S6_WzA2Mj")
        .with("at_hash", "77QmUPtjPfzWtF2AnpK9RQ");
    // An ID token for a client that is this very API.
    let own_id_token = Token::new().with("nonce", "n-0S6_WzA2Mj").with("at_hash", "77QmUPtjPfzW");
    let logout = Token::new().without("acr").without("auth_time").with("events", event);
    let proof = Token::new().with("htm", "POST").with("htu", "https://api.example/mfa_fresh");
    let refresh = Token::new().with("token_use", "refresh").with("exp", NOW + 6000);
    let mut rows = Vec::new();
    for (kind, typ, token) in [
        ("ID token", "JWT", &id_token),
        ("ID token for this API", "JWT", &own_id_token),
        ("logout token", "logout+jwt", &logout),
        ("DPoP proof", "dpop+jwt", &proof),
        ("security event", "secevent+jwt", &logout),
        ("refresh token", "refresh", &refresh),
    ] {
        for header in [
            json!({"typ": typ, "alg": "ES256", "kid": "key-1"}),
            json!({"alg": "ES256", "kid": "key-1"}),
        ] {
            let token = trial.issuer.sign(&header.to_string(), &token.payload());
            rows.push((format!("{kind} under {header}"), token));
        }
    }
    rows.push(("an ID token that calls itself at+jwt".to_owned(), trial.issuer.token(&id_token)));
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

/// T24: it needs a proof that nothing here checks.
#[test]
fn t24_a_bound_token_is_no_bearer_token() {
    let trial = Trial::new();
    let with = |name: &str, raw: &str| trial.payload(&Token::new().payload_with_raw(name, raw));
    trial.each(
        "/mfa_fresh",
        Verdict::Invalid,
        [
            ("cnf", r#"{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}"#),
            ("cnf", r#"{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}"#),
            ("cnf", r#"{"jwk":{"kty":"OKP"}}"#),
            ("cnf", "{}"),
            ("cnf", "[]"),
            ("cnf", "null"),
            ("cnf", "false"),
            ("cnf", r#""""#),
            (r"\u0063nf", "{}"),
        ]
        .map(|(name, raw)| (format!("{name}: {raw}"), with(name, raw))),
    );
}
