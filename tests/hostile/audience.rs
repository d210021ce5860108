//! T32, and the issuer beside it: exact, or another service's.

use serde_json::{Value, json};
use stepup_tests::{AUDIENCE, ISSUER, Token};

use crate::trial::{Trial, Verdict};

fn each(trial: &Trial, claim: &str, verdict: Verdict, values: Vec<Value>) {
    let rows = values.into_iter().map(|value| {
        let token = Token::new().with(claim, value.clone());
        (format!("{claim}: {value}"), trial.issuer.token(&token))
    });
    trial.each("/mfa_fresh", verdict, rows);
}

/// Everything that is nearly this URI.
fn nearly(uri: &str) -> Vec<Value> {
    let host = uri.trim_start_matches("https://");
    vec![
        json!(""),
        json!("*"),
        json!("null"),
        json!("https://other.example"),
        json!(format!("{uri}/")),
        json!(format!("{uri}.evil.example")),
        json!(format!("{uri}:443")),
        json!(format!("{uri}/path")),
        json!(format!("{uri}?a")),
        json!(format!("{uri}#")),
        json!(format!("{uri} ")),
        json!(format!(" {uri}")),
        json!(format!("{uri}\0")),
        json!(format!("{uri}\n")),
        json!(format!("{uri} https://other.example")),
        json!(format!("{uri},https://other.example")),
        json!(uri[..uri.len() - 1]),
        json!("https://"),
        json!(host),
        json!(format!("http://{host}")),
        json!(format!("https://www.{host}")),
        json!(format!("https://user@{host}")),
        json!(uri.to_uppercase()),
        json!(format!("HTTPS://{host}")),
        json!(format!("https://{}", host.to_uppercase())),
        json!(uri.replace('.', "%2E")),
        json!(uri.replace('a', "\u{430}").replace('i', "\u{456}")),
        json!(format!("{uri}\u{200b}")),
        json!(format!("[\"{uri}\"]")),
    ]
}

#[test]
fn t32_a_token_for_another_service_stays_out() {
    let trial = Trial::new();
    let other = "https://other.example";
    each(&trial, "aud", Verdict::Invalid, nearly(AUDIENCE));
    let lists = nearly(AUDIENCE).into_iter().map(|value| json!([value, other])).collect();
    each(&trial, "aud", Verdict::Invalid, lists);
    each(
        &trial,
        "aud",
        Verdict::Invalid,
        vec![json!([]), json!([other]), json!([ISSUER]), json!(["web"]), json!([[AUDIENCE]])],
    );
    let missing = trial.issuer.token(&Token::new().without("aud").with("resource", AUDIENCE));
    trial.each("/mfa_fresh", Verdict::Invalid, [("missing", missing)]);
    each(
        &trial,
        "aud",
        Verdict::Admitted,
        vec![
            json!(AUDIENCE),
            json!([AUDIENCE]),
            json!([AUDIENCE, other]),
            json!([other, AUDIENCE]),
            json!([other, "", AUDIENCE, AUDIENCE]),
        ],
    );
}

#[test]
fn t11_a_token_of_another_issuer_stays_out() {
    let trial = Trial::new();
    each(&trial, "iss", Verdict::Invalid, nearly(ISSUER));
    each(&trial, "iss", Verdict::Invalid, vec![json!(AUDIENCE), json!([ISSUER]), json!(null)]);
    each(&trial, "iss", Verdict::Admitted, vec![json!(ISSUER)]);
}
