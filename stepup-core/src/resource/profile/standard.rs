//! RFC 9068, and OpenID providers whose access tokens are JWTs of a looser kind.

use super::facts::Facts;
use super::kind::is_access_token;
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

/// RFC 9068 to the letter: a claim of another shape makes the token invalid.
#[derive(Debug)]
pub(super) struct Rfc9068;

impl Provider for Rfc9068 {
    fn name(&self) -> &'static str {
        "rfc9068"
    }

    /// R-9068-01.
    fn accepts_type(&self, typ: Option<&str>) -> bool {
        typ.is_some_and(is_access_token)
    }

    fn kept_claims(&self) -> &'static [&'static str] {
        &[]
    }

    /// R-9068-02: `client_id` and `jti` are required.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        Facts::standard(&mut claims, profile).of_openid()?.require_token_id()
    }
}

/// Any OpenID provider.
#[derive(Debug)]
pub(super) struct Oidc {
    pub(super) name: &'static str,
    pub(super) levels: &'static [(Level, &'static str)],
    pub(super) has_level_names: bool,
    pub(super) tolerates: &'static [&'static str],
    /// Who the caller is, and what has to be there.
    pub(super) caller: for<'a> fn(Facts<'a>) -> Result<Facts<'a>, TokenFault>,
    pub(super) lacks: fn(Part, bool) -> Option<&'static str>,
}

impl Oidc {
    pub(super) const ANY: Self = Self {
        name: "oidc",
        levels: &[],
        has_level_names: true,
        tolerates: &[],
        caller: |facts| facts.of_openid(),
        lacks: |_, _| None,
    };
}

impl Provider for Oidc {
    fn name(&self) -> &'static str {
        self.name
    }

    fn tolerates(&self) -> &'static [&'static str] {
        self.tolerates
    }

    fn levels(&self) -> &'static [(Level, &'static str)] {
        self.levels
    }

    fn has_level_names(&self) -> bool {
        self.has_level_names
    }

    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        (self.caller)(Facts::standard(&mut claims, profile))
    }

    fn lacks(&self, part: Part, has_values: bool) -> Option<&'static str> {
        (self.lacks)(part, has_values)
    }
}
