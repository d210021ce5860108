//! What tells an access token from the other tokens that the same keys sign (T12, R-JWT-12).

use crate::resource::claims::Claims;
use crate::resource::verifier::TokenFault;

/// `at+jwt`, a media type: without regard to case, and `application/` may be left out (RFC 7515
/// §4.1.9).
pub(super) fn is_access_token(typ: &str) -> bool {
    ["at+jwt", "application/at+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known))
}

/// Claims of ID tokens, logout tokens and security events. `tolerated` are those of them that the
/// provider writes into the tokens for APIs too.
pub(super) fn refuse_other_kinds(
    claims: &Claims<'_>,
    tolerated: &[&str],
) -> Result<(), TokenFault> {
    let mut foreign = ["nonce", "at_hash", "c_hash", "s_hash", "events"].into_iter();
    if foreign.any(|claim| !tolerated.contains(&claim) && claims.own(claim).is_some()) {
        return Err(TokenFault::Type);
    }
    match claims.own("typ").map(|typ| typ.text()) {
        None => {}
        Some(Some(typ)) if is_access_token(typ) => {}
        // Keycloak's; the second where the token is bound to a key.
        Some(Some(typ))
            if ["Bearer", "DPoP"].iter().any(|known| typ.eq_ignore_ascii_case(known)) => {}
        Some(_) => return Err(TokenFault::Type),
    }
    match claims.own("token_use").map(|kind| kind.text()) {
        None | Some(Some("access" | "access_token")) => Ok(()),
        Some(_) => Err(TokenFault::Type),
    }
}
