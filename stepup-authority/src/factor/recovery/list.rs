//! What is kept of a list of codes: one salt, and a slow hash of each.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::code;
use crate::random::random;

/// Codes on a list.
pub(crate) const CODES: usize = 10;

const SALT_LEN: usize = 16;
const HASH_LEN: usize = 32;

/// Argon2id with 19 MiB, two passes, one lane: of the settings that OWASP's password storage cheat
/// sheet names, the one that argon2's authors default to. Codes of less than 112 bits have to be
/// hashed as passwords are (NIST SP 800-63B-4 §3.1.2.2).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// Ten new codes as they are written, and what is kept of them.
pub(crate) fn made() -> Option<(Vec<Zeroizing<String>>, Vec<u8>)> {
    let salt = random::<SALT_LEN>().ok()?;
    let mut hasher = Hasher::new()?;
    let mut codes = Vec::with_capacity(CODES);
    let mut kept = salt.to_vec();
    for _ in 0..CODES {
        let new = Zeroizing::new(random::<{ code::LEN }>().ok()?);
        kept.extend_from_slice(&hasher.hash(&salt, &*new)?);
        codes.push(code::written(&new));
    }
    Some((codes, kept))
}

/// Which of them it is. One hash whichever it is, compared with all of them in the same time.
pub(crate) fn place(kept: &[u8], code: &[u8; code::LEN]) -> Option<u32> {
    let (salt, hashes) = kept.split_first_chunk::<SALT_LEN>()?;
    if hashes.len() != CODES * HASH_LEN {
        return None;
    }
    let hash = Hasher::new()?.hash(salt, code)?;
    // One more than the place, so that none is 0.
    let mut found = 0u32;
    for (place, known) in (1u32..).zip(hashes.chunks_exact(HASH_LEN)) {
        found.conditional_assign(&place, known.ct_eq(&hash));
    }
    found.checked_sub(1)
}

/// Argon2 with the memory that it needs, which ten hashes can share.
struct Hasher {
    argon2: Argon2<'static>,
    memory: Vec<Block>,
}

impl Hasher {
    fn new() -> Option<Self> {
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, Some(HASH_LEN)).ok()?;
        let memory = vec![Block::new(); params.block_count()];
        Some(Self { argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params), memory })
    }

    fn hash(&mut self, salt: &[u8], code: &[u8]) -> Option<[u8; HASH_LEN]> {
        let mut hash = [0; HASH_LEN];
        self.argon2.hash_password_into_with_memory(code, salt, &mut hash, &mut self.memory).ok()?;
        Some(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_otp_10_each_list_has_a_salt_and_no_code_in_clear() {
        let (codes, kept) = made().unwrap();
        assert_eq!((codes.len(), kept.len()), (CODES, SALT_LEN + CODES * HASH_LEN));
        for written in &codes {
            let code = code::read(written).unwrap();
            assert!(!kept.windows(code.len()).any(|bytes| bytes == &code[..]));
            assert!(!kept.windows(4).any(|bytes| bytes == &written.as_bytes()[..4]));
        }
        let distinct: std::collections::HashSet<&str> =
            codes.iter().map(|code| code.as_str()).collect();
        assert_eq!(distinct.len(), CODES);
        let (_, other) = made().unwrap();
        assert_ne!(kept[..SALT_LEN], other[..SALT_LEN]);
    }

    #[test]
    fn each_code_is_found_in_its_place_and_under_its_salt() {
        let (codes, mut kept) = made().unwrap();
        let read: Vec<_> = codes.iter().map(|code| code::read(code).unwrap()).collect();
        for (at, code) in (0..).zip(&read) {
            assert_eq!(place(&kept, code), Some(at));
        }
        assert_eq!(place(&kept, &[7; code::LEN]), None);
        for cut in [0, SALT_LEN, kept.len() - 1] {
            assert_eq!(place(&kept[..cut], &read[0]), None, "{cut}");
        }
        kept[0] ^= 1;
        assert_eq!(place(&kept, &read[0]), None);
    }
}
