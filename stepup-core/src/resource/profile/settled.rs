//! A profile on a gate's ladder.

use std::borrow::Cow;

use super::facts::Facts;
use super::kind::refuse_other_kinds;
use super::provider::{Part, Provider};
use crate::level::Level;
use crate::method::Method;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

/// A profile whose levels are those of one ladder.
#[derive(Debug)]
pub(crate) struct SettledProfile {
    pub(super) provider: &'static dyn Provider,
    /// By level, those asked for first at first.
    pub(super) levels: Vec<(Level, Cow<'static, str>)>,
    pub(super) by_method: Vec<(Level, Cow<'static, str>)>,
    pub(super) acr: Option<Cow<'static, str>>,
    pub(super) amr: Option<Cow<'static, str>>,
    pub(super) auth_time: Option<Cow<'static, str>>,
    pub(super) own_claims: Vec<Cow<'static, str>>,
}

impl SettledProfile {
    pub(crate) fn name(&self) -> &'static str {
        self.provider.name()
    }

    pub(crate) fn accepts_type(&self, typ: Option<&str>) -> bool {
        self.provider.accepts_type(typ)
    }

    pub(crate) fn own_claims(&self) -> &[Cow<'static, str>] {
        &self.own_claims
    }

    pub(crate) fn is_for(&self, claims: &Claims<'_>, audience: &str) -> bool {
        self.provider.is_for(claims, audience)
    }

    pub(crate) fn read<'a>(&self, claims: Claims<'a>) -> Result<Facts<'a>, TokenFault> {
        refuse_other_kinds(&claims, self.provider.tolerates())?;
        self.provider.read(claims, self)
    }

    #[cfg(feature = "introspection")]
    pub(crate) fn read_answer<'a>(&self, mut claims: Claims<'a>) -> Result<Facts<'a>, TokenFault> {
        refuse_other_kinds(&claims, self.provider.tolerates())?;
        let facts = Facts::standard(&mut claims, self).client_if_subject();
        // RFC 7662 §2.2: `sub` is usually the user; where none is named nobody logged in.
        Ok(Facts { is_client: facts.is_client || facts.subject.is_none(), ..facts })
    }

    pub(crate) fn claims_challenge(&self) -> bool {
        self.provider.claims_challenge()
    }

    /// The level that this `acr` value stands for. Compared byte for byte (R-9470-05).
    pub(crate) fn level_of(&self, acr: &str) -> Option<Level> {
        self.levels.iter().find(|(_, known)| known == acr).map(|(level, _)| *level)
    }

    /// The level that this method proves by itself.
    pub(crate) fn level_by(&self, method: Method<'_>) -> Option<Level> {
        let mut proofs = self.by_method.iter();
        proofs.find(|(_, known)| known == method.name()).map(|(level, _)| *level)
    }

    /// What a challenge asks for to reach this level.
    pub(crate) fn acr_values(&self, level: Level) -> impl Iterator<Item = &str> {
        let values = self.levels.iter().filter(move |(known, _)| *known == level);
        values.map(|(_, acr)| &**acr)
    }

    /// Whether some method proves this level or one above it, in tokens that show methods.
    pub(crate) fn proves_by_method(&self, level: Level) -> bool {
        self.lacks(Part::Methods).is_none()
            && self.by_method.iter().any(|(proved, _)| proved.at_least(level))
    }

    /// Why no token ever shows this part, unless the profile was told where it stands.
    pub(crate) fn lacks(&self, part: Part) -> Option<&'static str> {
        let told = match part {
            Part::Level => self.acr.is_some(),
            Part::Methods => self.amr.is_some(),
            Part::Moment => self.auth_time.is_some(),
        };
        if told {
            return None;
        }
        let why = self.provider.lacks(part, !self.levels.is_empty())?;
        // Who proves levels by methods misses those, and no `acr`.
        let by_method = part == Part::Level && !self.by_method.is_empty();
        by_method.then(|| self.lacks(Part::Methods)).flatten().or(Some(why))
    }

    pub(super) fn acr_claim(&self) -> Option<&str> {
        self.acr.as_deref()
    }

    pub(super) fn amr_claim(&self) -> Option<&str> {
        self.amr.as_deref()
    }

    pub(super) fn auth_time_claim(&self) -> Option<&str> {
        self.auth_time.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::Ladder;
    use crate::resource::Profile;

    const PARTS: [Part; 3] = [Part::Level, Part::Methods, Part::Moment];

    fn lacks(profile: Profile) -> [Option<&'static str>; 3] {
        let profile = profile.settle(Ladder::BUILT_IN).unwrap();
        PARTS.map(|part| profile.lacks(part))
    }

    /// The table of `docs/providers/README.md`.
    #[test]
    fn what_a_providers_tokens_lack_by_themselves_is_known() {
        for (profile, [level, methods, moment]) in [
            (Profile::rfc9068(), [false, false, false]),
            (Profile::oidc(), [false, false, false]),
            (Profile::okta(), [false, true, false]),
            (Profile::auth0(), [true, true, true]),
            (Profile::authx(), [false, false, false]),
            (Profile::entra(), [true, true, true]),
            (Profile::keycloak(), [false, true, false]),
            (Profile::cognito(), [false, false, false]),
            (Profile::firebase(), [false, false, false]),
            (Profile::supabase(), [false, false, false]),
            (Profile::clerk(), [false, true, false]),
            (Profile::ping(), [true, true, false]),
            (Profile::duende(), [true, false, false]),
            (Profile::logto(), [false, false, false]),
            (Profile::zitadel(), [true, true, true]),
            (Profile::ory(), [true, true, true]),
            (Profile::google(), [true, true, true]),
        ] {
            let name = profile.name();
            let found = lacks(profile).map(|why| why.is_some());
            assert_eq!(found, [level, methods, moment], "{name}");
        }
    }

    /// The sentences say what to write; once it is written, nothing is lacking.
    #[test]
    fn what_was_told_is_not_lacking() {
        for name in Profile::names().filter(|name| *name != "clerk") {
            let profile = || Profile::named(name).unwrap();
            let whys = lacks(profile());
            for (part, why) in PARTS.into_iter().zip(whys) {
                let Some(why) = why else { continue };
                assert!(!why.ends_with('.') && !why.contains("  "), "{why}");
                let setting = match part {
                    Part::Level => ".acr_claim(",
                    Part::Methods => ".amr_claim(",
                    Part::Moment => ".auth_time_claim(",
                };
                let shown = format!("Profile::{name}()");
                let another = ["entra", "ping", "google"].contains(&name) && part == Part::Level;
                assert!(name == "okta" || why.contains(&shown), "{why}");
                assert!(name == "okta" || another || why.contains(setting), "{why}");
            }
            if lacks(profile()) == [None; 3] {
                continue;
            }
            let told = profile().acr_claim("acr").amr_claim("amr").auth_time_claim("auth_time");
            assert_eq!(lacks(told), [None; 3], "{name}");
        }
    }

    #[test]
    fn a_context_or_a_policy_that_was_named_is_there() {
        for profile in [Profile::entra(), Profile::ping()] {
            assert!(lacks(profile.clone())[0].is_some());
            assert_eq!(lacks(profile.level(Level::MFA, "c1"))[0], None);
        }
        // Google has no `acr`, whatever one calls it.
        assert!(lacks(Profile::google().level(Level::MFA, "c1"))[0].is_some());
    }

    #[test]
    fn who_proves_levels_by_methods_is_told_of_methods() {
        let auth0 = || Profile::auth0().level_by_method(Level::MFA, Method::MFA);
        let [level, methods, _] = lacks(auth0());
        assert!(level.is_some() && level == methods, "{level:?}");
        assert_ne!(level, lacks(Profile::auth0())[0]);
        // Duende's tokens have methods: a level that none of them proves needs an `acr`.
        let duende = Profile::duende().level_by_method(Level::MFA, Method::MFA);
        assert_eq!(lacks(duende)[0], lacks(Profile::duende())[0]);
    }

    #[test]
    fn a_method_proves_its_level_and_those_below_where_methods_are_shown() {
        let proves = |profile: Profile| {
            let profile = profile.settle(Ladder::BUILT_IN).unwrap();
            Ladder::BUILT_IN.levels().map(|level| profile.proves_by_method(level)).collect()
        };
        let by = |profile: Profile| profile.level_by_method(Level::PHR, Method::HWK);
        for (profile, expected) in [
            (Profile::duende(), [false; 4]),
            (by(Profile::duende()), [true, true, true, false]),
            // Who can show no method can prove nothing by it.
            (by(Profile::google()), [false; 4]),
            (by(Profile::google().amr_claim("amr")), [true, true, true, false]),
            (by(Profile::clerk()), [false; 4]),
        ] {
            let name = profile.name();
            let found: Vec<bool> = proves(profile);
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn a_method_proves_the_level_that_was_stated() {
        let profile = Profile::cognito()
            .level_by_method(Level::MFA, Method::MFA)
            .level_by_method(Level::PHR, Method::HWK)
            .settle(Ladder::BUILT_IN)
            .unwrap();
        assert_eq!(profile.level_by(Method::MFA), Some(Level::MFA));
        assert_eq!(profile.level_by(Method::HWK), Some(Level::PHR));
        for other in [Method::PWD, Method::new("HWK"), Method::new(""), Method::new("hwk ")] {
            assert_eq!(profile.level_by(other), None, "{other:?}");
        }
    }
}
