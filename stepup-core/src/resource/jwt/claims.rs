//! The claims of an access token (RFC 9068 §2.2), each of exactly the type it must have.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::clock::Timestamp;
use crate::resource::json::{Anything, Names, Text, TextArray, Texts, read_object};
use crate::resource::verifier::TokenFault;

/// All that is required is there; what is optional is of its type or absent.
pub(super) struct Claims<'a> {
    pub(super) issuer: Cow<'a, str>,
    pub(super) subject: Cow<'a, str>,
    pub(super) audience: Vec<Cow<'a, str>>,
    pub(super) client_id: Cow<'a, str>,
    pub(super) token_id: Cow<'a, str>,
    pub(super) issued_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) not_before: Option<Timestamp>,
    pub(super) auth_time: Option<NumericDate>,
    pub(super) acr: Option<Cow<'a, str>>,
    pub(super) methods: Vec<Cow<'a, str>>,
    pub(super) scope: Option<Cow<'a, str>>,
    /// Bound to a key of the sender's (`cnf`, RFC 7800): worth nothing as a plain bearer token.
    pub(super) bound: bool,
}

impl<'a> Claims<'a> {
    pub(super) fn read(json: &'a [u8]) -> Result<Self, TokenFault> {
        let raw = read_object(json, ClaimsVisitor).map_err(|_| TokenFault::Claims)?;
        let text = |claim: Option<Cow<'a, str>>| {
            claim.filter(|text| !text.is_empty()).ok_or(TokenFault::Claims)
        };
        Ok(Self {
            issuer: text(raw.iss)?,
            subject: text(raw.sub)?,
            audience: raw.aud.map(|audience| audience.0).ok_or(TokenFault::Claims)?,
            client_id: text(raw.client_id)?,
            token_id: text(raw.jti)?,
            // Each rounded to the side that admits less; a login's time is compared in both ways.
            issued_at: raw.iat.ok_or(TokenFault::Claims)?.ceil,
            expires_at: raw.exp.ok_or(TokenFault::Claims)?.floor,
            not_before: raw.nbf.map(|date| date.ceil),
            auth_time: raw.auth_time,
            acr: raw.acr,
            methods: raw.amr.map(|methods| methods.0).unwrap_or_default(),
            scope: raw.scope,
            bound: raw.bound,
        })
    }
}

#[derive(Default)]
struct RawClaims<'a> {
    iss: Option<Cow<'a, str>>,
    sub: Option<Cow<'a, str>>,
    aud: Option<Texts<'a>>,
    client_id: Option<Cow<'a, str>>,
    jti: Option<Cow<'a, str>>,
    iat: Option<NumericDate>,
    exp: Option<NumericDate>,
    nbf: Option<NumericDate>,
    auth_time: Option<NumericDate>,
    acr: Option<Cow<'a, str>>,
    amr: Option<TextArray<'a>>,
    scope: Option<Cow<'a, str>>,
    bound: bool,
}

struct ClaimsVisitor;

impl<'de> Visitor<'de> for ClaimsVisitor {
    type Value = RawClaims<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JWT claims set")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RawClaims<'de>, A::Error> {
        let mut claims = RawClaims::default();
        // What is read stands in `claims`; only the names of the others have to be kept.
        let mut others = Names::default();
        while let Some(Text(name)) = members.next_key()? {
            match &*name {
                "iss" => once(&mut claims.iss, members.next_value::<Text<'de>>()?.0)?,
                "sub" => once(&mut claims.sub, members.next_value::<Text<'de>>()?.0)?,
                "client_id" => once(&mut claims.client_id, members.next_value::<Text<'de>>()?.0)?,
                "jti" => once(&mut claims.jti, members.next_value::<Text<'de>>()?.0)?,
                "acr" => once(&mut claims.acr, members.next_value::<Text<'de>>()?.0)?,
                "scope" => once(&mut claims.scope, members.next_value::<Text<'de>>()?.0)?,
                "aud" => once(&mut claims.aud, members.next_value()?)?,
                "amr" => once(&mut claims.amr, members.next_value()?)?,
                "iat" => once(&mut claims.iat, members.next_value()?)?,
                "exp" => once(&mut claims.exp, members.next_value()?)?,
                "nbf" => once(&mut claims.nbf, members.next_value()?)?,
                "auth_time" => once(&mut claims.auth_time, members.next_value()?)?,
                _ => {
                    claims.bound |= name == "cnf";
                    others.add(name)?;
                    members.next_value_seed(Anything::MEMBER)?;
                }
            }
        }
        Ok(claims)
    }
}

/// A claim that is read may stand once, as any other.
fn once<T, E: Error>(place: &mut Option<T>, value: T) -> Result<(), E> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(E::custom("a member stands twice")),
    }
}

/// A JSON number of seconds since 1970, with or without a fraction (RFC 7519 §2).
#[derive(Clone, Copy)]
pub(super) struct NumericDate {
    pub(super) floor: Timestamp,
    pub(super) ceil: Timestamp,
}

impl<'de> Deserialize<'de> for NumericDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = NumericDate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of seconds since 1970")
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<NumericDate, E> {
                if seconds > Timestamp::MAX.as_secs() {
                    return Err(E::custom("a date out of range"));
                }
                let at = Timestamp::from_secs(seconds);
                Ok(NumericDate { floor: at, ceil: at })
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<NumericDate, E> {
                let seconds =
                    u64::try_from(seconds).map_err(|_| E::custom("a date before 1970"))?;
                self.visit_u64(seconds)
            }

            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "checked to lie between 0 and 2^38"
            )]
            fn visit_f64<E: Error>(self, seconds: f64) -> Result<NumericDate, E> {
                if !(0.0..=Timestamp::MAX.as_secs() as f64).contains(&seconds) {
                    return Err(E::custom("a date out of range"));
                }
                Ok(NumericDate {
                    floor: Timestamp::from_secs(seconds.floor() as u64),
                    ceil: Timestamp::from_secs(seconds.ceil() as u64),
                })
            }
        }

        // Asks for a number: whatever else is there is an error, not absent (CVE-2026-25537).
        deserializer.deserialize_f64(Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(json: &str) -> Option<(u64, u64)> {
        let date: NumericDate = serde_json::from_str(json).ok()?;
        Some((date.floor.as_secs(), date.ceil.as_secs()))
    }

    #[test]
    fn r_jwt_08_numeric_dates() {
        for (json, expected) in [
            ("0", Some((0, 0))),
            ("1646343000", Some((1_646_343_000, 1_646_343_000))),
            ("1646343000.5", Some((1_646_343_000, 1_646_343_001))),
            ("1.6e9", Some((1_600_000_000, 1_600_000_000))),
            ("253402300799", Some((253_402_300_799, 253_402_300_799))),
            ("253402300800", None),
            ("253402300799.5", None),
            ("-1", None),
            ("-0.5", None),
            ("18446744073709551616", None),
            ("1e308", None),
            ("1e999", None),
            ("\"1646343000\"", None),
            ("true", None),
            ("null", None),
            ("[]", None),
            ("[1646343000]", None),
            ("{}", None),
            ("NaN", None),
            ("Infinity", None),
        ] {
            assert_eq!(date(json), expected, "{json}");
        }
    }
}
