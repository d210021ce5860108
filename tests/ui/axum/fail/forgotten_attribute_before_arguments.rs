// M1
use axum::extract::Path;
use axum::http::Method;
use axum::{Json, Router};
use stepup_axum::{Gate, Verified, guarded};

async fn transfer(_: Verified) {}

async fn close(_: Json<u64>) {}

async fn change(_: Method, _: Path<u64>, _: String) {}

fn main() {
    let _: Router<Gate> = Router::new()
        .route("/transfers", guarded::post(transfer))
        .route("/account", guarded::delete(close))
        .route("/account/{id}", guarded::put(change))
        .route("/closure", guarded::post(async |body: String| body))
        .route("/question", guarded::question(transfer));
}
