//! From a code to a login that the provider vouches for.

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;
use stepup_core::Timestamp;
use tokio::time::Instant;

use super::OidcFactor;
use super::asked::Asked;
use super::id_token::{Expected, Fault, IdToken, Login};
use super::known::{Metadata, Unknown};
use crate::factor::Checked;
use crate::factor::provider::http::Reply;

/// Seconds to wait for a provider that does not say how long.
const TROUBLE: u64 = 30;
const BUSY: u64 = 60;

/// What is read of the answer. The rest of it is of no use here and is dropped.
#[derive(Deserialize)]
struct Tokens<'a> {
    #[serde(borrow)]
    id_token: Cow<'a, str>,
    #[serde(borrow)]
    access_token: Option<Cow<'a, str>>,
}

impl OidcFactor {
    /// Redeems the code, once. Whatever comes of it, the code is spent.
    pub(super) async fn redeem(
        &self,
        metadata: &Metadata,
        code: &str,
        asked: &Asked,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<Login, Checked> {
        let unavailable = |seconds| Checked::Unavailable(now.plus(Duration::from_secs(seconds)));
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &asked.verifier),
        ];
        let call = self.http.post(metadata.token.clone()).by(deadline);
        let call = self.client.send(call, &form, &self.issuer, now);
        let reply = call.ok_or_else(|| unavailable(TROUBLE))?.send().await.map_err(|why| {
            self.warn(why.reason());
            unavailable(TROUBLE)
        })?;
        if reply.status != 200 {
            return Err(self.refused(&reply, now));
        }
        let Some(tokens) = serde_json::from_slice::<Tokens<'_>>(reply.body()).ok() else {
            self.warn("the provider answers without an ID token");
            return Err(unavailable(TROUBLE));
        };
        let token = IdToken::read(&tokens.id_token, self.algorithm);
        let token = token.map_err(|fault| self.faulty(fault))?;
        let keys = self.known.keys(&self.http, metadata, deadline, |keys| token.has_key(keys));
        let keys = keys.await.map_err(|why| self.unknown(why, now))?;
        if !token.has_key(&keys) {
            self.warn("the provider signs with a key that it does not publish");
            return Err(unavailable(TROUBLE));
        }
        let expected = Expected {
            issuer: &self.issuer,
            client_id: self.client.id(),
            nonce: Some(&asked.nonce),
            asked_at: asked.at(),
            now,
            access_token: tokens.access_token.as_deref(),
        };
        token.verify(&keys, &expected).map_err(|fault| self.faulty(fault))
    }

    /// What an error of the token endpoint means (RFC 6749 §5.2).
    fn refused(&self, reply: &Reply, now: Timestamp) -> Checked {
        let unavailable = |seconds| Checked::Unavailable(now.plus(Duration::from_secs(seconds)));
        if reply.status == 429 {
            return unavailable(reply.retry_after(now).unwrap_or(BUSY));
        }
        if reply.status >= 500 {
            self.warn(&format!("the provider answers {}", reply.status));
            return unavailable(reply.retry_after(now).unwrap_or(TROUBLE));
        }
        let error = error_of(reply);
        if error == "invalid_grant" {
            return Checked::Expired;
        }
        tracing::error!(
            method = self.method,
            status = reply.status,
            error,
            "an OpenID Provider refuses this service: look at the client's registration there"
        );
        unavailable(BUSY)
    }

    fn faulty(&self, fault: Fault) -> Checked {
        match fault {
            Fault::Forged(why) => {
                tracing::warn!(method = self.method, why, "an ID token proves nothing");
                Checked::Wrong
            }
            Fault::Stale => Checked::Expired,
            Fault::Undated => {
                tracing::error!(
                    method = self.method,
                    "an OpenID Provider does not say when the user logged in, though it was asked \
                     to (`max_age`), and without that no login there is a proof: have it put the \
                     claim `auth_time`, a number, into ID tokens (at Entra it is an optional claim)"
                );
                Checked::Expired
            }
        }
    }

    pub(super) fn unknown(&self, why: Unknown, now: Timestamp) -> Checked {
        self.warn(&why.reason());
        Checked::Unavailable(now.plus(Duration::from_secs(TROUBLE)))
    }

    fn warn(&self, why: &str) {
        tracing::warn!(method = self.method, why, "a user's answer could not be checked");
    }
}

/// An error's code; nothing that could be anything else.
pub(super) fn error_of(reply: &Reply) -> &'static str {
    #[derive(Deserialize)]
    struct Problem {
        error: String,
    }
    let problem: Option<Problem> = reply.json();
    let known = [
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "invalid_target",
        "unauthorized_client",
        "unsupported_grant_type",
    ];
    let named = problem.and_then(|problem| known.into_iter().find(|known| *known == problem.error));
    named.unwrap_or("another")
}
