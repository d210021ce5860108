//! What each provider's profile consists of.

use std::fmt;

use super::facts::Facts;
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

    /// The claims that are read in the provider's own way, and those that tell the kind.
    fn own_claims(&self) -> &'static [&'static str];

    /// The `acr` value of each level. Empty: the names of the gate's levels.
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
        claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault>;

    /// Why its tokens never show this part, and what to configure, as the end of a sentence.
    fn lacks(&self, part: Part) -> Option<&'static str> {
        let _ = part;
        None
    }

    /// Whether it has a step-up challenge of its own, for clients that declare to understand it.
    fn claims_challenge(&self) -> bool {
        false
    }
}

/// `at+jwt`, a media type: without regard to case, and `application/` may be left out (RFC 7515
/// §4.1.9).
pub(super) fn is_access_token(typ: &str) -> bool {
    ["at+jwt", "application/at+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known))
}
