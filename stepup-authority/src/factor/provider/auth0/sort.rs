//! The sorts of authenticators.

use stepup_core::{Level, Method};

use crate::factor::{Kind, Strength};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Email,
    Otp,
    Push,
    Sms,
    Voice,
}

impl Sort {
    pub(super) const fn method(self) -> &'static str {
        match self {
            Self::Email => "auth0-email",
            Self::Otp => "auth0-otp",
            Self::Push => "auth0-push",
            Self::Sms => "auth0-sms",
            Self::Voice => "auth0-voice",
        }
    }

    /// As Auth0 lists it.
    pub(super) fn is(self, authenticator_type: &str, channel: Option<&str>) -> bool {
        let expected = match self {
            Self::Otp => return authenticator_type == "otp",
            Self::Email => "email",
            Self::Push => "auth0",
            Self::Sms => "sms",
            Self::Voice => "voice",
        };
        authenticator_type == "oob" && channel == Some(expected)
    }

    /// `counts`: as a second factor, too, where that is not a matter of course.
    pub(super) fn strength(self, counts: bool) -> Strength {
        let (method, counts) = match self {
            Self::Email => (Method::new("email"), counts),
            Self::Otp => (Method::OTP, true),
            Self::Push => (Method::new("push"), counts),
            Self::Sms => (Method::SMS, true),
            Self::Voice => (Method::new("tel"), true),
        };
        let strength = Strength::new(Kind::Possession, [method], Level::SINGLE_FACTOR);
        if counts { strength.with_another_kind(Level::MFA) } else { strength }
    }
}
