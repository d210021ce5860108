//! Where Redis may be (S13).

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};

use crate::loopback::is_loopback;
use crate::store::StoreError;

/// What a URL says. No error repeats it: there is a password in it.
pub(super) fn read(url: &str) -> Result<ConnectionInfo, StoreError> {
    url.into_connection_info().map_err(|_| {
        StoreError::Refused(
            "the URL does not lead to a Redis: write it as `redis://127.0.0.1:6379/` on this \
             machine, and else as `rediss://user:password@redis.example:6379/`, with what is \
             special in a password percent-encoded"
                .to_owned(),
        )
    })
}

/// What is wrong with going there.
pub(super) fn danger(info: &ConnectionInfo) -> Option<&'static str> {
    let (host, open) = match info.addr() {
        ConnectionAddr::Tcp(host, _) => {
            (host, Some("everything goes over the network unencrypted: write `rediss://`"))
        }
        ConnectionAddr::TcpTls { host, insecure, .. } => {
            (host, insecure.then_some("whoever answers is taken for Redis: drop the `#insecure`"))
        }
        ConnectionAddr::Unix(_) => return None,
        _ => return Some("this kind of address is unknown: give a host"),
    };
    if is_loopback(host) {
        return None;
    }
    let password = info.redis_settings().password().unwrap_or_default();
    let anybody = password.is_empty().then_some(
        "anybody who reaches it can write what they like: set a password (`requirepass`, or an ACL \
         user) and give it in the URL",
    );
    open.or(anybody)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s13_only_this_machine_may_do_without_tls_and_password() {
        for (url, expected) in [
            ("redis://127.0.0.1/", None),
            ("redis://127.8.9.1:7000/3", None),
            ("redis://localhost", None),
            ("redis://[::1]:6379/", None),
            ("unix:///run/redis.sock", None),
            ("rediss://:secret@redis.example/", None),
            ("rediss://user:secret@10.0.0.1/", None),
            ("redis://:secret@10.0.0.1/", Some("unencrypted")),
            ("redis://redis.example/", Some("unencrypted")),
            ("redis://localhost.example/", Some("unencrypted")),
            ("redis://127.0.0.1.example/", Some("unencrypted")),
            ("rediss://redis.example/", Some("set a password")),
            ("rediss://user@redis.example/", Some("set a password")),
            ("rediss://:@redis.example/", Some("set a password")),
        ] {
            let found = danger(&read(url).unwrap_or_else(|error| panic!("{url}: {error}")));
            assert_eq!(found.is_some(), expected.is_some(), "{url}: {found:?}");
            assert!(found.unwrap_or_default().contains(expected.unwrap_or_default()), "{found:?}");
        }
    }

    /// The client knows it only where another crate wants it to.
    #[test]
    fn s13_tls_without_a_name_is_none() {
        let read = read("rediss://:secret@redis.example/#insecure");
        assert!(read.is_err() || read.is_ok_and(|info| danger(&info).is_some()));
    }

    #[test]
    fn a_url_that_is_none_is_not_repeated() {
        for url in ["", "secret", "http://secret/", "redis://:secret@/", "redis://h/secret", "://"]
        {
            let Err(StoreError::Refused(why)) = read(url) else { panic!("{url} is taken") };
            assert!(!why.contains("secret"), "{why}");
        }
    }
}
