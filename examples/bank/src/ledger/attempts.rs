//! Logins that failed, counted for all instances together.

use uuid::Uuid;

use super::Ledger;

/// How many there are, and when the first of them was.
pub(crate) struct Attempts {
    pub(crate) count: i64,
    pub(crate) first: Option<i64>,
}

impl Ledger {
    /// Counts one, by a name of its own, and forgets those before that moment.
    pub(crate) async fn count_attempt(
        &self,
        username: &str,
        now: i64,
        before: i64,
    ) -> sqlx::Result<String> {
        let forget = "DELETE FROM login_attempts WHERE at <= $1";
        sqlx::query(forget).bind(before).execute(&self.pool).await?;
        let id = Uuid::now_v7().to_string();
        sqlx::query("INSERT INTO login_attempts (id, username, at) VALUES ($1, $2, $3)")
            .bind(&id)
            .bind(username)
            .bind(now)
            .execute(&self.pool)
            .await?;
        Ok(id)
    }

    /// It was none.
    pub(crate) async fn take_back_attempt(&self, id: &str) -> sqlx::Result<()> {
        let forget = "DELETE FROM login_attempts WHERE id = $1";
        sqlx::query(forget).bind(id).execute(&self.pool).await.map(|_| ())
    }

    /// A user knew their password after all.
    pub(crate) async fn forget_attempts(&self, username: &str) -> sqlx::Result<()> {
        let forget = "DELETE FROM login_attempts WHERE username = $1";
        sqlx::query(forget).bind(username).execute(&self.pool).await.map(|_| ())
    }

    pub(crate) async fn attempts_of(&self, username: &str, after: i64) -> sqlx::Result<Attempts> {
        let (count, first) = sqlx::query_as(
            "SELECT COUNT(*), MIN(at) FROM login_attempts WHERE username = $1 AND at > $2",
        )
        .bind(username)
        .bind(after)
        .fetch_one(&self.pool)
        .await?;
        Ok(Attempts { count, first })
    }

    pub(crate) async fn all_attempts(&self, after: i64) -> sqlx::Result<Attempts> {
        let all = "SELECT COUNT(*), MIN(at) FROM login_attempts WHERE at > $1";
        let (count, first) = sqlx::query_as(all).bind(after).fetch_one(&self.pool).await?;
        Ok(Attempts { count, first })
    }
}
