//! Customers that are there from the start.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use stepup_authority::Authority;
use url::{Host, Url};

use crate::StartError;
use crate::bank::Bank;
use crate::ledger::{Ledger, NewCustomer};
use crate::money::Cents;
use crate::passwords;
use crate::problem::Problem;

/// The password of both.
const PASSWORD: &str = "correct horse";

type Account = (&'static str, &'static str, Cents);

/// Username, name, address, accounts.
const USERS: [(&str, &str, &str, &[Account]); 2] = [
    (
        "alice",
        "Alice Archer",
        "alice@example.com",
        &[
            ("XX12 BANK 0000 0000 1001", "current", Cents(240_000)),
            ("XX12 BANK 0000 0000 1002", "savings", Cents(1_250_000)),
        ],
    ),
    (
        "bob",
        "Bob Baker",
        "bob@example.com",
        &[("XX12 BANK 0000 0000 2001", "current", Cents(81_550))],
    ),
];

#[derive(Serialize)]
pub(crate) struct Demo {
    /// Those who have not left.
    users: Vec<DemoUser>,
    /// Whether mail is only shown.
    outbox: bool,
}

/// What nobody would tell of a real one.
#[derive(Serialize)]
struct DemoUser {
    user: &'static str,
    name: &'static str,
    password: &'static str,
    totp_secret: Option<String>,
}

/// Whoever reaches the bank is told their passwords.
pub(crate) fn check(origin: &str, bind: IpAddr, is_meant: bool) -> Result<(), StartError> {
    let is_seen_here = match Url::parse(origin)?.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if is_meant || is_seen_here && bind.is_loopback() {
        return Ok(());
    }
    let place = if is_seen_here { bind.to_string() } else { origin.to_owned() };
    Err(format!(
        "whoever reaches {place} could sign in as a demo user, whose passwords it tells; give \
         --demo if that is meant"
    )
    .into())
}

/// Opens their accounts, and enrols their address and an authenticator app: the bank answers for
/// both.
pub(crate) async fn welcome_users(
    ledger: &Ledger,
    authority: &Authority,
) -> Result<(), StartError> {
    for (username, name, email, accounts) in USERS {
        let password_hash = passwords::hashed(PASSWORD)?;
        let password_hash = password_hash.as_str();
        let new = NewCustomer { username, name, email, password_hash, accounts };
        if !ledger.add(&new).await? {
            let has_left = ledger.customer(username).await?.is_none();
            if has_left || is_enrolled(ledger, username).await? {
                continue;
            }
        }
        // What an instance left that did not get to the end.
        authority.remove_factors_of(username).await?;
        authority.enrol_for(username, "email", &json!({ "email": email })).await?;
        let app = authority.enrol_for(username, "totp", &json!({})).await?;
        let secret = app.get("secret").and_then(|secret| secret.as_str()).unwrap_or_default();
        ledger.keep_demo_secret(username, secret).await?;
    }
    Ok(())
}

/// Another instance may be about to: of several that start at once one does it.
async fn is_enrolled(ledger: &Ledger, username: &str) -> sqlx::Result<bool> {
    for _ in 0..50 {
        if ledger.demo_secret(username).await?.is_some() {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

impl Bank {
    pub(crate) async fn demo(&self) -> Result<Demo, Problem> {
        let mut users = Vec::new();
        for (user, name, ..) in USERS {
            if self.ledger.customer(user).await?.is_some() {
                let totp_secret = self.ledger.demo_secret(user).await?;
                users.push(DemoUser { user, name, password: PASSWORD, totp_secret });
            }
        }
        Ok(Demo { users, outbox: self.has_outbox })
    }

    /// Says where everything is.
    ///
    /// # Errors
    ///
    /// The ledger does not answer.
    pub async fn announce(&self) -> Result<(), StartError> {
        let origin = self.issuer.issuer();
        tracing::info!("the bank is at {origin}/ and a phone for it at {origin}/phone");
        for user in self.demo().await?.users {
            let secret = user.totp_secret.unwrap_or_default();
            tracing::info!(
                "sign in as {} with the password `{}`; authenticator app: {secret}",
                user.user,
                user.password
            );
        }
        if self.has_outbox {
            tracing::info!("mail is not sent but shown at {origin}/demo/outbox");
        }
        Ok(())
    }
}
