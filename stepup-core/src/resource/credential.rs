//! What the caller sent: `Authorization: Bearer …` (RFC 6750 §2.1) or `DPoP …` (RFC 9449 §7.1).

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::charset::is_b64token_byte;

/// The longest token that a gate hands to its verifier, in bytes. A longer one is refused before
/// any decoding.
///
/// ```
/// assert_eq!(stepup_core::MAX_TOKEN_BYTES, 8192);
/// ```
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// What the caller **sent**: a token of which nothing is known yet. `Debug` does not print it.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
/// use stepup_core::Credential;
///
/// let mut headers = HeaderMap::new();
/// headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer abc.def.ghi"));
/// let credential = Credential::from_headers(&headers)?.expect("there is a token");
/// assert_eq!(credential.token(), "abc.def.ghi");
/// assert_eq!(format!("{credential:?}"), "Credential(11 bytes)");
/// # Ok::<(), stepup_core::MalformedCredential>(())
/// ```
#[derive(Clone, Copy)]
pub struct Credential<'a> {
    token: &'a str,
    scheme: Scheme,
}

/// How a token is sent: alone, or with a proof that its sender holds a key (RFC 9449 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Bearer,
    Dpop,
}

impl<'a> Credential<'a> {
    /// A token that came by another way than `Authorization`, for verifiers of one's own.
    ///
    /// ```
    /// assert_eq!(stepup_core::Credential::new("session-1").token(), "session-1");
    /// ```
    #[must_use]
    pub const fn new(token: &'a str) -> Self {
        Self { token, scheme: Scheme::Bearer }
    }

    /// The token in a request's headers, of scheme `Bearer` or `DPoP`; `None` if there is none, or
    /// a credential of another scheme. Tokens in the query, the body or a cookie are never looked
    /// at.
    ///
    /// # Errors
    ///
    /// Two `Authorization` lines (RFC 6750 §3.1), and a token that is empty or has a character
    /// outside `b64token` (RFC 6750 §2.1).
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
    /// use stepup_core::{Credential, MalformedCredential};
    ///
    /// let mut headers = HeaderMap::new();
    /// assert!(Credential::from_headers(&headers)?.is_none());
    /// headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
    /// headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer b"));
    /// assert_eq!(Credential::from_headers(&headers).unwrap_err(), MalformedCredential::Several);
    /// # Ok::<(), MalformedCredential>(())
    /// ```
    pub fn from_headers(headers: &'a HeaderMap) -> Result<Option<Self>, MalformedCredential> {
        let mut lines = headers.get_all(AUTHORIZATION).iter();
        let Some(line) = lines.next() else { return Ok(None) };
        if lines.next().is_some() {
            return Err(MalformedCredential::Several);
        }
        let line = line.as_bytes();
        let Some((scheme, after)) = scheme(line) else {
            return if joins_a_token(line) { Err(MalformedCredential::Several) } else { Ok(None) };
        };
        let token = after_spaces(after);
        if token.len() == after.len() || !is_b64token(token) {
            return Err(MalformedCredential::Alphabet);
        }
        let token = std::str::from_utf8(token).map_err(|_| MalformedCredential::Alphabet)?;
        Ok(Some(Self { token, scheme }))
    }

    /// The token, unverified. Never print it.
    ///
    /// ```
    /// assert_eq!(stepup_core::Credential::new("abc").token(), "abc");
    /// ```
    #[must_use]
    pub const fn token(&self) -> &'a str {
        self.token
    }

    pub(crate) const fn scheme(&self) -> Scheme {
        self.scheme
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({} bytes)", self.token.len())
    }
}

/// Why no credential can be read from a request that carries one (RFC 6750 §3.1,
/// `invalid_request`).
///
/// ```
/// use stepup_core::MalformedCredential;
/// assert_eq!(
///     MalformedCredential::Several.to_string(),
///     "the request carries more than one credential",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MalformedCredential {
    /// The token is empty or has a character that no bearer token has.
    Alphabet,
    /// There is more than one.
    Several,
}

impl fmt::Display for MalformedCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Alphabet => "the token is empty or has a character that no token has",
            Self::Several => "the request carries more than one credential",
        })
    }
}

impl std::error::Error for MalformedCredential {}

/// The scheme that a line begins with, if it is one of ours, and what comes after it.
fn scheme(line: &[u8]) -> Option<(Scheme, &[u8])> {
    [(Scheme::Bearer, "Bearer"), (Scheme::Dpop, "DPoP")].into_iter().find_map(|(scheme, name)| {
        let (begin, after) = line.split_at_checked(name.len())?;
        let ours = begin.eq_ignore_ascii_case(name.as_bytes())
            && matches!(after, [] | [b' ' | b'\t' | b',', ..]);
        ours.then_some((scheme, after))
    })
}

/// Whether a token stands behind a comma, after a credential of another scheme.
fn joins_a_token(line: &[u8]) -> bool {
    line.split(|byte| *byte == b',')
        .skip(1)
        .any(|element| matches!(scheme(element.trim_ascii_start()), Some((_, [b' ', ..]))))
}

/// `1*SP` and nothing else: a tab is no space here (RFC 6750 §2.1).
fn after_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    text
}

fn is_b64token(token: &[u8]) -> bool {
    let mut body = token;
    while let [before @ .., b'='] = body {
        body = before;
    }
    // Looks at every byte whatever it finds: without a way out the compiler looks at many at once.
    !body.is_empty() && body.iter().fold(true, |all, byte| all & is_b64token_byte(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(lines: &[&[u8]]) -> Result<Option<String>, MalformedCredential> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(line).unwrap());
        }
        Ok(Credential::from_headers(&headers)?.map(|credential| credential.token().to_owned()))
    }

    #[test]
    fn r_6750_05_scheme_and_alphabet() {
        use MalformedCredential::{Alphabet, Several};
        let token = |token: &str| Ok(Some(token.to_owned()));
        for (lines, expected) in [
            (&[][..], Ok(None)),
            (&[&b"Basic YTpi"[..]], Ok(None)),
            (&[b"DPoP abc"], token("abc")),
            (&[b"dpop   abc"], token("abc")),
            (&[b"DPoP"], Err(Alphabet)),
            (&[b"DPoPx abc"], Ok(None)),
            (&[b"DPoP abc,Bearer def"], Err(Alphabet)),
            (&[b"Basic a, DPoP b"], Err(Several)),
            (&[b""], Ok(None)),
            (&[b"Bear"], Ok(None)),
            (&[b"BearerX abc"], Ok(None)),
            (&[b"Bearer abc.d-e_f~g+h/i=="], token("abc.d-e_f~g+h/i==")),
            (&[b"bEaReR abc"], token("abc")),
            (&[b"Bearer   abc"], token("abc")),
            (&[b"Bearer"], Err(Alphabet)),
            (&[b"Bearer "], Err(Alphabet)),
            (&[b"Bearer ="], Err(Alphabet)),
            (&[b"Bearer\tabc"], Err(Alphabet)),
            (&[b"Bearer \tabc"], Err(Alphabet)),
            (&[b"Bearer abc def"], Err(Alphabet)),
            (&[b"Bearer abc,Bearer def"], Err(Alphabet)),
            (&[b"Bearer, Bearer abc"], Err(Alphabet)),
            (&[b"Bearer a=b"], Err(Alphabet)),
            (&[b"Bearer \"abc\""], Err(Alphabet)),
            (&[b"Bearer {\"a\":1}"], Err(Alphabet)),
            (&[b"Bearer \xc3\xa9"], Err(Alphabet)),
            (&[b"Bearer a", b"Bearer a"], Err(Several)),
            (&[b"Basic a", b"Bearer a"], Err(Several)),
            (&[b"Basic a, Bearer b"], Err(Several)),
            (&[b"Digest a=\"b\",bearer c"], Err(Several)),
            (&[b"Digest a=\"b\", bearer=c"], Ok(None)),
        ] {
            let printable: Vec<_> = lines.iter().map(|l| String::from_utf8_lossy(l)).collect();
            assert_eq!(read(lines), expected, "{printable:?}");
        }
    }
}
