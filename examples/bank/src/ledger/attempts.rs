//! Logins that failed, and where those came from that did not, for all instances together.

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_STANDARD_NO_PAD as BASE64, Engine as _};
use uuid::Uuid;

use super::Ledger;

/// How many there are under one name.
pub(crate) struct Attempts {
    /// With those that are being looked at.
    pub(crate) count: i64,
    pub(crate) failed: i64,
    /// When the first of them was that failed.
    pub(crate) first_failed: Option<i64>,
}

/// What is kept of the name of a counter: in it is what somebody typed as theirs, which may have
/// been a password.
fn kept(counter: &str) -> String {
    BASE64.encode(digest(&SHA256, counter.as_bytes()))
}

impl Ledger {
    /// Counts one under each of these names, and forgets those before that moment. It is told from
    /// others by what is returned.
    pub(crate) async fn count_attempt(
        &self,
        counters: &[&str],
        now: i64,
        before: i64,
    ) -> sqlx::Result<String> {
        let forget = "DELETE FROM login_attempts WHERE at <= $1";
        sqlx::query(forget).bind(before).execute(&self.pool).await?;
        let id = Uuid::now_v7().to_string();
        for counter in counters {
            sqlx::query("INSERT INTO login_attempts (id, counter, at) VALUES ($1, $2, $3)")
                .bind(&id)
                .bind(kept(counter))
                .bind(now)
                .execute(&self.pool)
                .await?;
        }
        Ok(id)
    }

    /// Those after one moment and until another.
    pub(crate) async fn attempts(
        &self,
        counter: &str,
        after: i64,
        until: i64,
    ) -> sqlx::Result<Attempts> {
        let (count, failed, first_failed) = sqlx::query_as(
            "SELECT COUNT(*), COUNT(failed_at), MIN(failed_at) FROM login_attempts
             WHERE counter = $1 AND at > $2 AND at <= $3",
        )
        .bind(kept(counter))
        .bind(after)
        .bind(until)
        .fetch_one(&self.pool)
        .await?;
        Ok(Attempts { count, failed, first_failed })
    }

    /// It was looked at, and was wrong.
    pub(crate) async fn fail_attempt(&self, id: &str) -> sqlx::Result<()> {
        let failed = "UPDATE login_attempts SET failed_at = at WHERE id = $1";
        sqlx::query(failed).bind(id).execute(&self.pool).await.map(|_| ())
    }

    /// It was none.
    pub(crate) async fn take_back_attempt(&self, id: &str) -> sqlx::Result<()> {
        let forget = "DELETE FROM login_attempts WHERE id = $1";
        sqlx::query(forget).bind(id).execute(&self.pool).await.map(|_| ())
    }

    /// Somebody knew their password after all.
    pub(crate) async fn forget_attempts(&self, counter: &str) -> sqlx::Result<()> {
        let forget = "DELETE FROM login_attempts WHERE counter = $1";
        sqlx::query(forget).bind(kept(counter)).execute(&self.pool).await.map(|_| ())
    }

    /// Whether they logged in there after that moment.
    pub(crate) async fn knows_address(
        &self,
        username: &str,
        address: &str,
        after: i64,
    ) -> sqlx::Result<bool> {
        let known: Option<i64> = sqlx::query_scalar(
            "SELECT at FROM known_addresses WHERE username = $1 AND address = $2 AND at > $3",
        )
        .bind(username)
        .bind(address)
        .bind(after)
        .fetch_optional(&self.pool)
        .await?;
        Ok(known.is_some())
    }

    /// Keeps that they logged in there, and forgets where they did before that moment alone; `false`
    /// for whoever has left.
    pub(crate) async fn keep_address(
        &self,
        username: &str,
        address: &str,
        now: i64,
        before: i64,
    ) -> sqlx::Result<bool> {
        let forget = "DELETE FROM known_addresses WHERE username = $1 AND at <= $2";
        sqlx::query(forget).bind(username).bind(before).execute(&self.pool).await?;
        let kept = sqlx::query(
            "INSERT INTO known_addresses (username, address, at)
             SELECT username, $1, $2 FROM customers WHERE username = $3 AND closed_at IS NULL
             ON CONFLICT (username, address) DO UPDATE SET at = excluded.at",
        )
        .bind(address)
        .bind(now)
        .bind(username)
        .execute(&self.pool)
        .await?;
        Ok(kept.rows_affected() > 0)
    }
}
