use poem::handler;
use stepup_poem::{level, step_up};

type _Used = level::Mfa;

#[step_up(level::Mfa, level::Phr)]
#[handler]
async fn a() {}

fn main() {}
