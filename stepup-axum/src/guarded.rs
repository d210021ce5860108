//! Routing functions that take guarded handlers only.
//!
//! With `axum::routing::post` a forgotten `#[step_up]`, or one that a feature or another macro
//! took away, leaves a door open. With these it does not compile:
//!
//! ```
//! use axum::Router;
//! use stepup_axum::{Gate, guarded, step_up};
//!
//! #[step_up(level = "mfa")]
//! async fn transfer() {}
//!
//! let app: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
//! ```
//!
//! ```compile_fail,E0277
//! # use axum::Router;
//! # use stepup_axum::{Gate, guarded};
//! async fn transfer() {}
//!
//! let app: Router<Gate> = Router::new().route("/transfers", guarded::post(transfer));
//! ```
//!
//! What is chained behind (`guarded::post(a).get(b)`) is axum's own again; join two guarded ones
//! with `merge`.

use axum::handler::Handler;
use axum::routing::{self, MethodFilter, MethodRouter};

use crate::gate::FindGate;

pub use crate::question::question;

/// The arguments of a handler, of which the first is [`SteppedUp`](crate::SteppedUp). For routing
/// functions of one's own:
///
/// ```
/// use axum::handler::Handler;
/// use axum::routing::{MethodFilter, MethodRouter, on};
/// use stepup_axum::{Gate, guarded::Guarded};
///
/// fn put_or_patch<H: Handler<T, Gate>, T: Guarded<Gate> + 'static>(handler: H) -> MethodRouter<Gate> {
///     on(MethodFilter::PUT.or(MethodFilter::PATCH), handler)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "this handler is not guarded",
    label = "its first argument is not `SteppedUp<…>`",
    note = "annotate it with `#[step_up(…)]`; if it is meant to be open, route it with `axum::routing`"
)]
pub trait Guarded<S> {
    #[doc(hidden)]
    type Guard;
}

impl<S, A: arguments::GuardFirst<Source: FindGate<S>>> Guarded<S> for A {
    type Guard = A::Guard;
}

mod arguments {
    use crate::stepped_up::SteppedUp;

    /// Apart from [`Guarded`](super::Guarded), so that a state without a gate is told from a
    /// handler without a guard, and not recommended, so that the message does not list them all.
    #[doc(hidden)]
    pub trait GuardFirst {
        type Source;
        type Guard;
    }

    macro_rules! guard_first {
        ($([$($name:ident)*])*) => {$(
            #[diagnostic::do_not_recommend]
            impl<M, R, G, $($name),*> GuardFirst for (M, SteppedUp<R, G>, $($name,)*) {
                type Source = G;
                type Guard = SteppedUp<R, G>;
            }
        )*};
    }

    guard_first! {
        [] [A] [A B] [A B C] [A B C D] [A B C D E] [A B C D E F] [A B C D E F H] [A B C D E F H I]
        [A B C D E F H I J] [A B C D E F H I J K] [A B C D E F H I J K L]
        [A B C D E F H I J K L N] [A B C D E F H I J K L N O] [A B C D E F H I J K L N O P]
        [A B C D E F H I J K L N O P Q]
    }
}

// One at a time: the compiler shows all of a macro's input when a bound does not hold.
macro_rules! route {
    ($method:ident, $name:literal) => {
        #[doc = concat!("`axum::routing::", stringify!($method), "` for guarded handlers: ", $name, ".")]
        ///
        /// ```
        #[doc = concat!("use axum::Router;\nuse stepup_axum::{Gate, guarded, step_up};\n\n#[step_up(level = \"mfa\")]\nasync fn handler() {}\n\nlet app: Router<Gate> = Router::new().route(\"/\", guarded::", stringify!($method), "(handler));")]
        /// ```
        pub fn $method<H, T, S>(handler: H) -> MethodRouter<S>
        where
            H: Handler<T, S>,
            T: Guarded<S> + 'static,
            S: Clone + Send + Sync + 'static,
        {
            routing::$method(handler)
        }
    };
}

route!(any, "every method");
route!(delete, "`DELETE`");
route!(get, "`GET`, and `HEAD` with it");
route!(head, "`HEAD`");
route!(options, "`OPTIONS`");
route!(patch, "`PATCH`");
route!(post, "`POST`");
route!(put, "`PUT`");
route!(trace, "`TRACE`");

/// `axum::routing::on` for guarded handlers: the methods of a filter.
///
/// ```
/// use axum::{Router, routing::MethodFilter};
/// use stepup_axum::{Gate, guarded, step_up};
///
/// #[step_up(level = "mfa")]
/// async fn handler() {}
///
/// let app: Router<Gate> =
///     Router::new().route("/", guarded::on(MethodFilter::PUT.or(MethodFilter::PATCH), handler));
/// ```
pub fn on<H, T, S>(filter: MethodFilter, handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: Guarded<S> + 'static,
    S: Clone + Send + Sync + 'static,
{
    routing::on(filter, handler)
}
