use poem::handler;
use stepup_poem::{level, step_up};

struct WireTransfer;

#[step_up(WireTransfer)]
#[handler]
async fn named() {}

#[step_up((level::Mfa, WireTransfer))]
#[handler]
async fn in_a_tuple() {}

fn main() {}
