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
        &["azp", "fva", "nonce", "at_hash", "events"]
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
        // Only session tokens have a session: machine and template tokens of the same keys do not.
        if claims.session.is_none() || claims.own("events").is_some() {
            return Err(TokenFault::Type);
        }
        let ages = claims.take("fva");
        let issued_at = claims.issued_at;
        let mut facts = Facts::standard(&mut claims, profile).without_login();
        facts.client_id = None;
        let Some([first, second]) = ages.as_ref().and_then(Tree::array) else { return Ok(facts) };
        let moment = |age: &Tree<'_>| before(issued_at?.floor, age.integer()?);
        let (first, second) = (moment(first), moment(second));
        for (level, at) in [("single-factor", first.max(second)), ("mfa", second)] {
            if at.is_some() {
                facts.acr.push((Cow::Borrowed(level), at));
            }
        }
        let last = first.max(second);
        facts.auth_time = last.map(|at| NumericDate { floor: at, ceil: at });
        Ok(facts)
    }

    fn lacks(&self, part: Part) -> Option<&'static str> {
        (part == Part::Methods).then_some("Clerk's session tokens name no methods: demand a level")
    }
}

/// Whole minutes, rounded down there: so up to a minute more. `-1` is never.
fn before(issued_at: Timestamp, minutes: i64) -> Option<Timestamp> {
    let minutes = u64::try_from(minutes).ok()?;
    let seconds = minutes.checked_add(1)?.checked_mul(60)?;
    Some(Timestamp::from_secs(issued_at.as_secs().checked_sub(seconds)?))
}
