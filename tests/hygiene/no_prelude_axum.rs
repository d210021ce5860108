//! Without any prelude: what the attribute writes begins at the root.
#![no_implicit_prelude]

use ::core::marker::Send; // axum's own `#[debug_handler]` names it so.
use ::stepup_axum::step_up;

struct Wire;
impl ::stepup_axum::Require for Wire {
    const REQUIREMENT: ::stepup_axum::Requirement =
        ::stepup_axum::Requirement::level(::stepup_axum::Level::MFA);
}

#[step_up(level = "mfa", max_age = "5m", methods("otp", "pwd"), reason = "Money leaves.")]
async fn every_key() -> &'static str {
    crate::ask::ran()
}

#[step_up(Wire)]
#[::axum::debug_handler(state = ::stepup_axum::Gate)]
async fn named(_: ::stepup_axum::Verified) -> &'static str {
    crate::ask::ran()
}

#[::core::prelude::v1::test]
fn they_are_guarded() {
    crate::ask::axum_guards(::stepup_axum::guarded::get(every_key));
    crate::ask::axum_guards(::stepup_axum::guarded::get(named));
}
