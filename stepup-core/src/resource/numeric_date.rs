//! Dates in JWTs and introspection answers (RFC 7519 §2).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::clock::Timestamp;

/// A JSON number of seconds since 1970, with or without a fraction (RFC 7519 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NumericDate {
    pub(crate) floor: Timestamp,
    pub(crate) ceil: Timestamp,
}

impl NumericDate {
    pub(crate) const fn from_secs(seconds: u64) -> Option<Self> {
        if seconds > Timestamp::MAX.as_secs() {
            return None;
        }
        let at = Timestamp::from_secs(seconds);
        Some(Self { floor: at, ceil: at })
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "checked to lie between 0 and 2^38"
    )]
    pub(crate) fn from_fraction(seconds: f64) -> Option<Self> {
        if !(0.0..=Timestamp::MAX.as_secs() as f64).contains(&seconds) {
            return None;
        }
        Some(Self {
            floor: Timestamp::from_secs(seconds.floor() as u64),
            ceil: Timestamp::from_secs(seconds.ceil() as u64),
        })
    }
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
                NumericDate::from_secs(seconds).ok_or_else(|| E::custom("a date out of range"))
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<NumericDate, E> {
                let seconds =
                    u64::try_from(seconds).map_err(|_| E::custom("a date before 1970"))?;
                self.visit_u64(seconds)
            }

            fn visit_f64<E: Error>(self, seconds: f64) -> Result<NumericDate, E> {
                NumericDate::from_fraction(seconds).ok_or_else(|| E::custom("a date out of range"))
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
