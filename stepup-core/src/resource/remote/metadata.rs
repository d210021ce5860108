//! Authorization server metadata (RFC 8414) and OpenID Provider metadata (OpenID Connect
//! Discovery 1.0 §3).

use reqwest::Url;
use serde::Deserialize;

use super::fetch::{FetchError, HttpClient};
use crate::resource::algorithm::Algorithm;
use crate::resource::json::check_members;

/// What is taken of it.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    pub(crate) jwks_uri: Option<Url>,
    #[cfg(feature = "introspection")]
    pub(crate) introspection_endpoint: Option<String>,
    /// `None` where it does not say, which is not the same as none.
    pub(crate) acr_values_supported: Option<Vec<String>>,
    /// What an RSA key without `alg` is for.
    pub(crate) rsa: Algorithm,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: Option<String>,
    #[cfg(feature = "introspection")]
    introspection_endpoint: Option<String>,
    acr_values_supported: Option<Vec<String>>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
}

const MAX_METADATA_BYTES: usize = 128 * 1024;

/// Reads an issuer's metadata, from wherever it publishes it.
pub(crate) async fn discover(client: &HttpClient, issuer: &str) -> Result<Metadata, FetchError> {
    let mut absent = 404;
    for url in addresses(&client.url(issuer)?) {
        match client.get(url, MAX_METADATA_BYTES).await {
            Ok(json) => return read(client, issuer, &json),
            // Nothing is there; it may be elsewhere.
            Err(FetchError::Status(status @ 400..=499)) => absent = status,
            Err(error) => return Err(error),
        }
    }
    Err(FetchError::NoMetadata(absent))
}

/// OpenID appends to the issuer's path, RFC 8414 §3.1 puts the name between host and path; some
/// append that one too.
fn addresses(issuer: &Url) -> [Url; 3] {
    let path = issuer.path().trim_end_matches('/').to_owned();
    [
        format!("{path}/.well-known/openid-configuration"),
        format!("/.well-known/oauth-authorization-server{path}"),
        format!("{path}/.well-known/oauth-authorization-server"),
    ]
    .map(|path| {
        let mut url = issuer.clone();
        url.set_query(None);
        url.set_fragment(None);
        url.set_path(&path);
        url
    })
}

/// R-8414-01: the issuer is the one that was asked for, byte for byte.
pub(crate) fn read(client: &HttpClient, issuer: &str, json: &[u8]) -> Result<Metadata, FetchError> {
    let malformed = FetchError::Malformed("its metadata is no JSON object of the kind");
    if check_members(json).is_err() {
        return Err(malformed);
    }
    let document: Document = serde_json::from_slice(json).map_err(|_| malformed)?;
    if document.issuer != issuer {
        return Err(FetchError::Malformed(
            "its metadata names another issuer: give the gate the `issuer` that stands there, to \
             the letter (a slash at the end counts)",
        ));
    }
    let jwks_uri =
        document.jwks_uri.map(|uri| client.url(&uri).map_err(|error| error.at("its `jwks_uri`")));
    let jwks_uri = jwks_uri.transpose()?;
    Ok(Metadata {
        jwks_uri,
        #[cfg(feature = "introspection")]
        introspection_endpoint: document.introspection_endpoint,
        acr_values_supported: document.acr_values_supported,
        rsa: rsa(&document.id_token_signing_alg_values_supported),
    })
}

/// The one RSA algorithm that it lists, else RS256, which every provider has (OpenID Connect
/// Discovery 1.0 §3).
fn rsa(listed: &[String]) -> Algorithm {
    let mut listed = listed
        .iter()
        .filter_map(|name| Algorithm::from_name(name))
        .filter(|algorithm| algorithm.rsa().is_some());
    match (listed.next(), listed.next()) {
        (Some(only), None) => only,
        _ => Algorithm::Rs256,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::network::Network;
    use super::*;

    #[test]
    fn where_metadata_is_looked_for() {
        for (issuer, expected) in [
            (
                "https://idp.example",
                [
                    "https://idp.example/.well-known/openid-configuration",
                    "https://idp.example/.well-known/oauth-authorization-server",
                    "https://idp.example/.well-known/oauth-authorization-server",
                ],
            ),
            (
                "https://idp.example/oauth2/default/",
                [
                    "https://idp.example/oauth2/default/.well-known/openid-configuration",
                    "https://idp.example/.well-known/oauth-authorization-server/oauth2/default",
                    "https://idp.example/oauth2/default/.well-known/oauth-authorization-server",
                ],
            ),
        ] {
            let found = addresses(&Url::parse(issuer).unwrap()).map(|url| url.to_string());
            assert_eq!(found, expected);
        }
    }

    /// J9, R-8414-01.
    #[test]
    fn j9_metadata_is_the_issuers_own() {
        const ISSUER: &str = "https://idp.example/tenant";
        let client = HttpClient::new(Network::Public).unwrap();
        let keys = "https://keys.example/jwks";
        for (document, expected) in [
            (json!({"issuer": ISSUER, "jwks_uri": keys}), true),
            (json!({"issuer": ISSUER}), true),
            (json!({"issuer": "https://idp.example/tenant/", "jwks_uri": keys}), false),
            (json!({"issuer": "https://idp.example/Tenant", "jwks_uri": keys}), false),
            (json!({"issuer": "https://evil.example", "jwks_uri": keys}), false),
            (json!({"issuer": "", "jwks_uri": keys}), false),
            (json!({"issuer": [ISSUER], "jwks_uri": keys}), false),
            (json!({"jwks_uri": keys}), false),
            (json!({"issuer": ISSUER, "jwks_uri": "http://keys.example/jwks"}), false),
            (json!({"issuer": ISSUER, "jwks_uri": "https://169.254.169.254/"}), false),
            (json!({"issuer": ISSUER, "jwks_uri": "https://127.0.0.1/"}), false),
            (json!({"issuer": ISSUER, "jwks_uri": "/jwks"}), false),
            (json!({"issuer": ISSUER, "jwks_uri": 7}), false),
            (json!({"issuer": ISSUER, "jwks_uri": keys, "acr_values_supported": "mfa"}), false),
            (json!([]), false),
            (json!("x"), false),
        ] {
            let json = document.to_string();
            assert_eq!(read(&client, ISSUER, json.as_bytes()).is_ok(), expected, "{json}");
        }
        let twice = format!(r#"{{"issuer":"{ISSUER}","issuer":"{ISSUER}"}}"#);
        assert!(read(&client, ISSUER, twice.as_bytes()).is_err());
        assert!(read(&client, ISSUER, b"<html></html>").is_err());
    }

    #[test]
    fn r_jwt_01_the_algorithm_of_rsa_keys_that_state_none() {
        for (listed, expected) in [
            (vec![], Algorithm::Rs256),
            (vec!["RS256"], Algorithm::Rs256),
            (vec!["PS256"], Algorithm::Ps256),
            (vec!["RS512", "ES256", "none", "HS256"], Algorithm::Rs512),
            (vec!["RS512", "PS256"], Algorithm::Rs256),
        ] {
            let listed: Vec<_> = listed.into_iter().map(str::to_owned).collect();
            assert_eq!(rsa(&listed), expected, "{listed:?}");
        }
    }
}
