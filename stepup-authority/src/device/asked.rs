//! What is asked of a device.

use stepup_core::Timestamp;

use super::DeviceError;
use crate::factor::push::wire::Shown;

/// A request, to be shown to the user whole: an answer is signed over all of it.
///
/// ```
/// use stepup_authority::device::Asked;
///
/// fn lines(asked: &Asked) -> [String; 3] {
///     [
///         format!("{} ({})", asked.purpose(), asked.account()),
///         format!("{} {}", asked.client().unwrap_or("?"), asked.browser().unwrap_or("?")),
///         format!("from {}", asked.address().unwrap_or("?")),
///     ]
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    text: String,
    shown: Shown,
}

impl Asked {
    pub(super) fn read(text: String) -> Result<Self, DeviceError> {
        let shown: Shown = serde_json::from_str(&text).map_err(|_| DeviceError::Malformed)?;
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        // It becomes a part of a path.
        if shown.id.is_empty() || !shown.id.bytes().all(is_id) {
            return Err(DeviceError::Malformed);
        }
        Ok(Self { text, shown })
    }

    /// To the letter, as it is signed.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Its name.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// fn is_the_same(one: &Asked, other: &Asked) -> bool {
    ///     one.id() == other.id()
    /// }
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        &self.shown.id
    }

    /// Whose account.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// fn title(asked: &Asked) -> &str {
    ///     asked.account()
    /// }
    /// ```
    #[must_use]
    pub fn account(&self) -> &str {
        &self.shown.account
    }

    /// The `client_id` of the program that asks.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// fn program(asked: &Asked) -> &str {
    ///     asked.client().unwrap_or("?")
    /// }
    /// ```
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.shown.client.as_deref()
    }

    /// What for, in a sentence.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// fn sentence(asked: &Asked) -> &str {
    ///     asked.purpose()
    /// }
    /// ```
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.shown.purpose
    }

    /// What for, as levels of which any will do; none: whatever is reached.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// fn is_of_a_second_factor(asked: &Asked) -> bool {
    ///     asked.levels().any(|level| level == "mfa")
    /// }
    /// ```
    pub fn levels(&self) -> impl Iterator<Item = &str> {
        self.shown.levels.iter().map(String::as_str)
    }

    /// The browser, as it calls itself.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// fn browser(asked: &Asked) -> &str {
    ///     asked.browser().unwrap_or("?")
    /// }
    /// ```
    #[must_use]
    pub fn browser(&self) -> Option<&str> {
        self.shown.browser.as_deref()
    }

    /// Where it is asked from: the network address, or the place.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// fn place(asked: &Asked) -> &str {
    ///     asked.address().unwrap_or("?")
    /// }
    /// ```
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.shown.address.as_deref()
    }

    /// When it was asked.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// # use stepup_core::Timestamp;
    /// fn seconds_ago(asked: &Asked, now: Timestamp) -> u64 {
    ///     now.seconds_since(asked.asked_at())
    /// }
    /// ```
    #[must_use]
    pub const fn asked_at(&self) -> Timestamp {
        Timestamp::from_secs(self.shown.asked_at)
    }

    /// From when on it cannot be answered.
    ///
    /// ```
    /// # use stepup_authority::device::Asked;
    /// # use stepup_core::Timestamp;
    /// fn seconds_left(asked: &Asked, now: Timestamp) -> u64 {
    ///     asked.expires_at().seconds_since(now)
    /// }
    /// ```
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        Timestamp::from_secs(self.shown.expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-PUSH-01: what it would sign is more than what it shows.
    #[test]
    fn r_push_01_a_request_with_more_in_it_than_is_shown_is_refused() {
        let text = r#"{"id":"1","account":"alice","client":null,"purpose":"Confirm.","levels":[],
            "browser":null,"address":null,"asked_at":0,"expires_at":120}"#;
        assert!(Asked::read(text.to_owned()).is_ok());
        let more = text.replace("\"id\"", "\"amount\":\"50\",\"id\"");
        assert_eq!(Asked::read(more), Err(DeviceError::Malformed));
    }
}
