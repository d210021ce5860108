//! Money: whole cents, and how it is written.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// More than zero, and less than a ten-digit number of euros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount(i64);

/// Cents, of either sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cents(pub(crate) i64);

impl Amount {
    pub(crate) const fn cents(self) -> i64 {
        self.0
    }

    /// A string, or a whole number: one with a fraction is no longer what was written by the time
    /// that it is a number.
    pub(crate) fn read(json: &Value) -> Option<Self> {
        match json {
            Value::String(text) => Self::of(text),
            Value::Number(number) => Self::of(&number.as_u64()?.to_string()),
            _ => None,
        }
    }

    /// `25`, `25.5` or `25.50`; no sign, no exponent, nothing finer than a cent.
    fn of(text: &str) -> Option<Self> {
        let (euros, cents) = text.split_once('.').unwrap_or((text, "00"));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_written = is_number(euros) && is_number(cents);
        if !is_written || !(1..=9).contains(&euros.len()) || !(1..=2).contains(&cents.len()) {
            return None;
        }
        let tens = if cents.len() == 1 { 10 } else { 1 };
        let euros: i64 = euros.parse().ok()?;
        let cents: i64 = cents.parse().ok()?;
        Some(euros * 100 + cents * tens).filter(|cents| *cents > 0).map(Self)
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_sum_above_zero() {
        for (json, cents) in [
            ("25", 2_500),
            ("999999999", 99_999_999_900),
            ("\"0.01\"", 1),
            ("\"25\"", 2_500),
            ("\"25.5\"", 2_550),
            ("\"25.05\"", 2_505),
            ("\"007.00\"", 700),
            ("\"999999999.99\"", 99_999_999_999),
        ] {
            let amount = Amount::read(&serde_json::from_str(json).unwrap());
            assert_eq!(amount, Some(Amount(cents)), "{json}");
        }
        for json in [
            "0",
            "-1",
            "25.5",
            "25.0",
            "1e2",
            "1.0000000000000001",
            "\"0.001\"",
            "1000000000",
            "18446744073709551616",
            "\"\"",
            "\".5\"",
            "\"5.\"",
            "\"-5\"",
            "\"+5\"",
            "\" 5\"",
            "\"5,00\"",
            "\"1_000\"",
            "\"٣\"",
            "\"NaN\"",
            "\"1e3\"",
            "\"0.00\"",
            "null",
            "true",
            "[25]",
            "{}",
        ] {
            assert_eq!(Amount::read(&serde_json::from_str(json).unwrap()), None, "{json}");
        }
    }

    #[test]
    fn cents_are_written_with_two_decimals() {
        for (cents, text) in [(0, "0.00"), (5, "0.05"), (240_000, "2400.00"), (-1_050, "-10.50")] {
            assert_eq!(Cents(cents).to_string(), text);
        }
    }
}
