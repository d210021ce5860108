//! Who is let in no longer, whichever instance was told.

use super::Ledger;

pub(crate) struct Standing {
    pub(crate) has_account: bool,
    pub(crate) is_signed_out: bool,
}

impl Ledger {
    pub(crate) async fn standing(
        &self,
        username: &str,
        session: Option<&str>,
    ) -> sqlx::Result<Standing> {
        let (accounts, logouts): (i64, i64) = sqlx::query_as(
            "SELECT
             (SELECT COUNT(*) FROM customers WHERE username = $1 AND closed_at IS NULL),
             (SELECT COUNT(*) FROM logouts WHERE session = $2)",
        )
        .bind(username)
        .bind(session)
        .fetch_one(&self.pool)
        .await?;
        Ok(Standing { has_account: accounts > 0, is_signed_out: logouts > 0 })
    }

    /// Keeps that a session ended, and forgets those that did before that moment.
    pub(crate) async fn sign_out(&self, session: &str, now: i64, before: i64) -> sqlx::Result<()> {
        let forget = "DELETE FROM logouts WHERE at <= $1";
        sqlx::query(forget).bind(before).execute(&self.pool).await?;
        sqlx::query(
            "INSERT INTO logouts (session, at) VALUES ($1, $2) ON CONFLICT (session) DO NOTHING",
        )
        .bind(session)
        .bind(now)
        .execute(&self.pool)
        .await
        .map(|_| ())
    }
}
