//! Building a gate from what its issuers publish.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{FetchError, HttpClient, Metadata, RemoteKeys, discover};
use crate::resource::gate::Gate;
use crate::resource::gate_builder::GateBuilder;
use crate::resource::gate_error::GateError;
use crate::resource::key_source::KeySource;
use crate::resource::start::Known;
use crate::resource::trusted_issuer::TrustedIssuer;

/// Between two tries while a service waits for its issuer.
const TRY_AGAIN_AFTER: Duration = Duration::from_millis(500);

impl GateBuilder {
    pub(in crate::resource) async fn with_fetched_keys(mut self) -> Result<Gate, GateError> {
        let mut known = Vec::new();
        let issuers = self.checked_issuers()?;
        // Checked too: it is no span that ends nowhere.
        let deadline = Instant::now() + self.wait_for_issuer;
        for trusted in issuers {
            known.push(self.ask(trusted, deadline).await?);
        }
        self.finish(known)
    }

    async fn ask(&self, mut trusted: TrustedIssuer, deadline: Instant) -> Result<Known, GateError> {
        if !trusted.wants_metadata()
            && let Some(given) = trusted.keys.take()
        {
            return Ok(Known::given(trusted, given));
        }
        let issuer = trusted.issuer.clone();
        let unusable = |error: FetchError| {
            GateError::new(format!("the gate's issuer {issuer} cannot be used: {error}"))
        };
        let client = HttpClient::new(self.network).map_err(unusable)?;
        client.url(&issuer).map_err(unusable)?;
        loop {
            let asked = self.ask_once(&mut trusted, &client).await;
            let error = match asked {
                Ok((metadata, keys)) => {
                    return Ok(Known {
                        trusted,
                        keys,
                        acr_values_supported: metadata.acr_values_supported,
                        #[cfg(feature = "introspection")]
                        introspection_endpoint: metadata.introspection_endpoint,
                    });
                }
                Err(error) => error,
            };
            if !error.may_pass() || Instant::now() + TRY_AGAIN_AFTER > deadline {
                return Err(unusable(error));
            }
            tracing::warn!(%issuer, reason = %error, "waiting for the issuer");
            tokio::time::sleep(TRY_AGAIN_AFTER).await;
        }
    }

    async fn ask_once(
        &self,
        trusted: &mut TrustedIssuer,
        client: &HttpClient,
    ) -> Result<(Metadata, KeySource), FetchError> {
        let metadata = discover(client, &trusted.issuer).await?;
        if let Some(given) = trusted.keys.take() {
            return Ok((metadata, given));
        }
        let Some(jwks_uri) = metadata.jwks_uri.clone() else {
            return match trusted.without_keys() {
                Some(none) => Ok((metadata, none)),
                None => Err(FetchError::Malformed("its metadata names no `jwks_uri`")),
            };
        };
        let keys = RemoteKeys::fetch_first(
            &trusted.issuer,
            client.clone(),
            jwks_uri,
            metadata.rsa,
            Arc::clone(&self.clock),
            self.stale_keys_for,
        );
        let keys = keys.await?;
        Ok((metadata, KeySource::Remote(keys)))
    }
}
