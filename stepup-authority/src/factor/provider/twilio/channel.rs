//! How a code reaches the user.

use serde_json::{Map, Value};
use stepup_core::{Level, Method};

use crate::factor::email::address;
use crate::factor::text::dialling;
use crate::factor::{Destination, Enrolled, Kind, NotEnrolled, Strength};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    Call,
    Email,
    Sms,
    WhatsApp,
}

impl Channel {
    /// By its name at Twilio, which is that of the method too.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::WhatsApp => "whatsapp",
        }
    }

    pub(super) fn strength(self, is_second_factor: bool) -> Strength {
        let method = match self {
            Self::Call => Method::new("tel"),
            Self::Sms => Method::SMS,
            Self::Email | Self::WhatsApp => Method::new(self.name()),
        };
        let strength = Strength::new(Kind::Possession, [method], Level::SINGLE_FACTOR);
        if self != Self::Email || is_second_factor {
            strength.with_another_kind(Level::MFA)
        } else {
            strength
        }
    }

    /// What is kept of where it goes.
    pub(super) fn enrolled(
        self,
        details: &Map<String, Value>,
        only: Option<&[String]>,
    ) -> Result<Enrolled, NotEnrolled> {
        let text = |name: &str| details.get(name).and_then(Value::as_str);
        if self == Self::Email {
            let address = text("email").and_then(address::normalised);
            let address = address.ok_or(NotEnrolled::Unfit(
                "give one plain address as `email`, such as alice@example.com",
            ))?;
            let hint = address::hint(&address);
            return Ok(Enrolled::new(address.into_bytes()).with_hint(hint));
        }
        let number = text("phone")
            .filter(|number| dialling::is_number(number))
            .ok_or(NotEnrolled::Unfit("give one number as `phone`, such as +4915112345678"))?;
        if !is_taken(number, only) {
            return Err(NotEnrolled::Unfit("numbers of this country or region are not taken"));
        }
        let hint = number.get(number.len() - 2..).unwrap_or_default();
        Ok(Enrolled::new(number.as_bytes().to_vec()).with_hint(format!("…{hint}")))
    }

    pub(super) fn destination(self, address: &str) -> Destination {
        match self {
            Self::Email => Destination::new(address),
            _ => Destination::new(address).with_prefix(dialling::prefix(address)),
        }
    }
}

/// Whether something is sent to numbers that begin so.
pub(super) fn is_taken(number: &str, only: Option<&[String]>) -> bool {
    only.is_none_or(|only| only.iter().any(|prefix| number.starts_with(prefix.as_str())))
}
