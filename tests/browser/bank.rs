//! A bank on a port of this machine: an API, its authority on SQLite, and pages.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::get;
use stepup_authority::factor::{EmailCode, Push, RecoveryCodes, Totp, WebAuthn};
use stepup_authority::{Authority, FirstEnrolment, Issuer, SealingKeys};
use stepup_axum::{Gate, guarded, step_up};
use stepup_tests::authority::{Events, Kept, Outbox};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::control::{self, Control};
use crate::pages;

/// Ends when it is dropped.
pub struct Bank {
    /// As browsers have it.
    pub origin: String,
    server: JoinHandle<()>,
    _kept: Kept,
}

#[derive(Clone, FromRef)]
struct Desk {
    gate: Gate,
    transfers: Arc<AtomicUsize>,
}

#[step_up(level = "mfa", max_age = "5m", reason = "Confirm that you are sending €250 to Bob.")]
async fn transfer(State(transfers): State<Arc<AtomicUsize>>, body: String) -> String {
    transfers.fetch_add(1, Ordering::SeqCst);
    format!("sent {body}")
}

#[step_up(level = "phr", max_age = "1m")]
async fn close() -> &'static str {
    "closed"
}

impl Bank {
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let origin = format!("http://localhost:{port}");
        let kept = Kept::sqlite();
        let sealing = SealingKeys::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let issuer = Issuer::builder(&origin, &format!("{origin}/api"));
        let issuer = issuer.open(kept.store().await, Arc::new(sealing.unwrap())).await.unwrap();
        let gate = issuer.gate().build().unwrap();
        let (outbox, events) = (Outbox::default(), Events::default());
        let authority = Authority::builder(issuer.clone(), gate.clone())
            .factor(WebAuthn::new("localhost", [&origin]).unwrap().rp_name("Bank"))
            .factor(Push::new(&issuer))
            .factor(Totp::new("Bank"))
            .factor(EmailCode::new(outbox.clone()).accepted_as_second_factor())
            .factor(RecoveryCodes::new())
            .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
            .store_patience(Duration::from_secs(10))
            .events(events.clone())
            .build()
            .unwrap();
        let transfers = Arc::new(AtomicUsize::new(0));
        let api = Router::new()
            .route("/transfers", guarded::post(transfer))
            .route("/account", guarded::delete(close))
            .with_state(Desk { gate, transfers: transfers.clone() });
        let other = format!("http://127.0.0.1:{port}");
        let control =
            Control::new(issuer, authority.clone(), outbox, events, transfers, origin.clone());
        let routes = stepup_axum::authority(api, &authority)
            .merge(control::router(control))
            .merge(pages::router(&other))
            .route("/healthz", get(async || "ready"));
        let server = tokio::spawn(async { axum::serve(listener, routes).await.unwrap() });
        Self { origin, server, _kept: kept }
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.server.abort();
    }
}
