//! The API of the tests, in poem. Its twin is `axum_api`.

use poem::web::{Data, Json};
use poem::{Endpoint, EndpointExt, Response, Route, handler};
use stepup_authority::Authority;
use stepup_poem::{Gate, Verified, step_up};

use crate::api::Ran;
use crate::requirements::{Either, EitherMethod, PayScope, PayScopeMfa, Strictest, Wire};

macro_rules! handlers {
    ($($name:ident($($args:tt)*))*) => {$(
        #[step_up($($args)*)]
        #[handler]
        async fn $name(Data(ran): Data<&Ran>) -> &'static str {
            ran.mark();
            "done"
        }
    )*};
}

macro_rules! each {
    ($route:ident, $($name:ident)*) => {
        $route$(.at(concat!("/", stringify!($name)), $name))*
    };
}

crate::handlers_of_both!(handlers);

/// The body is the handler's last argument: nobody reads it before the guard has decided.
#[step_up(level = "mfa")]
#[handler]
async fn with_body(Data(ran): Data<&Ran>, Json(_): Json<serde_json::Value>) -> &'static str {
    ran.mark();
    "done"
}

#[handler]
async fn verified(user: Verified, Data(ran): Data<&Ran>) -> String {
    ran.mark();
    user.subject().to_owned()
}

#[step_up(level = "mfa")]
#[handler]
async fn both(user: Verified, Data(ran): Data<&Ran>) -> String {
    ran.mark();
    format!("{} {:?}", user.subject(), user.level())
}

pub(crate) fn route(
    gate: Gate,
    ran: Ran,
    authority: Option<&Authority>,
) -> impl Endpoint<Output = Response> + use<> {
    let route = Route::new();
    let route = crate::routes_of_both!(each, route);
    let route = match authority {
        Some(authority) => stepup_poem::authority(route, authority),
        None => route,
    };
    route
        .at("/body", with_body)
        .at("/verified", verified)
        .at("/both", both)
        .data(ran)
        .data(gate)
        .map_to_response()
}
