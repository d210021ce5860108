//! Money on its way from one customer to another.

use uuid::Uuid;

use super::Ledger;
use crate::money::Cents;

/// As it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) amount: i64,
    pub(crate) at: i64,
}

/// Why money stays where it is.
#[derive(Debug)]
pub(crate) enum Refused {
    NotEnough,
    /// The key was given to another transfer.
    KeyReused,
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

impl Ledger {
    /// All of it or nothing, and once for each key of a sender's: a repeat is answered with the
    /// transfer that was made.
    pub(crate) async fn transfer(&self, new: Transfer, key: &str) -> Result<Transfer, Refused> {
        let mut transaction = self.pool.begin().await?;
        let recorded = sqlx::query(
            "INSERT INTO transfers (id, sender, idempotency_key, recipient, amount, at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sender, idempotency_key) DO NOTHING",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(&new.sender)
        .bind(key)
        .bind(&new.recipient)
        .bind(new.amount)
        .bind(new.at)
        .execute(&mut *transaction)
        .await?;
        if recorded.rows_affected() == 0 {
            drop(transaction);
            let made = self.made(&new.sender, key).await?;
            let is_same = made.recipient == new.recipient && made.amount == new.amount;
            return if is_same { Ok(made) } else { Err(Refused::KeyReused) };
        }
        let mut changes = [(&new.sender, -new.amount), (&new.recipient, new.amount)];
        // In the same order everywhere: two transfers never wait for each other.
        changes.sort_unstable();
        for (owner, change) in changes {
            let changed = sqlx::query(
                "UPDATE accounts SET balance = balance + $1
                 WHERE owner = $2 AND kind = 'current' AND balance >= -$1",
            )
            .bind(change)
            .bind(owner)
            .execute(&mut *transaction)
            .await?;
            if changed.rows_affected() == 0 {
                return Err(Refused::NotEnough);
            }
        }
        transaction.commit().await?;
        Ok(new)
    }

    async fn made(&self, sender: &str, key: &str) -> sqlx::Result<Transfer> {
        let (recipient, amount, at) = sqlx::query_as(
            "SELECT recipient, amount, at FROM transfers
             WHERE sender = $1 AND idempotency_key = $2",
        )
        .bind(sender)
        .bind(key)
        .fetch_one(&self.pool)
        .await?;
        Ok(Transfer { sender: sender.to_owned(), recipient, amount, at })
    }

    pub(crate) async fn balance(&self, owner: &str) -> sqlx::Result<Cents> {
        sqlx::query_scalar("SELECT balance FROM accounts WHERE owner = $1 AND kind = 'current'")
            .bind(owner)
            .fetch_one(&self.pool)
            .await
            .map(Cents)
    }

    /// A customer's last transfers with the name of the other party, newest first.
    pub(crate) async fn transfers(&self, of: &str) -> sqlx::Result<Vec<(Transfer, String)>> {
        let rows: Vec<(String, String, i64, i64, String)> = sqlx::query_as(
            "SELECT sender, recipient, amount, at, customers.name
             FROM transfers JOIN customers
             ON customers.username = CASE WHEN sender = $1 THEN recipient ELSE sender END
             WHERE sender = $1 OR recipient = $1
             ORDER BY at DESC, id DESC LIMIT 50",
        )
        .bind(of)
        .fetch_all(&self.pool)
        .await?;
        let transfer = |(sender, recipient, amount, at, other)| {
            (Transfer { sender, recipient, amount, at }, other)
        };
        Ok(rows.into_iter().map(transfer).collect())
    }
}
