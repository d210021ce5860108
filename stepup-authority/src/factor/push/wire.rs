//! What a device and the authority say to each other.

use http::StatusCode;
use serde::{Deserialize, Serialize};

/// What each signed statement is: none passes for another (RFC 8725 §3.11).
pub(crate) const PAIRING: &str = "stepup-push-pairing+jwt";
pub(crate) const POLL: &str = "stepup-push-poll+jwt";
pub(crate) const REPLY: &str = "stepup-push-reply+jwt";

/// The scheme of `Authorization` that a poll comes with.
pub(crate) const SCHEME: &str = "Stepup-Device";

/// Seconds that a device's clock may be ahead or behind.
pub(crate) const SKEW: u64 = 60;

/// The body of what a device posts.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Posted {
    pub(crate) jwt: String,
}

/// A device makes itself known by the secret that the user scanned, and shows that it has the
/// private half of its key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pairing {
    /// The device's own page.
    pub(crate) aud: String,
    pub(crate) secret: String,
    pub(crate) key: EcJwk,
    pub(crate) name: String,
}

/// A public key of P-256 (RFC 7518 §6.2).
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EcJwk {
    pub(crate) kty: String,
    pub(crate) crv: String,
    pub(crate) x: String,
    pub(crate) y: String,
}

/// A device asks what is asked of it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Poll {
    pub(crate) aud: String,
    pub(crate) iat: u64,
    pub(crate) jti: String,
}

/// What is asked of a device: each request as the text that is to be shown, which a reply has the
/// digest of.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) requests: Vec<String>,
}

/// A request, as the device shows it: one with more in it than that it does not show, and so does
/// not sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) client: Option<String>,
    pub(crate) purpose: String,
    pub(crate) levels: Vec<String>,
    pub(crate) browser: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) asked_at: u64,
    pub(crate) expires_at: u64,
}

/// What the user said to a request.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    pub(crate) aud: String,
    pub(crate) request: String,
    /// The SHA-256 of the text that was shown.
    pub(crate) shown: String,
    pub(crate) decision: Decision,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Decision {
    Approve,
    Deny,
}

/// Why a device is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It was answered before.
    Answered,
    Malformed,
    /// There is no such pairing, or its secret is another.
    NoSuchPairing,
    /// Not signed with the device's key, not in time, or used before.
    NotThisDevice,
    /// Too late, voided by another, or never asked of this device.
    Over,
    /// What was signed is not what was asked.
    Otherwise,
    TooOften,
    Unavailable,
    /// Its user has removed it.
    Unpaired,
    WrongNumber,
}

impl Refused {
    #[cfg(feature = "device")]
    pub(crate) const ALL: [Self; 10] = [
        Self::Answered,
        Self::Malformed,
        Self::NoSuchPairing,
        Self::NotThisDevice,
        Self::Over,
        Self::Otherwise,
        Self::TooOften,
        Self::Unavailable,
        Self::Unpaired,
        Self::WrongNumber,
    ];

    /// Its status, the end of its `type`, and its sentence for people.
    pub(crate) const fn text(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Answered => (
                StatusCode::CONFLICT,
                "device-request-answered",
                "This request was answered before.",
            ),
            Self::Malformed => (
                StatusCode::BAD_REQUEST,
                "device-malformed",
                "This is nothing that a device says here.",
            ),
            Self::NoSuchPairing => (
                StatusCode::NOT_FOUND,
                "device-no-such-pairing",
                "No device is waited for with this secret. Begin anew where you got it.",
            ),
            Self::NotThisDevice => (
                StatusCode::UNAUTHORIZED,
                "device-not-this",
                "This was not signed by the device, not just now, or was used before.",
            ),
            Self::Over => (
                StatusCode::GONE,
                "device-request-over",
                "This request cannot be answered any more.",
            ),
            Self::Otherwise => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "device-shown-otherwise",
                "What was signed is not what was asked.",
            ),
            Self::TooOften => (
                StatusCode::TOO_MANY_REQUESTS,
                "device-too-often",
                "The device asks too often. Ask again in a minute.",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "device-unavailable",
                "This cannot be told at present. Try again.",
            ),
            Self::Unpaired => (
                StatusCode::UNAUTHORIZED,
                "device-unpaired",
                "This device is paired no more. Pair it anew.",
            ),
            Self::WrongNumber => (
                StatusCode::FORBIDDEN,
                "device-wrong-number",
                "That is not the number on the other screen. The request is over.",
            ),
        }
    }
}
