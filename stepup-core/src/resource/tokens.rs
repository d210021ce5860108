//! The built-in verifier: tokens of the issuers that a gate trusts.

use std::sync::Arc;

use super::credential::Credential;
#[cfg(feature = "introspection")]
use super::introspection::Introspector;
use super::issuer::IssuerRules;
use super::jwt::Jwt;
use super::key_source::{KeySource, Unfit};
use super::known::{Known, KnownMap, Voucher};
use super::verifier::{TokenFault, Verification, Verifier, VerifyError};
use crate::authentication::Authentication;
use crate::clock::{Clock, Timestamp};
use crate::level::Level;

/// Verifies the tokens of one or several issuers.
#[derive(Debug)]
pub(super) struct TokenVerifier {
    pub(super) issuers: Vec<TokenIssuer>,
    pub(super) known: KnownMap,
    /// For what is decided after waiting.
    pub(super) clock: Arc<dyn Clock>,
}

/// One issuer: its rules, and where its keys come from.
#[derive(Debug)]
pub(super) struct TokenIssuer {
    pub(super) rules: IssuerRules,
    pub(super) keys: KeySource,
    #[cfg(feature = "introspection")]
    pub(super) introspector: Option<Introspector>,
}

/// How far a token could be judged by what is at hand.
enum Judged<'a> {
    Done(Result<Arc<Authentication>, VerifyError>),
    Unfit(&'a TokenIssuer, Unfit),
    #[cfg(feature = "introspection")]
    Opaque(usize, &'a Introspector),
}

impl Verifier for TokenVerifier {
    fn verify<'a>(&'a self, credential: Credential<'a>, now: Timestamp) -> Verification<'a> {
        let token = credential.token();
        if let Some(known) = self.known.get(token, now)
            && let Some(issuer) = self.issuers.get(known.issuer)
        {
            let keys = match &known.voucher {
                Voucher::Key(_) => issuer.keys.check(now),
                #[cfg(feature = "introspection")]
                Voucher::Word { .. } => Ok(()),
            };
            match keys {
                Ok(()) => return Verification::Ready(Ok(known.authentication)),
                Err(unfit) => return self.after_a_fetch(issuer, unfit, token, now),
            }
        }
        match self.judge(token, now) {
            Judged::Done(result) => Verification::Ready(result),
            Judged::Unfit(issuer, unfit) => self.after_a_fetch(issuer, unfit, token, now),
            #[cfg(feature = "introspection")]
            Judged::Opaque(at, introspector) => {
                Verification::Pending(Box::pin(self.introspect(at, introspector, token)))
            }
        }
    }

    fn acr_values(&self, issuer: &str, level: Level) -> Vec<String> {
        let found = self.issuers.iter().find(|known| *known.rules.issuer == *issuer);
        let values = found.map(|known| known.rules.profile.acr_values(level));
        values.into_iter().flatten().map(str::to_owned).collect()
    }
}

impl TokenVerifier {
    fn judge(&self, token: &str, now: Timestamp) -> Judged<'_> {
        let jwt = match Jwt::split(token) {
            Ok(jwt) => jwt,
            Err(fault) => return self.refused(fault, None),
        };
        let (at, issuer) = match self.issuer_of(jwt) {
            Ok(found) => found,
            Err(fault) => return self.refused(fault, Some(jwt)),
        };
        let key = match issuer.keys.read(now, |keys| jwt.key(keys, &issuer.rules)) {
            Ok(Ok(Some(key))) => key,
            #[cfg(feature = "introspection")]
            Ok(Ok(None)) if issuer.keys.is_none() && issuer.introspector.is_some() => {
                return self.refused(TokenFault::Key, Some(jwt));
            }
            Ok(Ok(None)) => return Judged::Unfit(issuer, Unfit::Unknown),
            Ok(Err(fault)) => return self.refused(fault, Some(jwt)),
            Err(unfit) => return Judged::Unfit(issuer, unfit),
        };
        let checked = jwt.check(&key, &issuer.rules, now).map_err(VerifyError::from);
        Judged::Done(checked.map(|authentication| {
            let authentication = Arc::new(authentication);
            self.remember(token, &authentication, at, Voucher::Key(key));
            authentication
        }))
    }

    /// A token that cannot be read here may be one that an issuer can be asked about. One that names
    /// its issuer is shown to no other.
    fn refused(&self, fault: TokenFault, jwt: Option<Jwt<'_>>) -> Judged<'_> {
        #[cfg(feature = "introspection")]
        if matches!(
            fault,
            TokenFault::Form | TokenFault::Header | TokenFault::Claims | TokenFault::Key
        ) {
            let stated = jwt.and_then(|jwt| jwt.stated_issuer().ok());
            let asked = self.issuers.iter().enumerate().find_map(|(at, issuer)| {
                let named = stated.as_ref().is_none_or(|stated| **stated == *issuer.rules.issuer);
                issuer.introspector.as_ref().filter(|_| named).map(|asked| (at, asked))
            });
            if let Some((at, introspector)) = asked {
                return Judged::Opaque(at, introspector);
            }
        }
        let _ = jwt;
        Judged::Done(Err(fault.into()))
    }

    /// Of several issuers the one that the token names: keys are never shared between them.
    fn issuer_of(&self, jwt: Jwt<'_>) -> Result<(usize, &TokenIssuer), TokenFault> {
        if let [only] = self.issuers.as_slice() {
            return Ok((0, only));
        }
        let stated = jwt.stated_issuer()?;
        let mut issuers = self.issuers.iter().enumerate();
        issuers.find(|(_, issuer)| *issuer.rules.issuer == *stated).ok_or(TokenFault::Issuer)
    }

    fn after_a_fetch<'a>(
        &'a self,
        issuer: &'a TokenIssuer,
        unfit: Unfit,
        token: &'a str,
        now: Timestamp,
    ) -> Verification<'a> {
        let Some(flight) = issuer.keys.fetch(unfit, now) else {
            return Verification::Ready(Err(unfit.into()));
        };
        Verification::Pending(Box::pin(async move {
            let (mut flight, mut unfit) = (Some(flight), unfit);
            // One that was in the air already may have left before the key was published: then
            // another may help, if it is allowed.
            for is_first in [true, false] {
                let Some(landing) = flight.take() else { break };
                landing.await;
                let now = self.clock.now();
                match self.judge(token, now) {
                    Judged::Done(result) => return result,
                    Judged::Unfit(issuer, still) => {
                        unfit = still;
                        flight = is_first.then(|| issuer.keys.fetch(still, now)).flatten();
                    }
                    #[cfg(feature = "introspection")]
                    Judged::Opaque(at, introspector) => {
                        return self.introspect(at, introspector, token).await;
                    }
                }
            }
            Err(unfit.into())
        }))
    }

    #[cfg(feature = "introspection")]
    async fn introspect(
        &self,
        at: usize,
        introspector: &Introspector,
        token: &str,
    ) -> Result<Arc<Authentication>, VerifyError> {
        let rules = &self.issuers.get(at).ok_or(TokenFault::Issuer)?.rules;
        let (authentication, from, until) = introspector.ask(token, rules, &*self.clock).await?;
        let authentication = Arc::new(authentication);
        if from < until {
            self.remember(token, &authentication, at, Voucher::Word { from, until });
        }
        Ok(authentication)
    }

    fn remember(
        &self,
        token: &str,
        authentication: &Arc<Authentication>,
        issuer: usize,
        voucher: Voucher,
    ) {
        let known = Known { authentication: authentication.clone(), issuer, voucher };
        self.known.insert(token, known);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use base64_simd::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::clock::ManualClock;
    use crate::ladder::Ladder;
    use crate::resource::keys::KeySet;
    use crate::resource::known::KnownTokens;
    use crate::resource::profile::Profile;

    const NOW: u64 = 1_800_000_000;

    /// Design §7: what was refused is not kept, a genuine token past its time included.
    #[test]
    fn t10_only_tokens_that_may_be_used_are_remembered() {
        let pair = Ed25519KeyPair::generate().unwrap();
        let x = URL_SAFE_NO_PAD.encode_to_string(pair.public_key());
        let jwks = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]}).to_string();
        let now = Timestamp::from_secs(NOW);
        let verifier = TokenVerifier {
            issuers: vec![TokenIssuer {
                rules: IssuerRules {
                    issuer: "https://idp.example".into(),
                    audience: "https://api.example".into(),
                    profile: Profile::rfc9068().settle(Ladder::BUILT_IN).unwrap(),
                    skew: Duration::from_secs(5),
                },
                keys: KeySource::Local(KeySet::from_jwks(jwks.as_bytes()).unwrap()),
                #[cfg(feature = "introspection")]
                introspector: None,
            }],
            known: KnownTokens::default().map(),
            clock: Arc::new(ManualClock::at(now)),
        };
        for (name, changed, remembered) in [
            ("good", json!({}), true),
            ("expired", json!({"exp": NOW}), false),
            ("not valid yet", json!({"nbf": NOW + 60}), false),
            ("issued in the future", json!({"iat": NOW + 60}), false),
            ("another audience", json!({"aud": "https://other.example"}), false),
            ("bound to a key", json!({"cnf": {}}), false),
        ] {
            let mut claims = json!({
                "iss": "https://idp.example", "aud": "https://api.example", "sub": "alice",
                "client_id": "web", "jti": name, "iat": NOW - 9, "exp": NOW + 60,
            });
            claims.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
            let header = json!({"typ": "at+jwt", "alg": "EdDSA"}).to_string();
            let [header, claims] =
                [header, claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode_to_string(part));
            let message = format!("{header}.{claims}");
            let signature = URL_SAFE_NO_PAD.encode_to_string(pair.sign(message.as_bytes()));
            let token = format!("{message}.{signature}");
            let answer = verifier.verify(Credential::new(&token), now);
            assert!(matches!(answer, Verification::Ready(Ok(_))) == remembered, "{name}");
            assert_eq!(verifier.known.get(&token, now).is_some(), remembered, "{name}");
        }
    }
}
