//! Who is let in no longer, whichever instance was told.

use std::time::Duration;

use stepup_axum::{Authentication, Revocation, Revocations, TokenFault, VerifyError};

use super::Ledger;

/// Gates ask it of everybody who calls: the API and the authority then refuse the tokens of whoever
/// left or signed out.
impl Revocations for Ledger {
    fn check<'a>(&'a self, login: &'a Authentication) -> Revocation<'a> {
        Box::pin(async move {
            let standing = self.stands(login.subject(), login.session()).await;
            match standing {
                Ok(true) => Ok(()),
                Ok(false) => Err(TokenFault::Revoked.into()),
                Err(error) => {
                    tracing::error!("the ledger: {error}");
                    Err(VerifyError::Unavailable { retry_after: Duration::from_secs(1) })
                }
            }
        })
    }
}

impl Ledger {
    async fn stands(&self, username: &str, session: Option<&str>) -> sqlx::Result<bool> {
        let standing: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM customers WHERE username = $1 AND closed_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM logouts WHERE session = $2)",
        )
        .bind(username)
        .bind(session)
        .fetch_optional(&self.pool)
        .await?;
        Ok(standing.is_some())
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
