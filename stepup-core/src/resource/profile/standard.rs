//! RFC 9068, and OpenID providers whose access tokens are JWTs of a looser kind.

use super::facts::Facts;
use super::provider::{Part, Provider, is_access_token};
use super::settled::SettledProfile;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

/// RFC 9068 to the letter.
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

    fn own_claims(&self) -> &'static [&'static str] {
        &[]
    }

    /// R-9068-02: `client_id` and `jti` are required.
    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        let facts =
            Facts::standard(&mut claims, profile).client_if_subject().require_client_id()?;
        if facts.token_id.is_some() { Ok(facts) } else { Err(TokenFault::Claims) }
    }
}

/// Any OpenID provider.
#[derive(Debug)]
pub(super) struct Oidc {
    pub(super) name: &'static str,
    pub(super) levels: &'static [(Level, &'static str)],
    pub(super) has_level_names: bool,
    pub(super) lacks: fn(Part) -> Option<&'static str>,
}

impl Oidc {
    pub(super) const ANY: Self =
        Self { name: "oidc", levels: &[], has_level_names: true, lacks: |_| None };
}

/// What is read as it comes, and what tells an ID token, a logout token or a security event from
/// an access token where the header does not (R-JWT-12).
pub(super) const OPENID_CLAIMS: &[&str] = &[
    "acr",
    "amr",
    "auth_time",
    "scope",
    "azp",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "events",
    "typ",
    "token_use",
];

impl Provider for Oidc {
    fn name(&self) -> &'static str {
        self.name
    }

    fn own_claims(&self) -> &'static [&'static str] {
        OPENID_CLAIMS
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
        refuse_other_kinds(&claims)?;
        Facts::standard(&mut claims, profile).client_if_subject().require_client_id()
    }

    fn lacks(&self, part: Part) -> Option<&'static str> {
        (self.lacks)(part)
    }
}

/// T12, R-JWT-12.
pub(super) fn refuse_other_kinds(claims: &Claims<'_>) -> Result<(), TokenFault> {
    let of_another_kind = ["nonce", "at_hash", "c_hash", "s_hash", "events"];
    if of_another_kind.iter().any(|claim| claims.own(claim).is_some()) {
        return Err(TokenFault::Type);
    }
    match claims.own("typ").map(|typ| typ.text()) {
        None => {}
        Some(Some(typ)) if is_access_token(typ) || typ.eq_ignore_ascii_case("Bearer") => {}
        Some(_) => return Err(TokenFault::Type),
    }
    match claims.own("token_use").map(|kind| kind.text()) {
        None | Some(Some("access" | "access_token")) => Ok(()),
        Some(_) => Err(TokenFault::Type),
    }
}
