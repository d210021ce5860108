//! Sending the user to the provider, with the request in the address or pushed before (RFC 9126).

use serde::Deserialize;
use stepup_core::Timestamp;
use tokio::time::Instant;
use url::Url;

use super::OidcFactor;
use super::asked::Question;
use super::known::Metadata;
use super::redeem::error_of;
use crate::factor::provider::http::PATIENCE;
use crate::factor::{Delivered, DeliveryError};

impl OidcFactor {
    /// Where to send the user's browser.
    pub(super) async fn ask(&self, question: &Question) -> Result<Delivered, DeliveryError> {
        let deadline = Instant::now() + PATIENCE;
        let metadata = self.known.metadata(&self.http, deadline).await;
        let metadata = metadata.map_err(|why| DeliveryError::new(why.reason()))?;
        let parameters = question.parameters(self.client.id(), &self.redirect_uri);
        let Some(pushed) = &metadata.pushed else {
            return Ok(shown(address(&metadata, &parameters)));
        };
        let now = Timestamp::from_secs(question.at);
        let call = self.http.post(pushed.clone()).by(deadline);
        let call = self.client.send(call, &parameters, &self.issuer, now);
        let call = call.ok_or_else(|| DeliveryError::new("nothing can be signed"))?;
        let reply = call.send().await.map_err(|why| DeliveryError::new(why.reason()))?;
        if reply.status == 429 {
            let error = DeliveryError::new("the provider takes no more requests at present");
            return Err(error.retry_after(reply.retry_after(now).unwrap_or(60)));
        }
        if !reply.is_success() {
            let (status, error) = (reply.status, error_of(&reply));
            return Err(DeliveryError::new(format!("the provider answers {status}, {error}")));
        }
        #[derive(Deserialize)]
        struct Pushed {
            request_uri: String,
            expires_in: u64,
        }
        let pushed: Option<Pushed> = reply.json();
        let pushed =
            pushed.filter(|pushed| !pushed.request_uri.is_empty() && pushed.expires_in > 0);
        let Pushed { request_uri, expires_in } =
            pushed.ok_or_else(|| DeliveryError::new("the provider's answer is not understood"))?;
        let only = [("client_id", self.client.id()), ("request_uri", request_uri.as_str())];
        Ok(shown(address(&metadata, &only)).showing("expires_in", expires_in))
    }
}

fn address(metadata: &Metadata, parameters: &[(&str, &str)]) -> Url {
    let mut url = metadata.authorization.clone();
    url.query_pairs_mut().extend_pairs(parameters);
    url
}

fn shown(address: Url) -> Delivered {
    Delivered::default().showing("authorization_url", String::from(address))
}
