//! Random numbers, from aws-lc's generator alone.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

use crate::store::StoreError;

/// That many random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(StoreError::Unavailable("the system gives no random numbers".to_owned())),
    }
}
