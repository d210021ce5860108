//! Nonces that need no memory: a date, and our mark on it (RFC 9449 §9).

use std::fmt;
use std::time::Duration;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};
use base64_simd::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;

#[derive(Clone)]
pub(super) struct Nonces {
    key: Key,
}

/// How long one is good.
const LIFE: Duration = Duration::from_secs(5 * 60);

impl Nonces {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self { key: Key::new(HMAC_SHA256, key) }
    }

    pub(super) fn new_at(&self, now: Timestamp) -> String {
        let date = now.as_secs().to_be_bytes();
        let mark = sign(&self.key, &date);
        URL_SAFE_NO_PAD.encode_to_string([date.as_slice(), mark.as_ref()].concat())
    }

    /// Whether it is ours and not too old. Another instance's clock may be ahead.
    pub(super) fn hold(&self, nonce: &str, now: Timestamp, skew: Duration) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode_to_vec(nonce) else { return false };
        let Some((date, mark)) = bytes.split_first_chunk::<8>() else { return false };
        let made_at = Timestamp::from_secs(u64::from_be_bytes(*date));
        verify(&self.key, date, mark).is_ok()
            && made_at <= now.plus(skew)
            && now.seconds_since(made_at) <= LIFE.as_secs()
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nonces").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_ours_and_young() {
        let (ours, other) = (Nonces::new(&[1; 32]), Nonces::new(&[2; 32]));
        let skew = Duration::from_secs(5);
        let at = Timestamp::from_secs;
        let nonce = ours.new_at(at(1_000));
        for (now, expected) in
            [(994, false), (995, true), (1_000, true), (1_300, true), (1_301, false)]
        {
            assert_eq!(ours.hold(&nonce, at(now), skew), expected, "{now}");
        }
        assert!(!other.hold(&nonce, at(1_000), skew));
        for end in 0..nonce.len() {
            let cut = nonce.get(..end).unwrap();
            assert!(!ours.hold(cut, at(1_000), skew), "{end}");
        }
        for odd in ["", "AAAA", "*", &format!("{nonce}A"), &"A".repeat(54)] {
            assert!(!ours.hold(odd, at(1_000), skew), "{odd}");
        }
    }
}
