//! Mail: to a server, or to a page that shows what would have been sent.

use std::fmt;
use std::sync::Arc;

use stepup_authority::factor::{
    DeliveryError, Destination, FactorFuture, Mail, Mailer, Outgoing, SmtpMailer,
};
use stepup_axum::Clock;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Duration, timeout};
use url::Url;

use crate::StartError;
use crate::ledger::{KeptMail, Ledger};

/// Keeps mail for `/demo/outbox`. Codes are in it: a real service has no such page.
pub(crate) struct Outbox {
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Mailer for Outbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
        let mail = KeptMail {
            to: mail.to().to_owned(),
            subject: mail.subject().to_owned(),
            text: mail.text().to_owned(),
            at: self.clock.now().as_secs().cast_signed(),
        };
        Box::pin(async move {
            let kept = self.ledger.keep_mail(&mail).await;
            kept.map_err(|error| DeliveryError::new(error.to_string()))
        })
    }
}

/// A mail server, if it is there.
pub(crate) async fn smtp(url: &str) -> Result<SmtpMailer, StartError> {
    let mailer = SmtpMailer::new(url, "Bank <no-reply@bank.example>")?;
    let parsed = Url::parse(url)?;
    let host = parsed.host_str().unwrap_or_default();
    let port = parsed.port().unwrap_or(match (parsed.scheme(), host) {
        ("smtps", _) => 465,
        (_, "localhost" | "127.0.0.1") => 25,
        _ => 587,
    });
    let reached = timeout(Duration::from_secs(5), TcpStream::connect((host, port))).await;
    let why = match reached {
        Ok(Ok(_)) => return Ok(mailer),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it does not answer".to_owned(),
    };
    Err(format!(
        "the mail server {host}:{port} cannot be reached ({why}): start it, or leave --smtp out \
         to have mail at /demo/outbox"
    )
    .into())
}

/// What tells customers something. It is for their own good: if it fails, what it tells of is
/// done all the same.
#[derive(Clone)]
pub(crate) struct Post(pub(crate) Arc<dyn Mailer>);

impl Post {
    pub(crate) async fn tell(&self, address: &str, subject: &str, text: String) {
        let to = Outgoing::new(Destination::new(address), "");
        if let Err(error) = self.0.send(&Mail::new(&to, subject, text)).await {
            tracing::warn!("a mail was not sent ({subject}): {error}");
        }
    }

    /// The same at several addresses at once: a mail server that is slow is waited for once.
    pub(crate) async fn tell_all(&self, addresses: Vec<String>, subject: &'static str, text: &str) {
        let mut mails = JoinSet::new();
        for address in addresses {
            let (post, text) = (self.clone(), text.to_owned());
            mails.spawn(async move { post.tell(&address, subject, text).await });
        }
        mails.join_all().await;
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Barrier;

    use super::*;

    /// Answers when it has as many mails as it waits for.
    struct Together(Barrier);

    impl Mailer for Together {
        fn send<'a>(&'a self, _: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
            Box::pin(async {
                self.0.wait().await;
                Ok(())
            })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn several_addresses_are_told_at_once() {
        let post = Post(Arc::new(Together(Barrier::new(3))));
        let addresses = ["a", "b", "c"].map(|name| format!("{name}@example.com")).into();
        let told = post.tell_all(addresses, "Your account is closed", "Hello");
        assert!(timeout(Duration::from_secs(5), told).await.is_ok());
    }
}
