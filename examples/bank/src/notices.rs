//! What customers are told was done to their factors.

use stepup_authority::factor::FactorFuture;
use stepup_authority::{EventKind, Notice, Notify};

use crate::ledger::Ledger;
use crate::outbox::Post;

/// By mail to the address in their profile.
#[derive(Debug)]
pub(crate) struct ByMail {
    pub(crate) ledger: Ledger,
    pub(crate) post: Post,
}

impl Notify for ByMail {
    fn notify(&self, notice: Notice) -> FactorFuture<'_, ()> {
        Box::pin(async move {
            match self.ledger.customer(&notice.subject).await {
                Ok(Some(customer)) => {
                    let text = text(&customer.name, &notice);
                    self.post.tell(&customer.email, "Your ways to confirm changed", text).await;
                }
                // Who has left is told once, that they did.
                Ok(None) => {}
                Err(error) => tracing::warn!("nobody was told of a change of factors: {error}"),
            }
        })
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
    format!("Hello {name},\n\n{what}\n\nIf that was not you, call us at once.\n\nThe Bank\n")
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
