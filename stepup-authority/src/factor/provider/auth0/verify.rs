//! Having an answer verified, and whose it was.

use std::borrow::Cow;
use std::time::Duration;

use serde::Deserialize;
use stepup_core::{Algorithm, Timestamp};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::outcome::{Reason, TROUBLE};
use super::tenant::{Auth0Tenant, Tenant};
use crate::factor::Checked;
use crate::factor::provider::http::{PATIENCE, below};
use crate::factor::provider::oidc::id_token::{Expected, Fault, IdToken};
use crate::factor::provider::oidc::known::Unknown;

/// Seconds that Auth0's clock may be off. A token that comes in answer to a code is new, whatever
/// it is dated.
const SKEW: u64 = 60;

const NO_USER: &str = "no ID token, and no word of whose token it is: ask for the scope `openid` where the \
     `mfa_token` is made";

/// What is read of an answer with tokens; they are dropped, and a refresh token is revoked.
#[derive(Deserialize)]
struct Tokens<'a> {
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    #[serde(borrow)]
    access_token: Cow<'a, str>,
    #[serde(borrow)]
    id_token: Option<Cow<'a, str>>,
    #[serde(borrow)]
    refresh_token: Option<Cow<'a, str>>,
}

impl Auth0Tenant {
    /// Whether Auth0 takes the answer, and it is this user's.
    pub(super) async fn verify(
        &self,
        answer: &[(&str, &str)],
        user_id: &str,
        reason: Reason,
        now: Timestamp,
    ) -> Option<Checked> {
        let deadline = Instant::now() + PATIENCE;
        let down = || Some(Checked::Unavailable(now.plus(Duration::from_secs(TROUBLE))));
        let mut form = vec![("client_id", self.0.client_id.as_str())];
        form.push(("client_secret", &self.0.secret));
        form.extend_from_slice(answer);
        let call = self.0.http.post(below(&self.0.base, &["oauth", "token"])).by(deadline);
        let reply = match call.form(&form).send().await {
            Ok(reply) => reply,
            Err(why) => {
                tracing::warn!(why = why.reason(), "an answer for Auth0 could not be checked");
                return down();
            }
        };
        let tokens: Option<Tokens<'_>> = serde_json::from_slice(reply.body()).ok();
        // Tokens with status 200, and nothing else that could be taken for them.
        let tokens = tokens.filter(|tokens| reply.status == 200 && tokens.error.is_none());
        let Some(tokens) = tokens else { return Some(reason.outcome(&reply, now)) };
        let subject = self.subject(&tokens, now, deadline).await;
        if let Some(refresh_token) = &tokens.refresh_token {
            self.revoke(refresh_token);
        }
        match subject {
            Ok(subject) if subject == user_id => None,
            // Whoever has an account there has a token to answer with.
            Ok(_) => {
                tracing::warn!("an answer at Auth0 is another user's");
                Some(Checked::Wrong)
            }
            Err(why) => {
                let why = &*why;
                tracing::error!(why, "Auth0 does not say whose answer it took");
                down()
            }
        }
    }

    /// Whose tokens they are.
    async fn subject(
        &self,
        tokens: &Tokens<'_>,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<String, Cow<'static, str>> {
        let Tenant { http, known, issuer, client_id, .. } = &*self.0;
        let Some(id_token) = &tokens.id_token else {
            let subject = self.user_info(&tokens.access_token, deadline).await;
            return subject.ok_or(Cow::Borrowed(NO_USER));
        };
        let token = IdToken::read(id_token, Algorithm::Rs256).map_err(reason_of)?;
        let unknown = |why: Unknown| Cow::Owned(why.reason());
        let metadata = known.metadata(http, deadline).await.map_err(unknown)?;
        let keys = known.keys(http, &metadata, deadline, |keys| token.has_key(keys));
        let keys = keys.await.map_err(unknown)?;
        let expected = Expected {
            issuer,
            client_id,
            nonce: None,
            asked_at: Timestamp::from_secs(now.as_secs().saturating_sub(SKEW)),
            now: now.plus(Duration::from_secs(SKEW)),
            access_token: Some(&*tokens.access_token),
        };
        let login = token.verify(&keys, &expected).map_err(reason_of)?;
        Ok(login.subject)
    }

    /// OpenID Connect Core 1.0 §5.3, where the `mfa_token` was made without `openid`.
    async fn user_info(&self, access_token: &str, deadline: Instant) -> Option<String> {
        #[derive(Deserialize)]
        struct Info {
            sub: String,
        }
        let bearer = Zeroizing::new(format!("Bearer {access_token}"));
        let call = self.0.http.get(below(&self.0.base, &["userinfo"])).by(deadline);
        let reply = call.header("authorization", &bearer).send().await.ok()?;
        let info: Info = (reply.status == 200).then(|| reply.json()).flatten()?;
        Some(info.sub)
    }

    /// Nobody here has a use for it, and nobody waits for what comes of this.
    fn revoke(&self, refresh_token: &str) {
        let (tenant, refresh_token) = (self.clone(), Zeroizing::new(refresh_token.to_owned()));
        tokio::spawn(async move {
            let Tenant { base, client_id, secret, http, .. } = &*tenant.0;
            let form =
                [("client_id", client_id), ("client_secret", secret), ("token", &refresh_token)];
            let form = form.map(|(name, value)| (name, value.as_str()));
            let call = http.post(below(base, &["oauth", "revoke"])).form(&form);
            if !call.send().await.is_ok_and(|reply| reply.is_success()) {
                tracing::warn!("a refresh token that Auth0 gave could not be revoked");
            }
        });
    }
}

/// For a log.
fn reason_of(fault: Fault) -> Cow<'static, str> {
    let Fault::Forged(why) = fault else { return "its login is not of now".into() };
    why.into()
}
