//! Okta, custom authorization servers: `cid`, `scp`, `urn:okta:loa:…`.

use super::facts::{Facts, filled};
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
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
        &["cid"]
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
        let client_id = filled(claims.take_text("cid"));
        Facts { client_id, ..Facts::standard(&mut claims, profile) }.of_openid()
    }

    fn lacks(&self, part: Part, _: bool) -> Option<&'static str> {
        (part == Part::Methods).then_some(
            "Okta puts `amr` into ID tokens alone; demand a level in place of methods, as in \
             `level = \"phr\"`",
        )
    }
}
