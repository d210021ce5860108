//! What a provider answers.

use http::HeaderMap;
use reqwest::Response;
use serde::de::DeserializeOwned;
use stepup_core::Timestamp;
use zeroize::Zeroizing;

use super::{Unreached, date};

/// Bytes of an answer: none that means something has as many.
const LONGEST: usize = 64 * 1024;

/// The longest wait that is passed on, in seconds: a day.
const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// An answer. Nothing of it is for the user, or for a log.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Zeroizing<Vec<u8>>,
}

impl Reply {
    pub(super) async fn read(mut response: Response) -> Result<Self, Unreached> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Zeroizing::new(Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|error| Unreached::by(&error))? {
            if body.len() + chunk.len() > LONGEST {
                return Err(Unreached::WithinBounds);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self { status, headers, body })
    }

    /// 2xx.
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body, if it is the JSON of such a value.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// A header, where it is there once and in ASCII.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?.trim();
        values.next().is_none().then_some(value)
    }

    /// Seconds to wait by `Retry-After`, of either form (RFC 9110 §10.2.3): 1 to a day.
    pub(crate) fn retry_after(&self, now: Timestamp) -> Option<u64> {
        let value = self.header("retry-after")?;
        let seconds = if value.bytes().all(|byte| byte.is_ascii_digit()) {
            // Of more digits than a number has, it is longer than any that is passed on.
            (!value.is_empty()).then(|| value.parse().unwrap_or(LONGEST_WAIT))?
        } else {
            date::seconds(value)?.saturating_sub(self.sent_at(now))
        };
        Some(seconds.clamp(1, LONGEST_WAIT))
    }

    /// Seconds until the moment, in seconds of Unix time, that a header of this name has: 1 to a
    /// day.
    pub(crate) fn until(&self, header: &str, now: Timestamp) -> Option<u64> {
        let moment: u64 = self.header(header)?.parse().ok()?;
        Some(moment.saturating_sub(self.sent_at(now)).clamp(1, LONGEST_WAIT))
    }

    /// By the provider's own clock, where it says: its moments are of that.
    fn sent_at(&self, now: Timestamp) -> u64 {
        self.header("date").and_then(date::seconds).unwrap_or_else(|| now.as_secs())
    }
}
