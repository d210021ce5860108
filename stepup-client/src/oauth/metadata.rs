//! What an authorization server says of itself (RFC 8414, OpenID Connect Discovery).

use http::StatusCode;
use url::Url;

use super::OAuthClient;
use crate::origin::trusted;
use crate::remote::{self, Reply};
use crate::stepper::StepUpError;

#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) authorization: Option<Url>,
    pub(super) token: Url,
    pub(super) pushed: Option<Url>,
    pub(super) device: Option<Url>,
    /// Answers carry `iss` (RFC 9207).
    pub(super) says_iss: bool,
}

impl OAuthClient {
    /// Fetched once. What fails is fetched anew the next time.
    pub(super) async fn metadata(&self) -> Result<&Metadata, StepUpError> {
        self.metadata.get_or_try_init(|| self.discover()).await
    }

    async fn discover(&self) -> Result<Metadata, StepUpError> {
        let unusable = StepUpError::Unusable;
        let issuer = Url::parse(&self.issuer).map_err(|_| unusable("its issuer is no address"))?;
        let path = issuer.path().trim_end_matches('/').to_owned();
        let pages = [
            format!("{path}/.well-known/openid-configuration"),
            format!("/.well-known/oauth-authorization-server{path}"),
        ];
        for page in pages {
            let mut address = issuer.clone();
            address.set_path(&page);
            let reply = remote::send(self.http.get(address)).await?;
            match reply.status {
                StatusCode::OK => return self.read(&reply),
                status if status.is_server_error() => {
                    return Err(StepUpError::Offline(format!("the issuer answers {status}")));
                }
                _ => {}
            }
        }
        Err(unusable("the issuer has no metadata"))
    }

    fn read(&self, reply: &Reply) -> Result<Metadata, StepUpError> {
        // Else one server's answers could be taken for another's (RFC 8414 §3.3).
        if reply.text("issuer") != Some(&self.issuer) {
            return Err(StepUpError::Unusable("the issuer's metadata names another issuer"));
        }
        let endpoint = |name| {
            let address = reply.text(name).map(trusted).transpose();
            address.map_err(|_| StepUpError::Unusable("an endpoint is neither https nor local"))
        };
        let says_iss = reply.body.get("authorization_response_iss_parameter_supported");
        Ok(Metadata {
            authorization: endpoint("authorization_endpoint")?,
            token: endpoint("token_endpoint")?
                .ok_or(StepUpError::Unusable("the issuer names no token endpoint"))?,
            pushed: endpoint("pushed_authorization_request_endpoint")?,
            device: endpoint("device_authorization_endpoint")?,
            says_iss: says_iss.and_then(serde_json::Value::as_bool).unwrap_or_default(),
        })
    }
}
