//! Where a ceremony is asked for from.

use http::header::USER_AGENT;
use http::request::Parts;

use super::caller::Caller;
use crate::authority::Inner;
use crate::factor::AskedBy;

/// What is longer is no browser's.
const LONGEST_BROWSER: usize = 256;

pub(super) struct OwnedAskedBy {
    client_id: Option<String>,
    browser: Option<String>,
    address: Option<String>,
}

impl OwnedAskedBy {
    pub(super) fn as_ref(&self) -> AskedBy<'_> {
        AskedBy {
            client_id: self.client_id.as_deref(),
            browser: self.browser.as_deref(),
            address: self.address.as_deref(),
        }
    }
}

impl Inner {
    pub(super) fn asked_by(&self, caller: &Caller, parts: &Parts) -> OwnedAskedBy {
        // `to_str` takes visible ASCII alone: nothing in it turns a line of the phone's around.
        let browser = parts.headers.get(USER_AGENT).and_then(|browser| browser.to_str().ok());
        let browser = browser.filter(|browser| browser.len() <= LONGEST_BROWSER);
        OwnedAskedBy {
            client_id: caller.login.client_id().map(str::to_owned),
            browser: browser.map(str::to_owned),
            address: self.address.as_ref().and_then(|address| address(parts)),
        }
    }
}
