//! Passwords: who says one, and how often.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use stepup_authority::Login;
use stepup_axum::Method;
use tokio::sync::Semaphore;

use crate::authority;
use crate::bank::Bank;
use crate::input::{self, Credentials};
use crate::problem::Problem;

const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What is counted of wrong passwords: those of the last quarter of an hour.
const WINDOW: i64 = 15 * 60;
/// For one user from all addresses that are new to them, and from each where they have been.
const MOST_OF_USER: i64 = 10;
/// From one address that is new to whomever it names: a password can be tried with many names.
const MOST_OF_ADDRESS: i64 = 60;
/// How long an address is not new to who logged in there.
const KNOWN_FOR: i64 = 90 * 24 * 60 * 60;

/// Each takes 19 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(8);

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
    /// Where a login comes from: as the proxy says, or who is connected.
    pub(crate) fn source(&self, headers: &HeaderMap, peer: Option<IpAddr>) -> String {
        let header = self.address_header.as_ref();
        let said = header.and_then(|header| authority::address(headers, header));
        said.or(peer).map(network).unwrap_or_default()
    }

    /// A token of one factor, for who says the right password.
    pub(crate) async fn log_in(&self, who: Credentials, from: &str) -> Result<LoggedIn, Problem> {
        let Credentials { user, password } = who;
        let user = input::user_name(&user).filter(|_| password.len() <= 1024).ok_or_else(wrong)?;
        let now = self.now();
        let is_known = self.ledger.knows_address(user, from, now - KNOWN_FOR).await?;
        // Where they have been, guesses from elsewhere do not keep them out.
        let of_user =
            if is_known { format!("user {user} at {from}") } else { format!("user {user}") };
        let of_address = format!("address {from}");
        let both = [(of_user.as_str(), MOST_OF_USER), (of_address.as_str(), MOST_OF_ADDRESS)];
        let counters = if is_known { &both[..1] } else { &both };
        // Counted before it is looked at: of a thousand at once no more are looked at.
        let attempt = self.ledger.count_attempt(counters, now, now - WINDOW).await?;
        if let Some(retry_after) = self.too_many(counters, now).await? {
            self.ledger.take_back_attempt(&attempt).await?;
            return Err(Problem::too_many(retry_after));
        }
        let hash = self.ledger.password_hash(user).await?;
        if !is_right(password, hash).await {
            return Err(wrong());
        }
        self.ledger.forget_attempts(&of_user).await?;
        // Of the address this one alone: others may have guessed there.
        self.ledger.take_back_attempt(&attempt).await?;
        self.ledger.keep_address(user, from, now, now - KNOWN_FOR).await?;
        let login = Login::of(user).client_id("bank-web").method(Method::PWD).lifetime(LIFETIME);
        let access_token = self.issuer.issue_login(login).await.map_err(Problem::unavailable)?;
        let expires_in = LIFETIME.as_secs();
        Ok(LoggedIn { access_token, token_type: "Bearer", expires_in })
    }

    /// The session ends, for all tokens that are of it and at every instance.
    pub(crate) async fn log_out(&self, session: Option<&str>) -> Result<(), Problem> {
        if let Some(session) = session {
            // What it was stepped up to may outlive the login, and not by as much again.
            let before = self.now() - 2 * LIFETIME.as_secs().cast_signed();
            self.ledger.sign_out(session, self.now(), before).await?;
            self.forget_session(session);
        }
        Ok(())
    }

    /// In how many seconds it may be tried again, if not now.
    async fn too_many(&self, counters: &[(&str, i64)], now: i64) -> Result<Option<u64>, Problem> {
        for (counter, most) in counters {
            let attempts = self.ledger.attempts(counter, now - WINDOW).await?;
            if attempts.count > *most {
                let until = attempts.first.unwrap_or(now) + WINDOW;
                return Ok(Some((until - now).max(1).unsigned_abs()));
            }
        }
        Ok(None)
    }
}

/// Who has one IPv6 address has all that begin alike.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            format!("{}/64", Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
    }
}

fn wrong() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "The name or the password is wrong.")
}

/// It takes a while, on purpose: on a thread where others need not wait for it.
async fn is_right(password: String, hash: Option<String>) -> bool {
    let turn = AT_ONCE.acquire().await;
    let verified = tokio::task::spawn_blocking(move || {
        let _until_it_is_done = turn;
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

    #[test]
    fn a_home_is_one_address() {
        for (address, counts_as) in [
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ] {
            assert_eq!(network(address.parse().unwrap()), counts_as);
        }
    }
}
