// M1, H7
use axum::Router;
use stepup_axum::{Gate, guarded};

async fn transfer() {}

fn main() {
    let _: Router<Gate> = Router::new().route("/transfers/step-up", guarded::question(transfer));
}
