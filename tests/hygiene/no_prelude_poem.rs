//! Without any prelude: what the attribute writes begins at the root.
#![no_implicit_prelude]

use ::{poem, std};
use ::stepup_poem::step_up; // poem's own `#[handler]` names them so.

struct Wire;
impl ::stepup_poem::Require for Wire {
    const REQUIREMENT: ::stepup_poem::Requirement =
        ::stepup_poem::Requirement::level(::stepup_poem::Level::MFA);
}

#[step_up(level = "mfa", max_age = "5m", methods("otp", "pwd"), reason = "Money leaves.")]
#[::poem::handler]
async fn every_key() -> &'static str {
    crate::ask::ran()
}

#[step_up(Wire)]
#[::poem::handler]
fn named(_: ::stepup_poem::Verified) -> &'static str {
    crate::ask::ran()
}

#[::core::prelude::v1::test]
fn they_are_guarded() {
    crate::ask::poem_guards(::stepup_poem::guarded::get(every_key));
    crate::ask::poem_guards(::stepup_poem::guarded::get(named));
}
