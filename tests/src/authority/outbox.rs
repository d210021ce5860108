//! What was sent, for tests that are not about sending.

use std::sync::{Arc, Mutex};

use stepup_authority::factor::{DeliveryError, FactorFuture, Mail, Mailer, Text, TextSender};

/// Takes every mail and text message, or refuses them all.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    sent: Vec<Sent>,
    is_down: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub to: String,
    pub code: String,
    pub id: String,
}

impl Outbox {
    /// All that was sent.
    pub fn sent(&self) -> Vec<Sent> {
        self.0.lock().expect("no test failed with it").sent.clone()
    }

    /// The code that was sent last.
    pub fn last_code(&self) -> String {
        self.sent().pop().expect("something was sent").code
    }

    /// Refuses from now on, or no longer.
    pub fn set_down(&self, is_down: bool) {
        self.0.lock().expect("no test failed with it").is_down = is_down;
    }

    fn take(&self, sent: Sent) -> Result<(), DeliveryError> {
        let mut contents = self.0.lock().expect("no test failed with it");
        if contents.is_down {
            return Err(DeliveryError::new("the outbox is down"));
        }
        contents.sent.push(sent);
        Ok(())
    }
}

impl Mailer for Outbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
        let (to, code, id) = (mail.to().into(), mail.code().into(), mail.id().into());
        Box::pin(std::future::ready(self.take(Sent { to, code, id })))
    }
}

impl TextSender for Outbox {
    fn send<'a>(&'a self, text: &'a Text) -> FactorFuture<'a, Result<(), DeliveryError>> {
        let (to, code, id) = (text.to().into(), text.code().into(), text.id().into());
        Box::pin(std::future::ready(self.take(Sent { to, code, id })))
    }
}
