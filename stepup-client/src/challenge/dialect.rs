//! Challenges that providers had before there was a standard.

use std::borrow::Cow;

use base64_simd::STANDARD_NO_PAD;
use serde_json::Value;

/// Okta's code for what RFC 9470 calls `insufficient_user_authentication`.
pub(super) const OKTA: &str = "insufficient_authentication_context";
/// Entra's, of a claims challenge.
pub(super) const ENTRA: &str = "insufficient_claims";

/// Which challenges are understood besides the standard's. None unless asked for.
///
/// ```
/// use stepup_client::{Challenge, Dialects};
///
/// let line = "Bearer error=insufficient_authentication_context, acr_values=urn:okta:loa:2fa:any";
/// assert!(Challenge::from_line(line, Dialects::default()).is_err());
/// let challenge = Challenge::from_line(line, Dialects::default().okta())?.expect("a step-up");
/// assert_eq!(challenge.acr_values(), ["urn:okta:loa:2fa:any"]);
/// # Ok::<(), stepup_client::MalformedChallenge>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialects {
    pub(super) okta: bool,
    pub(super) entra: bool,
}

impl Dialects {
    /// Okta's too: another error code, and addresses that stand in no quotes.
    ///
    /// ```
    /// assert_ne!(stepup_client::Dialects::default().okta(), Default::default());
    /// ```
    #[must_use]
    pub const fn okta(self) -> Self {
        Self { okta: true, ..self }
    }

    /// Microsoft Entra's too: a claims challenge that names authentication contexts.
    ///
    /// ```
    /// assert_ne!(stepup_client::Dialects::default().entra(), Default::default());
    /// ```
    #[must_use]
    pub const fn entra(self) -> Self {
        Self { entra: true, ..self }
    }

    /// The line as the standard's grammar takes it.
    pub(super) fn in_standard_form(self, line: &str) -> Cow<'_, str> {
        if self.okta { Cow::Owned(with_quoted_addresses(line)) } else { Cow::Borrowed(line) }
    }
}

/// Puts quotes round values with a colon or slash, which are none of a token's characters.
fn with_quoted_addresses(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 16);
    let mut chars = line.chars().peekable();
    while let Some(character) = chars.next() {
        out.push(character);
        match character {
            '"' => {
                while let Some(inside) = chars.next() {
                    out.push(inside);
                    match inside {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '=' => {
                while let Some(blank) = chars.next_if(|c| matches!(c, ' ' | '\t')) {
                    out.push(blank);
                }
                let mut value = String::new();
                while let Some(part) = chars.next_if(|c| is_of_address(*c)) {
                    value.push(part);
                }
                let quote = if value.contains([':', '/']) { "\"" } else { "" };
                out.extend([quote, &value, quote]);
            }
            _ => {}
        }
    }
    out
}

fn is_of_address(character: char) -> bool {
    character.is_ascii_graphic() && !r#""(),;<=>?@[\]{}"#.contains(character)
}

/// What a claims challenge demands.
pub(super) struct Claims {
    /// The JSON as it goes into the `claims` parameter of a request (OpenID Connect Core §5.5).
    pub(super) json: String,
    /// The authentication contexts, of which one is demanded.
    pub(super) contexts: Vec<String>,
}

/// `None` where the claims cannot be read, or name no authentication context.
pub(super) fn claims(parameter: &str) -> Option<Claims> {
    let standard = parameter.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let json = String::from_utf8(STANDARD_NO_PAD.decode_to_vec(standard).ok()?).ok()?;
    let claims: Value = serde_json::from_str(&json).ok()?;
    let acrs = claims.get("access_token")?.get("acrs")?;
    let several = acrs.get("values").and_then(Value::as_array).map(Vec::as_slice);
    let named = acrs.get("value").into_iter().chain(several.unwrap_or_default());
    let contexts: Option<Vec<_>> = named.map(|value| value.as_str().map(str::to_owned)).collect();
    let contexts = contexts.filter(|contexts| !contexts.is_empty())?;
    Some(Claims { json, contexts })
}
