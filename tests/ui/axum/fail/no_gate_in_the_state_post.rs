// M19
use axum::Router;
use axum::routing::post;
use stepup_axum::step_up;

#[derive(Clone)]
struct App;

#[step_up(level = "mfa")]
async fn transfer() {}

fn main() {
    let _: Router = Router::new().route("/transfers", post(transfer)).with_state(App);
}
