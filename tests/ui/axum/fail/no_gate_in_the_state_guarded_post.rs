// M19
use axum::Router;
use stepup_axum::{guarded, step_up};

#[derive(Clone)]
struct App;

#[step_up(level = "mfa")]
async fn transfer() {}

fn main() {
    let _: Router = Router::new().route("/transfers", guarded::post(transfer)).with_state(App);
}
