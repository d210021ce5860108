//! What callers send.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::money::Amount;
use crate::problem::Problem;

/// The longest body that is read.
pub(crate) const LONGEST_BODY: usize = 16 * 1024;

/// How long it may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    pub(crate) to: String,
    amount: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) email: String,
}

impl Order {
    pub(crate) fn amount(&self) -> Result<Amount, Problem> {
        Amount::read(&self.amount).ok_or_else(|| {
            Problem::unfit(
                "malformed-amount",
                "The amount is no sum of euros and cents above zero, such as \"12.50\".",
            )
        })
    }
}

/// A body of JSON. Where it goes wrong is for whoever wrote the client; what stands there is not
/// said back.
pub(crate) async fn read<T, B, E>(
    headers: &HeaderMap,
    body: impl Future<Output = Result<B, E>>,
) -> Result<T, Problem>
where
    T: DeserializeOwned,
    B: AsRef<[u8]>,
{
    // What any other website can have its visitors' browsers send is not of this kind.
    if !is_json(headers) {
        let detail = "The body is not said to be application/json.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let body = tokio::time::timeout(PATIENCE, body).await;
    let body = body.map_err(|_| {
        Problem::new(StatusCode::REQUEST_TIMEOUT, "The body did not come in ten seconds.")
    })?;
    let body =
        body.map_err(|_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too long."))?;
    let body = body.as_ref();
    // To serde an array of the same values would do.
    let read = match body.trim_ascii_start().first() {
        Some(b'{') => serde_json::from_slice(body),
        _ => Err(serde::de::Error::custom("no object")),
    };
    read.map_err(|error: serde_json::Error| {
        let (line, column) = (error.line().max(1), error.column().max(1));
        let at = format!("The body is not what this call takes (line {line}, column {column}).");
        Problem::unfit("malformed-body", at)
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

/// A name that somebody could have: no other gets as far as the ledger.
pub(crate) fn user_name(text: &str) -> Option<&str> {
    let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    Some(text).filter(|name| (1..=64).contains(&name.len()) && name.bytes().all(is_plain))
}

/// What a client calls a transfer, so that a repeat is the same one.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(first) = keys.next() else { return Ok(None) };
    let one = if keys.next().is_none() { first.to_str().ok() } else { None };
    let key = one.and_then(key).ok_or_else(|| {
        Problem::unfit("malformed-key", "The Idempotency-Key is no one text of 1 to 64 bytes.")
    });
    Ok(Some(key?.to_owned()))
}

/// One that a transfer may have.
pub(crate) fn key(text: &str) -> Option<&str> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t');
    Some(text).filter(|key| (1..=64).contains(&key.len()) && key.bytes().all(is_plain))
}

/// One plain address; who reads the mail there is another question.
pub(crate) fn is_email(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"(),:;<>@[\\]`|".contains(&byte);
    text.split_once('@').is_some_and(|(local, domain)| {
        let is_label =
            |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
        let is_domain = domain.split('.').all(is_label) && domain.contains('.');
        text.len() <= 254
            && local.len() <= 64
            && local.split('.').all(|part| !part.is_empty())
            && local.bytes().all(is_plain)
            && domain.bytes().all(is_plain)
            && is_domain
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_or_none() {
        for text in ["alice@example.com", "a.b+bank@mail.example.com"] {
            assert!(is_email(text), "{text}");
        }
        let long = format!("{}@example.com", "l".repeat(65));
        for text in [
            "",
            "alice",
            "@example.com",
            "alice@",
            "alice@example",
            "alice@example..com",
            "a@b@example.com",
            ".a@example.com",
            "a..b@example.com",
            "a@-example.com",
            "a@example-.com",
            "a@example.com,b@example.com",
            "Alice <a@example.com>",
            "a@example.com\r\nBcc: b@example.com",
            "a b@example.com",
            "ä@example.com",
            &long,
        ] {
            assert!(!is_email(text), "{text:?}");
        }
    }
}
