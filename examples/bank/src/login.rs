//! Logins: who says a password, and how often.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Serialize;
use stepup_authority::Login;
use stepup_axum::Method;

use crate::bank::Bank;
use crate::input::{self, Credentials};
use crate::problem::Problem;
use crate::{authority, passwords};

const LIFETIME: Duration = Duration::from_secs(60 * 60);
const DAY: i64 = 24 * 60 * 60;

/// What is counted of wrong passwords: those of the last quarter of an hour.
const WINDOW: i64 = 15 * 60;
/// By how much another instance's clock may be ahead of this one's. What a clock wrote that was
/// further ahead keeps nobody out.
const SKEW: i64 = 60;
/// For one user from all addresses that are new to them together, and from each where they have been.
const MOST_OF_USER: i64 = 10;
/// From one address that is new to whomever it names: a password can be tried with many names.
const MOST_OF_ADDRESS: i64 = 60;
/// How long an address is not new to who logged in there.
const KNOWN_FOR: i64 = 90 * DAY;

#[derive(Serialize)]
pub(crate) struct LoggedIn {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
}

/// What wrong passwords are counted by.
struct Counter {
    /// For the log, where what was typed as a name has no place: it may be a password.
    kind: &'static str,
    name: String,
    most: i64,
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
        let (bank, from) = (self.clone(), from.to_owned());
        // What is begun counts until it is decided.
        self.to_the_end(async move { bank.decide(who, &from).await }).await
    }

    async fn decide(&self, who: Credentials, from: &str) -> Result<LoggedIn, Problem> {
        let Credentials { user, password } = who;
        let user = input::user_name(&user).filter(|_| password.len() <= 1024);
        let user = user.ok_or_else(|| wrong("none", from))?;
        let now = self.now();
        let is_known = self.ledger.knows_address(user, from, now - KNOWN_FOR).await?;
        let of_user = Counter::of_user(user, is_known.then_some(from));
        let of_address = Counter::of_address(from);
        let counters = if is_known { vec![&of_user] } else { vec![&of_user, &of_address] };
        // Counted before it is looked at: of a thousand at once no more are looked at.
        let names: Vec<_> = counters.iter().map(|counter| counter.name.as_str()).collect();
        let attempt = self.ledger.count_attempt(&names, now, now - WINDOW).await?;
        if let Some((retry_after, counter)) = self.locked(&counters, now).await? {
            self.ledger.take_back_attempt(&attempt).await?;
            tracing::warn!(counter, from, retry_after, "login locked");
            return Err(Problem::too_many(retry_after));
        }
        let hash = self.ledger.password_hash(user).await?;
        let Ok(is_right) = passwords::is_right(password, hash).await else {
            self.ledger.take_back_attempt(&attempt).await?;
            return Err(Problem::unavailable("logins come faster than passwords are looked at"));
        };
        if !is_right {
            self.ledger.fail_attempt(&attempt).await?;
            return Err(wrong(of_user.kind, from));
        }
        self.ledger.forget_attempts(&of_user.name).await?;
        // Of the address this one alone: others may have guessed there.
        self.ledger.take_back_attempt(&attempt).await?;
        if !self.ledger.keep_address(user, from, now, now - KNOWN_FOR).await? {
            // They left while their password was looked at.
            return Err(wrong(of_user.kind, from));
        }
        let login = Login::of(user).client_id("bank-web").method(Method::PWD).lifetime(LIFETIME);
        let access_token = self.issuer.issue_login(login).await.map_err(Problem::unavailable)?;
        tracing::info!(user, from, "login succeeded");
        let expires_in = LIFETIME.as_secs();
        Ok(LoggedIn { access_token, token_type: "Bearer", expires_in })
    }

    /// In how many seconds it may be tried again, if not now, and which counter says so.
    async fn locked(
        &self,
        counters: &[&Counter],
        now: i64,
    ) -> Result<Option<(u64, &'static str)>, Problem> {
        let mut longest = None;
        for counter in counters {
            let attempts = self.ledger.attempts(&counter.name, now - WINDOW, now + SKEW).await?;
            if attempts.count > counter.most {
                let first = attempts.first_failed.filter(|_| attempts.failed >= counter.most);
                // Those that are being looked at are decided soon, and may be right.
                let until = first.map_or(now, |first| first + WINDOW);
                longest = longest.max(Some(((until - now).max(1).unsigned_abs(), counter.kind)));
            }
        }
        Ok(longest)
    }

    /// The session ends, for all tokens that are of it and at every instance.
    pub(crate) async fn log_out(&self, session: Option<&str>) -> Result<(), Problem> {
        let none = || Problem::new(StatusCode::CONFLICT, "This token is of no session.");
        let session = session.ok_or_else(none)?;
        // What it was stepped up to may outlive the login, and not by as much again; and this clock
        // may be wrong by a day.
        let before = self.now() - 2 * LIFETIME.as_secs().cast_signed() - DAY;
        Ok(self.ledger.sign_out(session, self.now(), before).await?)
    }
}

impl Counter {
    /// Where they have been, guesses from elsewhere do not keep them out.
    fn of_user(user: &str, at: Option<&str>) -> Self {
        let (kind, name) = match at {
            Some(from) => ("user at known address", format!("user {user} at {from}")),
            None => ("user", format!("user {user}")),
        };
        Self { kind, name, most: MOST_OF_USER }
    }

    fn of_address(from: &str) -> Self {
        Self { kind: "address", name: format!("address {from}"), most: MOST_OF_ADDRESS }
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

fn wrong(counter: &str, from: &str) -> Problem {
    tracing::info!(counter, from, "login refused");
    Problem::new(StatusCode::UNAUTHORIZED, "The name or the password is wrong.")
}

#[cfg(test)]
mod tests;
