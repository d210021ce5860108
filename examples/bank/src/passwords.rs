//! Hashes of passwords: slow on purpose, in 19 MiB each, and so a few at a time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Argon2, Block, Params, PasswordHasher as _};
use tokio::sync::Semaphore;
use tokio::time::{error::Elapsed, timeout};

/// As many as are looked at together.
const TURNS: u32 = 8;

/// How long one may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

static TURN: Semaphore = Semaphore::const_new(TURNS as usize);

/// What they are hashed in: one for each turn, kept for the next. Where each had one of its own, an
/// allocator could hold on to many times what is in use.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// A hash that no password has: a name that is not there takes as long as one that is.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Whether it is the one that this hash is of. An error if there are too many others.
pub(crate) async fn is_right(password: String, hash: Option<String>) -> Result<bool, Elapsed> {
    let turn = timeout(PATIENCE, TURN.acquire()).await?;
    // On a thread where others need not wait for it.
    let verified = tokio::task::spawn_blocking(move || {
        let _until_it_is_done = turn;
        let kept = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = kept().pop().unwrap_or_default();
        let is_right = verify(&password, hash.as_deref().unwrap_or(NOBODY), &mut memory);
        kept().push(memory);
        is_right
    });
    Ok(matches!(verified.await, Ok(Some(true))))
}

fn verify(password: &str, hash: &str, memory: &mut Vec<Block>) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let (salt, known) = (hash.salt?, hash.hash?);
    // By what it was made with, which need not be what new ones are.
    let params = Params::try_from(&hash).ok()?;
    memory.resize(memory.len().max(params.block_count()), Block::new());
    let mut output = vec![0; known.len()];
    let argon2 = Argon2::from(params);
    argon2.hash_password_into_with_memory(password.as_bytes(), &salt, &mut output, memory).ok()?;
    // Outputs are compared in constant time.
    Some(Output::new(&output).ok()? == known)
}

/// What is kept of a password. This is for start-up: what strangers can ask for takes a turn.
pub(crate) fn hashed(password: &str) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

/// Nobody's password is looked at while somebody has them all.
#[cfg(test)]
pub(crate) async fn every_turn() -> tokio::sync::SemaphorePermit<'static> {
    TURN.acquire_many(TURNS).await.unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_a_hash_that_knows_it() {
        let hash = hashed("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !hash.contains("horse"));
        assert_ne!(hash, hashed("correct horse").unwrap());
        // One memory for all, so that each finds what the last one left.
        let mut memory = Vec::new();
        let mut verify = |password: &str, hash: &str| verify(password, hash, &mut memory);
        assert_eq!(verify("correct horse", &hash), Some(true));
        assert_eq!(verify("correct horsf", &hash), Some(false));
        assert_eq!(verify("correct horse", &hash), Some(true));
        assert_eq!(verify("", NOBODY), Some(false), "and the hash of nobody is one");
        assert_eq!(verify("", "correct horse"), None);
    }

    #[test]
    fn a_hash_of_another_cost_is_known_as_well() {
        let mut memory = Vec::new();
        for cost in [8, 32 * 1024, 19 * 1024] {
            let argon2 = Argon2::from(Params::new(cost, 1, 1, None).unwrap());
            let hash: PasswordHash = argon2.hash_password(b"correct horse").unwrap();
            assert_eq!(verify("correct horse", &hash.to_string(), &mut memory), Some(true));
            assert_eq!(verify("correct horsf", &hash.to_string(), &mut memory), Some(false));
        }
    }
}
