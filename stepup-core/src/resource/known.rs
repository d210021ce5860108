//! Tokens that have been verified, so that the next request with one need not do it again.

use std::fmt;
use std::hash::{Hash, Hasher, RandomState};
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{Equivalent, UnitWeighter};

use super::key::Key;
use crate::authentication::Authentication;
use crate::clock::Timestamp;

/// How a gate remembers the tokens that it has verified.
///
/// ```
/// use stepup_core::KnownTokens;
/// let small = KnownTokens::up_to(1_000);
/// let without_tokens_in_memory = KnownTokens::as_digests(10_000);
/// let none = KnownTokens::none();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownTokens {
    capacity: usize,
    digests: bool,
}

impl KnownTokens {
    /// Up to this many, about a kilobyte each; the least used give way.
    ///
    /// ```
    /// assert_eq!(stepup_core::KnownTokens::default(), stepup_core::KnownTokens::up_to(10_000));
    /// ```
    #[must_use]
    pub const fn up_to(capacity: usize) -> Self {
        Self { capacity, digests: false }
    }

    /// The same by SHA-256 digest, so that no token lies in memory: some ten times slower to find,
    /// and a third of the size.
    ///
    /// ```
    /// let known = stepup_core::KnownTokens::as_digests(10_000);
    /// ```
    #[must_use]
    pub const fn as_digests(capacity: usize) -> Self {
        Self { capacity, digests: true }
    }

    /// None: every request verifies its token.
    ///
    /// ```
    /// let known = stepup_core::KnownTokens::none();
    /// ```
    #[must_use]
    pub const fn none() -> Self {
        Self { capacity: 0, digests: false }
    }

    pub(super) fn map(self) -> KnownMap {
        if self.capacity == 0 {
            KnownMap::Off
        } else if self.digests {
            KnownMap::Digests(bounded(self.capacity))
        } else {
            KnownMap::Tokens(bounded(self.capacity))
        }
    }
}

impl Default for KnownTokens {
    fn default() -> Self {
        Self::up_to(10_000)
    }
}

/// A token that has been verified, and what vouched for it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) authentication: Arc<Authentication>,
    /// Which of the gate's issuers it is of.
    pub(super) issuer: usize,
    pub(super) voucher: Voucher,
}

/// What vouches for a token for as long as it does.
#[derive(Clone, Debug)]
pub(super) enum Voucher {
    /// Its signature, until the issuer takes the key out of its set.
    Key(Arc<Key>),
    /// The issuer's word, until it has to be asked again.
    #[cfg(feature = "introspection")]
    Word { from: Timestamp, until: Timestamp },
}

impl Known {
    /// Whether what vouched for it still does. Its times are the gate's to check.
    fn stands(&self, now: Timestamp) -> bool {
        match &self.voucher {
            Voucher::Key(key) => {
                let _ = now;
                !key.is_withdrawn()
            }
            #[cfg(feature = "introspection")]
            // A clock that was put back makes no word good for longer.
            Voucher::Word { from, until } => *from <= now && now < *until,
        }
    }
}

type Map<K> = Cache<K, Known, UnitWeighter, RandomState, DefaultLifecycle<K, Known>>;

fn bounded<K: Eq + Hash + Clone>(capacity: usize) -> Map<K> {
    let weight = u64::try_from(capacity).unwrap_or(u64::MAX);
    Cache::with(capacity, weight, UnitWeighter, RandomState::new(), DefaultLifecycle::default())
}

/// The verified-token map. Only what has been verified goes in, and whoever takes something out
/// checks its times.
pub(super) enum KnownMap {
    Digests(Map<[u8; 32]>),
    Off,
    Tokens(Map<Kept>),
}

impl KnownMap {
    pub(super) fn get(&self, token: &str, now: Timestamp) -> Option<Known> {
        let known = match self {
            Self::Digests(map) => map.get(&sha256(token)),
            Self::Off => None,
            Self::Tokens(map) => map.get(&Sent(token)),
        };
        known.filter(|known| known.stands(now))
    }

    pub(super) fn insert(&self, token: &str, known: Known) {
        match self {
            Self::Digests(map) => map.insert(sha256(token), known),
            Self::Off => {}
            Self::Tokens(map) => map.insert(Kept(token.into()), known),
        }
    }
}

/// A token in the map.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Kept(Box<str>);

/// A token looked up in it.
struct Sent<'a>(&'a str);

/// The end of a token is the end of its signature, which differs from token to token: hashing it
/// alone is enough to find the place. Who forges a payload under a genuine signature lands in that
/// place on purpose, so the whole token is compared there.
fn hash_tail<H: Hasher>(token: &str, state: &mut H) {
    let (_, tail) = token.as_bytes().split_last_chunk::<32>().unwrap_or((&[], &[0; 32]));
    state.write(tail);
}

impl Hash for Kept {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_tail(&self.0, state);
    }
}

impl Hash for Sent<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_tail(self.0, state);
    }
}

impl Equivalent<Kept> for Sent<'_> {
    fn equivalent(&self, kept: &Kept) -> bool {
        *self.0 == *kept.0
    }
}

fn sha256(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

impl fmt::Debug for KnownMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownMap").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::algorithm::Algorithm;
    use crate::resource::keys::KeySet;

    fn key() -> Arc<Key> {
        let pem = b"-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----";
        let keys = KeySet::from_pem(Algorithm::EdDsa, pem).unwrap();
        keys.find(None, Algorithm::EdDsa).unwrap().clone()
    }

    fn login(subject: &str) -> Known {
        let login = Authentication::of_user("https://idp.example", subject, Timestamp::MAX);
        Known { authentication: login.into(), issuer: 0, voucher: Voucher::Key(key()) }
    }

    const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

    fn subject(map: &KnownMap, token: &str) -> Option<String> {
        Some(map.get(token, NOW)?.authentication.subject().to_owned())
    }

    /// A signature's worth of text, the same for all.
    const SIGNATURE: &str = "dGhlIHNhbWUgc2lnbmF0dXJlIGZvciBldmVyeSBvbmUgb2YgdGhlbQ";

    fn maps() -> [KnownMap; 2] {
        [KnownTokens::up_to(1_000), KnownTokens::as_digests(1_000)].map(KnownTokens::map)
    }

    /// T9: a token answers for itself alone, even under another's genuine signature.
    #[test]
    fn t9_a_token_is_found_by_all_of_its_bytes() {
        let genuine = format!("header.payload-0.{SIGNATURE}");
        for map in maps() {
            map.insert(&genuine, login("genuine"));
            for at in 0..genuine.len() {
                let mut forged = genuine.clone().into_bytes();
                forged[at] ^= 1;
                let forged = String::from_utf8(forged).unwrap();
                assert_eq!(subject(&map, &forged), None, "byte {at}");
            }
            let cut = genuine.get(1..).unwrap();
            assert_eq!(subject(&map, cut), None);
            assert_eq!(subject(&map, &format!("x{genuine}")), None);
            assert_eq!(subject(&map, &genuine).as_deref(), Some("genuine"));
        }
    }

    #[test]
    fn t9_tokens_of_one_signature_keep_their_own_facts() {
        for map in maps() {
            for n in 0..500 {
                map.insert(&format!("header.payload-{n}.{SIGNATURE}"), login(&n.to_string()));
            }
            for n in 0..500 {
                let found = subject(&map, &format!("header.payload-{n}.{SIGNATURE}"));
                assert!(found.is_none_or(|found| found == n.to_string()), "{n}");
            }
        }
    }

    #[test]
    fn short_tokens_are_tokens_too() {
        for map in maps() {
            map.insert("a", login("a"));
            map.insert("b", login("b"));
            assert_eq!(subject(&map, "a").as_deref(), Some("a"));
            assert_eq!(subject(&map, "b").as_deref(), Some("b"));
            assert_eq!(subject(&map, ""), None);
        }
    }

    /// J6: what a key vouched for goes with it.
    #[test]
    fn j6_a_withdrawn_key_takes_its_tokens_along() {
        for map in maps() {
            let known = login("alice");
            let key = match &known.voucher {
                Voucher::Key(key) => key.clone(),
                #[cfg(feature = "introspection")]
                Voucher::Word { .. } => panic!("a key vouches for it"),
            };
            map.insert("a", known);
            map.insert("b", login("bob"));
            key.withdraw();
            assert_eq!(subject(&map, "a"), None);
            assert_eq!(subject(&map, "b").as_deref(), Some("bob"));
        }
    }

    /// F9: what is remembered is bounded.
    #[test]
    fn f9_the_map_stays_within_its_bounds() {
        let (KnownMap::Tokens(map), other) = (KnownTokens::up_to(100).map(), KnownTokens::none())
        else {
            panic!("tokens are kept unless said otherwise")
        };
        for n in 0..10_000 {
            map.insert(Kept(format!("header.payload.{n}-{SIGNATURE}").into()), login("x"));
        }
        assert!(map.len() <= 100, "{}", map.len());
        let off = other.map();
        off.insert("token", login("x"));
        assert_eq!(subject(&off, "token"), None);
    }
}
