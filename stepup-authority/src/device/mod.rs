//! A user's device, for [`Push`](crate::factor::Push): its key, and what it says with it.
//!
//! There is no HTTP client in it and no clock: it makes requests and reads answers, and whoever
//! uses it sends them, keeps the key, shows what is asked and has the user type the number.
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use stepup_authority::device::{Device, DeviceError};
//! use stepup_core::Timestamp;
//!
//! # type Send<'a> = &'a dyn Fn(Request<Bytes>) -> Response<Bytes>;
//! fn paired(scanned: &str, send: Send<'_>) -> Result<Device, DeviceError> {
//!     let (device, request) = Device::pair(scanned, "Alice's telephone")?;
//!     device.paired(&send(request))?;
//!     Ok(device)
//! }
//!
//! fn look(device: &Device, now: Timestamp, send: Send<'_>) -> Result<(), DeviceError> {
//!     for asked in device.asked(&send(device.poll(now)?))? {
//!         println!("{} {} from {:?}", asked.purpose(), asked.account(), asked.address());
//!         let number = "123456"; // that the user reads from the other screen, and types
//!         device.answered(&send(device.approve(&asked, number)?))?;
//!     }
//!     Ok(())
//! }
//! ```
//!
#![doc = include_str!("wire.md")]

mod asked;
mod error;
mod page;

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, Response};
use serde::Serialize;
use stepup_core::Timestamp;
use zeroize::Zeroizing;

pub use self::asked::Asked;
pub use self::error::{DeviceError, Refusal};
use self::page::is_page;
use crate::factor::push::jws::sign;
use crate::factor::push::request::shown;
use crate::factor::push::wire::{
    self, Decision, EcJwk, PAIRING, POLL, Pairing, Poll, Posted, REPLY, Reply, SCHEME,
};
use crate::random::random;
use crate::sealing::to_text;

/// A device and its key.
///
/// ```
/// use stepup_authority::device::Device;
///
/// let uri = "https://bank.example/step-up/methods/push/devices/1.2#secret";
/// let (device, request) = Device::pair(uri, "Alice's telephone")?;
/// assert_eq!(device.page(), "https://bank.example/step-up/methods/push/devices/1.2");
/// assert_eq!(request.uri().to_string(), device.page());
/// # Ok::<(), stepup_authority::device::DeviceError>(())
/// ```
pub struct Device {
    page: String,
    key: EcdsaKeyPair,
}

impl Device {
    /// A device with a new key, and the request that pairs it: `uri` is what the user scanned, and
    /// `name` what they know the device by, 64 characters at most.
    ///
    /// # Errors
    ///
    /// A text that is no pairing URI, or a system without random numbers.
    ///
    /// ```
    /// # use stepup_authority::device::Device;
    /// let uri = "https://bank.example/step-up/methods/push/devices/1.2#secret";
    /// let (device, request) = Device::pair(uri, "Alice's telephone")?;
    /// # Ok::<(), stepup_authority::device::DeviceError>(())
    /// ```
    pub fn pair(uri: &str, name: &str) -> Result<(Self, Request<Bytes>), DeviceError> {
        let (page, secret) = uri.split_once('#').ok_or(DeviceError::NotAPairingUri)?;
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_| DeviceError::Unsigned)?;
        let device = Self { page: is_page(page)?, key };
        let public = EcJwk::of(device.key.public_key().as_ref()).ok_or(DeviceError::Unsigned)?;
        let pairing = Pairing {
            aud: device.page.clone(),
            secret: secret.to_owned(),
            key: public,
            name: name.to_owned(),
        };
        let request = device.post("", PAIRING, &pairing)?;
        Ok((device, request))
    }

    /// Whether it is paired now.
    ///
    /// # Errors
    ///
    /// It is refused.
    ///
    /// ```
    /// # use stepup_authority::device::{Device, DeviceError};
    /// # use {bytes::Bytes, http::Response};
    /// fn is_paired(device: &Device, answer: &Response<Bytes>) -> bool {
    ///     device.paired(answer).is_ok()
    /// }
    /// ```
    pub fn paired(&self, answer: &Response<Bytes>) -> Result<(), DeviceError> {
        error::accepted(answer).map(drop)
    }

    /// Asks what is asked of it. It is to be sent within a minute, once.
    ///
    /// # Errors
    ///
    /// A system without random numbers.
    ///
    /// ```
    /// # use stepup_authority::device::{Device, DeviceError};
    /// # use {bytes::Bytes, http::Request, stepup_core::Timestamp};
    /// fn poll(device: &Device) -> Result<Request<Bytes>, DeviceError> {
    ///     device.poll(Timestamp::from_secs(1_800_000_000))
    /// }
    /// ```
    pub fn poll(&self, now: Timestamp) -> Result<Request<Bytes>, DeviceError> {
        let jti = to_text(&random::<16>().map_err(|_| DeviceError::Unsigned)?);
        let poll = Poll { aud: self.page.clone(), iat: now.as_secs(), jti };
        let token = sign(&self.key, POLL, &poll).ok_or(DeviceError::Unsigned)?;
        Request::get(format!("{}/requests", self.page))
            .header(AUTHORIZATION, format!("{SCHEME} {token}"))
            .body(Bytes::new())
            .map_err(|_| DeviceError::NotAPairingUri)
    }

    /// What is asked of it, to be shown to its user.
    ///
    /// # Errors
    ///
    /// It is refused, or the answer is none.
    ///
    /// ```
    /// # use stepup_authority::device::{Device, DeviceError};
    /// # use {bytes::Bytes, http::Response};
    /// fn count(device: &Device, answer: &Response<Bytes>) -> Result<usize, DeviceError> {
    ///     Ok(device.asked(answer)?.len())
    /// }
    /// ```
    pub fn asked(&self, answer: &Response<Bytes>) -> Result<Vec<Asked>, DeviceError> {
        let body = error::accepted(answer)?;
        let asked: wire::Asked =
            serde_json::from_slice(body).map_err(|_| DeviceError::Malformed)?;
        asked.requests.into_iter().map(Asked::read).collect()
    }

    /// The user says yes, and types the number that stands on the screen where they began.
    ///
    /// # Errors
    ///
    /// A system without random numbers.
    ///
    /// ```
    /// # use stepup_authority::device::{Asked, Device, DeviceError};
    /// # use {bytes::Bytes, http::Request};
    /// fn yes(device: &Device, asked: &Asked) -> Result<Request<Bytes>, DeviceError> {
    ///     device.approve(asked, "123456")
    /// }
    /// ```
    pub fn approve(&self, asked: &Asked, number: &str) -> Result<Request<Bytes>, DeviceError> {
        self.reply(asked, Decision::Approve, Some(number.to_owned()))
    }

    /// The user says no: it was not them who asked.
    ///
    /// # Errors
    ///
    /// A system without random numbers.
    ///
    /// ```
    /// # use stepup_authority::device::{Asked, Device, DeviceError};
    /// # use {bytes::Bytes, http::Request};
    /// fn no(device: &Device, asked: &Asked) -> Result<Request<Bytes>, DeviceError> {
    ///     device.deny(asked)
    /// }
    /// ```
    pub fn deny(&self, asked: &Asked) -> Result<Request<Bytes>, DeviceError> {
        self.reply(asked, Decision::Deny, None)
    }

    /// Whether what the user said was taken.
    ///
    /// # Errors
    ///
    /// It was not: the number was another, it was too late, or it was answered before.
    ///
    /// ```
    /// # use stepup_authority::device::{Device, DeviceError, Refusal};
    /// # use {bytes::Bytes, http::Response};
    /// fn is_mistyped(device: &Device, answer: &Response<Bytes>) -> bool {
    ///     device.answered(answer) == Err(DeviceError::Refused(Refusal::WrongNumber))
    /// }
    /// ```
    pub fn answered(&self, answer: &Response<Bytes>) -> Result<(), DeviceError> {
        error::accepted(answer).map(drop)
    }

    /// Where its pages begin: what names it, with the service that it is paired with. Not secret.
    ///
    /// ```
    /// # use stepup_authority::device::Device;
    /// fn topic(device: &Device) -> Option<&str> {
    ///     device.page().rsplit('/').next()
    /// }
    /// ```
    #[must_use]
    pub fn page(&self) -> &str {
        &self.page
    }

    /// Its private key, as PKCS#8: keep it sealed, where no other app reads it.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    ///
    /// ```
    /// # use stepup_authority::device::Device;
    /// # let uri = "https://bank.example/step-up/methods/push/devices/1.2#secret";
    /// let (device, _) = Device::pair(uri, "Alice's telephone")?;
    /// let again = Device::from_pkcs8(device.page(), &device.to_pkcs8()?)?;
    /// # Ok::<(), stepup_authority::device::DeviceError>(())
    /// ```
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, DeviceError> {
        let der = self.key.to_pkcs8v1().map_err(|_| DeviceError::NotAKey)?;
        Ok(Zeroizing::new(der.as_ref().to_vec()))
    }

    /// The device of this page and key again.
    ///
    /// # Errors
    ///
    /// No URL of a page, or no key of P-256.
    ///
    /// ```
    /// use stepup_authority::device::{Device, DeviceError};
    /// let page = "https://bank.example/step-up/methods/push/devices/1.2";
    /// assert_eq!(Device::from_pkcs8(page, b"key").unwrap_err(), DeviceError::NotAKey);
    /// ```
    pub fn from_pkcs8(page: &str, key: &[u8]) -> Result<Self, DeviceError> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key);
        Ok(Self { page: is_page(page)?, key: key.map_err(|_| DeviceError::NotAKey)? })
    }

    fn reply(
        &self,
        asked: &Asked,
        decision: Decision,
        number: Option<String>,
    ) -> Result<Request<Bytes>, DeviceError> {
        let reply = Reply {
            aud: self.page.clone(),
            request: asked.id().to_owned(),
            shown: shown(asked.text()),
            decision,
            number,
        };
        self.post(&format!("/requests/{}", asked.id()), REPLY, &reply)
    }

    fn post(
        &self,
        below: &str,
        typ: &str,
        claims: &impl Serialize,
    ) -> Result<Request<Bytes>, DeviceError> {
        let jwt = sign(&self.key, typ, claims).ok_or(DeviceError::Unsigned)?;
        let body = serde_json::to_vec(&Posted { jwt }).map_err(|_| DeviceError::Unsigned)?;
        Request::builder()
            .method(Method::POST)
            .uri(format!("{}{below}", self.page))
            .header(CONTENT_TYPE, "application/json")
            .body(Bytes::from(body))
            .map_err(|_| DeviceError::NotAPairingUri)
    }
}

/// Its page, and nothing of its key.
impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device").field("page", &self.page).finish_non_exhaustive()
    }
}
