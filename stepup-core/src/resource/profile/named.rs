//! Providers that are configured instances of [`Oidc`], and Google, which tells its users from
//! service accounts besides.

use super::facts::{Facts, filled};
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use super::standard::Oidc;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

pub(super) const AUTHX: Oidc = Oidc { name: "authx", ..Oidc::ANY };

/// A policy is named by its administrator, so no name means a level until somebody says so.
pub(super) const PING: Oidc = Oidc {
    name: "ping",
    has_level_names: false,
    caller: |facts| facts.client_if_no_subject().of_openid(),
    lacks: |part, has_values| match part {
        Part::Level if !has_values => Some(
            "Ping's `acr` is the name or the id of a policy of yours; say which level it stands \
             for with `Profile::ping().level(Level::MFA, \"Multi_Factor\")`",
        ),
        Part::Level | Part::Moment => None,
        Part::Methods => Some(
            "Ping puts `amr` into access tokens only if set up; at Ping, add it to the custom \
             resource as an attribute, and in Rust, say so with \
             `Profile::ping().amr_claim(\"amr\")`; or demand a level",
        ),
    },
    ..Oidc::ANY
};

pub(super) const DUENDE: Oidc = Oidc {
    name: "duende",
    caller: |facts| facts.client_if_no_subject().of_openid(),
    lacks: |part, _| {
        (part == Part::Level).then_some(
            "IdentityServer puts no `acr` into access tokens by itself; either say in Rust which \
             method proves a level with \
             `Profile::duende().level_by_method(Level::MFA, Method::MFA)`, or add `acr` there in an \
             `IProfileService`, and in Rust, say so with \
             `Profile::duende().acr_claim(\"acr\")`",
        )
    },
    ..Oidc::ANY
};

pub(super) const LOGTO: Oidc = Oidc {
    name: "logto",
    levels: &[(Level::SINGLE_FACTOR, "urn:logto:acr:1fa"), (Level::MFA, "urn:logto:acr:mfa")],
    has_level_names: false,
    ..Oidc::ANY
};

/// Its ID tokens have the same audience and no `jti`.
pub(super) const ZITADEL: Oidc = Oidc {
    name: "zitadel",
    caller: |facts| facts.of_openid()?.require_token_id(),
    lacks: |part, _| {
        Some(match part {
            Part::Level => {
                "ZITADEL puts no `acr` into access tokens; at ZITADEL, have an action before the access \
                 token add a claim such as `https://api.example/acr`, and in Rust, name it with \
                 `Profile::zitadel().acr_claim(\"https://api.example/acr\")`"
            }
            Part::Methods => {
                "ZITADEL puts no `amr` into access tokens; at ZITADEL, have an action before the access \
                 token add a claim such as `https://api.example/amr`, an array, and in Rust, name it \
                 with `Profile::zitadel().amr_claim(\"https://api.example/amr\")`"
            }
            Part::Moment => {
                "ZITADEL puts no `auth_time` into access tokens; at ZITADEL, have an action before the \
                 access token add a claim such as `https://api.example/auth_time`, the seconds \
                 since 1970 of the factor and never of now, and in Rust, name it with \
                 `Profile::zitadel().auth_time_claim(\"https://api.example/auth_time\")`"
            }
        })
    },
    ..Oidc::ANY
};

/// Its ID tokens are what clients send, so their marks do not count.
pub(super) const GOOGLE: Google = Google;

#[derive(Debug)]
pub(super) struct Google;

impl Provider for Google {
    fn name(&self) -> &'static str {
        "google"
    }

    fn tolerates(&self) -> &'static [&'static str] {
        &["nonce", "at_hash"]
    }

    fn has_level_names(&self) -> bool {
        false
    }

    /// Service accounts of anybody's get ID tokens of the same issuer and keys, for any audience;
    /// `azp` alone tells them from users.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        let azp = filled(claims.take_text("azp")).ok_or(TokenFault::Type)?;
        let is_client = claims.subject.as_ref() == Some(&azp) || azp.contains('@');
        if !is_client && !azp.ends_with(".apps.googleusercontent.com") {
            return Err(TokenFault::Type);
        }
        let facts = Facts::standard(&mut claims, profile);
        // A service account chooses in which form `azp` names it; its `sub` stays.
        let client_id = if is_client { facts.subject.clone() } else { Some(azp) };
        Ok(Facts { is_client, client_id, ..facts })
    }

    fn lacks(&self, part: Part, _: bool) -> Option<&'static str> {
        Some(match part {
            Part::Level => {
                "Google's tokens have no `acr`, and nobody can ask Google for a stronger login; let \
                 an authority of your own step users up and trust its tokens, or take the login as \
                 it comes: at Google, turn on *Authentication strength claims*, and in Rust, say \
                 `Profile::google().amr_claim(\"amr\").level_by_method(Level::MFA, Method::MFA)`"
            }
            Part::Methods => {
                "Google puts `amr` into tokens only if set up, and nobody can ask it for another \
                 login; at Google, turn on *Authentication strength claims*, and in Rust, say so with \
                 `Profile::google().amr_claim(\"amr\")`"
            }
            Part::Moment => {
                "Google puts `auth_time` into tokens only if set up, and nobody can ask it for a \
                 newer login; at Google, turn on *Session age claims*, and in Rust, say so with \
                 `Profile::google().auth_time_claim(\"auth_time\")`"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Profile;
    use super::*;
    use crate::ladder::Ladder;

    #[test]
    fn r_16_what_is_neither_users_nor_a_service_accounts_is_of_another_type() {
        let google = Profile::google().settle(Ladder::BUILT_IN).unwrap();
        for (json, expected) in [
            (r#"{"sub":"1","azp":"2.apps.googleusercontent.com"}"#, Ok(false)),
            (r#"{"sub":"1","azp":"1"}"#, Ok(true)),
            (r#"{"sub":"1","azp":"bot@acme.iam.gserviceaccount.com"}"#, Ok(true)),
            (r#"{"sub":"1","azp":"2"}"#, Err(TokenFault::Type)),
            (r#"{"sub":"1"}"#, Err(TokenFault::Type)),
        ] {
            let claims = Claims::read(json.as_bytes(), google.own_claims()).unwrap();
            let is_client = google.read(claims).map(|facts| facts.is_client);
            assert_eq!(is_client, expected, "{json}");
        }
    }
}
