//! Firebase Authentication: ID tokens are what its clients send.

use std::borrow::Cow;

use super::facts::Facts;
use super::provider::{Part, Provider};
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
        &["auth_time", "firebase", "events"]
    }

    /// Its tokens name no level; these two are what the profile makes of the factors.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "single-factor"), (Level::MFA, "mfa")]
    }

    fn has_level_names(&self) -> bool {
        false
    }

    /// `firebase.sign_in_second_factor` is there when a second factor was used. Who is anonymous,
    /// or signed in by a token that the service itself made, has shown none.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        let sign_in = claims.take("firebase").ok_or(TokenFault::Type)?;
        let mut facts = Facts::standard(&mut claims, profile);
        // A claim of the user's own with such a name says nothing.
        facts.acr.clear();
        facts.methods.clear();
        let first = sign_in.member("sign_in_provider").and_then(Tree::text);
        let second = sign_in.member("sign_in_second_factor");
        let level = match (first, second) {
            (None | Some("" | "anonymous" | "custom"), _) => return Ok(facts),
            (Some(_), None) => "single-factor",
            (Some(_), Some(second)) => match second.text() {
                Some("phone" | "totp") => "mfa",
                _ => "single-factor",
            },
        };
        let methods = [(first, "password", Method::PWD), (first, "phone", Method::SMS)];
        let second = second.and_then(Tree::text);
        let seconds = [(second, "phone", Method::SMS), (second, "totp", Method::OTP)];
        for (used, name, method) in methods.into_iter().chain(seconds) {
            if used == Some(name) {
                facts.methods.push((Cow::Borrowed(method.name()), None));
            }
        }
        facts.acr.push((Cow::Borrowed(level), None));
        Ok(facts)
    }

    fn lacks(&self, part: Part) -> Option<&'static str> {
        let _ = part;
        None
    }
}
