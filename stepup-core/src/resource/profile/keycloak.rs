//! Keycloak: `acr` by the realm's ACR-to-LoA mapping.

use super::facts::Facts;
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
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
        &["preferred_username"]
    }

    /// Before version 25 access tokens repeat the `nonce` of the request.
    fn tolerates(&self) -> &'static [&'static str] {
        &["nonce"]
    }

    /// Without a mapping a plain sign-in is `1`; `0`, an expired level, stands for none. The
    /// others are what the documentation has the mapping say.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "single-factor"), (Level::SINGLE_FACTOR, "1")]
    }

    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        // ID, refresh and logout tokens are of the same realm, and the body's `typ` tells.
        if claims.own("typ").is_none() {
            return Err(TokenFault::Type);
        }
        let name = claims.own_text("preferred_username");
        let service = name.is_some_and(|name| name.starts_with("service-account-"))
            || claims.client_id.is_some() && claims.session.is_none();
        let facts = Facts::standard(&mut claims, profile).of_openid()?;
        Ok(Facts { is_client: facts.is_client || service, ..facts })
    }

    fn lacks(&self, part: Part, _: bool) -> Option<&'static str> {
        (part == Part::Methods).then_some(
            "Keycloak puts `amr` into access tokens only if set up; at Keycloak, add the \
             mapper *Authentication Method Reference (AMR)* to a client scope and a reference \
             value to each authenticator, and in Rust, say so with `Profile::keycloak().amr_claim(\"amr\")`",
        )
    }
}
