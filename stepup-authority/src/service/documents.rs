//! What the authority tells everybody of itself.

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};
use stepup_core::Level;

use crate::authority::Inner;
use crate::problem::{Refusal, json_response};

impl Inner {
    /// The path that it is mounted at; its keys; its metadata, where RFC 8414 §3 puts it.
    pub(super) fn paths(&self) -> [String; 3] {
        let tail = self.issuer.path();
        [
            self.path.to_string(),
            format!("{tail}/.well-known/jwks.json"),
            format!("/.well-known/oauth-authorization-server{tail}"),
        ]
    }

    /// `GET /.well-known/jwks.json` (RFC 7517 §5)
    pub(super) async fn keys(&self) -> Result<Response<Bytes>, Refusal> {
        // They may have to be read again from a store that hangs.
        let keys = self.desk().wait_for(self.issuer.jwks()).await?;
        let mut response = Response::new(Bytes::from(keys));
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static("application/jwk-set+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        Ok(response)
    }

    /// `GET /.well-known/oauth-authorization-server` (RFC 8414)
    pub(super) fn metadata(&self) -> Response<Bytes> {
        let [path, keys, _] = self.paths();
        let origin = self.issuer.origin();
        let strengths = self.factors.iter().flat_map(|one| one.strengths());
        let strengths = strengths.filter_map(|strength| strength.on(self.ladder).ok());
        let reached: Vec<Level> =
            strengths.flat_map(|strength| strength.levels().collect::<Vec<_>>()).collect();
        let is_reached = |level: &Level| reached.iter().any(|one| one.at_least(*level));
        let levels = self.ladder.levels().filter(is_reached);
        let levels: Vec<&str> = levels.map(Level::name).collect();
        let body: Value = json!({
            "issuer": self.issuer.issuer(),
            "jwks_uri": format!("{origin}{keys}"),
            "token_endpoint": format!("{origin}{path}/token"),
            "token_endpoint_auth_methods_supported": ["none"],
            "grant_types_supported": ["urn:ietf:params:oauth:grant-type:token-exchange"],
            "response_types_supported": [],
            "acr_values_supported": levels,
            "step_up_endpoint": format!("{origin}{path}"),
        });
        let mut response = json_response(StatusCode::OK, &body);
        let for_an_hour = HeaderValue::from_static("public, max-age=3600");
        response.headers_mut().insert(CACHE_CONTROL, for_an_hour);
        response
    }
}
