// M15
use poem::handler;
use stepup_poem::{Level, Method, step_up};

#[step_up(level = Level::SINGLE_FACTOR)]
#[handler]
async fn a() {}

#[step_up(Level::MFA)]
#[handler]
async fn b() {}

#[step_up(Method::OTP)]
#[handler]
async fn c() {}

fn main() {
    let _ = (Level::MFA, Method::OTP);
}
