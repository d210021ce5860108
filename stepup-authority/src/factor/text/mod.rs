//! Codes by text message.

pub(super) mod dialling;
mod sender;
#[cfg(feature = "text")]
mod twilio;

use std::fmt;

use serde_json::{Map, Value};
use stepup_core::{Level, Method};

pub use self::sender::{Text, TextSender};
#[cfg(feature = "text")]
pub use self::twilio::TwilioSender;
use super::{
    Ask, Check, Checked, Delivered, DeliveryError, Destination, Enrolled, Factor, FactorFuture,
    Kind, NotEnrolled, Outgoing, Prompt, Strength, Unreadable, User, sent_code,
};
use crate::StartError;

type Template = dyn Fn(&Outgoing) -> Text + Send + Sync;

/// Codes by text message. The method `sms`; enrolment takes the number as `phone`, in the form of
/// E.164 exactly (`+` and 7 to 15 digits, nothing between them), and is done once the code that was
/// sent there is answered.
///
/// The telephone network is a restricted authenticator (NIST SP 800-63B-4 §3.1.3.3 and §3.2.9):
/// numbers are carried off by swapped SIM cards and messages are read on the way. Offer users
/// another factor beside it, and tell them why.
///
/// Sending costs, and whoever shares in that has messages sent to costly numbers. Name the
/// countries that your users live in with [`only`](Self::only); sending is limited for each
/// country besides, and within +1 for each area.
///
/// ```
/// use stepup_authority::factor::{Factor, TextCode, TextSender};
///
/// # fn example(sender: impl TextSender) -> Result<(), stepup_authority::StartError> {
/// let text = TextCode::new(sender).only(["+49", "+43", "+41"])?;
/// assert_eq!(text.method(), "sms");
/// # Ok(())
/// # }
/// ```
pub struct TextCode {
    sender: Box<dyn TextSender>,
    template: Box<Template>,
    only: Option<Vec<String>>,
}

impl TextCode {
    /// Sent by this.
    ///
    /// ```
    /// use stepup_authority::factor::{TextCode, TextSender};
    /// fn text(sender: impl TextSender) -> TextCode {
    ///     TextCode::new(sender)
    /// }
    /// ```
    #[must_use]
    pub fn new(sender: impl TextSender) -> Self {
        Self { sender: Box::new(sender), template: Box::new(written), only: None }
    }

    /// Writes the message, in place of an English one. Keep it below 160 plain characters, say that
    /// nobody will ask for the code, and put no links.
    ///
    /// ```
    /// # use stepup_authority::factor::{Text, TextCode, TextSender};
    /// # fn example(sender: impl TextSender) -> TextCode {
    /// TextCode::new(sender)
    ///     .template(|outgoing| Text::new(outgoing, format!("Ihr Code: {}", outgoing.code())))
    /// # }
    /// ```
    #[must_use]
    pub fn template(self, write: impl Fn(&Outgoing) -> Text + Send + Sync + 'static) -> Self {
        Self { template: Box::new(write), ..self }
    }

    /// Takes no numbers but those that begin with one of these, and sends to no others that were
    /// enrolled before.
    ///
    /// # Errors
    ///
    /// No prefix at all, or one that is not `+` and digits.
    ///
    /// ```
    /// # use stepup_authority::factor::{TextCode, TextSender};
    /// # fn example(sender: impl TextSender) {
    /// let error = TextCode::new(sender).only(["49"]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "no telephone number begins with `49`: write prefixes as `+49` or `+1202`",
    /// );
    /// # }
    /// ```
    pub fn only(
        self,
        prefixes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, StartError> {
        let prefixes: Vec<String> = prefixes.into_iter().map(Into::into).collect();
        if prefixes.is_empty() {
            return Err(StartError::new(
                "text messages are allowed to no numbers at all: name a prefix such as `+49`, or \
                 leave the factor out",
            ));
        }
        if let Some(wrong) = prefixes.iter().find(|prefix| !dialling::is_prefix(prefix)) {
            return Err(StartError::new(format!(
                "no telephone number begins with `{wrong}`: write prefixes as `+49` or `+1202`"
            )));
        }
        Ok(Self { only: Some(prefixes), ..self })
    }

    fn takes(&self, number: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| only.iter().any(|prefix| number.starts_with(prefix.as_str())))
    }
}

fn written(outgoing: &Outgoing) -> Text {
    let code = outgoing.code();
    let text = format!(
        "{code} confirms what you are about to do. Nobody will ask you for this code: enter it \
         only where you began."
    );
    Text::new(outgoing, text)
}

impl TextCode {
    fn enrolled(&self, details: &Map<String, Value>) -> Result<Enrolled, NotEnrolled> {
        let number = details
            .get("phone")
            .and_then(Value::as_str)
            .filter(|number| dialling::is_number(number))
            .ok_or(NotEnrolled::Unfit("give one number as `phone`, such as +4915112345678"))?;
        if !self.takes(number) {
            return Err(NotEnrolled::Unfit("numbers of this country or region are not taken"));
        }
        let hint = number.get(number.len() - 2..).unwrap_or_default();
        Ok(Enrolled::new(number.as_bytes().to_vec()).with_hint(format!("…{hint}")))
    }
}

impl Factor for TextCode {
    fn method(&self) -> &str {
        "sms"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::SMS], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        details: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(std::future::ready(self.enrolled(details)))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let number = sent_code::address(ask.data)?;
        let destination = Destination::new(number).with_prefix(dialling::prefix(number));
        sent_code::prompt(destination, &ask.vault)
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn deliver<'a>(
        &'a self,
        outgoing: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(async move {
            if !self.takes(outgoing.destination().address()) {
                return Err(DeliveryError::new("numbers of this prefix are not taken any more"));
            }
            self.sender.send(&(self.template)(outgoing)).await?;
            Ok(Delivered::default())
        })
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(std::future::ready(sent_code::check(&check)))
    }
}

/// Nothing of what sends it.
impl fmt::Debug for TextCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextCode").field("only", &self.only).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;
    use crate::factor::trial::{Trial, enrol};

    #[derive(Default)]
    struct Sent(Mutex<Vec<[String; 4]>>);

    impl TextSender for Sent {
        fn send<'a>(&'a self, text: &'a Text) -> FactorFuture<'a, Result<(), DeliveryError>> {
            let parts = [text.to(), text.text(), text.code(), text.id()];
            self.0.lock().unwrap().push(parts.map(str::to_owned));
            Box::pin(std::future::ready(Ok(())))
        }
    }

    #[tokio::test]
    async fn the_code_in_the_message_is_right() {
        let sent = Arc::new(Sent::default());
        let factor = TextCode::new(Arc::clone(&sent));
        let enrolled = enrol(&factor, json!({ "phone": "+4915112345678" })).await.unwrap();
        assert_eq!(enrolled.hint, "…78");
        assert!(!enrolled.is_proved && enrolled.show.is_empty() && factor.needs_prompt());
        let mut trial = Trial::of(enrolled.data);
        let prompt = trial.prompt(&factor).unwrap();
        trial.kept = Some(prompt.kept);
        let mut outgoing = prompt.outgoing.unwrap();
        outgoing.id = "sending-1".to_owned();
        assert_eq!(outgoing.destination().prefix.as_deref(), Some("+49"));
        assert!(factor.deliver(&outgoing).await.is_ok());
        let [to, text, code, id] = sent.0.lock().unwrap().pop().unwrap();
        assert_eq!((to.as_str(), id.as_str()), ("+4915112345678", "sending-1"));
        assert!(text.contains(&code) && text.is_ascii() && text.len() <= 160, "{}", text.len());
        assert!(!text.contains("http") && text.contains("Nobody"));
        assert!(matches!(trial.check(&factor, code).await, Checked::Right(_)));
    }

    /// O18.
    #[tokio::test]
    async fn o18_one_number_or_none() {
        let factor = TextCode::new(Sent::default());
        for details in [
            json!({}),
            json!({ "phone": ["+4915112345678", "+4366412345678"] }),
            json!({ "phone": 4_915_112_345_678_u64 }),
            json!({ "phone": "+49 151 12345678" }),
            json!({ "phone": "+4915112345678,+4366412345678" }),
            json!({ "phone": "015112345678" }),
        ] {
            let unfit = enrol(&factor, details.clone()).await.unwrap_err();
            assert!(unfit.to_string().starts_with("give one number"), "{details}");
        }
    }

    /// O17: an allow-list binds enrolments that were made before it, too.
    #[tokio::test]
    async fn o17_only_the_countries_that_are_named() {
        let sent = Arc::new(Sent::default());
        let factor = TextCode::new(Arc::clone(&sent)).only(["+49", "+1202"]).unwrap();
        for (number, taken) in [
            ("+4915112345678", true),
            ("+12025550123", true),
            ("+18765550123", false),
            ("+436641234567", false),
            ("+420601123456", false),
        ] {
            assert_eq!(enrol(&factor, json!({ "phone": number })).await.is_ok(), taken, "{number}");
            let outgoing = Outgoing::new(Destination::new(number), "123456");
            assert_eq!(factor.deliver(&outgoing).await.is_ok(), taken, "{number}");
        }
        assert_eq!(sent.0.lock().unwrap().len(), 2);
        let none: [&str; 0] = [];
        assert!(TextCode::new(Sent::default()).only(none).is_err());
        for wrong in ["", "+", "49", "0049", "+0", "+49 151", "+4９", "+1234567890123456"] {
            assert!(TextCode::new(Sent::default()).only(["+49", wrong]).is_err(), "{wrong:?}");
        }
    }

    /// R-OTP-07: whatever the login, it is never phishing-resistant.
    #[test]
    fn r_otp_07_a_text_reaches_mfa_at_most() {
        let factor = TextCode::new(Sent::default());
        let levels: Vec<Level> = factor.strength().levels().collect();
        assert_eq!(levels, [Level::SINGLE_FACTOR, Level::MFA]);
    }

    /// O13.
    #[test]
    fn o13_no_code_or_number_in_debug() {
        let outgoing = Outgoing::new(Destination::new("+4915112345678"), "123456");
        let text = written(&outgoing);
        let debug = format!("{text:?} {outgoing:?} {:?}", TextCode::new(Sent::default()));
        assert!(!debug.contains("123456") && !debug.contains("4915"), "{debug}");
    }
}
