//! Where a device's pages are.

use super::DeviceError;
use crate::loopback::is_loopback;

/// A page that can be asked for: by https, and on this machine by http.
pub(super) fn is_page(page: &str) -> Result<String, DeviceError> {
    let uri: http::Uri = page.parse().map_err(|_| DeviceError::NotAPairingUri)?;
    // A URI that somebody else put up is not to send the secret in clear.
    let is_safe = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => uri.host().is_some_and(is_loopback),
        _ => false,
    };
    if is_safe && uri.query().is_none() && !page.contains('#') {
        Ok(page.to_owned())
    } else {
        Err(DeviceError::NotAPairingUri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s13_nothing_is_sent_in_clear() {
        for page in ["https://bank.example/1.2", "http://localhost:3000/1.2", "http://[::1]/1.2"] {
            assert_eq!(is_page(page).as_deref(), Ok(page));
        }
        for page in
            ["http://bank.example/1.2", "http://10.0.0.1/1.2", "ftp://bank.example/1.2", "/1.2", ""]
        {
            assert_eq!(is_page(page), Err(DeviceError::NotAPairingUri), "{page}");
        }
    }
}
