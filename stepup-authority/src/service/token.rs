//! The stepped-up token.

use serde_json::{Map, Value};

use super::caller::Caller;
use super::tell::About;
use crate::authority::Inner;
use crate::books::Desk;
use crate::ceremony::{CeremonyId, Grant};
use crate::event::EventKind;
use crate::issuer::{Claims, Confirmation};
use crate::problem::{Problem, Refusal};

impl Inner {
    /// Makes the token that was granted, for the login at hand and nothing wider: its user,
    /// client, session, key, and of the scopes that were granted those that it has (ISS-01). Made
    /// again, it is the same token: its claims, and so its `jti`, do not change.
    pub(super) async fn token(
        &self,
        grant: &Grant,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
    ) -> Result<Map<String, Value>, Refusal> {
        let login = &caller.login;
        let scope: Vec<&str> =
            grant.scope.split(' ').filter(|scope| login.has_scope(scope)).collect();
        let scope = scope.join(" ");
        // A proof that is added to a proof does not prolong what that was added to.
        let expires_at = if self.outlives_login && !caller.is_proof(self) {
            grant.expires_at
        } else {
            grant.expires_at.min(login.expires_at().as_secs())
        };
        let methods: Vec<&str> = grant.methods.iter().map(String::as_str).collect();
        let claims = Claims {
            iss: self.issuer.issuer(),
            sub: &caller.subject,
            aud: self.issuer.audience(),
            client_id: login.client_id().unwrap_or(self.issuer.audience()),
            iat: grant.issued_at,
            exp: expires_at,
            jti: &grant.token_id,
            scope: Some(scope.as_str()).filter(|scope| !scope.is_empty()),
            acr: &grant.level,
            amr: &methods,
            auth_time: grant.auth_time,
            sid: login.session(),
            cnf: login.key_thumbprint().map(|jkt| Confirmation { jkt }),
        };
        // The keys may have to be read again from a store that hangs.
        let token = desk.wait_for(self.issuer.sign(&claims)).await?;
        let expires_in = expires_at.saturating_sub(self.now().as_secs());
        if expires_in == 0 {
            return Err(Problem::CeremonyOver.into());
        }
        let level = self.ladder.find(&grant.level);
        self.tell(EventKind::Issued, caller, About { ceremony: Some(id), method: None, level });
        let token_type = if login.key_thumbprint().is_some() { "DPoP" } else { "Bearer" };
        let mut body = Map::new();
        body.insert("access_token".to_owned(), token.into());
        body.insert("token_type".to_owned(), token_type.into());
        body.insert("expires_in".to_owned(), expires_in.into());
        body.insert("acr".to_owned(), grant.level.clone().into());
        body.insert("auth_time".to_owned(), grant.auth_time.into());
        if !scope.is_empty() {
            body.insert("scope".to_owned(), scope.into());
        }
        Ok(body)
    }
}
