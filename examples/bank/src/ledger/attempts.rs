//! Logins that failed, and where those came from that did not, for all instances together.

use uuid::Uuid;

use super::Ledger;

/// How many there are, and when the first of them was.
pub(crate) struct Attempts {
    pub(crate) count: i64,
    pub(crate) first: Option<i64>,
}

impl Ledger {
    /// Counts one in each of these, by a name of its own, and forgets those before that moment.
    pub(crate) async fn count_attempt(
        &self,
        counters: &[(&str, i64)],
        now: i64,
        before: i64,
    ) -> sqlx::Result<String> {
        let forget = "DELETE FROM login_attempts WHERE at <= $1";
        sqlx::query(forget).bind(before).execute(&self.pool).await?;
        let id = Uuid::now_v7().to_string();
        for (counter, _) in counters {
            sqlx::query("INSERT INTO login_attempts (id, counter, at) VALUES ($1, $2, $3)")
                .bind(&id)
                .bind(*counter)
                .bind(now)
                .execute(&self.pool)
                .await?;
        }
        Ok(id)
    }

    pub(crate) async fn attempts(&self, counter: &str, after: i64) -> sqlx::Result<Attempts> {
        let counted = "SELECT COUNT(*), MIN(at) FROM login_attempts WHERE counter = $1 AND at > $2";
        let counted = sqlx::query_as(counted).bind(counter).bind(after);
        let (count, first) = counted.fetch_one(&self.pool).await?;
        Ok(Attempts { count, first })
    }

    /// It was none.
    pub(crate) async fn take_back_attempt(&self, id: &str) -> sqlx::Result<()> {
        let forget = "DELETE FROM login_attempts WHERE id = $1";
        sqlx::query(forget).bind(id).execute(&self.pool).await.map(|_| ())
    }

    /// Somebody knew their password after all.
    pub(crate) async fn forget_attempts(&self, counter: &str) -> sqlx::Result<()> {
        let forget = "DELETE FROM login_attempts WHERE counter = $1";
        sqlx::query(forget).bind(counter).execute(&self.pool).await.map(|_| ())
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

    /// Keeps that they logged in there, and forgets where they did before that moment alone.
    pub(crate) async fn keep_address(
        &self,
        username: &str,
        address: &str,
        now: i64,
        before: i64,
    ) -> sqlx::Result<()> {
        let forget = "DELETE FROM known_addresses WHERE username = $1 AND at <= $2";
        sqlx::query(forget).bind(username).bind(before).execute(&self.pool).await?;
        sqlx::query(
            "INSERT INTO known_addresses (username, address, at) VALUES ($1, $2, $3)
             ON CONFLICT (username, address) DO UPDATE SET at = excluded.at",
        )
        .bind(username)
        .bind(address)
        .bind(now)
        .execute(&self.pool)
        .await
        .map(|_| ())
    }
}
