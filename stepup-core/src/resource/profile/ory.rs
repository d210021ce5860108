//! Ory: Kratos sessions turned into JWTs, and Hydra's access tokens.

use super::facts::Facts;
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Ory;

impl Provider for Ory {
    fn name(&self) -> &'static str {
        "ory"
    }

    /// Kratos' authenticator assurance levels, as a claims mapper or a consent app copies them.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "aal1"), (Level::MFA, "aal2")]
    }

    fn has_level_names(&self) -> bool {
        false
    }

    /// A Kratos session has no client.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        Ok(Facts::standard(&mut claims, profile).client_if_subject())
    }

    fn lacks(&self, part: Part, _: bool) -> Option<&'static str> {
        Some(match part {
            Part::Level => {
                "Ory's tokens say what you copy into them; at Ory, have the claims mapper (Kratos) \
                 or the consent app (Hydra) set `acr` to the session's \
                 `authenticator_assurance_level`, and in Rust, say so with \
                 `Profile::ory().acr_claim(\"acr\")`"
            }
            Part::Methods => {
                "Ory's tokens say what you copy into them; at Ory, have the claims mapper (Kratos) \
                 or the consent app (Hydra) set `amr` to the names of the session's methods, and \
                 in Rust, say so with `Profile::ory().amr_claim(\"amr\")`"
            }
            Part::Moment => {
                "Ory's tokens say what you copy into them; at Ory, have the claims mapper (Kratos) \
                 or the consent app (Hydra) set `auth_time` to the session's `authenticated_at` in \
                 seconds since 1970, and in Rust, say so with \
                 `Profile::ory().auth_time_claim(\"auth_time\")`"
            }
        })
    }
}
