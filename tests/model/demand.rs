//! What a challenge may demand, and what an enrolment may be given.

use serde_json::{Value, json};

use crate::world::{USERS, Wanted};

/// What is asked for, and what that means; `None`: nothing.
pub fn demand(acr: usize, max_age: usize, amr: usize) -> (Value, Option<Wanted>) {
    let many = "otp ".repeat(17);
    let acr = [
        json!("mfa phr phrh"),
        Value::Null,
        json!("mfa"),
        json!("single-factor"),
        json!("phr phrh"),
        json!("nonsense"),
        json!("nonsense mfa"),
        json!(7),
        json!(["mfa"]),
        json!(""),
        json!("  mfa  "),
        json!("MFA"),
        json!("phrh"),
    ][acr]
        .clone();
    let max_age = [
        json!(300),
        Value::Null,
        json!(1),
        json!(60),
        json!(100_000),
        json!(0),
        json!(-1),
        json!("300"),
        json!(1.5),
        json!(10),
        json!(120),
        json!(u64::MAX),
    ][max_age]
        .clone();
    let amr = [
        Value::Null,
        json!("otp"),
        json!("sms"),
        json!("email"),
        json!("pwd otp"),
        json!("hwk"),
        json!(true),
        json!(many),
        json!(""),
        json!("recovery"),
        json!("mfa"),
        json!("pwd mfa"),
    ][amr]
        .clone();
    let words = |value: &Value| match value {
        Value::Null => Some(Vec::new()),
        Value::String(words) => Some(words.split_whitespace().map(str::to_owned).collect()),
        _ => None,
    };
    let is_age = max_age.is_null() || max_age.as_u64().is_some_and(|seconds| seconds > 0);
    let wanted = || {
        let (levels, amr): (Vec<String>, Vec<String>) = (words(&acr)?, words(&amr)?);
        // Levels that are not on the ladder are reached by nobody.
        (is_age && amr.len() <= 16).then(|| Wanted { levels, max_age: max_age.as_u64(), amr })
    };
    let wanted = wanted();
    (json!({ "acr_values": acr, "max_age": max_age, "amr_values": amr }), wanted)
}

/// What is said of a factor that is to be enrolled.
pub fn details_of(user: usize, method: &str, details: usize) -> Value {
    let own = USERS[user];
    match (method, details % 5) {
        ("email", 0) => json!({ "method": "email", "email": format!("{own}@example.com") }),
        ("email", 1) => json!({ "method": "email", "email": format!("{own}@mail.example") }),
        ("email", 2) => json!({ "method": "email", "email": "shared@example.com" }),
        ("email", 3) => json!({ "method": "email" }),
        ("email", _) => json!({ "method": "email", "email": "nonsense" }),
        ("sms", 0) => json!({ "method": "sms", "phone": format!("+49151123456{user}0") }),
        ("sms", 1) => json!({ "method": "sms", "phone": format!("+49151123456{user}1") }),
        ("sms", 2) => json!({ "method": "sms", "phone": "+4915112345699" }),
        ("sms", 3) => json!({ "method": "sms", "phone": 4_915_112_345_678_u64 }),
        ("sms", _) => json!({ "method": "sms", "phone": "nonsense" }),
        ("fax", 0) => json!({ "method": "fax" }),
        ("fax", 1) => json!({}),
        ("fax", _) => json!({ "method": 1 }),
        _ => json!({ "method": method }),
    }
}
