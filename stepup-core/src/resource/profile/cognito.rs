//! Amazon Cognito: no `aud`, so the client stands for the audience.

use super::facts::{Facts, filled};
use super::provider::Provider;
use super::settled::SettledProfile;
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
        &["origin_jti"]
    }

    /// Level 3 is a passkey alone as well as two factors, so it is one.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[
            (Level::SINGLE_FACTOR, "urn:cognito:loa:1"),
            (Level::SINGLE_FACTOR, "urn:cognito:loa:2"),
            (Level::SINGLE_FACTOR, "urn:cognito:loa:3"),
            (Level::MFA, "urn:cognito:loa:4"),
        ]
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
        // Its ID tokens are of the same keys, and nothing else tells them apart.
        if claims.own_text("token_use") != Some("access") {
            return Err(TokenFault::Type);
        }
        let session = filled(claims.take_text("origin_jti"));
        Facts { session, ..Facts::standard(&mut claims, profile) }.of_openid()
    }
}
