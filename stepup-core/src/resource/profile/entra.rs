//! Microsoft Entra ID: authentication contexts (`acrs`), and its claims challenge.

use super::facts::{Facts, filled};
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use super::standard::refuse_other_kinds;
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
        &[
            "acr",
            "acrs",
            "amr",
            "auth_time",
            "scp",
            "azp",
            "appid",
            "uti",
            "idtyp",
            "xms_cc",
            "nonce",
            "at_hash",
            "c_hash",
            "s_hash",
            "events",
            "typ",
            "token_use",
        ]
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
        refuse_other_kinds(&claims)?;
        let contexts = match claims.take(profile.acr_claim().unwrap_or("acrs")) {
            Some(Tree::Array(contexts)) => {
                contexts.into_iter().map(Tree::into_text).collect::<Option<Vec<_>>>()
            }
            Some(Tree::Text(context)) => Some(vec![context]),
            _ => None,
        };
        let client_id = claims.take_text("azp").or_else(|| claims.take_text("appid"));
        let scope = claims.take("scp").and_then(|scope| scope.words()).filter(|s| !s.is_empty());
        let application = claims.own_text("idtyp") == Some("app");
        let capable = claims.own("xms_cc").and_then(Tree::texts).unwrap_or_default();
        let claims_challenge = capable.iter().any(|known| known.eq_ignore_ascii_case("cp1"));
        let token_id = filled(claims.take_text("uti"));
        let facts = Facts::standard(&mut claims, profile);
        Facts {
            client_id: filled(client_id),
            is_client: application || scope.is_none(),
            token_id: token_id.or(facts.token_id),
            scope: scope.map(Into::into),
            acr: contexts.unwrap_or_default().into_iter().map(|acr| (acr, None)).collect(),
            claims_challenge,
            ..facts
        }
        .client_if_subject()
        .require_client_id()
    }

    fn lacks(&self, part: Part) -> Option<&'static str> {
        match part {
            Part::Level => None,
            Part::Methods => Some(
                "Entra puts no `amr` into version 2 access tokens: demand a level that stands for \
                 an authentication context",
            ),
            Part::Moment => Some(
                "Entra puts `auth_time` into access tokens as an optional claim alone: add it to \
                 the app registration and say so with `Profile::entra().auth_time_claim(\"auth_time\")`, or \
                 let the context's policy set the sign-in frequency and demand a level without `max_age`",
            ),
        }
    }

    fn claims_challenge(&self) -> bool {
        true
    }
}
