//! What an API says to the user.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

/// Of a body no more is read.
pub(crate) const LONGEST_BODY: usize = 16 * 1024;
/// Longer than any sentence for a person.
const LONGEST_TEXT: usize = 500;

/// The `detail` of a problem document (RFC 9457), if it is fit to be shown: no address, which the
/// user might follow, and nothing that a terminal takes for a command.
pub(crate) fn reason(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/problem+json") || body.len() > LONGEST_BODY {
        return None;
    }
    let problem: Value = serde_json::from_slice(body).ok()?;
    let detail = problem.get("detail")?.as_str()?.trim();
    let fit = !detail.is_empty()
        && detail.chars().count() <= LONGEST_TEXT
        && !detail.contains("://")
        && !detail.chars().any(char::is_control);
    fit.then(|| detail.to_owned())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn b5_only_a_plain_sentence_is_shown() {
        let long = "x".repeat(LONGEST_TEXT + 1);
        for (content_type, detail, expected) in [
            ("application/problem+json", "Why not?", Some("Why not?")),
            ("application/problem+json; charset=utf-8", " Why not? ", Some("Why not?")),
            ("Application/Problem+JSON", "Why not?", Some("Why not?")),
            ("application/json", "Why not?", None),
            ("text/html", "Why not?", None),
            ("application/problem+json", "Go to https://evil.example", None),
            ("application/problem+json", "\u{1b}[2J", None),
            ("application/problem+json", "two\nlines", None),
            ("application/problem+json", "", None),
            ("application/problem+json", &long, None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            let body = json!({ "type": "https://a.example", "detail": detail }).to_string();
            assert_eq!(reason(&headers, body.as_bytes()).as_deref(), expected, "{detail}");
        }
        assert_eq!(reason(&HeaderMap::new(), b"{}"), None);
    }
}
