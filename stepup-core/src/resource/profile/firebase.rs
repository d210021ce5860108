//! Firebase Authentication: ID tokens are what its clients send.

use std::borrow::Cow;

use super::facts::Facts;
use super::provider::Provider;
use super::settled::SettledProfile;
use crate::level::Level;
use crate::method::Method;
use crate::resource::claims::Claims;
use crate::resource::tree::Tree;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Firebase;

impl Provider for Firebase {
    fn name(&self) -> &'static str {
        "firebase"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &["firebase"]
    }

    fn only(&self) -> Option<&'static str> {
        Some("`firebase` and `auth_time`")
    }

    /// Its tokens name no level; these two are what the profile makes of the factors.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "single-factor"), (Level::MFA, "mfa")]
    }

    fn has_level_names(&self) -> bool {
        false
    }

    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        let sign_in = claims.take("firebase").ok_or(TokenFault::Type)?;
        // All tenants of a project share its issuer, audience and keys, and nobody said that this
        // one is meant.
        if sign_in.member("tenant").is_some() {
            return Err(TokenFault::Audience);
        }
        let facts = Facts::standard(&mut claims, profile);
        let auth_time = facts.auth_time;
        let facts = facts.without_login();
        let first = match sign_in.member("sign_in_provider").and_then(Tree::text) {
            // Who is anonymous, or signed in by a token that the service itself made, has shown
            // nothing.
            None | Some("" | "anonymous" | "custom") => return Ok(facts),
            Some("password") => Some(Method::PWD),
            Some("phone") => Some(Method::SMS),
            Some(_) => None,
        };
        let second = match sign_in.member("sign_in_second_factor").and_then(Tree::text) {
            Some("phone") => Some(Method::SMS),
            Some("totp") => Some(Method::OTP),
            _ => None,
        };
        let level = if second.is_some() { "mfa" } else { "single-factor" };
        let methods = first.into_iter().chain(second);
        Ok(Facts {
            acr: vec![(Cow::Borrowed(level), None)],
            methods: methods.map(|method| (Cow::Borrowed(method.name()), None)).collect(),
            auth_time,
            ..facts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Profile;
    use super::*;
    use crate::ladder::Ladder;

    #[test]
    fn r_16_a_tenants_token_is_for_another_audience() {
        let firebase = Profile::firebase().settle(Ladder::BUILT_IN).unwrap();
        for (json, expected) in [
            (r#"{"firebase":{"sign_in_provider":"password"}}"#, None),
            (r#"{"firebase":{"tenant":"a"}}"#, Some(TokenFault::Audience)),
            (r#"{"firebase":{"tenant":null}}"#, Some(TokenFault::Audience)),
            (r#"{}"#, Some(TokenFault::Type)),
        ] {
            let claims = Claims::read(json.as_bytes(), firebase.own_claims()).unwrap();
            assert_eq!(firebase.read(claims).err(), expected, "{json}");
        }
    }
}
