//! One issuer's rules: from the claims that it vouches for to an authentication.

use std::sync::Arc;
use std::time::Duration;

use super::claims::Claims;
use super::profile::{Facts, SettledProfile};
use super::tree::Tree;
use super::verifier::TokenFault;
use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::method::Method;

#[derive(Debug)]
pub(super) struct IssuerRules {
    pub(super) issuer: Arc<str>,
    pub(super) audience: Box<str>,
    pub(super) profile: SettledProfile,
    pub(super) skew: Duration,
}

impl IssuerRules {
    /// RFC 9068 §4, then what RFC 8725 adds, for a token that stands by itself.
    pub(super) fn token(
        &self,
        claims: Claims<'_>,
        now: Timestamp,
    ) -> Result<Authentication, TokenFault> {
        if claims.issuer.as_deref() != Some(&*self.issuer) {
            return Err(TokenFault::Issuer);
        }
        if !self.profile.is_for(&claims, &self.audience) {
            return Err(TokenFault::Audience);
        }
        let expires_at = claims.expires_at.ok_or(TokenFault::Claims)?.floor;
        if claims.issued_at.is_none() {
            return Err(TokenFault::Claims);
        }
        self.authentication(claims, expires_at, now, SettledProfile::read)
    }

    /// What an introspection answer says (RFC 7662 §2.2): its members are the standard's own,
    /// whatever the issuer writes into its tokens.
    #[cfg(feature = "introspection")]
    pub(super) fn answer(
        &self,
        claims: Claims<'_>,
        audience_may_be_absent: bool,
        is_service: bool,
        remembered_until: Timestamp,
        now: Timestamp,
    ) -> Result<Authentication, TokenFault> {
        if claims.issuer.as_ref().is_some_and(|issuer| **issuer != *self.issuer) {
            return Err(TokenFault::Issuer);
        }
        let unstated = claims.audience.is_empty() && audience_may_be_absent;
        if !unstated && !claims.audience.iter().any(|listed| **listed == *self.audience) {
            return Err(TokenFault::Audience);
        }
        let expires_at = claims.expires_at.map_or(remembered_until, |at| at.floor);
        self.authentication(claims, expires_at, now, |profile, claims| {
            let facts = profile.read_answer(claims)?;
            Ok(Facts { is_client: facts.is_client || is_service, ..facts })
        })
    }

    /// What the claims say, once their issuer and audience are known to be right.
    fn authentication<'a>(
        &self,
        mut claims: Claims<'a>,
        expires_at: Timestamp,
        now: Timestamp,
        read: impl FnOnce(&SettledProfile, Claims<'a>) -> Result<Facts<'a>, TokenFault>,
    ) -> Result<Authentication, TokenFault> {
        let latest = now.plus(self.skew);
        // Each rounded to the side that admits less; a login's time is compared in both ways.
        let issued_at = claims.issued_at.map(|at| at.ceil);
        let not_before = claims.not_before.map(|at| at.ceil);
        let key = claims.confirmation.take().map(thumbprint).transpose()?;
        // Keycloak's mark of a bound token, which has to say what it is bound to.
        let marked = claims.own_text("typ").is_some_and(|typ| typ.eq_ignore_ascii_case("DPoP"));
        if marked && key.is_none() {
            return Err(TokenFault::Bound);
        }
        let facts = read(&self.profile, claims)?;
        let latest_login = issued_at.map_or(latest, |at| latest.min(at.plus(self.skew)));
        let login_later = facts.auth_time.is_some_and(|login| login.ceil > latest_login);
        if issued_at.is_some_and(|at| at > latest) || login_later {
            return Err(TokenFault::Future);
        }
        let mut authentication = self.login(facts, expires_at)?;
        if let Some(issued_at) = issued_at {
            authentication = authentication.with_issued_at(issued_at);
        }
        if let Some(key) = key {
            authentication = authentication.with_key_thumbprint(&key);
        }
        // A token is not valid before its issue either, also when it is met again.
        if let Some(not_before) = not_before.max(issued_at) {
            authentication = authentication.with_not_before(not_before);
        }
        // Only what may be used is remembered.
        authentication.check_times(now, latest)?;
        Ok(authentication)
    }

    fn login(&self, facts: Facts<'_>, expires_at: Timestamp) -> Result<Authentication, TokenFault> {
        let issuer = self.issuer.clone();
        let mut authentication = if facts.is_client {
            // Its own name is the subject, where the issuer gives it one beside the client's id.
            let client = facts.client_id.as_ref().or(facts.subject.as_ref());
            let subject = facts.subject.as_ref().or(client).ok_or(TokenFault::Claims)?;
            let itself = Authentication::of_client(issuer, subject, expires_at);
            match client {
                Some(client) => itself.with_client_id(client),
                None => itself,
            }
        } else {
            let subject = facts.subject.ok_or(TokenFault::Claims)?;
            let user = Authentication::of_user(issuer, &subject, expires_at);
            match &facts.client_id {
                Some(client) => user.with_client_id(client),
                None => user,
            }
        };
        if let Some(token_id) = &facts.token_id {
            authentication = authentication.with_token_id(token_id);
        }
        if let Some(session) = &facts.session {
            authentication = authentication.with_session(session);
        }
        if let Some(scope) = &facts.scope {
            authentication = authentication.with_scope(scope);
        }
        if facts.claims_challenge && self.profile.claims_challenge() {
            authentication = authentication.with_claims_challenge();
        }
        if let Some(auth_time) = facts.auth_time {
            authentication = authentication.with_auth_time(auth_time.floor);
        }
        let proved = facts
            .methods
            .iter()
            .filter_map(|(method, at)| Some((self.profile.level_by(Method::new(method))?, *at)));
        let named =
            facts.acr.iter().filter_map(|(acr, at)| Some((self.profile.level_of(acr)?, *at)));
        for (level, at) in named.chain(proved) {
            authentication = match at {
                Some(at) => authentication.with_level_reached(level, at),
                None if authentication.level().is_some_and(|known| known.at_least(level)) => {
                    authentication
                }
                None => authentication.with_level(level),
            };
        }
        for (method, at) in &facts.methods {
            let method = Method::new(method);
            authentication = match at {
                Some(at) => authentication.with_method_used(method, *at),
                None => authentication.with_method(method),
            };
        }
        Ok(authentication)
    }
}

/// The one kind of confirmation that is understood (RFC 9449 §6.1). Any other, and any beside it,
/// binds the token to what cannot be checked here.
fn thumbprint(confirmation: Tree<'_>) -> Result<String, TokenFault> {
    let Tree::Object(members) = confirmation else { return Err(TokenFault::Bound) };
    match members.as_slice() {
        [(name, Tree::Text(thumbprint))] if name == "jkt" && thumbprint.len() == 43 => {
            Ok(thumbprint.clone().into_owned())
        }
        _ => Err(TokenFault::Bound),
    }
}
