//! An authenticator app, by the letter of RFC 6238 and by nothing of ours.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};

/// An app that scanned a secret.
#[derive(Clone, Debug)]
pub struct TotpApp {
    secret: Vec<u8>,
    /// The factor that it is.
    pub factor: String,
}

impl TotpApp {
    /// With this secret, in base32 (RFC 4648 §6) without padding.
    pub fn scan(secret: &str) -> Self {
        let mut bits = 0u64;
        let mut count = 0;
        let mut bytes = Vec::new();
        for letter in secret.bytes() {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                b'2'..=b'7' => letter - b'2' + 26,
                other => panic!("{other} is not of base32"),
            };
            bits = bits << 5 | u64::from(value);
            count += 5;
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count & 0xff) as u8);
            }
        }
        Self { secret: bytes, factor: String::new() }
    }

    /// The code at this moment.
    pub fn code(&self, seconds: u64) -> String {
        let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let mac = sign(&key, &(seconds / 30).to_be_bytes());
        let mac = mac.as_ref();
        let at = usize::from(mac[19] & 0xf);
        let four: [u8; 4] = mac[at..at + 4].try_into().expect("four bytes");
        format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
    }

    /// A code that is none of those that may be good now.
    pub fn wrong_code(&self, seconds: u64) -> String {
        let near: Vec<_> = (0..5).map(|step| self.code(seconds + step * 30 - 60)).collect();
        let mut codes = (0..).map(|number| format!("{number:06}"));
        codes.find(|code| !near.contains(code)).expect("most codes are wrong")
    }
}
