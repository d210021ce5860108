//! Protected resource metadata (RFC 9728): what a client can find out about an API by itself.

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, Uri};
use serde::Serialize;

use super::algorithm::Algorithm;
use crate::charset::is_text_byte;

/// What an API tells of itself (RFC 9728 §2): where it is, which issuers it trusts, how tokens are
/// sent. Levels stand in challenges alone.
///
/// Give it to the gate with [`GateBuilder::resource`](crate::GateBuilder::resource), and put the
/// adapter's `resource_metadata(&gate)` into the router. Each challenge then says where it is.
///
/// ```
/// use stepup_core::{Gate, ProtectedResource};
///
/// let resource = ProtectedResource::at("https://api.example")
///     .named("Orders")
///     .scopes(["orders:read", "orders:write"])
///     .documentation("https://docs.example/orders");
/// let builder = Gate::builder("https://idp.example", "https://api.example").resource(resource);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ProtectedResource {
    resource: String,
    name: Option<String>,
    documentation: Option<String>,
    scopes: Vec<String>,
}

impl ProtectedResource {
    /// An API that its clients see at this URL: https (plain http on a loopback address alone),
    /// without query and fragment.
    ///
    /// ```
    /// let resource = stepup_core::ProtectedResource::at("https://api.example/v1");
    /// ```
    pub fn at(url: &str) -> Self {
        Self { resource: url.to_owned(), name: None, documentation: None, scopes: Vec::new() }
    }

    /// Its name, for people (`resource_name`).
    ///
    /// ```
    /// let resource = stepup_core::ProtectedResource::at("https://api.example").named("Orders");
    /// ```
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// Where developers read about it (`resource_documentation`).
    ///
    /// ```
    /// let resource = stepup_core::ProtectedResource::at("https://api.example")
    ///     .documentation("https://docs.example/orders");
    /// ```
    pub fn documentation(self, url: &str) -> Self {
        Self { documentation: Some(url.to_owned()), ..self }
    }

    /// The scopes that it knows (`scopes_supported`).
    ///
    /// ```
    /// let resource = stepup_core::ProtectedResource::at("https://api.example").scopes(["pay"]);
    /// ```
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        Self { scopes: scopes.into_iter().map(Into::into).collect(), ..self }
    }

    pub(super) fn settle(
        self,
        issuers: &[&str],
        takes_dpop: bool,
    ) -> Result<ResourceMetadata, String> {
        let (origin, path) = self.parts().ok_or_else(|| {
            "the URL of `ProtectedResource::at(…)` is not one of an API: write for example \
             `https://api.example`, https, without query and fragment"
                .to_owned()
        })?;
        let path = format!("/.well-known/oauth-protected-resource{path}");
        let document = Document {
            resource: &self.resource,
            authorization_servers: issuers,
            bearer_methods_supported: &["header"],
            scopes_supported: &self.scopes,
            resource_name: self.name.as_deref(),
            resource_documentation: self.documentation.as_deref(),
            dpop_signing_alg_values_supported: if takes_dpop {
                Algorithm::names()
            } else {
                Vec::new()
            },
        };
        let json = serde_json::to_vec(&document)
            .map_err(|_| "the resource's metadata cannot be written".to_owned())?;
        Ok(ResourceMetadata { url: format!("{origin}{path}"), path, json: json.into() })
    }

    /// RFC 9728 §3.1: the well-known name goes between host and path.
    fn parts(&self) -> Option<(&str, &str)> {
        let url = self.resource.as_str();
        let uri: Uri = url.parse().ok()?;
        let host = uri.host()?;
        let loopback = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
        let scheme = uri.scheme_str()?;
        let fits = (scheme == "https" || (scheme == "http" && loopback))
            && url.bytes().all(is_text_byte)
            && !url.contains(['?', '#', '@', '{', '}', '*', ' '])
            // Routers take such a segment for a parameter.
            && !uri.path().contains("/:");
        if !fits {
            return None;
        }
        let authority = uri.authority()?.as_str().len();
        let (origin, path) = url.split_at_checked(scheme.len() + "://".len() + authority)?;
        Some((origin, if path == "/" { "" } else { path }))
    }
}

#[derive(Serialize)]
struct Document<'a> {
    resource: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    authorization_servers: &'a [&'a str],
    bearer_methods_supported: &'a [&'a str],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    scopes_supported: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_documentation: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dpop_signing_alg_values_supported: Vec<&'static str>,
}

/// An API's metadata, ready to be served.
///
/// ```
/// # use stepup_core::Gate;
/// # fn example(gate: &Gate) {
/// if let Some(metadata) = gate.resource_metadata() {
///     println!("serve it at {}", metadata.path());
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ResourceMetadata {
    url: String,
    path: String,
    json: Bytes,
}

impl ResourceMetadata {
    /// The path it is served at, from the host's root.
    ///
    /// ```
    /// # fn example(metadata: &stepup_core::ResourceMetadata) {
    /// assert_eq!(metadata.path(), "/.well-known/oauth-protected-resource");
    /// # }
    /// ```
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its URL, which challenges name (`resource_metadata`, RFC 9728 §5.1).
    ///
    /// ```
    /// # fn example(metadata: &stepup_core::ResourceMetadata) {
    /// assert!(metadata.url().starts_with("https://"));
    /// # }
    /// ```
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The document (RFC 9728 §3.2), readable from any origin.
    ///
    /// ```
    /// # fn example(metadata: &stepup_core::ResourceMetadata) {
    /// assert_eq!(metadata.response().headers()["content-type"], "application/json");
    /// # }
    /// ```
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.json.clone());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// R-9728-01.
    #[test]
    fn r_9728_01_the_well_known_name_stands_between_host_and_path() {
        for (resource, path, url) in [
            (
                "https://api.example",
                "/.well-known/oauth-protected-resource",
                "https://api.example/.well-known/oauth-protected-resource",
            ),
            (
                "https://api.example/",
                "/.well-known/oauth-protected-resource",
                "https://api.example/.well-known/oauth-protected-resource",
            ),
            (
                "https://api.example:8443/v1/orders",
                "/.well-known/oauth-protected-resource/v1/orders",
                "https://api.example:8443/.well-known/oauth-protected-resource/v1/orders",
            ),
            (
                "http://127.0.0.1:3000",
                "/.well-known/oauth-protected-resource",
                "http://127.0.0.1:3000/.well-known/oauth-protected-resource",
            ),
        ] {
            let metadata =
                ProtectedResource::at(resource).settle(&["https://idp.example"], false).unwrap();
            assert_eq!((metadata.path(), metadata.url()), (path, url));
        }
    }

    /// R-9728-02.
    #[test]
    fn r_9728_02_the_document() {
        let bare = ProtectedResource::at("https://api.example");
        let full = bare.clone().named("Orders").scopes(["read", "pay"]).documentation("https://d");
        let issuers = ["https://idp.example", "https://other.example"];
        for (resource, dpop, expected) in [
            (
                bare,
                false,
                json!({
                    "resource": "https://api.example",
                    "authorization_servers": issuers,
                    "bearer_methods_supported": ["header"],
                }),
            ),
            (
                full,
                true,
                json!({
                    "resource": "https://api.example",
                    "authorization_servers": issuers,
                    "bearer_methods_supported": ["header"],
                    "scopes_supported": ["read", "pay"],
                    "resource_name": "Orders",
                    "resource_documentation": "https://d",
                    "dpop_signing_alg_values_supported": [
                        "EdDSA", "ES256", "ES384", "PS256", "PS384", "PS512", "RS256", "RS384",
                        "RS512", "Ed25519",
                    ],
                }),
            ),
        ] {
            let response = resource.settle(&issuers, dpop).unwrap().response();
            let document: Value = serde_json::from_slice(response.body()).unwrap();
            assert_eq!(document, expected);
        }
    }

    #[test]
    fn r_9728_02_what_is_no_url_of_an_api_is_refused() {
        for url in [
            "",
            "api.example",
            "/v1",
            "http://api.example",
            "ftp://api.example",
            "https://api.example?a=1",
            "https://api.example#a",
            "https://user@api.example",
            "https://api.example/a b",
            "https://api.example/{id}",
            "https://",
        ] {
            assert!(ProtectedResource::at(url).settle(&[], false).is_err(), "{url}");
        }
    }
}
