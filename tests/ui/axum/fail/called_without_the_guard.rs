// M9
use stepup_axum::step_up;

#[step_up(level = "mfa")]
async fn transfer(cents: String) -> String {
    cents
}

pub async fn nightly_job() {
    transfer(String::from("100")).await;
}

fn main() {}
