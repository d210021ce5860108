//! A ceremony as it is stored.

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use super::{Ceremony, Ended, Head, Pending, Proved};
use crate::store::StoreError;

/// A ceremony in whichever state it is. What is not known in a record makes it unreadable (S12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AnyCeremony {
    Ended(Ceremony<Ended>),
    Pending(Ceremony<Pending>),
    Proved(Ceremony<Proved>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    head: Head,
    state: State,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum State {
    Ended(Ended),
    Pending(Pending),
    Proved(Proved),
}

/// Reads what was stored.
pub(crate) fn read_ceremony(bytes: &[u8]) -> Result<AnyCeremony, StoreError> {
    let Stored { head, state } = serde_json::from_slice(bytes)
        .map_err(|_| StoreError::Unavailable("a ceremony's record cannot be read".to_owned()))?;
    Ok(match state {
        State::Ended(state) => AnyCeremony::Ended(Ceremony { head, state }),
        State::Pending(state) => AnyCeremony::Pending(Ceremony { head, state }),
        State::Proved(state) => AnyCeremony::Proved(Ceremony { head, state }),
    })
}

impl AnyCeremony {
    pub(crate) const fn head(&self) -> &Head {
        match self {
            Self::Ended(ceremony) => &ceremony.head,
            Self::Pending(ceremony) => &ceremony.head,
            Self::Proved(ceremony) => &ceremony.head,
        }
    }

    /// What is stored of it.
    pub(crate) fn write(self) -> Result<Vec<u8>, StoreError> {
        let (head, state) = match self {
            Self::Ended(ceremony) => (ceremony.head, State::Ended(ceremony.state)),
            Self::Pending(ceremony) => (ceremony.head, State::Pending(ceremony.state)),
            Self::Proved(ceremony) => (ceremony.head, State::Proved(ceremony.state)),
        };
        serde_json::to_vec(&Stored { head, state }).map_err(|_| {
            StoreError::Unavailable("a ceremony's record cannot be written".to_owned())
        })
    }

    /// Until when it has to be kept: as long again as it is good, so that what ended is known to
    /// have ended by whoever's clock is behind (S5, S11).
    pub(crate) fn keep_until(&self) -> Timestamp {
        let head = self.head();
        let lifetime = head.expires_at.saturating_sub(head.begun_at);
        Timestamp::from_secs(head.expires_at.saturating_add(lifetime))
    }
}

impl From<Ceremony<Ended>> for AnyCeremony {
    fn from(ceremony: Ceremony<Ended>) -> Self {
        Self::Ended(ceremony)
    }
}

impl From<Ceremony<Pending>> for AnyCeremony {
    fn from(ceremony: Ceremony<Pending>) -> Self {
        Self::Pending(ceremony)
    }
}

impl From<Ceremony<Proved>> for AnyCeremony {
    fn from(ceremony: Ceremony<Proved>) -> Self {
        Self::Proved(ceremony)
    }
}
