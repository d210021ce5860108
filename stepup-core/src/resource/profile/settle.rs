//! From a profile's settings to a profile on a gate's ladder.

use std::borrow::Cow;

use super::Profile;
use super::settled::SettledProfile;
use crate::charset::is_acr;
use crate::ladder::Ladder;
use crate::level::Level;

/// Claims with a meaning of their own, which is never that of a login.
const RESERVED: &[&str] =
    &["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "azp", "scope", "sid", "cnf"];

impl Profile {
    pub(crate) fn settle(self, ladder: &'static Ladder) -> Result<SettledProfile, String> {
        self.check_levels(ladder)?;
        self.check_claims()?;
        let renamed = [&self.acr, &self.amr, &self.auth_time].into_iter().flatten().cloned();
        let kept = self.provider.kept_claims().iter().chain(self.provider.own_claims());
        let kept = kept.map(|claim| Cow::Borrowed(*claim));
        Ok(SettledProfile {
            provider: self.provider,
            levels: self.acr_values_on(ladder),
            own_claims: kept.chain(renamed).collect(),
            by_method: self.by_method,
            acr: self.acr,
            amr: self.amr,
            auth_time: self.auth_time,
        })
    }

    fn check_levels(&self, ladder: &'static Ladder) -> Result<(), String> {
        let name = self.provider.name();
        let mut stated = self.levels.iter().chain(&self.by_method);
        if let Some((level, _)) = stated.find(|(level, _)| !ladder.holds(*level)) {
            return Err(format!(
                "the profile `{name}` names the level `{level}`, which is not on the gate's \
                 ladder: name one that is, or give the gate its ladder with `.ladder(…)`"
            ));
        }
        for (level, acr) in &self.levels {
            if !is_acr(acr) {
                return Err(format!(
                    "the profile `{name}` has an `acr` value for `{level}` that a challenge cannot \
                     list: it is visible ASCII without space, `\"` and `\\`"
                ));
            }
            if acr == "0" {
                return Err(format!(
                    "the profile `{name}` has the `acr` value `0` for `{level}`, which means no \
                     confidence (OpenID Connect Core §2): take another"
                ));
            }
        }
        if let Some((level, _)) = self.by_method.iter().find(|(_, method)| method.is_empty()) {
            return Err(format!(
                "the profile `{name}` has an empty method for `{level}`: name one, as in `hwk`"
            ));
        }
        if let Some(acr) = twice(&self.levels) {
            return Err(format!(
                "the profile `{name}` names the `acr` value `{acr}` twice: it means one level"
            ));
        }
        if let Some(method) = twice(&self.by_method) {
            return Err(format!(
                "the profile `{name}` names the method `{method}` twice: it proves one level"
            ));
        }
        Ok(())
    }

    fn check_claims(&self) -> Result<(), String> {
        let name = self.provider.name();
        for (claim, setting) in [
            (&self.acr, "acr_claim"),
            (&self.amr, "amr_claim"),
            (&self.auth_time, "auth_time_claim"),
        ] {
            let Some(claim) = claim else { continue };
            if let Some(only) = self.provider.only() {
                return Err(format!(
                    "the profile `{name}` reads {only} and nothing else of the login: leave \
                     `.{setting}(…)` out"
                ));
            }
            if claim.is_empty() {
                return Err(format!(
                    "the profile `{name}` has an empty name in `.{setting}(…)`: give the claim's"
                ));
            }
            if RESERVED.contains(&&**claim) {
                return Err(format!(
                    "the profile `{name}` names `{claim}` in `.{setting}(…)`, which says nothing \
                     of how or when the user signed in: name the claim that does"
                ));
            }
        }
        Ok(())
    }

    /// Of each level what is stated, or what the provider has, or its name. A value has one level:
    /// the stated one, where one is.
    fn acr_values_on(&self, ladder: &'static Ladder) -> Vec<(Level, Cow<'static, str>)> {
        let free = |acr: &str| self.levels.iter().all(|(_, stated)| stated != acr);
        let mut levels = Vec::new();
        for level in ladder.levels() {
            let before = levels.len();
            levels.extend(self.levels.iter().filter(|(stated, _)| *stated == level).cloned());
            if levels.len() > before {
                continue;
            }
            let known = self.provider.levels().iter();
            let known = known.filter(|(known, acr)| *known == level && free(acr));
            levels.extend(known.map(|(level, acr)| (*level, Cow::Borrowed(*acr))));
            if levels.len() == before && self.provider.has_level_names() && free(level.name()) {
                levels.push((level, Cow::Borrowed(level.name())));
            }
        }
        levels
    }
}

/// The first value that stands there a second time.
fn twice<'a>(values: &'a [(Level, Cow<'static, str>)]) -> Option<&'a str> {
    let mut places = values.iter().enumerate();
    let before = |at, value| values.iter().take(at).any(|(_, known)| known == value);
    places.find(|(at, (_, value))| before(*at, value)).map(|(_, (_, value))| &**value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::Method;

    const UNLISTED: &str = "the profile `ping` has an `acr` value for `mfa` that a challenge \
                            cannot list: it is visible ASCII without space, `\"` and `\\`";

    const OWN: &Ladder = &Ladder::new(&["low", "mfa", "notarised"]);

    fn refusal(profile: Profile) -> Option<String> {
        profile.settle(Ladder::BUILT_IN).err()
    }

    #[test]
    fn what_is_wrong_with_levels_is_said() {
        let level = || Profile::okta().level(Level::MFA, "urn:a");
        let method = |name| Profile::duende().level_by_method(Level::MFA, Method::new(name));
        for (profile, expected) in [
            (level(), None),
            (level().level(Level::MFA, "urn:b"), None),
            (method("mfa"), None),
            (method("mfa").level_by_method(Level::MFA, Method::HWK), None),
            (
                Profile::okta().level(OWN.level("notarised"), "c1"),
                Some(
                    "the profile `okta` names the level `notarised`, which is not on the gate's \
                     ladder: name one that is, or give the gate its ladder with `.ladder(…)`",
                ),
            ),
            (
                Profile::duende().level_by_method(OWN.level("mfa"), Method::MFA),
                Some(
                    "the profile `duende` names the level `mfa`, which is not on the gate's \
                     ladder: name one that is, or give the gate its ladder with `.ladder(…)`",
                ),
            ),
            (Profile::ping().level(Level::MFA, "Multi Factor"), Some(UNLISTED)),
            (Profile::ping().level(Level::MFA, ""), Some(UNLISTED)),
            (
                Profile::keycloak().level(Level::SINGLE_FACTOR, "0"),
                Some(
                    "the profile `keycloak` has the `acr` value `0` for `single-factor`, which \
                     means no confidence (OpenID Connect Core §2): take another",
                ),
            ),
            (
                level().level(Level::PHR, "urn:a"),
                Some("the profile `okta` names the `acr` value `urn:a` twice: it means one level"),
            ),
            (
                method("hwk").level_by_method(Level::PHR, Method::HWK),
                Some("the profile `duende` names the method `hwk` twice: it proves one level"),
            ),
            (
                method(""),
                Some("the profile `duende` has an empty method for `mfa`: name one, as in `hwk`"),
            ),
        ] {
            let text = format!("{profile:?}");
            assert_eq!(refusal(profile).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_claims_is_said() {
        for (profile, expected) in [
            (Profile::auth0().acr_claim("").amr_claim("a"), "acr_claim"),
            (Profile::auth0().amr_claim(""), "amr_claim"),
            (Profile::auth0().auth_time_claim(""), "auth_time_claim"),
        ] {
            let expected = format!(
                "the profile `auth0` has an empty name in `.{expected}(…)`: give the claim's"
            );
            assert_eq!(refusal(profile), Some(expected));
        }
        // R-OIDC-07: `iat` is no login, and without `cnf` a bound token would be anybody's.
        for claim in RESERVED {
            let expected = format!(
                "the profile `auth0` names `{claim}` in `.auth_time_claim(…)`, which says nothing \
                 of how or when the user signed in: name the claim that does"
            );
            assert_eq!(refusal(Profile::auth0().auth_time_claim(*claim)), Some(expected));
            assert!(refusal(Profile::oidc().acr_claim(*claim)).is_some(), "{claim}");
            assert!(refusal(Profile::rfc9068().amr_claim(*claim)).is_some(), "{claim}");
        }
        for (profile, only) in [
            (Profile::clerk(), "`fva`"),
            (Profile::firebase(), "`firebase` and `auth_time`"),
            (Profile::supabase(), "`aal` and `amr`"),
        ] {
            let expected = |setting| {
                Some(format!(
                    "the profile `{}` reads {only} and nothing else of the login: leave \
                     `.{setting}(…)` out",
                    profile.name()
                ))
            };
            assert_eq!(refusal(profile.clone().acr_claim("acr")), expected("acr_claim"));
            assert_eq!(refusal(profile.clone().amr_claim("amr")), expected("amr_claim"));
            let moved = profile.clone().auth_time_claim("auth_time");
            assert_eq!(refusal(moved), expected("auth_time_claim"));
            assert_eq!(refusal(profile), None);
        }
    }

    #[test]
    fn a_level_has_the_stated_values_or_the_providers_or_its_name() {
        let two = Profile::okta().level(Level::MFA, "urn:a").level(Level::MFA, "urn:b");
        for (profile, level, expected) in [
            (Profile::okta(), Level::MFA, &["urn:okta:loa:2fa:any"][..]),
            (two.clone(), Level::MFA, &["urn:a", "urn:b"]),
            (two, Level::PHR, &["phr"]),
            (Profile::keycloak(), Level::SINGLE_FACTOR, &["single-factor", "1"]),
            (Profile::keycloak(), Level::PHR, &["phr"]),
            (Profile::logto(), Level::PHR, &[]),
            (Profile::entra(), Level::MFA, &[]),
            (Profile::ping(), Level::MFA, &[]),
        ] {
            let name = profile.name();
            let profile = profile.settle(Ladder::BUILT_IN).unwrap();
            let values: Vec<_> = profile.acr_values(level).collect();
            assert_eq!(values, expected, "{name} {level}");
            for acr in values {
                assert_eq!(profile.level_of(acr), Some(level), "{name} {acr}");
            }
        }
    }

    /// Else a stated value would still mean what the provider's default says.
    #[test]
    fn a_stated_value_leaves_the_level_that_it_had() {
        for (profile, acr, level, left) in [
            (
                Profile::keycloak().level(Level::MFA, "1"),
                "1",
                Level::MFA,
                (Level::SINGLE_FACTOR, &["single-factor"][..]),
            ),
            (
                Profile::cognito().level(Level::SINGLE_FACTOR, "urn:cognito:loa:4"),
                "urn:cognito:loa:4",
                Level::SINGLE_FACTOR,
                (Level::MFA, &[]),
            ),
            (Profile::oidc().level(Level::MFA, "phr"), "phr", Level::MFA, (Level::PHR, &[])),
        ] {
            let profile = profile.settle(Ladder::BUILT_IN).unwrap();
            assert_eq!(profile.level_of(acr), Some(level), "{acr}");
            assert!(profile.acr_values(level).any(|value| value == acr), "{acr}");
            let (level, values) = left;
            assert_eq!(profile.acr_values(level).collect::<Vec<_>>(), values, "{acr}");
        }
    }

    /// A level's name on another ladder may mean something else, so no default stays with it.
    #[test]
    fn on_a_ladder_of_ones_own_levels_are_named_or_stated() {
        let values = |profile: Profile, level| {
            let profile = profile.settle(OWN).unwrap();
            profile.acr_values(OWN.level(level)).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(values(Profile::rfc9068(), "notarised"), ["notarised"]);
        assert_eq!(values(Profile::keycloak(), "low"), ["low"]);
        assert_eq!(values(Profile::okta(), "mfa"), Vec::<String>::new());
        let okta = Profile::okta().level(OWN.level("mfa"), "urn:okta:loa:2fa:any");
        assert_eq!(values(okta, "mfa"), ["urn:okta:loa:2fa:any"]);
    }
}
