//! What customers change about themselves, and how they leave.

use serde::Serialize;

use crate::StartError;
use crate::bank::Bank;
use crate::input::{self, Profile};
use crate::ledger::Stays;
use crate::notices::TOLD_FOR;
use crate::problem::Problem;

/// How often within [`TOLD_FOR`] somebody may have another address: each one that they left is told
/// what is done to their factors, whoever reads mail there.
const MOST_ADDRESSES: i64 = 5;

#[derive(Serialize)]
pub(crate) struct Changed {
    email: String,
}

impl Bank {
    /// Another address, which is told of at the old one.
    ///
    /// Codes to the old address are worth nothing from now on, and those to the new one are not
    /// until its owner has enrolled it: nobody has shown yet that they read mail there.
    pub(crate) async fn change_email(&self, user: &str, to: Profile) -> Result<Changed, Problem> {
        if !input::is_email(&to.email) {
            return Err(Problem::unfit(
                "malformed-address",
                "Give one plain address, such as alice@example.com.",
            ));
        }
        let (bank, user) = (self.clone(), user.to_owned());
        self.to_the_end(async move { bank.set_email(&user, to.email).await }).await
    }

    async fn set_email(&self, user: &str, email: String) -> Result<Changed, Problem> {
        let customer = self.customer(user).await?;
        if email == customer.email {
            return Ok(Changed { email });
        }
        let (now, lately) = (self.now(), self.now() - TOLD_FOR);
        self.ledger.forget_former_addresses(lately).await?;
        if self.ledger.times_left(user, lately).await? >= MOST_ADDRESSES {
            return Err(Problem::too_many_addresses());
        }
        let methods = self.authority.methods_of(user).await.map_err(Problem::unavailable)?;
        if methods == ["email"] {
            // Without it the password alone would be enough to set up the next one.
            return Err(Problem::conflict(
                "only-way",
                "Set up another way to confirm first: codes to your present address end when it \
                 changes.",
            ));
        }
        // First: if the rest fails, no address counts that should not.
        let removed = self.authority.remove_method_of(user, "email").await;
        removed.map_err(Problem::unavailable)?;
        let set = self.ledger.set_email(user, &email, now, lately, MOST_ADDRESSES).await;
        set.map_err(|stays| match stays {
            Stays::Closed => Problem::closed(),
            Stays::LeftTooOften => Problem::too_many_addresses(),
            Stays::Failed(error) => error.into(),
        })?;
        tracing::info!(user, "the address was changed");
        let text = format!(
            "Hello {},\n\nyour address at the bank is now {email}, and codes are no longer sent \
             here.\n\nIf that was not you, call us at once.\n\nBank\n",
            customer.name
        );
        self.post.tell(&customer.email, "Your e-mail address was changed", text).await;
        Ok(Changed { email })
    }

    /// The customer leaves: nobody logs in by this name again, and what was issued is refused.
    pub(crate) async fn close_account(&self, user: &str) -> Result<(), Problem> {
        let (bank, user) = (self.clone(), user.to_owned());
        self.to_the_end(async move { bank.let_go(&user).await }).await
    }

    async fn let_go(&self, user: &str) -> Result<(), Problem> {
        let customer = self.customer(user).await?;
        let addresses = self.ledger.addresses(user, self.now() - TOLD_FOR).await?;
        // First: of whom it has left nothing lets anybody in, whatever comes of the rest.
        self.ledger.close_account(user, self.now()).await?;
        tracing::info!(user, "the account was closed");
        if let Err(error) = self.clear_away(user).await {
            tracing::error!(user, "who left is cleared away at the next start: {error}");
        }
        let text = format!("Hello {},\n\nyour account is closed.\n\nBank\n", customer.name);
        self.post.tell_all(addresses, "Your account is closed", &text).await;
        Ok(())
    }

    async fn clear_away(&self, user: &str) -> Result<(), StartError> {
        self.authority.remove_factors_of(user).await?;
        Ok(self.ledger.clear_away(user).await?)
    }

    /// What the bank was stopped in, or its store did not let it; and what it keeps for a while alone.
    pub(crate) async fn clear_away_who_left(&self) -> Result<(), StartError> {
        for user in self.ledger.not_cleared_away().await? {
            self.clear_away(&user).await?;
        }
        Ok(self.ledger.forget_former_addresses(self.now() - TOLD_FOR).await?)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;
    use std::time::Duration;

    use clap::Parser as _;
    use stepup_axum::SystemClock;

    use super::*;
    use crate::Options;

    /// Asks, hangs up at once, and waits for the mail that says it is done.
    async fn is_done(what: &str, asked: impl AsyncFnOnce(&Bank)) {
        let options = Options::parse_from(["bank", "--store", "memory"]);
        let bank = Bank::open(&options, "http://localhost:3000", Arc::new(SystemClock));
        let bank = bank.await.unwrap();
        tokio::select! {
            biased;
            () = pin!(asked(&bank)) => panic!("it took no time"),
            () = std::future::ready(()) => {}
        }
        for _ in 0..1000 {
            let mails = bank.ledger.mails().await.unwrap();
            let is_told = |mail: &crate::ledger::KeptMail| mail.text.contains(what);
            if mails.iter().any(|mail| mail.to == "alice@example.com" && is_told(mail)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nobody was told");
    }

    #[tokio::test]
    async fn who_hangs_up_has_their_address_changed_and_is_told() {
        let to = || Profile { email: "alice@new.example".to_owned() };
        is_done("now alice@new.example", async |bank: &Bank| {
            let _ = bank.change_email("alice", to()).await;
        })
        .await;
    }

    #[tokio::test]
    async fn who_hangs_up_has_their_account_closed_and_is_told() {
        is_done("your account is closed", async |bank: &Bank| {
            let _ = bank.close_account("alice").await;
        })
        .await;
    }
}
