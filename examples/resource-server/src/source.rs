//! Where tokens come from, and the gate for them.

use std::error::Error;
use std::net::IpAddr;

use axum::http::Uri;
use stepup_axum::{Dpop, Gate, Introspection, KeySet, Network, Profile, ProtectedResource};

use crate::routes::Routes;

pub(crate) struct Source {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) profile: Profile,
    pub(crate) keys: Keys,
}

pub(crate) enum Keys {
    Given(String),
    Fetched { network: Network, introspection: Option<Introspection> },
}

impl Source {
    /// The gate of an API that clients see at `resource`, for these routes.
    pub(crate) async fn gate(
        self,
        resource: &str,
        routes: &Routes,
    ) -> Result<Gate, Box<dyn Error>> {
        let mut builder = Gate::builder(&self.issuer, &self.audience)
            .profile(self.profile)
            .dpop(Dpop::at(resource))
            .resource(ProtectedResource::at(resource));
        for module in routes.modules_left_out() {
            builder = builder.except_module(&module);
        }
        let gate = match self.keys {
            Keys::Given(jwks) => builder.keys(KeySet::from_jwks(jwks.as_bytes())?).build(),
            Keys::Fetched { network, introspection } => {
                if let Some(introspection) = introspection {
                    builder = builder.introspection(introspection);
                }
                builder.network(network).discover().await
            }
        };
        gate.map_err(|error| in_options(&error.to_string()).into())
    }
}

/// The gate says what to do to who builds it in code; these are the same on the command line.
const OPTIONS: [(&str, &str); 4] = [
    (".level(", "--level LEVEL=ACR"),
    (".except_module(", "--without ROUTE"),
    ("Network::Private", "--private-network"),
    ("ProtectedResource::at(", "--resource URL"),
];

fn in_options(said: &str) -> String {
    let options = OPTIONS.into_iter().filter(|(in_code, _)| said.contains(in_code));
    let options = options.map(|(_, option)| option).collect::<Vec<_>>();
    match options.as_slice() {
        [] => said.to_owned(),
        options => format!("{said}\nHere that is {}.", options.join(" or ")),
    }
}

/// Where the issuer may be: this machine if its name says so.
pub(crate) fn network(issuer: &str, private: bool) -> Network {
    let uri: Option<Uri> = issuer.parse().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if private {
        Network::Private
    } else if host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback()) {
        Network::Loopback
    } else {
        Network::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_on_this_machine_is_asked_there_alone() {
        for (issuer, expected) in [
            ("http://localhost:8080/realms/demo", Network::Loopback),
            ("https://LOCALHOST", Network::Loopback),
            ("http://127.0.0.1", Network::Loopback),
            ("http://[::1]:8080", Network::Loopback),
            ("http://idp.example", Network::Public),
            ("https://localhost.example", Network::Public),
            ("https://127.0.0.1.example", Network::Public),
            ("https://10.0.0.1", Network::Public),
            ("no url", Network::Public),
        ] {
            assert_eq!(network(issuer, false), expected, "{issuer}");
            assert_eq!(network(issuer, true), Network::Private, "{issuer}");
        }
    }
}
