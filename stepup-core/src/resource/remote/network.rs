//! Which addresses a gate may go to for metadata, keys and introspection (R-JWT-14).

use std::error::Error;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Host;

/// Where a gate may go for an issuer's metadata, keys and introspection. Redirects are followed
/// nowhere.
///
/// ```
/// use stepup_core::{Gate, Network};
/// let builder = Gate::builder("http://127.0.0.1:8080/realms/demo", "demo-api")
///     .network(Network::Loopback);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Network {
    /// https, to addresses that the whole internet has. Of a gate unless another is set.
    #[default]
    Public,
    /// https, to addresses of private networks (RFC 1918, RFC 4193, RFC 6598) and this machine too:
    /// for a provider in the same cluster.
    Private,
    /// http or https, to this machine alone: for development and tests.
    Loopback,
}

impl Network {
    /// Whether this address may be asked at all, before its name is looked up.
    pub(crate) fn permits(self, url: &Url) -> Result<(), &'static str> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it carries a user name or password");
        }
        match url.scheme() {
            "https" => {}
            "http" if self == Self::Loopback => {}
            _ => {
                return Err("it is not https (plain http is for this machine alone, with \
                     `.network(Network::Loopback)`)");
            }
        }
        match url.host() {
            None => Err("it names no host"),
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(ip)) => self.permits_ip(ip.into()),
            Some(Host::Ipv6(ip)) => self.permits_ip(ip.into()),
        }
    }

    fn permits_ip(self, ip: IpAddr) -> Result<(), &'static str> {
        let kind = Kind::of(ip);
        match (self, kind) {
            (_, Kind::Never) => Err("its address is no host's"),
            (Self::Public, Kind::Public)
            | (Self::Private, Kind::Public | Kind::Private | Kind::Loopback)
            | (Self::Loopback, Kind::Loopback) => Ok(()),
            (Self::Public, Kind::Private) => {
                Err("its address is one of a private network: permit that with \
                 `.network(Network::Private)`")
            }
            (Self::Public, Kind::Loopback) => {
                Err("its address is this machine's: permit that with `.network(Network::Loopback)`")
            }
            (Self::Loopback, _) => {
                Err("its address is not this machine's, as `Network::Loopback` demands")
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Public,
    Private,
    Loopback,
    /// Link-local (where clouds serve their machines' credentials), unspecified, multicast.
    Never,
}

impl Kind {
    fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = ip.octets();
                match (a, b, c) {
                    (127, ..) => Self::Loopback,
                    (10, ..) | (192, 168, _) | (172, 16..=31, _) | (100, 64..=127, _) => {
                        Self::Private
                    }
                    (0 | 224..=255, ..)
                    | (169, 254, _)
                    | (192, 0, 0 | 2)
                    | (198, 18 | 19, _)
                    | (198, 51, 100)
                    | (203, 0, 113) => Self::Never,
                    _ => Self::Public,
                }
            }
            IpAddr::V6(ip) => Self::of_v6(ip),
        }
    }

    /// An address that stands for one of version 4 is of that one's kind.
    fn of_v6(ip: Ipv6Addr) -> Self {
        if let Some(ip) = ip.to_ipv4_mapped() {
            return Self::of(ip.into());
        }
        match ip.segments() {
            [0, 0, 0, 0, 0, 0, 0, 1] => Self::Loopback,
            // NAT64 (RFC 6052): the last 32 bits are an address of version 4.
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
                let [a, b] = high.to_be_bytes();
                let [c, d] = low.to_be_bytes();
                Self::of(IpAddr::from([a, b, c, d]))
            }
            [0xfc00..=0xfdff, ..] => Self::Private,
            // Documentation; Teredo and 6to4, which carry addresses of version 4.
            [0x2001, 0xdb8 | 0, ..] | [0x2002, ..] => Self::Never,
            [0x2000..=0x3fff, ..] => Self::Public,
            _ => Self::Never,
        }
    }
}

/// Looks names up and drops the addresses that are not permitted, so that a name cannot lead
/// where its address could not.
pub(super) struct Resolver(pub(super) Network);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let (permitted, refused) = found
                .map(|address| (address, network.permits_ip(address.ip())))
                .partition::<Vec<(SocketAddr, _)>, _>(|(_, permitted)| permitted.is_ok());
            if permitted.is_empty()
                && let Some((_, Err(why))) = refused.first()
            {
                return Err(Box::<dyn Error + Send + Sync>::from(*why));
            }
            Ok(Box::new(permitted.into_iter().map(|(address, _)| address)) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// J2, R-JWT-14.
    #[test]
    fn j2_where_a_gate_may_go() {
        for (url, public, private, loopback) in [
            ("https://idp.example/", true, true, true),
            ("https://8.8.8.8/", true, true, false),
            ("https://[2606:4700::1111]/", true, true, false),
            ("http://idp.example/", false, false, true),
            ("http://8.8.8.8/", false, false, false),
            ("https://127.0.0.1/", false, true, true),
            ("http://127.0.0.1:8080/", false, false, true),
            ("http://127.255.255.254/", false, false, true),
            ("http://[::1]:8080/", false, false, true),
            ("https://[::ffff:127.0.0.1]/", false, true, true),
            ("https://10.0.0.1/", false, true, false),
            ("https://172.16.0.1/", false, true, false),
            ("https://172.32.0.1/", true, true, false),
            ("https://192.168.1.1/", false, true, false),
            ("https://100.64.0.1/", false, true, false),
            ("https://[fd00::1]/", false, true, false),
            ("https://[64:ff9b::10.0.0.1]/", false, true, false),
            ("https://169.254.169.254/", false, false, false),
            ("http://169.254.169.254/", false, false, false),
            ("https://[::ffff:169.254.169.254]/", false, false, false),
            ("https://[64:ff9b::169.254.169.254]/", false, false, false),
            ("https://[fe80::1]/", false, false, false),
            ("https://[2002:a9fe:a9fe::1]/", false, false, false),
            ("https://[2001:0:a9fe:a9fe::1]/", false, false, false),
            ("https://0.0.0.0/", false, false, false),
            ("https://[::]/", false, false, false),
            ("https://224.0.0.1/", false, false, false),
            ("https://255.255.255.255/", false, false, false),
            // Other spellings of the same addresses.
            ("https://2130706433/", false, true, true),
            ("https://0x7f.1/", false, true, true),
            ("https://0251.0376.0251.0376/", false, false, false),
            ("file:///etc/passwd", false, false, false),
            ("ftp://idp.example/", false, false, false),
            ("data:application/json,{}", false, false, false),
            ("https://user:password@idp.example/", false, false, false),
        ] {
            let url = Url::parse(url).unwrap();
            for (network, expected) in [
                (Network::Public, public),
                (Network::Private, private),
                (Network::Loopback, loopback),
            ] {
                assert_eq!(network.permits(&url).is_ok(), expected, "{url} {network:?}");
            }
        }
    }

    /// A name is no way around: DNS rebinding, and hosts files.
    #[tokio::test]
    async fn j2_a_name_leads_only_where_its_address_may() {
        for (network, expected) in
            [(Network::Public, false), (Network::Private, true), (Network::Loopback, true)]
        {
            let found = Resolver(network).resolve("localhost".parse().unwrap()).await;
            assert_eq!(
                found.is_ok_and(|mut found| found.next().is_some()),
                expected,
                "{network:?}"
            );
        }
    }
}
