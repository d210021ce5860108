//! The one place that makes the text of `WWW-Authenticate`.

use http::HeaderValue;

use super::{Challenge, INSUFFICIENT_USER_AUTHENTICATION};
use crate::charset::is_text_byte;

/// The text of one `Bearer` challenge: every value a quoted string (the form that all readers
/// take) without a character that would need escaping (RFC 6750 §3).
#[derive(Debug)]
pub(crate) struct HeaderText(String);

impl HeaderText {
    /// `realm` has been checked when the gate was built.
    pub(crate) fn bearer(realm: &str) -> Self {
        Self("Bearer".to_owned()).with_first("realm", realm)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push(',');
        self.with_first(name, value)
    }

    fn with_first(mut self, name: &str, value: &str) -> Self {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        // Ours and the gate's words alone come here, checked before; a byte that slipped through
        // must still not end the quoted string or the line.
        self.0.extend(value.bytes().map(|b| if is_text_byte(b) { char::from(b) } else { '?' }));
        self.0.push('"');
        self
    }

    pub(crate) fn with_challenge(self, description: &str, challenge: &Challenge) -> Self {
        let lists = [("amr_values", &challenge.amr_values), ("scope", &challenge.scope)];
        let mut text = self
            .with("error", INSUFFICIENT_USER_AUTHENTICATION)
            .with("error_description", description);
        if !challenge.acr_values.is_empty() {
            text = text.with("acr_values", &challenge.acr_values.join(" "));
        }
        if let Some(max_age) = challenge.max_age {
            text = text.with("max_age", &max_age.to_string());
        }
        for (name, words) in lists {
            if !words.is_empty() {
                text = text.with(name, &words.join(" "));
            }
        }
        text
    }

    pub(crate) fn value(self) -> HeaderValue {
        HeaderValue::try_from(self.0).unwrap_or(HeaderValue::from_static("Bearer"))
    }
}
