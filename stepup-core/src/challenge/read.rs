//! Reading `WWW-Authenticate` by the grammar of RFC 9110 §11.

use super::auth_challenge::{AuthChallenge, MalformedChallenge};
use crate::charset::{is_b64token_byte, is_token_byte};

/// Longer than any genuine header; what is longer is not read.
const LONGEST: usize = 16 * 1024;

/// All challenges of one `WWW-Authenticate` line.
///
/// # Errors
///
/// What RFC 9110 §11 does not allow; a parameter that stands twice, because readers disagree on
/// which of two counts; and more than 16 KiB.
///
/// ```
/// let challenges = stepup_core::read_challenges(r#"Newauth realm="x", basic=foo, Basic realm="y""#)?;
/// assert_eq!(challenges.len(), 2);
/// assert_eq!(challenges[0].param("basic"), Some("foo"));
/// # Ok::<(), stepup_core::MalformedChallenge>(())
/// ```
pub fn read_challenges(line: &str) -> Result<Vec<AuthChallenge>, MalformedChallenge> {
    if line.len() > LONGEST {
        return Err(MalformedChallenge::new("it is longer than 16 KiB"));
    }
    let mut reader = Reader { rest: line };
    let mut challenges: Vec<AuthChallenge> = Vec::new();
    loop {
        reader.skip_list_gaps();
        if reader.rest.is_empty() {
            break;
        }
        let word = reader.token()?;
        if let Some(value) = reader.value_after_equals()? {
            let Some(challenge) = challenges.last_mut().filter(|known| known.token68.is_none())
            else {
                return Err(MalformedChallenge::new("a parameter stands before any scheme"));
            };
            if challenge.param(word).is_some() {
                return Err(MalformedChallenge::new("a parameter stands twice"));
            }
            challenge.params.push((word.to_owned(), value));
        } else {
            challenges.push(reader.scheme(word)?);
        }
        reader.end_of_element()?;
    }
    Ok(challenges)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Takes the bytes that `belongs` accepts; they are ASCII, so the cut is at a character.
    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> &'a str {
        let end = self.rest.bytes().position(|byte| !belongs(byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        taken
    }

    fn skip_blanks(&mut self) -> bool {
        !self.take_while(|byte| matches!(byte, b' ' | b'\t')).is_empty()
    }

    fn skip_list_gaps(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t' | b','));
    }

    fn token(&mut self) -> Result<&'a str, MalformedChallenge> {
        match self.take_while(is_token_byte) {
            "" => Err(MalformedChallenge::new("a scheme or parameter name is expected")),
            token => Ok(token),
        }
    }

    /// `BWS "=" BWS ( token / quoted-string )`; leaves everything in place if there is no `=`.
    fn value_after_equals(&mut self) -> Result<Option<String>, MalformedChallenge> {
        let before = self.rest;
        self.skip_blanks();
        let Some(rest) = self.rest.strip_prefix('=') else {
            self.rest = before;
            return Ok(None);
        };
        self.rest = rest;
        self.skip_blanks();
        match self.rest.strip_prefix('"') {
            Some(rest) => {
                self.rest = rest;
                self.quoted_string().map(Some)
            }
            None => match self.take_while(is_token_byte) {
                "" => Err(MalformedChallenge::new("a parameter has no value")),
                value => Ok(Some(value.to_owned())),
            },
        }
    }

    /// What follows the opening quote. `\x` stands for `x`, whatever `x` is (RFC 9110 §5.6.4).
    fn quoted_string(&mut self) -> Result<String, MalformedChallenge> {
        let mut value = String::new();
        let mut chars = self.rest.chars();
        loop {
            let character = match chars.next() {
                Some('"') => break,
                Some('\\') => chars.next(),
                character => character,
            };
            match character {
                None => return Err(MalformedChallenge::new("a quoted string does not end")),
                // Bytes beyond ASCII are text (`obs-text`), whatever they are as characters.
                Some(c) if c != '\t' && c.is_ascii_control() => {
                    return Err(MalformedChallenge::new("a quoted string has a control character"));
                }
                Some(c) => value.push(c),
            }
        }
        self.rest = chars.as_str();
        Ok(value)
    }

    /// What may follow a scheme on its own: nothing, a `token68`, or its first parameter.
    fn scheme(&mut self, scheme: &str) -> Result<AuthChallenge, MalformedChallenge> {
        let mut challenge =
            AuthChallenge { scheme: scheme.to_owned(), token68: None, params: Vec::new() };
        if !self.skip_blanks() || self.rest.is_empty() || self.rest.starts_with(',') {
            return Ok(challenge);
        }
        let before = self.rest;
        let token68 = self.take_while(is_b64token_byte);
        let padding = self.take_while(|byte| byte == b'=');
        let at_end = self.rest.trim_start_matches([' ', '\t']);
        if !token68.is_empty() && (at_end.is_empty() || at_end.starts_with(',')) {
            challenge.token68 = Some(format!("{token68}{padding}"));
            return Ok(challenge);
        }
        self.rest = before;
        let name = self.token()?;
        let Some(value) = self.value_after_equals()? else {
            return Err(MalformedChallenge::new("a comma or a parameter is expected"));
        };
        challenge.params.push((name.to_owned(), value));
        Ok(challenge)
    }

    fn end_of_element(&mut self) -> Result<(), MalformedChallenge> {
        self.skip_blanks();
        if self.rest.is_empty() || self.rest.starts_with(',') {
            Ok(())
        } else {
            Err(MalformedChallenge::new("a comma is expected"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(line: &str) -> String {
        let Ok(challenges) = read_challenges(line) else { return "refused".to_owned() };
        let one = |challenge: &AuthChallenge| {
            let params = challenge.params.iter().map(|(name, value)| format!("{name}={value}"));
            let inside: Vec<_> = challenge.token68.clone().into_iter().chain(params).collect();
            format!("{}({})", challenge.scheme, inside.join(";"))
        };
        challenges.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    /// R-9110-01, R-9110-02, R-9110-03, R-9110-04.
    #[test]
    fn r_9110_challenges_are_read_by_the_grammar() {
        for (line, expected) in [
            ("", ""),
            (" , ,", ""),
            ("Bearer", "Bearer()"),
            ("Bearer ", "Bearer()"),
            ("Bearer,", "Bearer()"),
            ("Bearer, Basic", "Bearer() Basic()"),
            (r#"Bearer realm="x""#, "Bearer(realm=x)"),
            (r#"Bearer realm = "x""#, "Bearer(realm=x)"),
            ("Bearer realm\t=\tx", "Bearer(realm=x)"),
            (r#"Bearer a="1",,b=2, ,c="3""#, "Bearer(a=1;b=2;c=3)"),
            (r#"Bearer a="x, Bearer error=\"no\"""#, r#"Bearer(a=x, Bearer error="no")"#),
            (r#"Bearer a="\f\o\o""#, "Bearer(a=foo)"),
            (r#"Bearer a="""#, "Bearer(a=)"),
            ("Bearer a=\"\u{80}\u{9f}\u{ff}\"", "Bearer(a=\u{80}\u{9f}\u{ff})"),
            ("Bearer a=\"\u{7f}\"", "refused"),
            (
                r#"Newauth realm="x", basic=foo, Basic realm="y""#,
                "Newauth(realm=x;basic=foo) Basic(realm=y)",
            ),
            ("Negotiate YII=", "Negotiate(YII=)"),
            // By the grammar a `token68`, and no parameter without a value.
            ("Bearer a=", "Bearer(a=)"),
            ("Negotiate a/b+c==, Bearer a=b", "Negotiate(a/b+c==) Bearer(a=b)"),
            (r#"DPoP algs="ES256 PS256", Bearer"#, "DPoP(algs=ES256 PS256) Bearer()"),
            (r#"Bearer a="1", A="2""#, "refused"),
            ("a=b", "refused"),
            ("Negotiate YII=, a=b", "refused"),
            (r#"Bearer a="open"#, "refused"),
            (r#"Bearer a="open\"#, "refused"),
            ("Bearer a=1, b=", "refused"),
            ("Bearer a=b c=d", "refused"),
            (r#"Bearer a="b"c"#, "refused"),
            ("Bearer a=b;c", "refused"),
            ("Bearer a:b", "refused"),
            ("\"Bearer\"", "refused"),
            ("Bearer a=\"\u{1}\"", "refused"),
            ("Bearer é=b", "refused"),
        ] {
            assert_eq!(shape(line), expected, "{line:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        let line = |length| format!("Bearer a=\"{}\"", "x".repeat(length));
        assert!(read_challenges(&line(LONGEST - 11)).is_ok());
        assert!(read_challenges(&line(LONGEST - 10)).is_err());
    }
}
