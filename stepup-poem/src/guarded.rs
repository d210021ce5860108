//! Routing functions that take guarded handlers only.
//!
//! With `poem::post` a forgotten `#[step_up]`, or one that a feature or another macro took away,
//! leaves a door open. With these it does not compile:
//!
//! ```
//! use poem::{Route, handler};
//! use stepup_poem::{guarded, step_up};
//!
//! #[step_up(level = "mfa")]
//! #[handler]
//! async fn transfer() {}
//!
//! let app = Route::new().at("/transfers", guarded::post(transfer));
//! ```
//!
//! ```compile_fail,E0277
//! # use poem::{Route, handler};
//! # use stepup_poem::guarded;
//! #[handler]
//! async fn transfer() {}
//!
//! let app = Route::new().at("/transfers", guarded::post(transfer));
//! ```
//!
//! What is chained behind (`guarded::post(a).get(b)`) is poem's own again.

use poem::RouteMethod;
use poem::endpoint::IntoEndpoint;

pub use crate::question::question;

/// A handler that `#[step_up]` stands on. The attribute writes the implementation; write it by
/// hand only for an endpoint that asks a gate itself.
///
/// ```
/// use poem::{Endpoint, EndpointExt, Route};
/// use stepup_poem::guarded::Guarded;
///
/// fn at<E: Guarded + Endpoint + 'static>(route: Route, path: &str, endpoint: E) -> Route {
///     route.at(path, endpoint)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "this handler is not guarded",
    label = "`#[step_up(…)]` does not stand on it",
    note = "put `#[step_up(…)]` above `#[handler]`; if it is meant to be open, route it with \
            `poem::get` and its like",
    note = "if a guarded handler is wrapped, wrap the route: `guarded::post(transfer).with(…)`"
)]
pub trait Guarded {}

// One at a time: the compiler shows all of a macro's input when a bound does not hold.
macro_rules! route {
    ($method:ident, $name:literal) => {
        #[doc = concat!("`poem::", stringify!($method), "` for guarded handlers: ", $name, ".")]
        ///
        /// ```
        #[doc = concat!("use poem::{Route, handler};\nuse stepup_poem::{guarded, step_up};\n\n#[step_up(level = \"mfa\")]\n#[handler]\nasync fn endpoint() {}\n\nlet app = Route::new().at(\"/\", guarded::", stringify!($method), "(endpoint));")]
        /// ```
        pub fn $method<E>(endpoint: E) -> RouteMethod
        where
            E: Guarded + IntoEndpoint,
            E::Endpoint: 'static,
        {
            poem::$method(endpoint)
        }
    };
}

route!(delete, "`DELETE`");
route!(get, "`GET`, and `HEAD` with it");
route!(head, "`HEAD`");
route!(options, "`OPTIONS`");
route!(patch, "`PATCH`");
route!(post, "`POST`");
route!(put, "`PUT`");
route!(trace, "`TRACE`");
