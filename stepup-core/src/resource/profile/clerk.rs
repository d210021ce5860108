//! Clerk session tokens: `fva`, the minutes since each factor.

use std::borrow::Cow;

use super::facts::Facts;
use super::provider::{Part, Provider};
use super::settled::SettledProfile;
use crate::clock::Timestamp;
use crate::level::Level;
use crate::resource::claims::Claims;
use crate::resource::numeric_date::NumericDate;
use crate::resource::tree::Tree;
use crate::resource::verifier::TokenFault;

#[derive(Debug)]
pub(super) struct Clerk;

impl Provider for Clerk {
    fn name(&self) -> &'static str {
        "clerk"
    }

    fn own_claims(&self) -> &'static [&'static str] {
        &["fva", "sts", "act"]
    }

    fn only(&self) -> Option<&'static str> {
        Some("`fva`")
    }

    /// Its tokens name no level; these two are what the profile makes of the factors.
    fn levels(&self) -> &'static [(Level, &'static str)] {
        &[(Level::SINGLE_FACTOR, "single-factor"), (Level::MFA, "mfa")]
    }

    fn has_level_names(&self) -> bool {
        false
    }

    /// The origin that the session belongs to.
    fn is_for(&self, claims: &Claims<'_>, audience: &str) -> bool {
        claims.own_text("azp") == Some(audience)
    }

    fn read<'a>(
        &self,
        mut claims: Claims<'a>,
        profile: &SettledProfile,
    ) -> Result<Facts<'a>, TokenFault> {
        // Machine and template tokens of the same keys have no session. A pending one has tasks to
        // do before the user counts as signed in.
        if claims.session.is_none()
            || claims.own("sts").is_some_and(|sts| sts.text() != Some("active"))
        {
            return Err(TokenFault::Type);
        }
        let impersonated = claims.own("act").is_some();
        let ages = claims.take("fva");
        let issued_at = claims.issued_at;
        let facts = Facts::standard(&mut claims, profile).without_login();
        // `azp` is an origin.
        let facts = Facts { client_id: None, ..facts };
        let Some([first, second]) = ages.as_ref().and_then(Tree::array) else { return Ok(facts) };
        let moment = |age: &Tree<'_>| before(issued_at?.floor, age.integer()?);
        let Some(first) = moment(first).filter(|_| !impersonated) else { return Ok(facts) };
        let second = moment(second);
        let last = second.map_or(first, |second| first.max(second));
        let mut acr = vec![(Cow::Borrowed("single-factor"), Some(last))];
        acr.extend(second.map(|second| (Cow::Borrowed("mfa"), Some(second))));
        Ok(Facts { acr, auth_time: Some(NumericDate { floor: last, ceil: last }), ..facts })
    }

    fn lacks(&self, part: Part, _: bool) -> Option<&'static str> {
        (part == Part::Methods)
            .then_some("Clerk's tokens name no methods, and none can be added; demand a level")
    }
}

/// Whole minutes, rounded down there: so up to a minute more. `-1` is never.
fn before(issued_at: Timestamp, minutes: i64) -> Option<Timestamp> {
    let minutes = u64::try_from(minutes).ok()?;
    let seconds = minutes.checked_add(1)?.checked_mul(60)?;
    Some(Timestamp::from_secs(issued_at.as_secs().checked_sub(seconds)?))
}
