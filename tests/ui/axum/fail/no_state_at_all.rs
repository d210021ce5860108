// M19
use axum::Router;
use stepup_axum::{guarded, step_up};

#[step_up(level = "mfa")]
async fn transfer() {}

pub fn serve(app: Router) -> axum::routing::IntoMakeService<Router> {
    app.into_make_service()
}

fn main() {
    serve(Router::new().route("/transfers", guarded::post(transfer)));
}
