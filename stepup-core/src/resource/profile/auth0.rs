//! Auth0: what the login was stands in claims that an Action adds.

use super::facts::Facts;
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Auth0;

impl Provider for Auth0 {
    fn name(&self) -> &'static str {
        "auth0"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &["gty"]
    }

    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::MFA, "http://schemas.openid.net/pape/policies/2007/06/multi-factor")]
    }

    /// A client's own token says so in `gty`, or in a `sub` of the form `…@clients`.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        let by_grant = claims.own_text("gty") == Some("client-credentials");
        let mut facts = Facts::standard(&mut claims, profile).of_openid()?;
        facts.is_client |=
            by_grant || facts.subject.as_ref().is_some_and(|subject| subject.ends_with("@clients"));
        Ok(facts)
    }

    fn lacks(&self, part: Part, _: bool) -> Option<&'static str> {
        Some(match part {
            Part::Level => {
                "Auth0 puts no `acr` into access tokens; at Auth0, have a post-login Action set a \
                 claim such as `https://api.example/acr`, and in Rust, name it with \
                 `Profile::auth0().acr_claim(\"https://api.example/acr\")`"
            }
            Part::Methods => {
                "Auth0 puts no `amr` into access tokens; at Auth0, have a post-login Action set a \
                 claim such as `https://api.example/amr` to the methods' names, and in Rust, name \
                 it with `Profile::auth0().amr_claim(\"https://api.example/amr\")`"
            }
            Part::Moment => {
                "Auth0 puts no `auth_time` into access tokens; at Auth0, have a post-login Action \
                 set a claim such as `https://api.example/auth_time` to the method's `timestamp` in \
                 seconds since 1970, and in Rust, name it with \
                 `Profile::auth0().auth_time_claim(\"https://api.example/auth_time\")`"
            }
        })
    }
}
