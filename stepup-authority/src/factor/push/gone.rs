//! Devices that were removed, and are to be told so.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

/// For how long a device is told. One that is not switched on all that time is told nothing after.
const TOLD_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many of one user's, the last ones.
const MOST: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Gone(BTreeMap<String, Device>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Device {
    key: String,
    until: u64,
}

impl Gone {
    pub(super) fn prune(&mut self, now: Timestamp) {
        self.0.retain(|_, device| device.until > now.as_secs());
    }

    pub(super) fn add(&mut self, device: &str, key: &str, now: Timestamp) {
        let until = now.plus(TOLD_FOR).as_secs();
        self.0.insert(device.to_owned(), Device { key: key.to_owned(), until });
        let first = self.0.iter().min_by_key(|(_, device)| device.until);
        if let Some(first) = first.map(|(name, _)| name.clone()).filter(|_| self.0.len() > MOST) {
            self.0.remove(&first);
        }
    }

    /// The key of a device that was removed.
    pub(super) fn key(&self, device: &str) -> Option<&str> {
        self.0.get(device).map(|device| device.key.as_str())
    }

    /// Until when any is to be told.
    pub(super) fn until(&self) -> Timestamp {
        let last = self.0.values().map(|device| device.until).max();
        Timestamp::from_secs(last.unwrap_or_default())
    }
}
