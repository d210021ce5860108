//! What records stand under.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use base64_simd::URL_SAFE_NO_PAD;

/// What a record is about.
///
/// ```
/// use stepup_authority::store::{Key, Kind};
/// assert!(Key::of(Kind::Ceremony, &["1"]).as_str().starts_with("ceremony:"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A user's factors and counters.
    Account,
    /// A proof in progress, or the enrolment of a factor.
    Ceremony,
    /// What was sent to an address or number.
    Destination,
    /// A factor's own record: what it remembers by itself.
    Factor,
    /// What was sent to numbers that begin alike.
    Prefix,
    /// The keys that tokens are signed with.
    SigningKeys,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Ceremony => "ceremony",
            Self::Destination => "destination",
            Self::Factor => "factor",
            Self::Prefix => "prefix",
            Self::SigningKeys => "signing-keys",
        }
    }
}

/// The name of a record: its kind and a digest of what it belongs to. No part of a user's name,
/// address or ceremony can be read in it, whatever they are made of.
///
/// ```
/// use stepup_authority::store::{Key, Kind};
///
/// let key = Key::of(Kind::Account, &["https://idp.example", "alice"]);
/// assert_eq!(key.as_str().len(), "account:".len() + 43);
/// // No other division into parts makes the same key.
/// assert_ne!(key, Key::of(Kind::Account, &["https://idp.examplea", "lice"]));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// The key of what belongs to these parts, in this order.
    ///
    /// ```
    /// use stepup_authority::store::{Key, Kind};
    /// let key = Key::of(Kind::Account, &["https://idp.example", "alice"]);
    /// ```
    #[must_use]
    pub fn of(kind: Kind, parts: &[&str]) -> Self {
        let mut digest = Context::new(&SHA256);
        for part in parts {
            digest.update(&(part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        let digest = URL_SAFE_NO_PAD.encode_to_string(digest.finish());
        Self(format!("{}:{digest}", kind.name()).into())
    }

    /// ASCII letters, digits, `-`, `_` and one `:`; 60 bytes at most.
    ///
    /// ```
    /// use stepup_authority::store::{Key, Kind};
    /// assert!(Key::of(Kind::Account, &["alice"]).as_str().starts_with("account:"));
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The kind alone: who can read a log need not be able to find the record.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.0.split(':').next().unwrap_or_default();
        write!(f, "Key({kind})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S8: whatever the parts are made of, they neither run together nor show.
    #[test]
    fn s8_parts_cannot_be_divided_otherwise() {
        let parts: [&[&str]; 9] = [
            &["a", "b"],
            &["ab"],
            &["a:b"],
            &["a", "", "b"],
            &["a\0b"],
            &["a", "b", ""],
            &["*"],
            &["{a}", "b"],
            &[],
        ];
        let keys: Vec<_> = parts.iter().map(|parts| Key::of(Kind::Account, parts)).collect();
        for (i, a) in keys.iter().enumerate() {
            for (j, b) in keys.iter().enumerate() {
                assert_eq!(a == b, i == j, "{:?} and {:?}", parts[i], parts[j]);
            }
            assert_ne!(*a, Key::of(Kind::Ceremony, parts[i]));
        }
        let huge = "x".repeat(1 << 20);
        assert!(Key::of(Kind::SigningKeys, &[&huge]).as_str().len() <= 60);
    }
}
