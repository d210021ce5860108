//! Where tokens may go.

use url::{Host, Url};

use crate::error::BuildError;

/// Reads an address that tokens are sent to: https, or plain http on this machine.
pub(crate) fn trusted(address: &str) -> Result<Url, BuildError> {
    let refused = |why| BuildError::new(address, why);
    let url = Url::parse(address).map_err(|_| refused("write an address, `https://…`"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BuildError::new("https://…@…", "leave user and password out of the address"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err(refused("write `https://…`; plain http is for this machine alone")),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Scheme, host and port, as `https://api.example` (RFC 6454 §6.2).
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn b5_tokens_pass_no_open_network() {
        for good in
            ["https://api.example", "http://127.0.0.1:80", "http://[::1]:9", "http://localhost/x"]
        {
            assert!(trusted(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "https://user@api.example",
            "https://:secret@api.example",
            "ftp://api.example",
            "file:///etc",
            "javascript:alert(1)",
            "api.example",
            "",
        ] {
            assert!(trusted(bad).is_err(), "{bad}");
        }
        let error = trusted("https://alice:secret@api.example").unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (address, expected) in [
            ("https://API.example/x?y#z", "https://api.example"),
            ("https://api.example:443", "https://api.example"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(origin(&Url::parse(address).unwrap()), expected);
        }
    }
}
