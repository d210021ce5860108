//! A profile on a gate's ladder.

use std::borrow::Cow;

use super::Profile;
use super::facts::Facts;
use super::provider::{Part, Provider};
use crate::charset::is_acr;
use crate::ladder::Ladder;
use crate::level::Level;
use crate::method::Method;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

/// A profile whose levels are those of one ladder.
#[derive(Debug)]
pub(crate) struct SettledProfile {
    provider: &'static dyn Provider,
    /// By level, those asked for first at first.
    levels: Vec<(Level, Cow<'static, str>)>,
    by_method: Vec<(Level, Cow<'static, str>)>,
    acr: Option<Cow<'static, str>>,
    amr: Option<Cow<'static, str>>,
    auth_time: Option<Cow<'static, str>>,
    own_claims: Vec<Cow<'static, str>>,
}

/// Claims with a meaning of their own, which is never that of a login.
const RESERVED: &[&str] =
    &["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "azp", "scope", "sid", "cnf"];

impl Profile {
    pub(crate) fn settle(self, ladder: &'static Ladder) -> Result<SettledProfile, String> {
        let name = self.provider.name();
        let stated = self.levels.iter().map(|(level, _)| level);
        if let Some(level) = stated
            .chain(self.by_method.iter().map(|(level, _)| level))
            .find(|level| !ladder.holds(**level))
        {
            return Err(format!(
                "the profile `{name}` names the level `{level}`, which is not on the gate's ladder"
            ));
        }
        for (at, (level, acr)) in self.levels.iter().enumerate() {
            if !is_acr(acr) {
                return Err(format!(
                    "the profile's `acr` value for `{level}` cannot be listed in a challenge: it \
                     is visible ASCII without space, `\"` and `\\`"
                ));
            }
            if acr == "0" {
                return Err(format!(
                    "the profile's `acr` value for `{level}` is `0`, which means no confidence \
                     (OpenID Connect Core §2): take another"
                ));
            }
            if self.levels.iter().take(at).any(|(_, known)| known == acr) {
                return Err(format!(
                    "the profile names the `acr` value `{acr}` twice: it means one level"
                ));
            }
        }
        for (claim, method) in [
            (&self.acr, "acr_claim"),
            (&self.amr, "amr_claim"),
            (&self.auth_time, "auth_time_claim"),
        ] {
            match claim.as_deref() {
                Some("") => return Err(format!("`{method}` needs the name of a claim")),
                Some(claim) if RESERVED.contains(&claim) => {
                    return Err(format!(
                        "`{method}` names `{claim}`, which says nothing of how or when the user \
                         signed in: name the claim that does"
                    ));
                }
                _ => {}
            }
        }
        let renamed = [&self.acr, &self.amr, &self.auth_time].into_iter().flatten().cloned();
        let own = self.provider.own_claims().iter().map(|claim| Cow::Borrowed(*claim));
        Ok(SettledProfile {
            provider: self.provider,
            levels: self.acr_values_on(ladder),
            own_claims: own.chain(renamed).collect(),
            by_method: self.by_method,
            acr: self.acr,
            amr: self.amr,
            auth_time: self.auth_time,
        })
    }

    /// What is stated, then what the provider has, then the levels' own names.
    fn acr_values_on(&self, ladder: &'static Ladder) -> Vec<(Level, Cow<'static, str>)> {
        let mut levels = Vec::new();
        for level in ladder.levels() {
            let before = levels.len();
            let of_level = |(known, _): &&(Level, Cow<'static, str>)| *known == level;
            levels.extend(self.levels.iter().filter(of_level).cloned());
            if levels.len() == before {
                let known = self.provider.levels().iter().filter(|(known, _)| *known == level);
                levels.extend(known.map(|(level, acr)| (*level, Cow::Borrowed(*acr))));
            }
            if levels.len() == before && self.provider.has_level_names() {
                levels.push((level, Cow::Borrowed(level.name())));
            }
        }
        levels
    }
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
        self.provider.read(claims, self)
    }

    #[cfg(feature = "introspection")]
    pub(crate) fn read_answer<'a>(&self, mut claims: Claims<'a>) -> Facts<'a> {
        let facts = Facts::standard(&mut claims, self).client_if_subject();
        // RFC 7662 §2.2: `sub` is usually the user; where none is named nobody logged in.
        Facts { is_client: facts.is_client || facts.subject.is_none(), ..facts }
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
        let proved = self.by_method.iter().filter(|(_, known)| known == method.name());
        proved.map(|(level, _)| *level).reduce(|a, b| if a.at_least(b) { a } else { b })
    }

    /// What a challenge asks for to reach this level.
    pub(crate) fn acr_values(&self, level: Level) -> impl Iterator<Item = &str> {
        let values = self.levels.iter().filter(move |(known, _)| *known == level);
        values.map(|(_, acr)| &**acr)
    }

    /// Whether some method proves this level or one above it.
    pub(crate) fn proves_by_method(&self, level: Level) -> bool {
        self.by_method.iter().any(|(proved, _)| proved.at_least(level))
    }

    /// Why no token ever shows this part, unless the profile was told where it stands.
    pub(crate) fn lacks(&self, part: Part) -> Option<&'static str> {
        let told = match part {
            Part::Level => self.acr.is_some(),
            Part::Methods => self.amr.is_some(),
            Part::Moment => self.auth_time.is_some(),
        };
        if told { None } else { self.provider.lacks(part) }
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
