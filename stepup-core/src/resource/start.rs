//! From a gate's settings to the gate.

use std::collections::VecDeque;
#[cfg(feature = "discovery")]
use std::time::Duration;

use super::answers::{Answers, Beginning};
use super::forget::Forgotten;
use super::gate::{Gate, Inner};
use super::gate_builder::{GateBuilder, Source};
use super::gate_error::GateError;
use super::issuer::IssuerRules;
use super::key_source::KeySource;
use super::reach::{Reach, check_handlers};
use super::revocations::EndedLogins;
use super::tokens::{TokenIssuer, TokenVerifier};
use super::trusted_issuer::TrustedIssuer;
use super::verifier::Verifier;
use crate::charset::is_text_byte;
use crate::evaluate::MAX_SKEW;

/// An issuer, and what is known of it beside its settings.
pub(super) struct Known {
    pub(super) trusted: TrustedIssuer,
    pub(super) keys: KeySource,
    /// What it says that it can reach.
    pub(super) acr_values_supported: Option<Vec<String>>,
    #[cfg(feature = "introspection")]
    pub(super) introspection_endpoint: Option<String>,
}

impl Known {
    /// Of which nothing is known but its keys.
    pub(super) fn given(trusted: TrustedIssuer, keys: KeySource) -> Self {
        Self {
            trusted,
            keys,
            acr_values_supported: None,
            #[cfg(feature = "introspection")]
            introspection_endpoint: None,
        }
    }
}

impl GateBuilder {
    pub(super) fn with_given_keys(mut self) -> Result<Gate, GateError> {
        let trusted = self.checked_issuers()?;
        let known = trusted.into_iter().map(|mut trusted| {
            let issuer = &trusted.issuer;
            let without_keys = || {
                GateError::new(format!(
                    "the gate has no keys to check the tokens of {issuer} with: give them with \
                     `.keys(…)`, or fetch them with `.discover()` in place of `.build()` (feature \
                     `discovery`)"
                ))
            };
            let keys = match trusted.keys.take() {
                Some(keys) => keys,
                None => trusted.without_keys().ok_or_else(without_keys)?,
            };
            Ok(Known::given(trusted, keys))
        });
        let known = known.collect::<Result<_, _>>()?;
        self.finish(known)
    }

    /// The issuers, once nothing is wrong with them and the other settings that can be seen from
    /// here.
    pub(super) fn checked_issuers(&mut self) -> Result<VecDeque<TrustedIssuer>, GateError> {
        self.check_settings()?;
        let Source::Issuers(issuers) = &mut self.source else {
            return Ok(VecDeque::new());
        };
        for (at, known) in issuers.iter().enumerate() {
            if known.issuer.is_empty() {
                return Err(GateError::new(
                    "the gate's issuer is empty: give the `iss` that the tokens carry",
                ));
            }
            if known.audience.is_empty() {
                return Err(GateError::new(
                    "the gate's audience is empty: give this API's identifier at the issuer, so \
                     that tokens for other services stay out",
                ));
            }
            if [&known.issuer, &known.audience].iter().any(|text| text.trim() != &***text) {
                return Err(GateError::new(
                    "the gate's issuer or audience has white space around it, which no token's \
                     has: give them to the letter",
                ));
            }
            if issuers.iter().take(at).any(|other| other.issuer == known.issuer) {
                return Err(GateError::new(format!(
                    "the gate's issuer {} stands there twice: its tokens cannot be for both",
                    known.issuer
                )));
            }
        }
        #[cfg(feature = "introspection")]
        if issuers.iter().filter(|issuer| issuer.introspection.is_some()).count() > 1 {
            return Err(GateError::new(
                "the gate's introspection is set for two issuers: a token that only its issuer can \
                 read does not tell whose it is",
            ));
        }
        Ok(std::mem::take(issuers))
    }

    fn check_settings(&self) -> Result<(), GateError> {
        if let Some(setting) = self.misplaced {
            return Err(GateError::new(format!(
                "the gate's {setting} would not be used: its callers are verified in another way"
            )));
        }
        if self.skew > MAX_SKEW {
            return Err(GateError::new(
                "the gate's skew is above 60 s: a token from that far in the future is no matter \
                 of clocks",
            ));
        }
        let types = &self.problem_types;
        if !types.ends_with('/')
            || !types.contains(':')
            || !types.bytes().all(|b| b.is_ascii_graphic())
        {
            return Err(GateError::new(
                "the gate's problem types are no URI that ends in `/`: write for example \
                 `https://api.example/problems/`",
            ));
        }
        #[cfg(feature = "discovery")]
        {
            let span = self.stale_keys_for;
            if span < Duration::from_secs(60) || span > Duration::from_secs(24 * 60 * 60) {
                return Err(GateError::new(
                    "the gate's stale keys are gone by for a minute to a day: set that with \
                     `.stale_keys_for(…)`",
                ));
            }
            if self.wait_for_issuer > Duration::from_secs(10 * 60) {
                return Err(GateError::new(
                    "the gate's wait for its issuer is above ten minutes: set less with \
                     `.wait_for_issuer(…)`, and let whoever starts the service start it again",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn finish(self, known: Vec<Known>) -> Result<Gate, GateError> {
        let of = |what: String| move |why: String| GateError::new(format!("{what}: {why}"));
        let audience = known.first().map(|known| known.trusted.audience.to_string());
        let mut reaches = Vec::new();
        let mut issuers = Vec::new();
        for known in known {
            let Known { trusted, keys, acr_values_supported, .. } = known;
            let name = trusted.issuer.clone();
            let profile = trusted.profile.settle(self.ladder);
            let profile = profile.map_err(of(format!("the gate's issuer {name}")))?;
            let rules = IssuerRules {
                issuer: name.as_ref().into(),
                audience: trusted.audience,
                profile,
                skew: self.skew,
            };
            #[cfg(feature = "introspection")]
            let introspector = trusted
                .introspection
                .map(|introspection| {
                    introspection.settle(self.network, known.introspection_endpoint.as_deref())
                })
                .transpose()
                .map_err(of(format!("the gate's issuer {name}")))?;
            reaches.push(acr_values_supported);
            issuers.push(TokenIssuer {
                rules,
                keys,
                #[cfg(feature = "introspection")]
                introspector,
            });
        }
        let reach: Vec<_> = issuers
            .iter()
            .zip(reaches)
            .map(|(issuer, supported)| Reach { rules: &issuer.rules, supported })
            .collect();
        check_handlers(self.ladder, &self.other_modules, &reach)?;
        drop(reach);

        let realm = self.realm.or(audience).ok_or(GateError::new(
            "the gate has no realm: name what it protects with `.realm(…)`",
        ))?;
        if realm.is_empty() || !realm.bytes().all(is_text_byte) {
            return Err(GateError::new(
                "the gate's realm (the audience, unless set) is empty or has a character that a \
                 header cannot carry: set one of visible ASCII without `\"` and `\\` with \
                 `.realm(…)`",
            ));
        }
        let names: Vec<_> = issuers.iter().map(|issuer| &*issuer.rules.issuer).collect();
        let trusted = names.iter().map(|name| Box::from(*name)).collect();
        let takes_dpop = self.dpop.is_some();
        let resource = self.resource.map(|resource| resource.settle(&names, takes_dpop));
        let resource = resource.transpose().map_err(of("the gate's resource".to_owned()))?;
        let dpop = self.dpop.map(|dpop| dpop.settle(self.skew));
        let dpop = dpop.transpose().map_err(of("the gate's DPoP".to_owned()))?;
        let resource_metadata = resource.as_ref().map(super::ResourceMetadata::url);
        let begin = Beginning { realm: &realm, resource_metadata, takes_dpop };
        let answers = Answers::new(&begin, &self.problem_types);
        let verifier: Box<dyn Verifier> = match self.source {
            Source::Own(verifier) => verifier,
            Source::Issuers(_) => Box::new(TokenVerifier {
                issuers,
                known: self.known_tokens.map(),
                clock: self.clock.clone(),
            }),
            #[cfg(feature = "danger")]
            Source::FirebaseEmulator { project } => {
                Box::new(super::danger::EmulatorVerifier::new(&project, self.ladder, self.skew)?)
            }
        };
        Ok(Gate::new(Inner {
            verifier,
            clock: self.clock,
            ladder: self.ladder,
            skew: self.skew,
            dpop,
            resource,
            issuers: trusted,
            forgotten: Forgotten::default(),
            revocations: self.revocations.map(EndedLogins::new),
            answers,
        }))
    }
}
