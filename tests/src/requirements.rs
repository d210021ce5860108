//! Requirements that the routes name.

use std::time::Duration;

use stepup_core::{AnyOf, Ladder, Level, MaxAge, Require, Requirement, level, method};

/// Two tuples, of each part the stricter.
pub type Strictest = ((level::Mfa, MaxAge<60>), (level::Phr, MaxAge<600>));
/// Either of two levels, the lower one recent.
pub type Either = AnyOf<(level::Phrh, (level::Mfa, MaxAge<60>))>;
/// A level or a method.
pub type EitherMethod = AnyOf<(level::Phr, (method::Sc, method::Pin))>;

/// With a reason for the person.
pub struct Wire;
impl Require for Wire {
    const REQUIREMENT: Requirement = Requirement::level(Level::PHR)
        .and(Requirement::max_age(Duration::from_secs(60)))
        .because("We need to confirm that it is you before “money” leaves — at once.");
}

/// A scope alone.
pub struct PayScope;
impl Require for PayScope {
    const REQUIREMENT: Requirement =
        Requirement::scope("payments").and(Requirement::scope("accounts:read"));
}

/// A scope and a level.
pub struct PayScopeMfa;
impl Require for PayScopeMfa {
    const REQUIREMENT: Requirement =
        Requirement::level(Level::MFA).and(Requirement::scope("payments"));
}

const LADDER: &Ladder = &Ladder::new(&["basic", "notarised"]);

/// A level of another ladder than the gate's.
pub struct Own;
impl Require for Own {
    const REQUIREMENT: Requirement = Requirement::level(LADDER.level("notarised"));
}
