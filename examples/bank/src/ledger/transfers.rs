//! Money on its way from one customer to another.

use sqlx::AnyConnection;
use uuid::Uuid;

use super::Ledger;
use crate::money::Cents;

/// What is to be sent.
#[derive(Debug)]
pub(crate) struct Transfer {
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) amount: i64,
    pub(crate) at: i64,
}

/// What was sent.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) id: String,
    recipient: String,
    /// The recipient's name, as people have it.
    pub(crate) to: String,
    pub(crate) amount: i64,
    pub(crate) at: i64,
    /// What the sender has left.
    pub(crate) balance: Cents,
}

/// A line of a customer's list.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) is_out: bool,
    /// Names, as people have them.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) amount: i64,
    pub(crate) at: i64,
}

/// Why money stays where it is.
#[derive(Debug)]
pub(crate) enum Refused {
    NotEnough,
    /// Nobody of that name has an account that money can be sent to.
    UnknownRecipient,
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
    /// transfer that was made, whatever became of the recipient.
    pub(crate) async fn transfer(&self, new: &Transfer, key: &str) -> Result<Made, Refused> {
        let mut transaction = self.begin().await?;
        let recorded = sqlx::query(
            "INSERT INTO transfers (id, sender, idempotency_key, recipient, amount, at)
             SELECT $1, $2, $3, username, $4, $5 FROM customers
             WHERE username = $6 AND closed_at IS NULL
             AND EXISTS (SELECT 1 FROM customers WHERE username = $2 AND closed_at IS NULL)
             ON CONFLICT (sender, idempotency_key) DO NOTHING",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(&new.sender)
        .bind(key)
        .bind(new.amount)
        .bind(new.at)
        .bind(&new.recipient)
        .execute(&mut *transaction)
        .await?;
        if recorded.rows_affected() == 1 {
            move_money(&mut transaction, new).await?;
        }
        let made = made(&mut transaction, &new.sender, key).await?;
        let made = made.ok_or(Refused::UnknownRecipient)?;
        if (&made.recipient, made.amount) != (&new.recipient, new.amount) {
            return Err(Refused::KeyReused);
        }
        // Last: nothing that comes after it could make of what was sent an error.
        transaction.commit().await?;
        Ok(made)
    }

    /// What became of a transfer whose answer was lost.
    pub(crate) async fn made(&self, sender: &str, key: &str) -> sqlx::Result<Option<Made>> {
        let mut connection = self.pool.acquire().await?;
        made(&mut connection, sender, key).await
    }

    /// A customer's last transfers, newest first.
    pub(crate) async fn transfers(&self, of: &str) -> sqlx::Result<Vec<Entry>> {
        let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
            "SELECT sender, payer.name, payee.name, amount, at FROM transfers
             JOIN customers AS payer ON payer.username = sender
             JOIN customers AS payee ON payee.username = recipient
             WHERE sender = $1 OR recipient = $1
             ORDER BY at DESC, id DESC LIMIT 50",
        )
        .bind(of)
        .fetch_all(&self.pool)
        .await?;
        let entry = |(sender, from, to, amount, at): (String, _, _, _, _)| Entry {
            is_out: sender == of,
            from,
            to,
            amount,
            at,
        };
        Ok(rows.into_iter().map(entry).collect())
    }
}

async fn made(
    connection: &mut AnyConnection,
    sender: &str,
    key: &str,
) -> sqlx::Result<Option<Made>> {
    let row: Option<(String, String, String, i64, i64, i64)> = sqlx::query_as(
        "SELECT id, recipient, name, amount, at, balance FROM transfers
         JOIN customers ON username = recipient
         JOIN accounts ON owner = sender AND kind = 'current'
         WHERE sender = $1 AND idempotency_key = $2",
    )
    .bind(sender)
    .bind(key)
    .fetch_optional(connection)
    .await?;
    let made = |(id, recipient, to, amount, at, balance)| {
        let balance = Cents(balance);
        Made { id, recipient, to, amount, at, balance }
    };
    Ok(row.map(made))
}

async fn move_money(connection: &mut AnyConnection, new: &Transfer) -> Result<(), Refused> {
    let mut changes = [
        (&new.sender, -new.amount, Refused::NotEnough),
        (&new.recipient, new.amount, Refused::UnknownRecipient),
    ];
    // In the same order everywhere: two transfers never wait for each other.
    changes.sort_unstable_by_key(|(owner, ..)| *owner);
    for (owner, change, refused) in changes {
        let changed = sqlx::query(
            "UPDATE accounts SET balance = balance + $1
             WHERE owner = $2 AND kind = 'current' AND balance >= -$1",
        )
        .bind(change)
        .bind(owner)
        .execute(&mut *connection)
        .await?;
        if changed.rows_affected() == 0 {
            return Err(refused);
        }
    }
    Ok(())
}
