//! Keycloak: `acr` by the realm's ACR-to-LoA mapping.

use super::facts::Facts;
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use super::standard::refuse_other_kinds;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Keycloak;

impl Provider for Keycloak {
    fn name(&self) -> &'static str {
        "keycloak"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &[
            "acr",
            "amr",
            "auth_time",
            "scope",
            "azp",
            "preferred_username",
            "nonce",
            "at_hash",
            "c_hash",
            "s_hash",
            "events",
            "typ",
            "token_use",
        ]
    }

    /// Without a mapping a plain sign-in is `1`; `0`, an expired level, stands for none. The
    /// others are what the documentation has the mapping say.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "single-factor"), (Level::SINGLE_FACTOR, "1")]
    }

    /// The body's `typ` tells an access token from an ID, refresh or logout token of the same
    /// keys, so it has to be there unless the header does.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        if claims.own_text("typ").is_none() {
            return Err(TokenFault::Type);
        }
        refuse_other_kinds_but_nonce(&mut claims)?;
        let service = claims
            .own_text("preferred_username")
            .is_some_and(|name| name.starts_with("service-account-"));
        let mut facts =
            Facts::standard(&mut claims, profile).client_if_subject().require_client_id()?;
        facts.is_client |= service;
        Ok(facts)
    }

    fn lacks(&self, part: Part) -> Option<&'static str> {
        let _ = part;
        None
    }
}

/// Older versions copy the `nonce` of the request into access tokens too.
fn refuse_other_kinds_but_nonce(claims: &mut Claims<'_>) -> Result<(), TokenFault> {
    claims.take("nonce");
    refuse_other_kinds(claims)
}
