//! Passwords: who says one, and how often.

use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use http::StatusCode;
use serde::Serialize;
use stepup_authority::Login;
use stepup_axum::Method;

use crate::bank::Bank;
use crate::input::Credentials;
use crate::problem::Problem;

const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Wrong passwords for one user in a quarter of an hour.
const MOST_OF_USER: i64 = 10;
const WINDOW_OF_USER: i64 = 15 * 60;

/// And for all of them in a minute: one password can be tried with many names.
const MOST_OF_ALL: i64 = 60;
const WINDOW_OF_ALL: i64 = 60;

/// A hash that no password has: a name that is not there takes as long as one that is.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                      AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Serialize)]
pub(crate) struct LoggedIn {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
}

impl Bank {
    /// A token of one factor, for who says the right password.
    pub(crate) async fn log_in(&self, who: Credentials) -> Result<LoggedIn, Problem> {
        let Credentials { user, password } = who;
        if user.len() > 64 || password.len() > 1024 {
            return Err(wrong());
        }
        // Counted before it is looked at: of a thousand at once no more are looked at.
        let now = self.now();
        let attempt = self.ledger.count_attempt(&user, now, now - WINDOW_OF_USER).await?;
        if let Some(retry_after) = self.too_many(&user, now).await? {
            self.ledger.take_back_attempt(&attempt).await?;
            return Err(Problem::too_many(retry_after));
        }
        let hash = self.ledger.password_hash(&user).await?;
        if !is_right(password, hash).await {
            return Err(wrong());
        }
        self.ledger.forget_attempts(&user).await?;
        let login = Login::of(&user).client_id("bank-web").method(Method::PWD).lifetime(LIFETIME);
        let access_token = self.issuer.issue_login(login).await.map_err(Problem::unavailable)?;
        let expires_in = LIFETIME.as_secs();
        Ok(LoggedIn { access_token, token_type: "Bearer", expires_in })
    }

    /// In how many seconds it may be tried again, if not now.
    async fn too_many(&self, user: &str, now: i64) -> Result<Option<u64>, Problem> {
        let of_user = self.ledger.attempts_of(user, now - WINDOW_OF_USER).await?;
        let of_all = self.ledger.all_attempts(now - WINDOW_OF_ALL).await?;
        for (attempts, most, window) in
            [(of_user, MOST_OF_USER, WINDOW_OF_USER), (of_all, MOST_OF_ALL, WINDOW_OF_ALL)]
        {
            if attempts.count > most {
                let until = attempts.first.unwrap_or(now) + window;
                return Ok(Some((until - now).max(1).unsigned_abs()));
            }
        }
        Ok(None)
    }
}

fn wrong() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "The name or the password is wrong.")
}

/// It takes a while, on purpose: on a thread where others need not wait for it.
async fn is_right(password: String, hash: Option<String>) -> bool {
    let verified = tokio::task::spawn_blocking(move || {
        let hash = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).ok()?;
        Argon2::default().verify_password(password.as_bytes(), &hash).ok()
    });
    matches!(verified.await, Ok(Some(())))
}

/// What is kept of a password.
pub(crate) fn hashed(password: &str) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_kept_as_a_hash_that_knows_it() {
        let hash = hashed("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !hash.contains("horse"));
        assert_ne!(hash, hashed("correct horse").unwrap());
        let verify = |password: &str, hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            Argon2::default().verify_password(password.as_bytes(), &hash)
        };
        assert!(verify("correct horse", &hash).is_ok());
        assert!(verify("correct horsf", &hash).is_err());
        assert!(verify("", NOBODY).is_err(), "and the hash of nobody is one");
    }
}
