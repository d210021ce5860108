//! What is kept of a device for good, sealed in its user's account.

use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paired {
    /// What all devices of a user have in common.
    pub(super) line: String,
    pub(super) device: String,
    /// The device's public key, once there is one: a point of P-256.
    pub(super) key: String,
    pub(super) name: String,
}

/// What 16 bytes come to in base64url.
const PART: usize = 22;

impl Paired {
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        serde_json::from_slice(data).ok()
    }

    pub(super) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// By what others know the device.
    pub(super) fn address(&self) -> String {
        format!("{}.{}", self.line, self.device)
    }
}

/// The line and the device of an address.
pub(super) fn parts(address: &str) -> Option<(&str, &str)> {
    let is_part = |part: &str| {
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        part.len() == PART && part.bytes().all(is_base64url)
    };
    address.split_once('.').filter(|(line, device)| is_part(line) && is_part(device))
}
