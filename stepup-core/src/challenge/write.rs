//! The one place that makes the text of `WWW-Authenticate`.

use http::HeaderValue;

use super::{Challenge, INSUFFICIENT_USER_AUTHENTICATION};
use crate::charset::is_text_byte;

/// The text of one challenge: every value a quoted string (the form that all readers
/// take) without a character that would need escaping (RFC 6750 §3).
#[derive(Clone, Debug)]
pub(crate) struct HeaderText(String);

impl HeaderText {
    /// `realm` has been checked when the gate was built.
    pub(crate) fn new(scheme: &'static str, realm: &str) -> Self {
        Self(scheme.to_owned()).with_first("realm", realm)
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

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::WWW_AUTHENTICATE;
    use http_auth::parser::ChallengeParser;
    use proptest::collection::{hash_set, vec};
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::super::read_challenges;
    use super::*;
    use crate::authentication::Authentication;
    use crate::clock::Timestamp;
    use crate::ladder::Ladder;
    use crate::method::Method;
    use crate::requirement::Requirement;

    type Params = Vec<(String, String)>;

    /// What our own reader makes of a header value: scheme and parameters of its one challenge.
    fn read_by_us(value: &HeaderValue) -> Option<(String, Params)> {
        let text = value.to_str().ok()?;
        let challenges = read_challenges(text).ok()?;
        let [challenge] = challenges.as_slice() else { return None };
        let names = ["realm", "error", "error_description", "acr_values", "max_age", "amr_values"];
        let params = names
            .into_iter()
            .chain(["scope"])
            .filter_map(|name| Some((name.to_owned(), challenge.param(name)?.to_owned())));
        Some((challenge.scheme().to_owned(), params.collect()))
    }

    /// What a stranger's reader makes of it.
    fn read_by_http_auth(value: &HeaderValue) -> Option<(String, Params)> {
        let challenges: Result<Vec<_>, _> = ChallengeParser::new(value.to_str().ok()?).collect();
        let challenges = challenges.ok()?;
        let [challenge] = challenges.as_slice() else { return None };
        let params = challenge.params.iter();
        let params = params.map(|(name, value)| ((*name).to_owned(), value.to_unescaped()));
        Some((challenge.scheme.to_owned(), params.collect()))
    }

    fn word() -> impl Strategy<Value = String> {
        "[!#-\\[\\]-~]{1,12}"
    }

    fn leak(words: impl IntoIterator<Item = String>) -> Vec<&'static str> {
        words.into_iter().map(|word| &*word.leak()).collect()
    }

    prop_compose! {
        /// Of any words that a requirement takes.
        fn requirement()(
            names in hash_set(word(), 1..5),
            rank in any::<Index>(),
            max_age in prop_oneof![Just(None), (1..=u32::MAX).prop_map(Some)],
            methods in vec(word(), 0..4),
            scope in vec(word(), 0..4),
        ) -> Requirement {
            let names = leak(names.into_iter().filter(|name| name != "0").chain(["last".repeat(4)]));
            let ladder: &'static Ladder = Box::leak(Box::new(Ladder::new(names.leak())));
            let level = ladder.levels().nth(rank.index(ladder.levels().count())).unwrap();
            let max_age = max_age.map(|seconds| {
                Requirement::max_age(std::time::Duration::from_secs(seconds.into()))
            });
            let methods = leak(methods).into_iter().map(|name| Requirement::method(Method::new(name)));
            let scope = leak(scope).into_iter().map(Requirement::scope);
            max_age.into_iter().chain(methods).chain(scope).fold(Requirement::level(level), Requirement::and)
        }
    }

    fn challenge(requirement: &Requirement) -> Challenge {
        let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
        let short = requirement.evaluate(&login, Timestamp::from_secs(9)).unwrap_err();
        Challenge::new(requirement, &short)
    }

    proptest! {
        /// R-6750-01, R-9470-07, R-9470-08: one challenge, and in it all that is demanded.
        #[test]
        fn r_6750_01_any_demand_is_read_back_as_one_challenge(
            requirement in requirement(), realm in "[ !#-\\[\\]-~]{1,40}", description in "[ !#-\\[\\]-~]{1,40}",
        ) {
            let sent = challenge(&requirement);
            let value = HeaderText::new("Bearer", &realm).with_challenge(&description, &sent).value();

            let mut params = vec![
                ("realm", realm),
                ("error", "insufficient_user_authentication".to_owned()),
                ("error_description", description),
                ("acr_values", sent.acr_values().join(" ")),
            ];
            params.extend(sent.max_age().map(|seconds| ("max_age", seconds.to_string())));
            for (name, words) in [("amr_values", sent.amr_values()), ("scope", sent.scope())] {
                params.extend((!words.is_empty()).then(|| (name, words.join(" "))));
            }
            let params = params.into_iter().map(|(name, value)| (name.to_owned(), value));
            let expected = Some(("Bearer".to_owned(), params.collect::<Params>()));
            prop_assert_eq!(&read_by_us(&value), &expected);
            prop_assert_eq!(&read_by_http_auth(&value), &expected);

            let mut headers = HeaderMap::new();
            headers.append(WWW_AUTHENTICATE, value);
            prop_assert_eq!(Challenge::from_headers(&headers), Ok(Some(sent)));
        }

        #[test]
        fn c15_any_text_at_all_stays_inside_its_quotes(realm in any::<String>(), text in any::<String>()) {
            let value = HeaderText::new("Bearer", &realm).with("error", &text).value();
            let kept = |text: &str| {
                let bytes = text.bytes().map(|byte| match byte {
                    b'"' | b'\\' => '?',
                    b' '..=b'~' => char::from(byte),
                    _ => '?',
                });
                bytes.collect::<String>()
            };
            let params =
                vec![("realm".to_owned(), kept(&realm)), ("error".to_owned(), kept(&text))];
            let expected = Some(("Bearer".to_owned(), params));
            prop_assert_eq!(&read_by_us(&value), &expected);
            prop_assert_eq!(&read_by_http_auth(&value), &expected);
        }
    }

    #[test]
    fn c15_a_byte_that_would_end_the_text_becomes_a_question_mark() {
        for (text, kept) in [
            ("plain", "plain"),
            ("", ""),
            ("a\r\nSet-Cookie: b=c", "a??Set-Cookie: b=c"),
            (r#"a", error="none"#, "a?, error=?none"),
            (r#"a\", Basic realm=\"b"#, "a??, Basic realm=??b"),
            ("a\\", "a?"),
            ("a\0b\u{7f}", "a?b?"),
            ("a\tb", "a?b"),
            ("é", "??"),
            ("\u{2028}", "???"),
        ] {
            let value = HeaderText::new("Bearer", "r").with("error", text).value();
            assert_eq!(value, format!(r#"Bearer realm="r", error="{kept}""#), "{text:?}");
            assert!(read_by_us(&value).is_some(), "{text:?}");
            assert!(read_by_http_auth(&value).is_some(), "{text:?}");
        }
    }

    /// R-9470-01, R-9470-03, R-9110-05: what stands in RFC 9470 §3, every value quoted.
    #[test]
    fn r_9470_06_the_text_of_a_challenge() {
        let mfa = Requirement::level(crate::level::Level::MFA);
        let recent = Requirement::max_age(std::time::Duration::from_secs(300));
        let pay = Requirement::scope("pay").and(Requirement::scope("read"));
        for (requirement, expected) in [
            (mfa, r#", acr_values="mfa phr phrh""#),
            (recent, r#", max_age="300""#),
            (Requirement::method(Method::HWK), r#", amr_values="hwk""#),
            (
                mfa.and(recent).and(pay),
                r#", acr_values="mfa phr phrh", max_age="300", scope="pay read""#,
            ),
        ] {
            let value =
                HeaderText::new("Bearer", "api").with_challenge("Why", &challenge(&requirement));
            let start = "Bearer realm=\"api\", error=\"insufficient_user_authentication\", \
                         error_description=\"Why\"";
            assert_eq!(value.value(), format!("{start}{expected}"));
        }
    }
}
