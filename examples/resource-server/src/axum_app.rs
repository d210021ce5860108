//! The API in axum.

use axum::routing::get;
use axum::{Json, Router};
use stepup_axum::{Gate, Verified, guarded, resource_metadata};

use crate::answer::Who;
use crate::routes::Route;

async fn open() -> &'static str {
    "open to everybody\n"
}

async fn healthz() -> &'static str {
    "ok\n"
}

/// Any user whose token is valid.
async fn me(user: Verified) -> Json<Who> {
    Json(Who::from(&*user))
}

mod mfa {
    use axum::Json;
    use stepup_axum::{Verified, step_up};

    use crate::answer::Who;

    #[step_up(level = "mfa")]
    pub(super) async fn mfa(user: Verified) -> Json<Who> {
        Json(Who::from(&*user))
    }
}

mod fresh {
    use axum::Json;
    use stepup_axum::{Verified, step_up};

    use crate::answer::Who;

    #[step_up(level = "mfa", max_age = "5m")]
    pub(super) async fn fresh(user: Verified) -> Json<Who> {
        Json(Who::from(&*user))
    }
}

mod phr {
    use axum::Json;
    use stepup_axum::{Verified, step_up};

    use crate::answer::Who;

    #[step_up(level = "phr")]
    pub(super) async fn phr(user: Verified) -> Json<Who> {
        Json(Who::from(&*user))
    }
}

pub(crate) fn router(gate: Gate, served: &[Route]) -> Router {
    let unguarded = Router::new()
        .route("/open", get(open))
        .route("/healthz", get(healthz))
        .route("/me", get(me));
    let all = served.iter().fold(unguarded, |router, route| match route {
        Route::Mfa => router.route("/mfa", guarded::post(mfa::mfa)),
        Route::Fresh => router.route("/fresh", guarded::post(fresh::fresh)),
        Route::Phr => router.route("/phr", guarded::post(phr::phr)),
    });
    resource_metadata(all, &gate).with_state(gate)
}
