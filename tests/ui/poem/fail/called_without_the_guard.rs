// M9: `#[handler]` makes a type of the function, which nobody can call.
use poem::handler;
use stepup_poem::step_up;

#[step_up(level = "mfa")]
#[handler]
async fn transfer(cents: String) -> String {
    cents
}

pub async fn nightly_job() {
    transfer(String::from("100")).await;
}

fn main() {}
