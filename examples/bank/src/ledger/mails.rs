//! The demonstration's mail.

use serde::Serialize;
use uuid::Uuid;

use super::Ledger;

#[derive(Serialize)]
pub(crate) struct KeptMail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) at: i64,
}

impl Ledger {
    pub(crate) async fn keep_mail(&self, mail: &KeptMail) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO outbox (id, recipient, subject, body, at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(&mail.to)
        .bind(&mail.subject)
        .bind(&mail.text)
        .bind(mail.at)
        .execute(&self.pool)
        .await
        .map(|_| ())
    }

    /// Newest first.
    pub(crate) async fn mails(&self) -> sqlx::Result<Vec<KeptMail>> {
        let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
            "SELECT recipient, subject, body, at FROM outbox ORDER BY at DESC, id DESC LIMIT 100",
        )
        .fetch_all(&self.pool)
        .await?;
        let mail = |(to, subject, text, at)| KeptMail { to, subject, text, at };
        Ok(rows.into_iter().map(mail).collect())
    }
}
