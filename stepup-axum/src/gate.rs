//! Where a guard finds its gate.

use axum::extract::{FromRef, OriginalUri};
use http::request::Parts;
use stepup_core::{Gate, Rejection, RequestHead};

/// A router state that holds a [`Gate`]: any state `S` with `Gate: FromRef<S>`, as
/// `#[derive(FromRef)]` writes it, and a `Gate` itself. An `Arc` of a state cannot (the language
/// does not allow the implementation): put the gate beside the `Arc`.
///
/// A state without one does not compile. The message names it on [`guarded`](crate::guarded)
/// routes and with `#[debug_handler(state = App)]`; axum's own routing functions say only that
/// the handler does not fit.
///
/// ```
/// use axum::extract::FromRef;
/// use stepup_axum::{Gate, HasGate};
///
/// #[derive(Clone)]
/// struct App {
///     gate: Gate,
/// }
/// impl FromRef<App> for Gate {
///     fn from_ref(app: &App) -> Gate {
///         app.gate.clone()
///     }
/// }
/// fn holds_a_gate<S: HasGate>() {}
/// holds_a_gate::<App>();
/// ```
#[diagnostic::on_unimplemented(
    message = "the router state `{Self}` holds no step-up gate",
    label = "`#[step_up]` needs a `Gate` in the router's state",
    note = "implement `FromRef<{Self}>` for `stepup_axum::Gate` (or derive `FromRef`), and pass the \
            state to `Router::with_state`",
    note = "a state behind an `Arc` cannot: put the gate beside it, as in \
            `#[derive(Clone, FromRef)] struct App {{ gate: Gate, rest: Arc<Rest> }}`, or take it \
            from an extension with `#[step_up(…, gate = extension)]`",
    note = "if the state is `()` because `#[debug_handler]` guesses it, name yours: \
            `#[debug_handler(state = App)]`"
)]
pub trait HasGate {
    /// The gate.
    fn gate(&self) -> Gate;
}

#[diagnostic::do_not_recommend]
impl<S> HasGate for S
where
    Gate: FromRef<S>,
{
    fn gate(&self) -> Gate {
        Gate::from_ref(self)
    }
}

/// Without a second implementation beside axum's reflexive one the compiler takes every unknown
/// state for a `Gate`, and its message is about that.
#[derive(Debug)]
enum NoState {}

impl FromRef<NoState> for Gate {
    fn from_ref(state: &NoState) -> Self {
        match *state {}
    }
}

/// Takes the gate from the router's state: the default, checked by the compiler.
///
/// ```
/// use stepup_axum::{FromState, SteppedUp, level};
/// type Guard = SteppedUp<level::Mfa, FromState>;
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FromState;

/// Takes the gate from an [`Extension`](axum::Extension), for routers whose state is not theirs to
/// choose: `#[step_up(level = "mfa", gate = extension)]`. The compiler cannot check it, so a
/// missing extension is a logged 500; [`check`](crate::check) finds it before the server listens.
///
/// ```
/// use axum::{Extension, Router};
/// use stepup_axum::{Gate, guarded, step_up};
///
/// #[step_up(level = "mfa", gate = extension)]
/// async fn transfer() {}
///
/// # fn example(gate: Gate) -> Router {
/// Router::new().route("/transfers", guarded::post(transfer)).layer(Extension(gate))
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FromExtension;

/// How a guard finds its gate: [`FromState`] or [`FromExtension`].
///
/// ```
/// use stepup_axum::{FindGate, FromExtension, FromState, Gate};
/// fn can_find<G: FindGate<S>, S>() {}
/// can_find::<FromState, Gate>();
/// can_find::<FromExtension, ()>();
/// ```
pub trait FindGate<S>: sealed::Sealed + Send + Sync + 'static {
    /// The gate of this request.
    ///
    /// # Errors
    ///
    /// There is none.
    fn find(parts: &Parts, state: &S) -> Result<Gate, Rejection>;
}

impl<S: HasGate> FindGate<S> for FromState {
    fn find(_: &Parts, state: &S) -> Result<Gate, Rejection> {
        Ok(state.gate())
    }
}

impl<S> FindGate<S> for FromExtension {
    fn find(parts: &Parts, _: &S) -> Result<Gate, Rejection> {
        parts.extensions.get::<Gate>().cloned().ok_or_else(|| {
            Rejection::no_gate("add `.layer(axum::Extension(gate))` below the guarded routes")
        })
    }
}

/// The gate as a value of this request's own, for all its extractors: what one of them has had
/// proved is proved to the next (RFC 9449 proofs are good once), and whom [`Revocations`] let in is
/// let in. A clone knows of neither.
///
/// [`Revocations`]: stepup_core::Revocations
#[derive(Clone)]
struct OfRequest(Gate);

/// The gate and what it looks at. A request of which there is something to remember keeps its gate,
/// and is seen with the URI as it came: a nested router takes its prefix off the other.
pub(crate) fn of_request<'a>(gate: &'a Gate, parts: &'a mut Parts) -> (&'a Gate, RequestHead<'a>) {
    if !gate.remembers(&parts.headers) {
        return (gate, RequestHead::from(&*parts));
    }
    if parts.extensions.get::<OfRequest>().is_none_or(|kept| !kept.0.is_same(gate)) {
        parts.extensions.insert(OfRequest(gate.clone()));
    }
    let parts = &*parts;
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    let gate = parts.extensions.get::<OfRequest>().map_or(gate, |kept| &kept.0);
    (gate, RequestHead::new(&parts.method, uri, &parts.headers))
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::FromState {}
    impl Sealed for super::FromExtension {}
}
