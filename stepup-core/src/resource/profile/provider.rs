//! What each provider's profile consists of.

use std::fmt;

use super::facts::Facts;
use super::kind::is_access_token;
use super::settled::SettledProfile;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

/// A part of a login that a requirement can demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Level,
    Methods,
    Moment,
}

/// What one provider does in its own way. All else is that of any OpenID provider.
pub(super) trait Provider: fmt::Debug + Send + Sync {
    fn name(&self) -> &'static str;

    /// Whether the header's `typ` is that of an access token. Without `typ` the claims have to
    /// tell the kind (R-9068-01).
    fn accepts_type(&self, typ: Option<&str>) -> bool {
        typ.is_none_or(|typ| is_access_token(typ) || typ.eq_ignore_ascii_case("JWT"))
    }

    /// The claims that are kept as they come, whatever their shape.
    fn kept_claims(&self) -> &'static [&'static str] {
        OPENID_CLAIMS
    }

    /// The same, beside those.
    fn own_claims(&self) -> &'static [&'static str] {
        &[]
    }

    /// Marks of other kinds of tokens that stand in its tokens for APIs too.
    fn tolerates(&self) -> &'static [&'static str] {
        &[]
    }

    /// What it reads the login from, where no other claim can be named.
    fn only(&self) -> Option<&'static str> {
        None
    }

    /// The `acr` values of each level. None of a level: its name, if `has_level_names`.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[]
    }

    /// Whether the gate's level names are `acr` values here.
    fn has_level_names(&self) -> bool {
        true
    }

    /// Whether the token is for this audience (R-9068-04).
    fn is_for(&self, claims: &Claims<'_>, audience: &str) -> bool {
        claims.audience.iter().any(|listed| *listed == audience)
    }

    /// What the claims say of the caller and the login.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        Facts::standard(&mut claims, profile).of_openid()
    }

    /// Why its tokens do not show this part by themselves, and what to set up, as the end of a
    /// sentence. `has_values`: some level has an `acr` value.
    fn lacks(&self, part: Part, has_values: bool) -> Option<&'static str> {
        let _ = (part, has_values);
        None
    }

    /// Whether it has a step-up challenge of its own, for clients that declare to understand it.
    fn claims_challenge(&self) -> bool {
        false
    }
}

/// What providers write in several shapes, and what tells the kind of a token.
const OPENID_CLAIMS: &[&str] = &[
    "acr",
    "amr",
    "auth_time",
    "scope",
    "scp",
    "azp",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "events",
    "typ",
    "token_use",
];
