//! How a login was done: `amr` values (RFC 8176).

use std::borrow::Cow;
use std::fmt;

use crate::require::Require;
use crate::requirement::Requirement;

/// How a caller proved something: one `amr` value (Authentication Method Reference, RFC 8176 §2).
///
/// A method says what happened and nothing of how strong it was: demand a
/// [`Level`](crate::Level) wherever the issuer can express one.
///
/// ```
/// use stepup_core::{Method, Requirement};
/// const WITH_A_KEY: Requirement = Requirement::method(Method::HWK);
/// const BY_CARD: Requirement = Requirement::method(Method::new("urn:example:id-card"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Method<'a>(&'a str);

impl<'a> Method<'a> {
    /// The method of this name, compared byte for byte with what tokens say.
    ///
    /// ```
    /// assert_eq!(stepup_core::Method::new("hwk"), stepup_core::Method::HWK);
    /// ```
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self(name)
    }

    /// The `amr` value.
    ///
    /// ```
    /// assert_eq!(stepup_core::Method::OTP.name(), "otp");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'a str {
        self.0
    }

    /// The name, to be kept; those that every issuer uses need no memory of their own.
    pub(crate) fn keep(self) -> Cow<'static, str> {
        match KNOWN.iter().find(|known| **known == self.0) {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.0.to_owned()),
        }
    }
}

impl fmt::Debug for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Method({})", self.0)
    }
}

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

macro_rules! methods {
    ($($constant:ident $name:ident = $amr:literal, $meaning:literal;)*) => {
        const KNOWN: &[&str] = &[$($amr),*];

        impl Method<'static> {$(
            #[doc = concat!("`", $amr, "`: ", $meaning, ".")]
            ///
            /// ```
            #[doc = concat!("assert_eq!(stepup_core::Method::", stringify!($constant), ".name(), ", stringify!($amr), ");")]
            /// ```
            pub const $constant: Self = Self($amr);
        )*}
        $(
            #[doc = concat!("Demands the method `", $amr, "`: ", $meaning, ".")]
            ///
            /// ```
            #[doc = concat!("use stepup_core::{Method, Require, Requirement, method::", stringify!($name), "};")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::REQUIREMENT, Requirement::method(Method::", stringify!($constant), "));")]
            /// ```
            #[derive(Clone, Copy, Debug)]
            #[non_exhaustive]
            pub struct $name;

            impl Require for $name {
                const REQUIREMENT: Requirement = Requirement::method(Method::$constant);
            }
        )*
    };
}

methods! {
    FACE Face = "face", "facial recognition";
    FPT Fpt = "fpt", "fingerprint";
    GEO Geo = "geo", "geolocation";
    HWK Hwk = "hwk", "possession of a hardware-secured key";
    IRIS Iris = "iris", "iris scan";
    KBA Kba = "kba", "knowledge-based questions";
    MCA Mca = "mca", "a second channel";
    MFA Mfa = "mfa", "several factors";
    OTP Otp = "otp", "one-time password";
    PIN Pin = "pin", "personal number or pattern";
    POP Pop = "pop", "possession of a key";
    PWD Pwd = "pwd", "password";
    RBA Rba = "rba", "risk-based";
    RETINA Retina = "retina", "retina scan";
    SC Sc = "sc", "smart card";
    SMS Sms = "sms", "text message to a known number";
    SWK Swk = "swk", "possession of a software-secured key";
    TEL Tel = "tel", "telephone call";
    USER User = "user", "test of the user's presence";
    VBM Vbm = "vbm", "voice";
    WIA Wia = "wia", "Windows integrated authentication";
}
