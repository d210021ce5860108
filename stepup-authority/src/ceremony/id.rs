//! Names that cannot be guessed.

use std::fmt;

use base64_simd::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::random::random;
use crate::sealing::digest_of;
use crate::store::{Key, Kind, StoreError};

/// A ceremony's name: `c_` (or `e_`, of an enrolment) and 128 random bits (ISS-04).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct CeremonyId(String);

impl CeremonyId {
    pub(crate) fn step_up() -> Result<Self, StoreError> {
        Ok(Self(format!("c_{}", unguessable()?)))
    }

    pub(crate) fn enrolment() -> Result<Self, StoreError> {
        Ok(Self(format!("e_{}", unguessable()?)))
    }

    /// One that a client sent: of no form but ours.
    pub(crate) fn read(text: &str, prefix: &str) -> Option<Self> {
        let random = text.strip_prefix(prefix)?;
        let is_ours = random.len() == 22
            && random.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_ours.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it is stored, in the authority of this name. The name itself is not in it.
    pub(crate) fn key(&self, issuer: &str) -> Key {
        Key::of(Kind::Ceremony, &[issuer, &self.0])
    }
}

/// What it is called in logs, where its name would let others ask for it.
impl fmt::Debug for CeremonyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CeremonyId({})", reference(self))
    }
}

/// What a ceremony is called in events and logs: a digest of its name.
pub(crate) fn reference(id: &CeremonyId) -> String {
    let digest = digest_of(&["reference", &id.0]);
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// The name of a factor of a user's. It is no secret; it is unguessable so that none comes back.
pub(crate) fn new_factor_id() -> Result<String, StoreError> {
    Ok(format!("f_{}", unguessable()?))
}

/// 128 random bits.
pub(crate) fn unguessable() -> Result<String, StoreError> {
    Ok(URL_SAFE_NO_PAD.encode_to_string(random::<16>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iss_04_names_are_long_random_and_of_one_form() {
        let id = CeremonyId::step_up().unwrap();
        assert_eq!(CeremonyId::read(id.as_str(), "c_"), Some(id.clone()));
        assert_ne!(CeremonyId::step_up().unwrap(), id);
        assert_eq!(id.as_str().len(), 24);
        assert!(!format!("{id:?}").contains(id.as_str().trim_start_matches("c_")));
        let other = [
            "",
            "c_",
            "c_AAAAAAAAAAAAAAAAAAAAA",
            "c_AAAAAAAAAAAAAAAAAAAAAAA",
            "e_AAAAAAAAAAAAAAAAAAAAAA",
            "c_AAAAAAAAAAAAAAAAAAAAA%",
            "c_AAAAAAAAAAAAAAAAAAAA\u{e4}",
        ];
        for other in other {
            assert_eq!(CeremonyId::read(other, "c_"), None, "{other}");
        }
    }
}
