//! What a user has at Okta.

use serde::Deserialize;
use serde_json::Value;
use stepup_core::{Level, Method, Timestamp};

use super::fault::Fault;
use super::{Kept, Okta, is_id};
use crate::factor::email::address;
use crate::factor::{Enrolled, Kind, NotEnrolled, Strength, User};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Call,
    Email,
    Push,
    Sms,
    Totp,
}

impl Sort {
    pub(super) const fn method(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Email => "email",
            Self::Push => "push",
            Self::Sms => "sms",
            Self::Totp => "totp",
        }
    }

    const fn factor_type(self) -> &'static str {
        match self {
            Self::Totp => "token:software:totp",
            other => other.method(),
        }
    }

    pub(super) const fn is_sent(self) -> bool {
        !matches!(self, Self::Totp)
    }

    pub(super) fn strength(self, is_accepted: bool) -> Strength {
        let method = match self {
            Self::Call => Method::new("tel"),
            Self::Sms => Method::SMS,
            Self::Totp => Method::OTP,
            Self::Email | Self::Push => Method::new(self.method()),
        };
        let strength = Strength::new(Kind::Possession, [method], Level::SINGLE_FACTOR);
        if is_accepted || !matches!(self, Self::Email | Self::Push) {
            strength.with_another_kind(Level::MFA)
        } else {
            strength
        }
    }
}

/// A factor as Okta lists it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    id: String,
    factor_type: String,
    #[serde(default)]
    provider: String,
    status: String,
    #[serde(default)]
    profile: Value,
}

impl Listed {
    fn is_of(&self, sort: Sort) -> bool {
        self.status == "ACTIVE"
            && self.factor_type == sort.factor_type()
            && matches!(self.provider.as_str(), "OKTA" | "GOOGLE")
            && is_id(&self.id)
    }

    /// By what the user knows it, and no more of it.
    fn hint(&self) -> String {
        let text = |name: &str| self.profile.get(name).and_then(Value::as_str);
        if let Some(number) = text("phoneNumber") {
            let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
            let last: String = digits.iter().skip(digits.len().saturating_sub(2)).collect();
            return format!("…{last}");
        }
        if let Some(address) = text("email") {
            return address::hint(address);
        }
        text("name").unwrap_or_default().chars().take(40).collect()
    }
}

/// What the user has of this sort at Okta, and not here.
pub(super) async fn enrolled(
    okta: &Okta,
    sort: Sort,
    user: User<'_>,
) -> Result<Enrolled, NotEnrolled> {
    const NONE: NotEnrolled = NotEnrolled::Unfit(
        "you have none at the provider that is not in use here: set one up there",
    );
    let id = okta.known(user).ok_or(NONE)?;
    let call = okta.get(okta.url(&[&id, "factors"]));
    let reply = call.send().await.map_err(|why| Fault::unreached(why).not_enrolled())?;
    // No wait goes by this moment where Okta says what its own clock shows.
    let now = Timestamp::from_secs(0);
    if !reply.is_success() {
        let fault = Fault::of(&reply, now);
        return Err(if fault.is_unknown() { NONE } else { fault.not_enrolled() });
    }
    let listed: Vec<Value> =
        reply.json().ok_or_else(|| Fault::unreadable(&reply).not_enrolled())?;
    let is_new = |listed: &Listed| {
        user.enrolled
            .iter()
            .filter_map(|data| Kept::read(data).ok())
            .all(|kept| kept.factor != listed.id || kept.user != id)
    };
    // One of a sort that is not known here does not hide the others.
    let mut listed = listed.into_iter().filter_map(|one| serde_json::from_value(one).ok());
    let found: Listed = listed.find(|one| Listed::is_of(one, sort) && is_new(one)).ok_or(NONE)?;
    let hint = found.hint();
    Ok(Enrolled::new(Kept { user: id, factor: found.id }.written()).with_hint(hint))
}
