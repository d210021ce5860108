//! The API of the tests, in axum. Its twin is `poem_api`.

use axum::extract::State;
use axum::routing::any;
use axum::{Extension, Json, Router};
use stepup_authority::Authority;
use stepup_axum::{Gate, Verified, step_up};

use crate::api::Ran;
use crate::requirements::{Either, EitherMethod, PayScope, PayScopeMfa, Strictest, Wire};

macro_rules! handlers {
    ($($name:ident($($args:tt)*))*) => {$(
        #[step_up($($args)*)]
        async fn $name(Extension(ran): Extension<Ran>) -> &'static str {
            ran.mark();
            "done"
        }
    )*};
}

macro_rules! each {
    ($router:ident, $($name:ident)*) => {
        $router$(.route(concat!("/", stringify!($name)), any($name)))*
    };
}

crate::handlers_of_both!(handlers);

/// The body is the handler's last argument: nobody reads it before the guard has decided.
#[step_up(level = "mfa")]
async fn with_body(
    Extension(ran): Extension<Ran>,
    Json(_): Json<serde_json::Value>,
) -> &'static str {
    ran.mark();
    "done"
}

async fn verified(user: Verified, Extension(ran): Extension<Ran>) -> String {
    ran.mark();
    user.subject().to_owned()
}

#[step_up(level = "mfa")]
async fn both(user: Verified, Extension(ran): Extension<Ran>, State(_): State<Gate>) -> String {
    ran.mark();
    format!("{} {:?}", user.subject(), user.level())
}

pub(crate) fn router(gate: Gate, ran: Ran, authority: Option<&Authority>) -> Router {
    let router = Router::new();
    let router = crate::routes_of_both!(each, router);
    let router = match authority {
        Some(authority) => stepup_axum::authority(router, authority),
        None => router,
    };
    router
        .route("/body", any(with_body))
        .route("/verified", any(verified))
        .route("/both", any(both))
        .layer(Extension(ran))
        .with_state(gate)
}
