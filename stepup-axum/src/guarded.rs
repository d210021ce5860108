//! Routing functions that take guarded handlers only.
//!
//! **Join them with `merge`: `guarded::post(a).merge(guarded::get(b))`.** What is chained behind one,
//! as in `guarded::post(a).get(b)`, is axum's own: it takes any `b`, and one without a guard is open.
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
    label = "its first argument is not `SteppedUp<…>`, which `#[step_up(…)]` puts there",
    note = "write `#[step_up(…)]` above the handler; if it is meant to be open, route it with \
            `axum::routing`"
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

    /// A bound on the first argument, where `(M, SteppedUp<R, G>, …)` would be a pattern: by that
    /// the compiler would infer the argument, and call the function itself mismatched.
    #[doc(hidden)]
    pub trait Guard {
        type Source;
    }

    impl<R, G> Guard for SteppedUp<R, G> {
        type Source = G;
    }

    macro_rules! guard_first {
        ($([$($name:ident)*])*) => {$(
            #[diagnostic::do_not_recommend]
            impl<M, First: Guard, $($name),*> GuardFirst for (M, First, $($name,)*) {
                type Source = First::Source;
                type Guard = First;
            }
        )*};
    }

    guard_first! {
        [] [A] [A B] [A B C] [A B C D] [A B C D E] [A B C D E F] [A B C D E F G] [A B C D E F G H]
        [A B C D E F G H I] [A B C D E F G H I J] [A B C D E F G H I J K]
        [A B C D E F G H I J K L] [A B C D E F G H I J K L N] [A B C D E F G H I J K L N O]
        [A B C D E F G H I J K L N O P]
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
