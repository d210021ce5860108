//! Why a device cannot do what it should.

use std::fmt;

use bytes::Bytes;
use http::Response;
use serde::Deserialize;

use crate::factor::push::wire::Refused;

/// Why a device cannot do what it should.
///
/// ```
/// use stepup_authority::device::{Device, DeviceError};
/// let error = Device::pair("https://bank.example", "Telephone").unwrap_err();
/// assert_eq!(error, DeviceError::NotAPairingUri);
/// assert_eq!(error.to_string(), "this is no code for pairing a device: scan it again");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceError {
    /// The answer is none that a device is given.
    Malformed,
    /// These bytes are no private key of P-256 as PKCS#8.
    NotAKey,
    /// The text is no pairing URI.
    NotAPairingUri,
    /// The service refuses it.
    Refused(Refusal),
    /// The system gives no random numbers.
    Unsigned,
}

/// Why the service refuses a device.
///
/// ```
/// use stepup_authority::device::Refusal;
/// fn is_final(refusal: Refusal) -> bool {
///     refusal != Refusal::Unavailable
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The request was answered before.
    Answered,
    /// No device is waited for with this secret.
    NoSuchPairing,
    /// It is not the device's key, the device's clock is wrong, or this was sent before.
    NotThisDevice,
    /// Something else, by its status.
    Other(u16),
    /// The request cannot be answered any more, or was asked of another device.
    Over,
    /// The device polls too often.
    TooOften,
    /// Try again.
    Unavailable,
    /// The device is paired no more: its user has removed it. Forget its key, and pair anew.
    Unpaired,
    /// The number is not the one on the other screen. The request is over.
    WrongNumber,
}

/// The body of an answer that is a success.
pub(super) fn accepted(answer: &Response<Bytes>) -> Result<&Bytes, DeviceError> {
    #[derive(Deserialize)]
    struct Problem {
        r#type: String,
    }
    if answer.status().is_success() {
        return Ok(answer.body());
    }
    let problem: Option<Problem> = serde_json::from_slice(answer.body()).ok();
    let named = |refused: &Refused| {
        let (_, name, _) = refused.text();
        problem.as_ref().is_some_and(|problem| problem.r#type.ends_with(&format!("/{name}")))
    };
    Err(DeviceError::Refused(match Refused::ALL.into_iter().find(named) {
        Some(Refused::Answered) => Refusal::Answered,
        Some(Refused::NoSuchPairing) => Refusal::NoSuchPairing,
        Some(Refused::NotThisDevice) => Refusal::NotThisDevice,
        Some(Refused::Over) => Refusal::Over,
        Some(Refused::TooOften) => Refusal::TooOften,
        Some(Refused::Unavailable) => Refusal::Unavailable,
        Some(Refused::Unpaired) => Refusal::Unpaired,
        Some(Refused::WrongNumber) => Refusal::WrongNumber,
        _ => Refusal::Other(answer.status().as_u16()),
    }))
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the service answers something else than devices are told",
            Self::NotAKey => "this is no private key of P-256 as PKCS#8",
            Self::NotAPairingUri => "this is no code for pairing a device: scan it again",
            Self::Refused(refusal) => return refusal.fmt(f),
            Self::Unsigned => "the system gives no random numbers to sign with",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Answered => "the request was answered before",
            Self::NoSuchPairing => {
                "the code for pairing is over: have a new one shown, and scan it"
            }
            Self::NotThisDevice => "the service does not know this device: is its clock right?",
            Self::Other(status) => return write!(f, "the service refuses it with status {status}"),
            Self::Over => "the request cannot be answered any more",
            Self::TooOften => "the device asks too often: wait a minute",
            Self::Unavailable => "the service cannot tell at present: try again",
            Self::Unpaired => "the device is paired no more: have a code shown, and scan it",
            Self::WrongNumber => "that is not the number on the other screen: begin again there",
        })
    }
}

impl std::error::Error for DeviceError {}
