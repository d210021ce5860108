// M22
use poem::handler;
use stepup_poem::{SteppedUp, level, step_up};

#[step_up(level = "phr")]
#[handler]
async fn same(_proof: SteppedUp<level::Phr>) {}

#[step_up(level = "phr")]
#[handler]
async fn lower(_: SteppedUp<level::Mfa>) {}

#[step_up(level = "phr")]
#[handler]
async fn by_its_path(_: String, _: stepup_poem::SteppedUp<level::Mfa>) {}

#[step_up(level = "phr")]
#[handler]
async fn optional(_proof: Option<SteppedUp<level::Mfa>>) {}

#[step_up(level = "phr")]
#[handler]
async fn fallible(_proof: poem::Result<SteppedUp<level::Mfa>>) {}

fn main() {}
