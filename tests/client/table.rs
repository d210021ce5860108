//! `clients/challenges.json`, which the clients of all languages read alike.

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue};
use serde_json::{Map, Value, json};
use stepup_client::{Challenge, Dialects, MalformedChallenge, read_challenges};
use stepup_core::AuthChallenge;

const TABLE: &str = include_str!("../../clients/challenges.json");

fn cases() -> Vec<Value> {
    serde_json::from_str(TABLE).expect("the table is JSON")
}

fn dialects(case: &Value) -> Dialects {
    let named = case["dialects"].as_array().into_iter().flatten();
    named.fold(Dialects::default(), |dialects, name| match name.as_str() {
        Some("okta") => dialects.okta(),
        Some("entra") => dialects.entra(),
        other => panic!("{other:?} is no dialect"),
    })
}

fn line(case: &Value) -> String {
    let lines = case["headers"].as_array().expect("lines").iter();
    let lines: Vec<_> = lines.map(|line| line.as_str().expect("a line")).collect();
    lines.join(", ")
}

/// What the reader made of it, in the table's form.
fn seen(read: Result<Vec<AuthChallenge>, MalformedChallenge>) -> Value {
    let Ok(read) = read else { return json!("malformed") };
    let seen = read.iter().map(|challenge| {
        let parameters: Map<_, _> = challenge
            .params()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.into()))
            .collect();
        let mut one = json!({ "scheme": challenge.scheme(), "parameters": parameters });
        if let Some(token68) = challenge.token68() {
            one["token68"] = token68.into();
        }
        one
    });
    seen.collect()
}

/// In the table's form, which leaves out methods and claims where there are none.
fn asked(read: Result<Option<Challenge>, MalformedChallenge>) -> Value {
    let Ok(challenge) = read else { return json!("malformed") };
    let Some(challenge) = challenge else { return Value::Null };
    let mut asked = json!({
        "scheme": challenge.scheme(),
        "acr_values": challenge.acr_values(),
        "max_age": challenge.max_age(),
        "scope": challenge.scope(),
    });
    if !challenge.amr_values().is_empty() {
        asked["amr_values"] = json!(challenge.amr_values());
    }
    if let Some(claims) = challenge.claims() {
        asked["claims"] = claims.into();
    }
    asked
}

#[test]
fn r_9110_all_clients_read_the_table_alike() {
    let cases = cases();
    assert!(cases.len() >= 80, "{} cases", cases.len());
    for case in &cases {
        let (line, dialects, name) = (line(case), dialects(case), &case["name"]);
        assert_eq!(seen(read_challenges(&line, dialects)), case["challenges"], "{name}");
        assert_eq!(asked(Challenge::from_line(&line, dialects)), case["step_up"], "{name}");
    }
}

/// One byte a character, as on the wire. `None` for what no header can carry, which is left to the
/// test of lines.
fn headers(case: &Value) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for line in case["headers"].as_array().expect("lines") {
        let bytes = line.as_str()?.chars().map(|c| u8::try_from(c).ok());
        let line = HeaderValue::from_bytes(&bytes.collect::<Option<Vec<_>>>()?).ok()?;
        headers.append(WWW_AUTHENTICATE, line);
    }
    Some(headers)
}

#[test]
fn r_9110_headers_are_read_as_the_lines_they_are() {
    for case in &cases() {
        let Some(headers) = headers(case) else { continue };
        let read = Challenge::from_headers(&headers, dialects(case));
        assert_eq!(asked(read), case["step_up"], "{}", case["name"]);
    }
}

/// `stepup_core`'s reader is by the same rule, and knows no dialects.
#[test]
fn r_9110_core_reads_the_table_alike() {
    let mut step_ups = 0;
    for case in &cases() {
        let Some(headers) = headers(case) else { continue };
        let read = Challenge::from_headers(&headers, Dialects::default());
        let of_core = stepup_core::Challenge::from_headers(&headers);
        assert_eq!(of_core.is_err(), read.is_err(), "{}", case["name"]);
        let (of_core, read) = (of_core.ok().flatten(), read.ok().flatten());
        step_ups += usize::from(of_core.is_some());
        let of_core = of_core
            .as_ref()
            .map(|asked| (asked.acr_values(), asked.max_age(), asked.amr_values(), asked.scope()));
        let read = read
            .as_ref()
            .map(|asked| (asked.acr_values(), asked.max_age(), asked.amr_values(), asked.scope()));
        assert_eq!(of_core, read, "{}", case["name"]);
        if case["dialects"].is_null() {
            let levels = of_core.map(|(levels, ..)| json!(levels)).unwrap_or_default();
            assert_eq!(levels, case["step_up"]["acr_values"], "{}", case["name"]);
        }
    }
    assert!(step_ups >= 50, "{step_ups}");
}
