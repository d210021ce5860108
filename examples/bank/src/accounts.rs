//! What customers have, and what they send.

use serde::Serialize;
use uuid::Uuid;

use crate::bank::Bank;
use crate::input::{self, Order};
use crate::ledger::{self, Made, Refused};
use crate::money::Cents;
use crate::problem::Problem;

#[derive(Serialize)]
pub(crate) struct Statement {
    user: String,
    name: String,
    email: String,
    accounts: Vec<Account>,
    transfers: Vec<Transfer>,
}

#[derive(Serialize)]
struct Account {
    number: String,
    name: &'static str,
    balance: Cents,
    currency: &'static str,
}

#[derive(Serialize)]
struct Transfer {
    from: String,
    to: String,
    amount: Cents,
    at: i64,
    direction: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Receipt {
    to: String,
    amount: Cents,
    at: i64,
    balance: Cents,
}

/// Whom money can be sent to.
#[derive(Serialize)]
pub(crate) struct Recipient {
    user: String,
    name: String,
}

impl From<Made> for Receipt {
    fn from(Made { to, amount, at, balance, .. }: Made) -> Self {
        Self { to, amount: Cents(amount), at, balance }
    }
}

impl Bank {
    pub(crate) async fn statement(&self, user: &str) -> Result<Statement, Problem> {
        let customer = self.customer(user).await?;
        let accounts = self.ledger.accounts(user).await?.into_iter().map(|account| Account {
            number: account.number,
            name: if account.kind == "current" { "Current account" } else { "Savings account" },
            balance: account.balance,
            currency: "EUR",
        });
        let transfers = self.ledger.transfers(user).await?.into_iter().map(|entry| Transfer {
            from: entry.from,
            to: entry.to,
            amount: Cents(entry.amount),
            at: entry.at,
            direction: if entry.is_out { "out" } else { "in" },
        });
        Ok(Statement {
            accounts: accounts.collect(),
            transfers: transfers.collect(),
            user: customer.username,
            name: customer.name,
            email: customer.email,
        })
    }

    /// Sends money from a customer's current account to that of another.
    pub(crate) async fn transfer(
        &self,
        user: &str,
        order: &Order,
        key: Option<String>,
    ) -> Result<Receipt, Problem> {
        let amount = order.amount()?.cents();
        let sender = self.customer(user).await?.username;
        let unknown = || Problem::unfit("unknown-recipient", "There is no such recipient.");
        let recipient = input::user_name(&order.to).ok_or_else(unknown)?.to_owned();
        if recipient == sender {
            return Err(Problem::unfit("own-account", "That would be from you to yourself."));
        }
        let new = ledger::Transfer { sender, recipient, amount, at: self.now() };
        let key = key.unwrap_or_else(|| Uuid::now_v7().to_string());
        let made = self.ledger.transfer(&new, &key).await.map_err(|refused| match refused {
            Refused::NotEnough => {
                Problem::unfit("not-enough-money", "There is not enough money on your account.")
            }
            Refused::UnknownRecipient => unknown(),
            Refused::KeyReused => {
                Problem::unfit("key-reused", "This Idempotency-Key is another transfer's.")
            }
            Refused::Failed(error) => error.into(),
        })?;
        tracing::info!(user, transfer = made.id, "money was sent");
        Ok(made.into())
    }

    /// A transfer of the customer's, by its key: for whom its answer did not reach.
    pub(crate) async fn receipt(&self, user: &str, key: &str) -> Result<Receipt, Problem> {
        let unknown = || Problem::unknown("unknown-transfer", "No such transfer was made.");
        let key = input::key(key).ok_or_else(unknown)?;
        self.ledger.made(user, key).await?.map(Receipt::from).ok_or_else(unknown)
    }

    /// By what name money would be sent, to be looked at before it is.
    pub(crate) async fn recipient(&self, user: &str) -> Result<Recipient, Problem> {
        let unknown = || Problem::unknown("unknown-recipient", "There is no such recipient.");
        let user = input::user_name(user).ok_or_else(unknown)?;
        let customer = self.ledger.customer(user).await?.ok_or_else(unknown)?;
        Ok(Recipient { user: customer.username, name: customer.name })
    }
}
