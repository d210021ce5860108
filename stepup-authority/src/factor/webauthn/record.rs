//! What is kept of a key, in a form of our own: the library that verifies can change, and what it
//! verified with stays readable.

use serde::{Deserialize, Serialize};

use crate::factor::Unreadable;
use crate::json::is_default;
use crate::sealing::{from_text, to_text};

/// The form of the records that are written now.
const VERSION: u8 = 1;

/// One key of a user's. Its count is kept beside it, where it grows with the proof.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    v: u8,
    id: String,
    pub(super) key: PublicKey,
    /// Whether it may be on several devices: settled when it is made (§6.1.3).
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) is_backup_eligible: bool,
    /// How it is reached: hints for the browser.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) transports: Vec<String>,
}

/// A public key, in the terms of COSE (RFC 9053); numbers big-endian, in base64url.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "alg", deny_unknown_fields)]
pub(super) enum PublicKey {
    #[serde(rename = "ES256")]
    Es256 { x: String, y: String },
    #[serde(rename = "ES384")]
    Es384 { x: String, y: String },
    #[serde(rename = "RS256")]
    Rs256 { n: String, e: String },
}

impl Record {
    pub(super) fn new(
        id: &[u8],
        key: PublicKey,
        is_backup_eligible: bool,
        transports: Vec<String>,
    ) -> Self {
        Self { v: VERSION, id: to_text(id), key, is_backup_eligible, transports }
    }

    pub(super) fn read(data: &[u8]) -> Result<Self, Unreadable> {
        let record: Self = serde_json::from_slice(data).map_err(|_| Unreadable)?;
        if record.v == VERSION { Ok(record) } else { Err(Unreadable) }
    }

    pub(super) fn read_all(all: &[&[u8]]) -> Result<Vec<Self>, Unreadable> {
        all.iter().map(|data| Self::read(data)).collect()
    }

    /// Those that can be read, each with its place: one of another version answers nothing, and
    /// keeps no other from answering.
    pub(super) fn readable(all: &[&[u8]]) -> impl Iterator<Item = (usize, Self)> {
        let read = |(place, data): (usize, &&[u8])| Some((place, Self::read(data).ok()?));
        all.iter().enumerate().filter_map(read)
    }

    pub(super) fn write(&self) -> Result<Vec<u8>, Unreadable> {
        serde_json::to_vec(self).map_err(|_| Unreadable)
    }

    /// As browsers write it.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn is_of(&self, id: &[u8]) -> bool {
        from_text(&self.id).is_some_and(|own| own == id)
    }
}

/// What an answer is compared with.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    v: u8,
    challenge: String,
    /// The keys that must not be enrolled again.
    #[serde(default, skip_serializing_if = "is_default")]
    excluded: Vec<String>,
}

impl Asked {
    pub(super) fn new(challenge: &[u8], excluded: &[Record]) -> Self {
        let excluded = excluded.iter().map(|record| record.id.clone()).collect();
        Self { v: VERSION, challenge: to_text(challenge), excluded }
    }

    /// `None`: by another version of this crate, whose question is to be asked anew.
    pub(super) fn read(kept: &[u8]) -> Option<Self> {
        serde_json::from_slice(kept).ok().filter(|asked: &Self| asked.v == VERSION)
    }

    pub(super) fn write(&self) -> Result<Vec<u8>, Unreadable> {
        serde_json::to_vec(self).map_err(|_| Unreadable)
    }

    pub(super) fn challenge(&self) -> Option<Vec<u8>> {
        from_text(&self.challenge)
    }

    pub(super) fn excludes(&self, id: &[u8]) -> bool {
        let id = to_text(id);
        self.excluded.contains(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let key = PublicKey::Es256 { x: "AQ".into(), y: "Ag".into() };
        Record::new(&[1, 2, 3], key, true, vec!["usb".into()])
    }

    /// Records outlive the release that wrote them: this one is in users' accounts.
    #[test]
    fn s12_the_form_of_a_record_is_kept() {
        let written = String::from_utf8(record().write().unwrap()).unwrap();
        assert_eq!(
            written,
            r#"{"v":1,"id":"AQID","key":{"alg":"ES256","x":"AQ","y":"Ag"},"is_backup_eligible":true,"transports":["usb"]}"#
        );
        assert_eq!(Record::read(written.as_bytes()), Ok(record()));
        let least = r#"{"v":1,"id":"AQID","key":{"alg":"RS256","n":"AQ","e":"AQAB"}}"#;
        let least = Record::read(least.as_bytes()).unwrap();
        assert!(!least.is_backup_eligible && least.transports.is_empty());
        assert!(least.is_of(&[1, 2, 3]) && !least.is_of(&[1, 2]));
    }

    #[test]
    fn what_another_version_wrote_is_not_guessed_at() {
        let written = String::from_utf8(record().write().unwrap()).unwrap();
        for other in [
            written.replace("\"v\":1", "\"v\":2"),
            written.replace("ES256", "ES512"),
            written.replace("\"id\"", "\"name\":\"\",\"id\""),
            String::new(),
        ] {
            assert_eq!(Record::read(other.as_bytes()), Err(Unreadable), "{other}");
        }
        let asked = Asked::new(b"c", &[record()]);
        assert!(asked.excludes(&[1, 2, 3]) && !asked.excludes(b""));
        let kept = String::from_utf8(asked.write().unwrap()).unwrap();
        assert_eq!(Asked::read(kept.as_bytes()).unwrap().challenge().unwrap(), b"c");
        assert!(Asked::read(kept.replace("\"v\":1", "\"v\":2").as_bytes()).is_none());
    }
}
