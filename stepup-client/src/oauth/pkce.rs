//! Proof key for code exchange (RFC 7636), and other things that nobody can guess.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64_simd::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::stepper::StepUpError;

/// 256 random bits, in the alphabet of URLs.
pub(super) fn unguessable() -> Result<Zeroizing<String>, StepUpError> {
    let mut bytes = Zeroizing::new([0; 32]);
    let filled = rand::fill(bytes.as_mut_slice());
    filled.map_err(|_| StepUpError::Unusable("this machine has no random numbers"))?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode_to_string(bytes.as_slice())))
}

/// `S256` of a verifier.
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode_to_string(digest(&SHA256, verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn r_7636_the_challenge_of_the_standards_verifier() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn what_nobody_can_guess_is_long_and_new() {
        let (one, other) = (unguessable().unwrap(), unguessable().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }
}
