//! The API of the bank, in both frameworks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use stepup_core::Gate;

/// How often each handler ran.
#[derive(Clone, Default)]
pub struct Done {
    pub transfers: Arc<AtomicUsize>,
    pub closings: Arc<AtomicUsize>,
}

pub mod in_axum {
    use axum::Router;
    use axum::extract::{FromRef, State};
    use stepup_axum::{guarded, step_up};

    use super::{Done, Gate, Ordering};

    #[derive(Clone, FromRef)]
    struct Desk {
        gate: Gate,
        done: Done,
    }

    #[step_up(level = "mfa", max_age = "5m", reason = "Confirm that you are sending €250 to Bob.")]
    async fn transfer(State(done): State<Done>, body: String) -> String {
        done.transfers.fetch_add(1, Ordering::SeqCst);
        format!("sent {body}")
    }

    #[step_up(level = "phr", max_age = "1m")]
    async fn close(State(done): State<Done>) -> &'static str {
        done.closings.fetch_add(1, Ordering::SeqCst);
        "closed"
    }

    pub fn router(gate: &Gate, done: &Done) -> Router {
        Router::new()
            .route("/transfers", guarded::post(transfer))
            .route("/account", guarded::delete(close))
            .with_state(Desk { gate: gate.clone(), done: done.clone() })
    }
}

pub mod in_poem {
    use poem::middleware::AddData;
    use poem::web::Data;
    use poem::{EndpointExt, Route, handler};
    use stepup_poem::{guarded, step_up};

    use super::{Done, Gate, Ordering};

    #[step_up(level = "mfa", max_age = "5m", reason = "Confirm that you are sending €250 to Bob.")]
    #[handler]
    async fn transfer(Data(done): Data<&Done>, body: String) -> String {
        done.transfers.fetch_add(1, Ordering::SeqCst);
        format!("sent {body}")
    }

    #[step_up(level = "phr", max_age = "1m")]
    #[handler]
    async fn close(Data(done): Data<&Done>) -> &'static str {
        done.closings.fetch_add(1, Ordering::SeqCst);
        "closed"
    }

    pub fn routes(gate: &Gate, done: &Done) -> Route {
        let with = |endpoint| {
            let with_gate = EndpointExt::with(endpoint, AddData::new(gate.clone()));
            with_gate.with(AddData::new(done.clone()))
        };
        Route::new()
            .at("/transfers", with(guarded::post(transfer)))
            .at("/account", with(guarded::delete(close)))
    }
}
