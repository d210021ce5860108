// Each of these leaves a door open; its twin under `fail` is on a guarded route.
use axum::Router;
use axum::routing::post;
use stepup_axum::{Gate, guarded, step_up};

// M1
async fn forgotten() {}

// M2
#[cfg_attr(any(), step_up(level = "mfa"))]
async fn off() {}

// M3
macro_rules! traced {
    ($(#[$attr:meta])* async fn $name:ident() $body:block) => {
        async fn $name() $body
    };
}
traced! {
    #[step_up(level = "mfa")]
    async fn dropped() {}
}

// M4
mod theirs {
    use tracing::instrument as step_up;

    #[step_up(level = "info")]
    pub async fn another() {}
}

#[step_up(level = "mfa")]
async fn guarded_one() {}

pub fn main() {
    let _: Router<Gate> = Router::new()
        .route("/1", post(forgotten).get(off).put(dropped).delete(theirs::another))
        .route("/2", guarded::post(guarded_one).get(forgotten));
}
