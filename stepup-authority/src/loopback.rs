//! Which hosts are this machine.

use std::net::IpAddr;

/// By its name or address, in brackets or not: what goes there passes no network.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s13_only_this_machine_is_this_machine() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "localhost.example", "127.0.0.1.example", "10.0.0.1", "0.0.0.0", "[::]", "::2"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
