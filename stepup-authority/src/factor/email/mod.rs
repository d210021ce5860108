//! Codes by e-mail.

pub(super) mod address;
mod mail;
#[cfg(feature = "smtp")]
mod smtp;

use std::fmt;

use serde_json::{Map, Value};
use stepup_core::{Level, Method};

pub use self::mail::{Mail, Mailer};
#[cfg(feature = "smtp")]
pub use self::smtp::SmtpMailer;
use super::{
    Ask, Check, Checked, Delivered, DeliveryError, Destination, Enrolled, Factor, FactorFuture,
    Kind, NotEnrolled, Outgoing, Prompt, Strength, Unreadable, User, sent_code,
};

type Template = dyn Fn(&Outgoing) -> Mail + Send + Sync;

/// Codes by e-mail. The method `email`; enrolment takes the address as `email`, and is done once
/// the code that was sent there is answered.
///
/// It reaches `single-factor`, whatever the login was, because a mailbox says little about who
/// holds what: NIST SP 800-63B-4 §3.1.3.1 rules mail out as a channel for such codes, since a
/// password alone often opens it and others handle it on its way, and OWASP ASVS 5.0 rules it out
/// where it asks most (6.3.6). For its own `amr` value `email` there is no registered one
/// (RFC 8176).
///
/// ```
/// use stepup_authority::factor::{EmailCode, Factor, FactorFuture, Mail, Mailer};
/// # struct Queue;
/// # impl Mailer for Queue {
/// #     fn send<'a>(
/// #         &'a self,
/// #         _: &'a Mail,
/// #     ) -> FactorFuture<'a, Result<(), stepup_authority::factor::DeliveryError>> {
/// #         Box::pin(std::future::ready(Ok(())))
/// #     }
/// # }
///
/// let email = EmailCode::new(Queue);
/// assert_eq!(email.method(), "email");
/// ```
pub struct EmailCode {
    mailer: Box<dyn Mailer>,
    template: Box<Template>,
    is_second_factor: bool,
}

impl EmailCode {
    /// Sent by this.
    ///
    /// ```
    /// use stepup_authority::factor::{EmailCode, Mailer};
    /// fn email(mailer: impl Mailer) -> EmailCode {
    ///     EmailCode::new(mailer)
    /// }
    /// ```
    #[must_use]
    pub fn new(mailer: impl Mailer) -> Self {
        Self { mailer: Box::new(mailer), template: Box::new(written), is_second_factor: false }
    }

    /// Writes the mail, in place of an English text. Say what the code is for and that nobody will
    /// ask for it, and put no links: who expects links from you clicks on those of others.
    ///
    /// ```
    /// # use stepup_authority::factor::{EmailCode, Mail, Mailer};
    /// # fn example(mailer: impl Mailer) -> EmailCode {
    /// EmailCode::new(mailer).template(|outgoing| {
    ///     Mail::new(outgoing, "Bestätigung", format!("Ihr Code: {}", outgoing.code()))
    /// })
    /// # }
    /// ```
    #[must_use]
    pub fn template(self, write: impl Fn(&Outgoing) -> Mail + Send + Sync + 'static) -> Self {
        Self { template: Box::new(write), ..self }
    }

    /// Lets it reach `mfa` together with a login of another kind, such as a password. That is below
    /// what NIST SP 800-63B-4 and the highest level of OWASP ASVS ask for; if the password can be
    /// reset by mail, one mailbox is then all that it takes.
    ///
    /// ```
    /// # use stepup_authority::factor::{EmailCode, Mailer};
    /// # fn example(mailer: impl Mailer) -> EmailCode {
    /// EmailCode::new(mailer).accepted_as_second_factor()
    /// # }
    /// ```
    #[must_use]
    pub fn accepted_as_second_factor(self) -> Self {
        Self { is_second_factor: true, ..self }
    }
}

fn written(outgoing: &Outgoing) -> Mail {
    let text = format!(
        "Somebody who is logged in as you, most likely you, is about to do something that has to \
         be confirmed. The code to confirm it is\n\n    {}\n\nNobody will ever ask you for this \
         code: enter it only where you began. If that was not you, do not use it, and change your \
         password.\n",
        outgoing.code(),
    );
    Mail::new(outgoing, "Your confirmation code", text)
}

fn enrolled(details: &Map<String, Value>) -> Result<Enrolled, NotEnrolled> {
    let address = details.get("email").and_then(Value::as_str).and_then(address::normalised);
    let address = address.ok_or(NotEnrolled::Unfit(
        "give one plain address as `email`, such as alice@example.com",
    ))?;
    let hint = address::hint(&address);
    Ok(Enrolled::new(address.into_bytes()).with_hint(hint))
}

impl Factor for EmailCode {
    fn method(&self) -> &str {
        "email"
    }

    fn strength(&self) -> Strength {
        let strength =
            Strength::new(Kind::Possession, [Method::new("email")], Level::SINGLE_FACTOR);
        if self.is_second_factor { strength.with_another_kind(Level::MFA) } else { strength }
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        details: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(std::future::ready(enrolled(details)))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        sent_code::prompt(Destination::new(sent_code::address(ask.data)?), &ask.vault)
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn deliver<'a>(
        &'a self,
        outgoing: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(async move {
            self.mailer.send(&(self.template)(outgoing)).await?;
            Ok(Delivered::default())
        })
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(std::future::ready(sent_code::check(&check)))
    }
}

/// Nothing of what sends it.
impl fmt::Debug for EmailCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailCode")
            .field("is_second_factor", &self.is_second_factor)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;
    use crate::factor::trial::{Trial, enrol};

    #[derive(Default)]
    struct Sent(Mutex<Vec<[String; 5]>>);

    impl Mailer for Sent {
        fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
            let parts = [mail.to(), mail.subject(), mail.text(), mail.code(), mail.id()];
            self.0.lock().unwrap().push(parts.map(str::to_owned));
            Box::pin(std::future::ready(Ok(())))
        }
    }

    struct Down;

    impl Mailer for Down {
        fn send<'a>(&'a self, _: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
            Box::pin(std::future::ready(Err(DeliveryError::new("down"))))
        }
    }

    async fn delivered(email: &EmailCode, trial: &mut Trial) -> Outgoing {
        let prompt = trial.prompt(email).unwrap();
        trial.kept = Some(prompt.kept);
        let mut outgoing = prompt.outgoing.unwrap();
        outgoing.id = "sending-1".to_owned();
        assert!(email.deliver(&outgoing).await.is_ok());
        outgoing
    }

    #[tokio::test]
    async fn the_code_in_the_mail_is_right() {
        let sent = Arc::new(Sent::default());
        let email = EmailCode::new(Arc::clone(&sent));
        let enrolled = enrol(&email, json!({ "email": "Alice@EXAMPLE.com" })).await.unwrap();
        assert_eq!(enrolled.hint, "A…@example.com");
        assert!(!enrolled.is_proved && enrolled.show.is_empty() && email.needs_prompt());
        let mut trial = Trial::of(enrolled.data);
        let outgoing = delivered(&email, &mut trial).await;
        let [to, subject, text, code, id] = sent.0.lock().unwrap().pop().unwrap();
        assert_eq!((to.as_str(), id.as_str()), ("Alice@example.com", "sending-1"));
        assert_eq!(code, outgoing.code());
        assert!(text.contains(&code) && !subject.contains(&code));
        assert!(!text.contains("http") && !text.contains("www") && text.contains("Nobody"));
        assert!(matches!(trial.check(&email, code).await, Checked::Right(_)));
    }

    /// O18: an address that is not one string is no address, and what is sent goes to it alone.
    #[tokio::test]
    async fn o18_one_address_or_none() {
        let email = EmailCode::new(Down);
        for details in [
            json!({}),
            json!({ "email": ["a@example.com", "b@evil.example"] }),
            json!({ "email": ["a@example.com"] }),
            json!({ "email": { "0": "a@example.com" } }),
            json!({ "email": null }),
            json!({ "email": "a@example.com,b@evil.example" }),
            json!({ "email": "Alice <a@example.com>" }),
            json!({ "email": "a@example.com\r\nBcc: b@evil.example" }),
            json!({ "Email": "a@example.com" }),
        ] {
            let unfit = enrol(&email, details.clone()).await.unwrap_err();
            assert!(!unfit.to_string().contains("evil"), "{details}");
        }
    }

    #[tokio::test]
    async fn a_template_takes_the_place_of_the_text() {
        let sent = Arc::new(Sent::default());
        let email = EmailCode::new(Arc::clone(&sent))
            .template(|outgoing| Mail::new(outgoing, "Ümläut", format!("<{}>", outgoing.code())));
        let outgoing = delivered(&email, &mut Trial::of("a@example.com")).await;
        let [to, subject, text, ..] = sent.0.lock().unwrap().pop().unwrap();
        assert_eq!((to.as_str(), subject.as_str()), ("a@example.com", "Ümläut"));
        assert_eq!(text, format!("<{}>", outgoing.code()));
    }

    /// R-OTP-08.
    #[test]
    fn r_otp_08_mail_is_no_second_factor_unless_the_service_says_so() {
        let levels = |email: EmailCode| email.strength().levels().collect::<Vec<_>>();
        assert_eq!(levels(EmailCode::new(Down)), [Level::SINGLE_FACTOR]);
        let accepted = EmailCode::new(Down).accepted_as_second_factor();
        assert_eq!(levels(accepted), [Level::SINGLE_FACTOR, Level::MFA]);
    }

    #[tokio::test]
    async fn what_was_not_sent_is_said() {
        let outgoing = Outgoing::new(Destination::new("a@example.com"), "123456");
        let error = EmailCode::new(Down).deliver(&outgoing).await.unwrap_err();
        assert_eq!(error, DeliveryError::new("down"));
        let unreadable = Trial::of(b"\xff").prompt(&EmailCode::new(Down));
        assert_eq!(unreadable.unwrap_err(), Unreadable);
    }

    /// O13.
    #[test]
    fn o13_no_code_or_address_in_debug() {
        let outgoing = Outgoing::new(Destination::new("alice@example.com"), "123456");
        let mail = written(&outgoing);
        let debug = format!("{mail:?} {outgoing:?} {:?}", EmailCode::new(Down));
        assert!(!debug.contains("123456") && !debug.contains("alice"), "{debug}");
    }
}
