//! Microsoft Entra ID: authentication contexts (`acrs`), and its claims challenge.

use super::facts::{Facts, filled, listed};
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use crate::resource::claims::Claims;
use crate::resource::tree::Tree;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Entra;

impl Provider for Entra {
    fn name(&self) -> &'static str {
        "entra"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &["acrs", "appid", "uti", "idtyp", "xms_cc"]
    }

    /// Contexts are the tenant's own: `c1` means something else at each.
    fn has_level_names(&self) -> bool {
        false
    }

    /// `acr` of version 1 tokens (`0`, `1`) says nothing and is passed over. A token without `scp`
    /// is an application's own.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        let contexts = claims.take(profile.acr_claim().unwrap_or("acrs"));
        let application = claims.own_text("idtyp") == Some("app");
        let capable = claims.own("xms_cc").and_then(Tree::texts).unwrap_or_default();
        let claims_challenge = capable.iter().any(|known| known.eq_ignore_ascii_case("cp1"));
        let client_id = filled(claims.take_text("appid"));
        let token_id = filled(claims.take_text("uti"));
        let facts = Facts::standard(&mut claims, profile);
        let delegated = facts.scope.as_ref().is_some_and(|scope| !scope.is_empty());
        Facts {
            client_id: facts.client_id.or(client_id),
            is_client: application || !delegated,
            token_id: token_id.or(facts.token_id),
            acr: contexts.into_iter().flat_map(listed).map(|acr| (acr, None)).collect(),
            claims_challenge,
            ..facts
        }
        .of_openid()
    }

    fn lacks(&self, part: Part, has_values: bool) -> Option<&'static str> {
        match part {
            Part::Level if has_values => None,
            Part::Level => Some(
                "Entra's levels are authentication contexts of your tenant; at Entra, create one \
                 with a Conditional Access policy and add the optional claim `acrs` to the API's \
                 access tokens, and in Rust, say which level it stands for with \
                 `Profile::entra().level(Level::MFA, \"c1\")`",
            ),
            Part::Methods => Some(
                "Entra puts `amr` into access tokens of version 1 alone; demand a level, which \
                 stands for an authentication context, or, if the API takes version 1, say so with \
                 `Profile::entra().amr_claim(\"amr\")`",
            ),
            Part::Moment => Some(
                "Entra puts `auth_time` into access tokens only if set up; at Entra, add the \
                 optional claim `auth_time` to the API's access tokens, and in Rust, say so with \
                 `Profile::entra().auth_time_claim(\"auth_time\")`; or let the context's policy set \
                 the sign-in frequency, and demand a level without `max_age`",
            ),
        }
    }

    fn claims_challenge(&self) -> bool {
        true
    }
}
