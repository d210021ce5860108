use super::*;

const STEP_UP: &str = r#"Bearer error="insufficient_user_authentication""#;
const OKTA: &str = r#"Bearer error="insufficient_authentication_context", acr_values="urn:x""#;
const OKTA_BARE: &str =
    "Bearer error=insufficient_authentication_context, acr_values=urn:okta:loa:2fa:any";
const ENTRA: &str = concat!(
    r#"Bearer error="insufficient_claims", "#,
    r#"claims="eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJ2YWx1ZSI6ImMxIn19fQ==""#
);

fn told(line: &str, dialects: Dialects) -> String {
    match explained(line, dialects) {
        Ok(lines) => lines.join("\n"),
        Err(Malformed(why)) => format!("malformed! {why}"),
    }
}

#[test]
fn every_shape_is_told_in_words() {
    let standard = Dialects::default();
    let with = |parameters: &str| format!("{STEP_UP}, {parameters}");
    for (line, dialects, expected) in [
        (STEP_UP.to_owned(), standard, &["Bearer asks for a step-up", "neither level nor age"][..]),
        (with(r#"acr_values="mfa""#), standard, &["level   mfa: two factors", "NIST AAL2"]),
        (
            with(r#"acr_values="phr phrh""#),
            standard,
            &["one of these, the preferred first", "phr: phishing", "phrh: ", "AAL3"],
        ),
        (with(r#"acr_values="urn:x""#), standard, &["urn:x: a name of this API's"]),
        (with("max_age=300"), standard, &["at most 5 minutes old", "`stepup call`"]),
        (with("max_age=0"), standard, &["has to log in now"]),
        (
            with(r#"amr_values="hwk pin""#),
            standard,
            &["all of hwk (a key in hardware), pin (a PIN)"],
        ),
        (with(r#"scope="pay read""#), standard, &["is to have pay read"]),
        (with(r#"error_description="Why \"not\"?""#), standard, &[r#"says    "Why "not"?""#]),
        (with(r#"realm="bank""#), standard, &[r#"realm   "bank""#]),
        (
            with(r#"resource_metadata="https://a""#),
            standard,
            &["https://a (RFC 9728; not followed)"],
        ),
        (STEP_UP.replace("Bearer", "DPoP"), standard, &["DPoP asks for a step-up"]),
        (
            format!("{STEP_UP}, {}", STEP_UP.replace("Bearer", "DPoP")),
            standard,
            &["Bearer asks for a step-up", "DPoP asks for the same once more"],
        ),
        ("Bearer".to_owned(), standard, &["Bearer wants a token"]),
        ("Basic realm=\"x\"".to_owned(), standard, &["Basic is another scheme"]),
        ("Negotiate YII=".to_owned(), standard, &["Negotiate is another scheme"]),
        ("Bearer error=invalid_token".to_owned(), standard, &["expired, revoked", "does not help"]),
        (
            "Bearer error=insufficient_scope, scope=pay".to_owned(),
            standard,
            &["lacks a scope: pay", "does not help"],
        ),
        ("Bearer error=invalid_request".to_owned(), standard, &["malformed, for example"]),
        ("DPoP error=use_dpop_nonce".to_owned(), standard, &["with the nonce"]),
        ("DPoP error=invalid_dpop_proof".to_owned(), standard, &["refuses the proof"]),
        ("Bearer error=strange".to_owned(), standard, &["says strange, which is no step-up"]),
        (OKTA.to_owned(), standard, &["Okta's words", "--dialect okta"]),
        (OKTA.to_owned(), standard.okta(), &["Bearer asks for a step-up", "urn:x"]),
        (OKTA_BARE.to_owned(), standard, &["malformed!", "read with --dialect okta"]),
        (OKTA_BARE.to_owned(), standard.okta(), &["urn:okta:loa:2fa:any"]),
        (ENTRA.to_owned(), standard, &["Entra's words", "--dialect entra"]),
        (ENTRA.to_owned(), standard.entra(), &["c1: a name", r#"claims  {"access_token""#]),
        (String::new(), standard, &["is empty"]),
        ("Bearer a=1, a=2".to_owned(), standard, &["malformed!", "stands twice", "does nothing"]),
        ("Bearer a=\"".to_owned(), standard, &["malformed!", "does not end"]),
        (with("max_age=-1"), standard, &["malformed!", "`max_age` is no number of seconds"]),
        (
            format!("{}, {}", with("max_age=1"), with("max_age=2")),
            standard,
            &["malformed!", "two different step-ups"],
        ),
    ] {
        let told = told(&line, dialects);
        for part in expected {
            assert!(told.contains(part), "{line}: no {part:?} in\n{told}");
        }
    }
}
