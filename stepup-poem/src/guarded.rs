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
//! What is chained behind (`guarded::post(a).get(b)`) is guarded as well, or does not compile. Where
//! one method of a path is open, begin with that: `poem::get(open).post(guarded::post(transfer))`.

use std::fmt;

use poem::endpoint::IntoEndpoint;
use poem::{Endpoint, Request, Response, Result};

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
    note = "an open method beside a guarded one: `poem::get(open).post(guarded::post(transfer))`",
    note = "if a guarded handler is wrapped, wrap the route: `guarded::post(transfer).with(…)`"
)]
pub trait Guarded {}

/// `poem::RouteMethod` for guarded handlers: each method that is added to it is guarded, too.
///
/// ```
/// use poem::{Route, handler};
/// use stepup_poem::{guarded, step_up};
///
/// #[step_up(level = "single-factor")]
/// #[handler]
/// async fn list() {}
///
/// #[step_up(level = "mfa")]
/// #[handler]
/// async fn transfer() {}
///
/// let app = Route::new().at("/transfers", guarded::get(list).post(transfer));
/// ```
pub struct RouteMethod(poem::RouteMethod);

#[diagnostic::do_not_recommend]
impl Guarded for RouteMethod {}

impl Endpoint for RouteMethod {
    type Output = Response;

    fn call(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        self.0.call(request)
    }
}

impl fmt::Debug for RouteMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RouteMethod").finish_non_exhaustive()
    }
}

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
            RouteMethod(poem::$method(endpoint))
        }

        impl RouteMethod {
            #[doc = concat!("Adds ", $name, ".")]
            ///
            /// ```
            #[doc = concat!("use poem::{Route, handler};\nuse stepup_poem::{guarded, step_up};\n\n#[step_up(level = \"mfa\")]\n#[handler]\nasync fn endpoint() {}\n\nlet app = Route::new().at(\"/\", guarded::post(endpoint).", stringify!($method), "(endpoint));")]
            /// ```
            #[must_use]
            pub fn $method<E>(self, endpoint: E) -> Self
            where
                E: Guarded + IntoEndpoint,
                E::Endpoint: 'static,
            {
                Self(self.0.$method(endpoint))
            }
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
