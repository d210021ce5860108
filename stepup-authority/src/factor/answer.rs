//! What the user answered.

use std::fmt;

use serde_json::{Map, Value};

/// What the user answered, unverified.
///
/// ```
/// use stepup_authority::factor::Answer;
/// let body = serde_json::json!({ "factor": "f_1", "code": "123456" });
/// assert_eq!(Answer::new(body.as_object().unwrap()).code(), Some("123456"));
/// ```
#[derive(Clone, Copy)]
pub struct Answer<'a>(&'a Map<String, Value>);

impl<'a> Answer<'a> {
    /// What the client sent.
    ///
    /// ```
    /// use stepup_authority::factor::Answer;
    /// let body = serde_json::json!({ "code": "123456" });
    /// let answer = Answer::new(body.as_object().unwrap());
    /// ```
    #[must_use]
    pub const fn new(body: &'a Map<String, Value>) -> Self {
        Self(body)
    }

    /// The code, where it came as a string.
    ///
    /// ```
    /// use stepup_authority::factor::Answer;
    /// let body = serde_json::json!({ "code": 123456 });
    /// assert_eq!(Answer::new(body.as_object().unwrap()).code(), None);
    /// ```
    #[must_use]
    pub fn code(self) -> Option<&'a str> {
        self.0.get("code")?.as_str()
    }

    /// Any member, for factors whose answers are more than a code.
    ///
    /// ```
    /// # use stepup_authority::factor::Answer;
    /// let body = serde_json::json!({ "credential": { "id": "…" } });
    /// assert!(Answer::new(body.as_object().unwrap()).member("credential").is_some());
    /// ```
    #[must_use]
    pub fn member(self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }
}

/// Nothing of what it holds.
impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}
