//! What customers are told was done to their factors.

use stepup_authority::factor::FactorFuture;
use stepup_authority::{EventKind, Notice, Notify};

use crate::ledger::Ledger;
use crate::outbox::Post;

/// For how long it is told at an address that a customer has left as well: somebody else may have
/// had it changed.
pub(crate) const TOLD_FOR: i64 = 30 * 24 * 60 * 60;

/// By mail to the address in their profile, and to those that were there lately.
#[derive(Debug)]
pub(crate) struct ByMail {
    pub(crate) ledger: Ledger,
    pub(crate) post: Post,
}

impl Notify for ByMail {
    fn notify(&self, notice: Notice) -> FactorFuture<'_, ()> {
        Box::pin(async move {
            if let Err(error) = self.tell(&notice).await {
                tracing::warn!("nobody was told of a change of factors: {error}");
            }
        })
    }
}

impl ByMail {
    async fn tell(&self, notice: &Notice) -> sqlx::Result<()> {
        let Some(customer) = self.ledger.customer(&notice.subject).await? else {
            // Who has left is told once, that they did.
            return Ok(());
        };
        let after = notice.at.as_secs().cast_signed() - TOLD_FOR;
        let addresses = self.ledger.addresses(&customer.username, after).await?;
        let text = text(&customer.name, notice);
        self.post.tell_all(addresses, "Your ways to confirm changed", &text).await;
        Ok(())
    }
}

fn text(name: &str, notice: &Notice) -> String {
    let way = way(&notice.method);
    let what = match notice.kind {
        EventKind::Enrolled => format!("From now on you can confirm with {way}."),
        EventKind::Removed => format!("You can no longer confirm with {way}."),
        EventKind::Denied => format!("Somebody asked you to confirm with {way}, and you said no."),
        EventKind::Cloned => format!("There may be a copy of {way}: it is not accepted."),
        EventKind::Disabled => format!("After many wrong codes {way} has to be set up anew."),
        _ => format!("After several wrong codes {way} is locked for a while."),
    };
    format!("Hello {name},\n\n{what}\n\nIf that was not you, call us at once.\n\nBank\n")
}

fn way(method: &str) -> &str {
    match method {
        "webauthn" => "your passkey",
        "totp" => "your authenticator app",
        "push" => "your phone",
        "recovery" => "your recovery codes",
        "email" => "codes by e-mail",
        other => other,
    }
}
