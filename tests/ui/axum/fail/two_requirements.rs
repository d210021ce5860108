use stepup_axum::{level, step_up};

type _Used = level::Mfa;

#[step_up(level::Mfa, level::Phr)]
async fn a() {}

fn main() {}
