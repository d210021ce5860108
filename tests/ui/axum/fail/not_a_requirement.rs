use stepup_axum::{level, step_up};

struct WireTransfer;

#[step_up(WireTransfer)]
async fn named() {}

#[step_up((level::Mfa, WireTransfer))]
async fn in_a_tuple() {}

fn main() {}
