// M15
use stepup_axum::{Level, Method, step_up};

#[step_up(level = Level::SINGLE_FACTOR)]
async fn a() {}

#[step_up(Level::MFA)]
async fn b() {}

#[step_up(Method::OTP)]
async fn c() {}

fn main() {
    let _ = (Level::MFA, Method::OTP);
}
