//! Codes of digits.

use zeroize::Zeroizing;

use super::Unreadable;
use crate::random::random;

/// A code of six decimal digits, each code as likely as any other (NIST SP 800-63B-4 §3.1.3.2).
///
/// ```
/// use stepup_authority::factor::OneTimeCode;
/// let code = OneTimeCode::new()?;
/// assert_eq!(code.as_str().len(), 6);
/// # Ok::<(), stepup_authority::factor::Unreadable>(())
/// ```
pub struct OneTimeCode(Zeroizing<String>);

const CODES: u32 = 1_000_000;

impl OneTimeCode {
    /// A new one, from the system's random numbers.
    ///
    /// # Errors
    ///
    /// There are none to be had.
    ///
    /// ```
    /// let code = stepup_authority::factor::OneTimeCode::new()?;
    /// # Ok::<(), stepup_authority::factor::Unreadable>(())
    /// ```
    pub fn new() -> Result<Self, Unreadable> {
        // Numbers above the last whole million would make some codes likelier than others.
        const LIMIT: u32 = u32::MAX - u32::MAX % CODES;
        loop {
            let number = u32::from_be_bytes(random().map_err(|_| Unreadable)?);
            if number < LIMIT {
                return Ok(Self(Zeroizing::new(format!("{:06}", number % CODES))));
            }
        }
    }

    /// The digits.
    ///
    /// ```
    /// let code = stepup_authority::factor::OneTimeCode::new()?;
    /// assert_eq!(code.as_str().len(), 6);
    /// # Ok::<(), stepup_authority::factor::Unreadable>(())
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text is of the form of a code: six ASCII digits and nothing else.
    ///
    /// ```
    /// use stepup_authority::factor::OneTimeCode;
    /// assert!(OneTimeCode::is_one("012345"));
    /// assert!(!OneTimeCode::is_one(" 012345") && !OneTimeCode::is_one("０１２３４５"));
    /// ```
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// Nothing of the digits.
impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O16: the digits of many codes are spread evenly, at each place.
    #[test]
    fn o16_r_otp_01_codes_are_spread_evenly() {
        const DRAWS: u32 = 1_000_000;
        let mut counts = [[0u32; 10]; 6];
        for _ in 0..DRAWS {
            let code = OneTimeCode::new().unwrap();
            assert!(OneTimeCode::is_one(code.as_str()));
            for (place, digit) in code.as_str().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        let expected = f64::from(DRAWS) / 10.0;
        for (place, counts) in counts.iter().enumerate() {
            let chi_squared: f64 =
                counts.iter().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
            // Nine degrees of freedom: above this once in a hundred million times.
            assert!(chi_squared < 55.0, "place {place}: {chi_squared}");
        }
    }
}
