// What a guarded route takes.
#![deny(warnings)]

use axum::http::Method;
use axum::routing::MethodFilter;
use axum::{Extension, Router};
use stepup_axum::{Gate, MaxAge, Require, SteppedUp, Verified, guarded, level, step_up};

#[step_up(level = "mfa")]
async fn alone() {}

#[step_up(level = "mfa")]
async fn with_a_body(_: Verified, _: String) -> Result<String, String> {
    Ok(String::new())
}

#[step_up(R, max_age = "5m")]
async fn generic<R: Require>() {}

/// What `#[async_trait]` and its like write.
#[step_up(level = "mfa")]
fn later() -> impl Future<Output = &'static str> + Send {
    async { "done" }
}

async fn by_hand(_: SteppedUp<(level::Mfa, MaxAge<60>)>, _: String) {}

#[step_up(level = "mfa", gate = extension)]
async fn from_an_extension() {}

type P = Method;

#[allow(clippy::too_many_arguments)]
#[step_up(level = "mfa")]
#[rustfmt::skip]
async fn fifteen(
    _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P, _: P,
) {
}

fn with_its_own_state<S: Clone + Send + Sync + 'static>(gate: Gate) -> Router<S> {
    Router::new().route("/", guarded::post(from_an_extension)).layer(Extension(gate))
}

pub fn main() {
    let _: Router<Gate> = Router::new()
        .route("/any", guarded::any(alone))
        .route("/1", guarded::get(alone).merge(guarded::post(with_a_body)))
        .route("/2", guarded::put(generic::<level::Phr>).merge(guarded::delete(by_hand)))
        .route("/3", guarded::patch(from_an_extension).merge(guarded::trace(fifteen)))
        .route("/later", guarded::get(later))
        .route("/4", guarded::options(alone).merge(guarded::head(alone)))
        .route("/on", guarded::on(MethodFilter::PUT.or(MethodFilter::PATCH), alone))
        .route("/closure", guarded::post(async |_: SteppedUp<level::Mfa>, body: String| body))
        .nest("/nested", Router::new().fallback(guarded::any(alone)));
    let _: fn(Gate) -> Router<u8> = with_its_own_state;
}
