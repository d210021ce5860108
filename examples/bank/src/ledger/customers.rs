//! Who has an account.

use sqlx::AnyConnection;

use super::Ledger;
use crate::money::Cents;

/// A customer whose account is open.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) email: String,
}

pub(crate) struct NewCustomer<'a> {
    pub(crate) username: &'a str,
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) password_hash: &'a str,
    /// Number, kind and balance.
    pub(crate) accounts: &'a [(&'a str, &'a str, Cents)],
}

pub(crate) struct Account {
    pub(crate) number: String,
    pub(crate) kind: String,
    pub(crate) balance: Cents,
}

/// Why an address is not changed.
#[derive(Debug)]
pub(crate) enum Stays {
    /// They have left.
    Closed,
    LeftTooOften,
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for Stays {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

impl Ledger {
    /// `false` where there is, or was, one of that name.
    pub(crate) async fn add(&self, new: &NewCustomer<'_>) -> sqlx::Result<bool> {
        let mut transaction = self.begin().await?;
        let added = sqlx::query(
            "INSERT INTO customers (username, name, email, password_hash)
             VALUES ($1, $2, $3, $4) ON CONFLICT (username) DO NOTHING",
        )
        .bind(new.username)
        .bind(new.name)
        .bind(new.email)
        .bind(new.password_hash)
        .execute(&mut *transaction)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        for (number, kind, balance) in new.accounts {
            sqlx::query(
                "INSERT INTO accounts (number, owner, kind, balance) VALUES ($1, $2, $3, $4)",
            )
            .bind(*number)
            .bind(new.username)
            .bind(*kind)
            .bind(balance.0)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    pub(crate) async fn customer(&self, username: &str) -> sqlx::Result<Option<Customer>> {
        let row: Option<(String, String, String)> = sqlx::query_as(
            "SELECT username, name, email FROM customers
             WHERE username = $1 AND closed_at IS NULL",
        )
        .bind(username)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(username, name, email)| Customer { username, name, email }))
    }

    pub(crate) async fn password_hash(&self, username: &str) -> sqlx::Result<Option<String>> {
        sqlx::query_scalar(
            "SELECT password_hash FROM customers WHERE username = $1 AND closed_at IS NULL",
        )
        .bind(username)
        .fetch_optional(&self.pool)
        .await
    }

    pub(crate) async fn accounts(&self, owner: &str) -> sqlx::Result<Vec<Account>> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT number, kind, balance FROM accounts WHERE owner = $1 ORDER BY number",
        )
        .bind(owner)
        .fetch_all(&self.pool)
        .await?;
        let account = |(number, kind, cents)| Account { number, kind, balance: Cents(cents) };
        Ok(rows.into_iter().map(account).collect())
    }

    /// How often they left an address after that moment.
    pub(crate) async fn times_left(&self, username: &str, after: i64) -> sqlx::Result<i64> {
        times_left(&mut *self.pool.acquire().await?, username, after).await
    }

    /// Keeps the address of before as a former one, where they left fewer than `most` after that
    /// moment.
    pub(crate) async fn set_email(
        &self,
        username: &str,
        email: &str,
        now: i64,
        after: i64,
        most: i64,
    ) -> Result<(), Stays> {
        let mut transaction = self.begin().await?;
        // First: whoever closes the account, or changes the address too, waits for this.
        let is_open = "UPDATE customers SET email = email
                       WHERE username = $1 AND closed_at IS NULL";
        let is_open = sqlx::query(is_open).bind(username).execute(&mut *transaction).await?;
        if is_open.rows_affected() == 0 {
            return Err(Stays::Closed);
        }
        if times_left(&mut transaction, username, after).await? >= most {
            return Err(Stays::LeftTooOften);
        }
        sqlx::query(
            "INSERT INTO former_addresses (username, email, left_at)
             SELECT username, email, $1 FROM customers WHERE username = $2",
        )
        .bind(now)
        .bind(username)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE customers SET email = $1 WHERE username = $2")
            .bind(email)
            .bind(username)
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Those that anybody left before that moment are written to no more.
    pub(crate) async fn forget_former_addresses(&self, before: i64) -> sqlx::Result<()> {
        let forget = "DELETE FROM former_addresses WHERE left_at <= $1";
        sqlx::query(forget).bind(before).execute(&self.pool).await.map(|_| ())
    }

    /// Where a customer is written to: their address, and those that were theirs after that moment.
    pub(crate) async fn addresses(&self, username: &str, after: i64) -> sqlx::Result<Vec<String>> {
        sqlx::query_scalar(
            "SELECT email FROM customers WHERE username = $1 AND closed_at IS NULL
             UNION SELECT email FROM former_addresses WHERE username = $1 AND left_at > $2",
        )
        .bind(username)
        .bind(after)
        .fetch_all(&self.pool)
        .await
    }

    /// For good: the name is never given to another.
    pub(crate) async fn close_account(&self, username: &str, now: i64) -> sqlx::Result<()> {
        sqlx::query("UPDATE customers SET closed_at = $1 WHERE username = $2 AND closed_at IS NULL")
            .bind(now)
            .bind(username)
            .execute(&self.pool)
            .await
            .map(|_| ())
    }

    /// Those who left and of whom there is more than the bank has to keep: where it was stopped, or a
    /// login was under way.
    pub(crate) async fn not_cleared_away(&self) -> sqlx::Result<Vec<String>> {
        let left = "SELECT username FROM customers WHERE closed_at IS NOT NULL AND (
                    password_hash <> ''
                    OR username IN (SELECT username FROM known_addresses)
                    OR username IN (SELECT username FROM former_addresses))";
        sqlx::query_scalar(left).fetch_all(&self.pool).await
    }

    /// All but what others see among their transfers, and that the name is taken.
    pub(crate) async fn clear_away(&self, username: &str) -> sqlx::Result<()> {
        let mut transaction = self.begin().await?;
        for statement in [
            "UPDATE customers SET email = '', password_hash = '', demo_totp_secret = NULL
             WHERE username = $1 AND closed_at IS NOT NULL",
            "DELETE FROM known_addresses WHERE username = $1",
            "DELETE FROM former_addresses WHERE username = $1",
        ] {
            sqlx::query(statement).bind(username).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    pub(crate) async fn keep_demo_secret(&self, username: &str, secret: &str) -> sqlx::Result<()> {
        sqlx::query("UPDATE customers SET demo_totp_secret = $1 WHERE username = $2")
            .bind(secret)
            .bind(username)
            .execute(&self.pool)
            .await
            .map(|_| ())
    }

    pub(crate) async fn demo_secret(&self, username: &str) -> sqlx::Result<Option<String>> {
        let secret: Option<Option<String>> =
            sqlx::query_scalar("SELECT demo_totp_secret FROM customers WHERE username = $1")
                .bind(username)
                .fetch_optional(&self.pool)
                .await?;
        Ok(secret.flatten())
    }
}

async fn times_left(
    connection: &mut AnyConnection,
    username: &str,
    after: i64,
) -> sqlx::Result<i64> {
    let count = "SELECT COUNT(*) FROM former_addresses WHERE username = $1 AND left_at > $2";
    sqlx::query_scalar(count).bind(username).bind(after).fetch_one(connection).await
}
