//! What may stand nowhere, in each way in which it could be written.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

#[derive(Debug, Default)]
pub struct Secrets {
    /// By a name to tell of it: the bytes, and whether they count only as a word of their own.
    needles: Vec<(String, Vec<u8>, bool)>,
}

impl Secrets {
    /// A text that is secret as it stands, in hex and in base64.
    pub fn text(&mut self, name: &str, text: &str) {
        assert!(text.len() >= 8, "{name}: too short to be told from chance");
        self.bytes(name, text.as_bytes());
    }

    /// Secret bytes, as they are, in hex and in base64.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let forms = [
            ("", bytes.to_vec()),
            (" in hex", hex.clone().into_bytes()),
            (" in HEX", hex.to_ascii_uppercase().into_bytes()),
            (" in base64", STANDARD_NO_PAD.encode(bytes).into_bytes()),
            (" in base64url", URL_SAFE_NO_PAD.encode(bytes).into_bytes()),
            (" as numbers", format!("{bytes:?}").trim_matches(['[', ']']).as_bytes().to_vec()),
        ];
        for (form, needle) in forms {
            self.needles.push((format!("{name}{form}"), needle, false));
        }
    }

    /// Six digits, between anything but letters and digits: dates and counts have six digits too.
    pub fn code(&mut self, name: &str, code: &str) {
        assert_eq!(code.len(), 6, "{name}");
        self.needles.push((name.to_owned(), code.as_bytes().to_vec(), true));
    }

    /// What of all this stands there, in letters of either case.
    pub fn found_in(&self, hay: &[u8]) -> Vec<String> {
        let needles = self.needles.iter().map(|(_, needle, _)| needle);
        let search = AhoCorasick::builder().ascii_case_insensitive(true).build(needles);
        let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let mut found = BTreeSet::new();
        for at in search.expect("few needles").find_overlapping_iter(hay) {
            let before = at.start().checked_sub(1).and_then(|before| hay.get(before));
            let (name, _, alone) = &self.needles[at.pattern().as_usize()];
            if !alone || !is_word(before) && !is_word(hay.get(at.end())) {
                found.insert(name.clone());
            }
        }
        found.into_iter().collect()
    }

    pub fn count(&self) -> usize {
        self.needles.len()
    }

    /// Each by itself, to be planted.
    pub fn each(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.needles.iter().map(|(name, needle, _)| (name.as_str(), needle.as_slice()))
    }
}

/// Secret bytes of a base32 text (RFC 4648 §6).
pub fn from_base32(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut bytes) = (0u64, 0, Vec::new());
    for letter in text.bytes() {
        let value = if letter.is_ascii_digit() { letter - b'2' + 26 } else { letter - b'A' };
        bits = bits << 5 | u64::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}
