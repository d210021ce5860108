//! Ory: Kratos sessions turned into JWTs, and Hydra's access tokens.

use super::facts::{Facts, filled};
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use super::standard::refuse_other_kinds;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Ory;

impl Provider for Ory {
    fn name(&self) -> &'static str {
        "ory"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &[
            "acr",
            "amr",
            "auth_time",
            "scope",
            "scp",
            "azp",
            "ext",
            "nonce",
            "at_hash",
            "c_hash",
            "s_hash",
            "events",
            "typ",
            "token_use",
        ]
    }

    /// Kratos' authenticator assurance levels, as a claims mapper or a token hook copies them.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "aal1"), (Level::MFA, "aal2")]
    }

    fn has_level_names(&self) -> bool {
        false
    }

    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        refuse_other_kinds(&claims)?;
        let scope = claims.take("scp").and_then(|scope| scope.words());
        let session = filled(claims.session.take());
        let facts = Facts::standard(&mut claims, profile).client_if_subject();
        Ok(Facts { session, scope: scope.map(Into::into).or(facts.scope), ..facts })
    }

    fn lacks(&self, part: Part) -> Option<&'static str> {
        Some(match part {
            Part::Level => {
                "Ory's tokens carry what you copy into them: have the claims mapper (Kratos) or \
                 the token hook (Hydra) set a claim to the session's \
                 `authenticator_assurance_level`, and name it with `Profile::ory().acr_claim(\"…\")`"
            }
            Part::Methods => {
                "Ory's tokens carry what you copy into them: have the claims mapper (Kratos) or \
                 the token hook (Hydra) set a claim to the names of the session's methods, and name \
                 it with `Profile::ory().amr_claim(\"…\")`"
            }
            Part::Moment => {
                "Ory's tokens carry what you copy into them: have the claims mapper (Kratos) or \
                 the token hook (Hydra) set a claim to the session's `authenticated_at` in seconds \
                 since 1970, and name it with `Profile::ory().auth_time_claim(\"…\")`"
            }
        })
    }
}
