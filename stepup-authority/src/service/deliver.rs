//! Sending what a prompt wants sent.

use serde_json::{Map, Value};
use tokio::time::timeout;

use super::caller::Caller;
use super::prompt::{ELSEWHERE, pending};
use super::tell::About;
use super::withdraw::Outstanding;
use crate::authority::Inner;
use crate::books::{Books, Keys};
use crate::ceremony::{Asked, CeremonyId};
use crate::event::EventKind;
use crate::factor::{Delivered, DeliveryError, Factor, Prompt};
use crate::problem::{Problem, Refusal};

impl Inner {
    /// Sends what a prompt wants sent, once: it is recorded, and whether it arrives or not, it is
    /// not sent again (F12).
    pub(super) async fn deliver(
        &self,
        caller: &Caller,
        factor: &dyn Factor,
        keys: &Keys,
        asked: &Asked,
        prompt: Prompt,
        about: About<'_>,
    ) -> Result<Map<String, Value>, Refusal> {
        let Prompt { outgoing, mut show, .. } = prompt;
        let Some(outgoing) = outgoing else { return Ok(show) };
        let outgoing = outgoing.named(&asked.id);
        let delivered = match timeout(ELSEWHERE, factor.deliver(&outgoing)).await {
            Ok(delivered) => delivered,
            Err(_) => Err(DeliveryError::new("no answer in time")),
        };
        let Delivered { kept, show: more } = match delivered {
            Ok(delivered) => delivered,
            Err(error) => {
                tracing::warn!(method = factor.method(), %error, "a user could not be asked");
                self.tell(EventKind::Unsent, caller, about);
                return Err(match error.retry_after {
                    Some(retry_after) => Problem::TooManySends { retry_after }.into(),
                    None => Problem::NotSent.into(),
                });
            }
        };
        if let (Some(kept), Some(id)) = (kept, about.ceremony) {
            self.keep(caller, keys, id, asked, &kept).await?;
        }
        if outgoing.is_message {
            self.tell(EventKind::Sent, caller, about);
        }
        show.extend(more);
        Ok(show)
    }

    /// Keeps what a delivery came back with, or, where nobody waits for an answer to it any more,
    /// has it withdrawn.
    async fn keep(
        &self,
        caller: &Caller,
        keys: &Keys,
        id: &CeremonyId,
        asked: &Asked,
        kept: &[u8],
    ) -> Result<(), Refusal> {
        let kept = self.seal(&["prompt", id.as_str(), &asked.factor], kept)?;
        let asked = Asked { kept, ..asked.clone() };
        let keep = |books: &mut Books| {
            let ceremony = pending(books.own_ceremony(&caller.binding)?);
            if let Ok(ceremony) = &ceremony
                && ceremony.asked(&asked.factor).is_some_and(|last| last.id == asked.id)
            {
                books.ceremony = Some(ceremony.clone().ask(asked.clone()).into());
                return Ok((None, Ok(())));
            }
            let late = self.outstanding_of(&caller.subject, id, &books.account, &asked);
            Ok(match ceremony {
                Ok(_) => (late.map(Outstanding::asked_anew), Ok(())),
                Err(over) => (late, Err(over)),
            })
        };
        let (late, kept) = self.desk().change(keys, self.now(), keep).await?;
        self.withdraw(late);
        kept
    }
}
