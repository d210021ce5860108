//! Providers that are configured instances of [`Oidc`].

use super::provider::Part;
use super::standard::Oidc;
use crate::level::Level;

pub(super) const AUTHX: Oidc = Oidc { name: "authx", ..Oidc::ANY };

pub(super) const PING: Oidc = Oidc { name: "ping", ..Oidc::ANY };

pub(super) const DUENDE: Oidc = Oidc { name: "duende", ..Oidc::ANY };

pub(super) const LOGTO: Oidc = Oidc {
    name: "logto",
    levels: &[(Level::SINGLE_FACTOR, "urn:logto:acr:1fa"), (Level::MFA, "urn:logto:acr:mfa")],
    has_level_names: false,
    ..Oidc::ANY
};

pub(super) const ZITADEL: Oidc = Oidc {
    name: "zitadel",
    lacks: |part| {
        Some(match part {
            Part::Level => {
                "ZITADEL puts no `acr` into access tokens: add an action that sets a claim, and \
                 name it with `.acr_claim(\"…\")`"
            }
            Part::Methods => {
                "ZITADEL puts no `amr` into access tokens: add an action that sets a claim, and \
                 name it with `.amr_claim(\"…\")`"
            }
            Part::Moment => {
                "ZITADEL puts no `auth_time` into access tokens: add an action that sets a claim, \
                 and name it with `.auth_time_claim(\"…\")`"
            }
        })
    },
    ..Oidc::ANY
};

pub(super) const GOOGLE: Oidc = Oidc {
    name: "google",
    has_level_names: false,
    lacks: |part| {
        Some(match part {
            Part::Level | Part::Methods => {
                "Google's tokens do not say how the user signed in: let an authority of your own \
                 step users up, and trust its tokens"
            }
            Part::Moment => {
                "Google's tokens do not say when the user signed in: let an authority of your own \
                 step users up, and trust its tokens"
            }
        })
    },
    ..Oidc::ANY
};
