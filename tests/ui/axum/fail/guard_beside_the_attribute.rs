// M22
use stepup_axum::{SteppedUp, level, step_up};

#[step_up(level = "phr")]
async fn same(_proof: SteppedUp<level::Phr>) {}

#[step_up(level = "phr")]
async fn lower(_: SteppedUp<level::Mfa>) {}

#[step_up(level = "phr")]
async fn by_its_path(_: String, _: stepup_axum::SteppedUp<level::Mfa>) {}

#[step_up(level = "phr")]
async fn optional(_proof: Option<SteppedUp<level::Mfa>>) {}

#[step_up(level = "phr")]
async fn fallible(_proof: Result<SteppedUp<level::Mfa>, ()>) {}

fn main() {}
