//! Amazon Cognito: no `aud`, so the client stands for the audience.

use super::facts::{Facts, filled};
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use super::standard::refuse_other_kinds;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Cognito;

impl Provider for Cognito {
    fn name(&self) -> &'static str {
        "cognito"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &[
            "acr",
            "amr",
            "auth_time",
            "scope",
            "origin_jti",
            "nonce",
            "at_hash",
            "c_hash",
            "s_hash",
            "events",
            "typ",
            "token_use",
        ]
    }

    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "urn:cognito:loa:1"), (Level::MFA, "urn:cognito:loa:2")]
    }

    fn has_level_names(&self) -> bool {
        false
    }

    fn is_for(&self, claims: &Claims<'_>, audience: &str) -> bool {
        claims.client_id.as_deref() == Some(audience)
    }

    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        if claims.own_text("token_use") != Some("access") {
            return Err(TokenFault::Type);
        }
        refuse_other_kinds(&claims)?;
        let session = filled(claims.take_text("origin_jti"));
        let facts =
            Facts::standard(&mut claims, profile).client_if_subject().require_client_id()?;
        Ok(Facts { session, ..facts })
    }

    fn lacks(&self, part: Part) -> Option<&'static str> {
        let _ = part;
        None
    }
}
