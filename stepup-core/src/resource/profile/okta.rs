//! Okta, custom authorization servers: `cid`, `scp`, `urn:okta:loa:…`.

use super::facts::{Facts, filled};
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use super::standard::refuse_other_kinds;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Okta;

impl Provider for Okta {
    fn name(&self) -> &'static str {
        "okta"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &[
            "acr",
            "amr",
            "auth_time",
            "scp",
            "cid",
            "nonce",
            "at_hash",
            "c_hash",
            "s_hash",
            "events",
            "typ",
            "token_use",
        ]
    }

    /// `…:ifpossible` is granted to who has no second factor, so it is one factor.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[
            (Level::SINGLE_FACTOR, "urn:okta:loa:1fa:any"),
            (Level::SINGLE_FACTOR, "urn:okta:loa:1fa:pwd"),
            (Level::SINGLE_FACTOR, "urn:okta:loa:2fa:any:ifpossible"),
            (Level::MFA, "urn:okta:loa:2fa:any"),
            (Level::PHR, "phr"),
            (Level::PHRH, "phrh"),
        ]
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
        let client_id = filled(claims.take_text("cid"));
        let scope = claims.take("scp").and_then(|scope| scope.words());
        let facts = Facts::standard(&mut claims, profile);
        Facts { client_id, scope: scope.map(Into::into), ..facts }
            .client_if_subject()
            .require_client_id()
    }

    fn lacks(&self, part: Part) -> Option<&'static str> {
        (part == Part::Methods).then_some(
            "Okta puts no `amr` into access tokens: demand a level, or add a claim that has it to \
             the authorization server and name it with `.amr_claim(\"…\")`",
        )
    }
}
