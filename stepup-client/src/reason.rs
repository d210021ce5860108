//! What others say to the user, if it is fit to be shown.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

/// Of a body no more is read.
pub(crate) const LONGEST_BODY: usize = 16 * 1024;
/// Longer than any sentence for a person.
const LONGEST_TEXT: usize = 500;
/// Longer than any word, and shorter than a token.
const LONGEST_WORD: usize = 40;

/// The `detail` of a problem document (RFC 9457).
pub(crate) fn reason(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/problem+json") || body.len() > LONGEST_BODY {
        return None;
    }
    let problem: Value = serde_json::from_slice(body).ok()?;
    sentence(problem.get("detail")?.as_str()?).map(str::to_owned)
}

/// A plain sentence: no link, which the user might follow, nothing that a terminal takes for a
/// command or a log for its next line, and nothing as long as a token.
pub(crate) fn sentence(text: &str) -> Option<&str> {
    let text = text.trim();
    let mut words = text.split(|character: char| !character.is_ascii_graphic());
    let fit = !text.is_empty()
        && text.chars().count() <= LONGEST_TEXT
        && text.chars().all(is_text)
        && words.all(|word| word.len() <= LONGEST_WORD && !is_link(word));
    fit.then_some(text)
}

/// `https://evil.example`, and `evil.example/help`.
fn is_link(word: &str) -> bool {
    word.contains("://") || word.split_once('/').is_some_and(|(host, _)| host.contains('.'))
}

/// A name, as methods have them.
#[cfg(feature = "authority")]
pub(crate) fn word(text: &str) -> Option<&str> {
    let fit = !text.is_empty()
        && text.len() <= LONGEST_WORD
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    fit.then_some(text)
}

/// The same without what is no text.
#[cfg(feature = "authority")]
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(|character| is_text(*character)).collect()
}

/// No control, and no mark that shows a text in another order than it has.
fn is_text(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    #[test]
    fn b5_only_a_plain_sentence_is_shown() {
        let long = "x ".repeat(LONGEST_TEXT);
        let token = format!("You sent {}.", "eyJ0".repeat(11));
        let japanese = "確認してください。".repeat(9);
        for (content_type, detail, expected) in [
            ("application/problem+json", "Why not?", Some("Why not?")),
            ("application/problem+json; charset=utf-8", " Why not? ", Some("Why not?")),
            ("Application/Problem+JSON", "Why not?", Some("Why not?")),
            ("application/json", "Why not?", None),
            ("text/html", "Why not?", None),
            ("application/problem+json", "Go to https://evil.example", None),
            ("application/problem+json", "Call evil.example/help", None),
            ("application/problem+json", "Yes and/or no.", Some("Yes and/or no.")),
            ("application/problem+json", "\u{1b}[2J", None),
            ("application/problem+json", "two\nlines", None),
            ("application/problem+json", "\u{202e}?ton yhW", None),
            ("application/problem+json", &token, None),
            ("application/problem+json", &japanese, Some(&japanese)),
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
