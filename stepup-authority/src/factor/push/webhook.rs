//! Waking devices by a webhook.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64_simd::STANDARD;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::wake::{Wake, Waker};
use crate::StartError;
use crate::factor::{DeliveryError, FactorFuture};
use crate::loopback::is_loopback;

/// Less than a waker has, so that it is said what it was.
const TIMEOUT: Duration = Duration::from_millis(2800);

/// Bytes of a secret, as Standard Webhooks has them.
const SECRET: std::ops::RangeInclusive<usize> = 24..=64;

/// Wakes devices by posting to a URL of the service's, signed as Standard Webhooks 1.0 wants it:
/// `webhook-id`, `webhook-timestamp` and `webhook-signature` (`v1`, HMAC-SHA-256). Needs a Tokio
/// runtime when it posts.
///
/// ```json
/// {"type": "push.requested", "timestamp": "2027-01-15T08:00:00Z", "data": {"device": "…"}}
/// ```
///
/// `device` is what the device was enrolled as. Any status of success will do; nothing is posted
/// twice, and no redirect followed.
///
/// ```no_run
/// use stepup_authority::factor::{Push, PushWebhook};
/// use stepup_authority::{Issuer, StartError};
///
/// fn push(issuer: &Issuer, secret: &str) -> Result<Push, StartError> {
///     let webhook = PushWebhook::new("https://app.bank.example/hooks/push", secret)?;
///     Ok(Push::new(issuer).woken_by(webhook))
/// }
/// ```
pub struct PushWebhook {
    client: Client,
    url: Url,
    key: hmac::Key,
}

impl PushWebhook {
    /// To this URL, https beyond the loopback, and signed with this secret: 24 to 64 random bytes
    /// in base64, after `whsec_` or not.
    ///
    /// # Errors
    ///
    /// A URL or secret that is not that, or a system without certificate authorities.
    ///
    /// ```
    /// use stepup_authority::factor::PushWebhook;
    ///
    /// let error = PushWebhook::new("https://app.bank.example/push", "secret").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "the secret of the webhook for pushes is not the base64 of 24 to 64 bytes: make one \
    ///      with `openssl rand -base64 32`",
    /// );
    /// ```
    pub fn new(url: &str, secret: &str) -> Result<Self, StartError> {
        let url = Url::parse(url).ok().filter(may_be_posted_to).ok_or_else(|| {
            StartError::new(
                "the URL of the webhook for pushes cannot be used: give one of https without a \
                 user or a fragment; plain http is for the loopback alone",
            )
        })?;
        let secret = secret.strip_prefix("whsec_").unwrap_or(secret);
        let secret = STANDARD.decode_to_vec(secret).map(Zeroizing::new).ok();
        let secret = secret.filter(|secret| SECRET.contains(&secret.len())).ok_or_else(|| {
            StartError::new(
                "the secret of the webhook for pushes is not the base64 of 24 to 64 bytes: make \
                 one with `openssl rand -base64 32`",
            )
        })?;
        let client = Client::builder()
            .user_agent(concat!("stepup/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .build()
            .map_err(|_| {
                StartError::new(
                    "no TLS for the webhook for pushes: install the system's certificate \
                     authorities (package `ca-certificates`)",
                )
            })?;
        Ok(Self { client, url, key: hmac::Key::new(hmac::HMAC_SHA256, &secret) })
    }

    /// What `webhook-signature` says.
    fn signature(&self, id: &str, timestamp: u64, body: &str) -> String {
        let signed = format!("{id}.{timestamp}.{body}");
        let tag = hmac::sign(&self.key, signed.as_bytes());
        format!("v1,{}", STANDARD.encode_to_string(tag))
    }

    async fn post(&self, wake: &Wake) -> Result<(), DeliveryError> {
        let timestamp = wake.at().as_secs();
        let body = json!({
            "type": "push.requested",
            "timestamp": rfc3339(timestamp),
            "data": { "device": wake.device() },
        });
        let body = body.to_string();
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", wake.id())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.signature(wake.id(), timestamp, &body))
            .body(body);
        // The error has the URL, in which there may be a credential.
        let answer = request.send().await.map_err(|error| {
            DeliveryError::new(if error.is_timeout() {
                "the webhook for pushes does not answer in time"
            } else {
                "the webhook for pushes cannot be reached"
            })
        })?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(DeliveryError::new(format!(
                "the webhook for pushes answers {}",
                status.as_u16()
            ))),
        }
    }
}

fn may_be_posted_to(url: &Url) -> bool {
    let is_loopback = url.host_str().is_some_and(is_loopback);
    let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_bare && (url.scheme() == "https" || url.scheme() == "http" && is_loopback)
}

/// Seconds since 1970 as a date and time of day (RFC 3339 §5.6).
fn rfc3339(seconds: u64) -> String {
    let (mut days, of_day) = (seconds / 86_400, seconds % 86_400);
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
}

impl Waker for PushWebhook {
    fn wake<'a>(&'a self, wake: &'a Wake) -> FactorFuture<'a, Result<(), DeliveryError>> {
        Box::pin(self.post(wake))
    }
}

/// Where it posts to, without the path.
impl fmt::Debug for PushWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushWebhook").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "dGhpcnR5LXR3byBieXRlcyBvZiBhIHNlY3JldCE=";

    /// The signature is what another program makes of the same bytes.
    #[test]
    fn it_signs_as_standard_webhooks_do() {
        let hook = PushWebhook::new("https://app.example/hook", &format!("whsec_{SECRET}"));
        assert_eq!(
            hook.unwrap().signature("sending-1", 1_800_000_000, r#"{"type":"push.requested"}"#),
            "v1,PqaIhnzcuFQjQJvQwDbFCFCDi+EiCaRuC200oitVS1I=",
        );
    }

    #[test]
    fn moments_are_written_as_dates() {
        for (seconds, written) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
            (1_800_000_000, "2027-01-15T08:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(rfc3339(seconds), written);
        }
    }

    #[test]
    fn s13_it_posts_to_nobody_else() {
        for url in [
            "http://app.example/hook",
            "https://user@app.example/hook",
            "https://user:word@app.example/hook",
            "https://app.example/hook#more",
            "ftp://127.0.0.1/hook",
            "hook",
            "",
        ] {
            let error = PushWebhook::new(url, SECRET).unwrap_err();
            assert!(error.to_string().starts_with("the URL of the webhook"), "{url}");
        }
        for url in ["http://127.0.0.1:1/hook", "https://app.example", "https://app.example/?a=b"] {
            assert!(PushWebhook::new(url, SECRET).is_ok(), "{url}");
        }
        let short = STANDARD.encode_to_string([7; 23]);
        let long = STANDARD.encode_to_string([7; 65]);
        for secret in ["", "whsec_", "?", &short, &long] {
            assert!(PushWebhook::new("https://app.example", secret).is_err(), "{secret}");
        }
    }

    #[test]
    fn nothing_of_the_secret_or_the_path_is_in_debug() {
        let hook = PushWebhook::new("https://app.example/token-1", SECRET).unwrap();
        assert_eq!(format!("{hook:?}"), "PushWebhook { host: Some(\"app.example\"), .. }");
    }
}
