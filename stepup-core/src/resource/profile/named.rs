//! Providers that are configured instances of [`Oidc`].

use super::provider::Part;
use super::standard::Oidc;
use crate::level::Level;

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

/// Its ID tokens are what clients send, so their marks do not count. `azp` may be missing.
pub(super) const GOOGLE: Oidc = Oidc {
    name: "google",
    has_level_names: false,
    tolerates: &["nonce", "at_hash"],
    caller: |facts| Ok(facts.client_if_subject()),
    lacks: |part, _| {
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
    },
    ..Oidc::ANY
};
