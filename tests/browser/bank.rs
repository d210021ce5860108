//! A bank on a port of this machine: an API, its authority, and pages.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use stepup_authority::factor::{EmailCode, Push, RecoveryCodes, Totp, WebAuthn};
use stepup_authority::{Authority, FirstEnrolment, Issuer, SealingKeys};
use stepup_tests::Framework;
use stepup_tests::authority::{Events, Kept, Outbox};
use tokio::net::TcpListener;

use crate::control::{self, Control};
use crate::desk::{self, Done};
use crate::pages;
use crate::serving::{self, Serving};

/// Ends when it is dropped.
pub struct Bank {
    /// As browsers have it.
    pub origin: String,
    _serving: Serving,
    _kept: Kept,
}

impl Bank {
    pub async fn start(framework: Framework, kept: Kept) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let origin = format!("http://localhost:{port}");
        let sealing = SealingKeys::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let issuer = Issuer::builder(&origin, &format!("{origin}/api"));
        let issuer = issuer.open(kept.store().await, Arc::new(sealing.unwrap())).await.unwrap();
        let gate = issuer.gate().build().unwrap();
        let (outbox, events, done) = (Outbox::default(), Events::default(), Done::default());
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
        let control =
            Control::new(issuer, authority.clone(), outbox, events, done.clone(), origin.clone());
        let beside = control::router(control)
            .merge(pages::router(&format!("http://127.0.0.1:{port}")))
            .route("/healthz", get(async || "ready"));
        let serving = match framework {
            Framework::Axum => {
                let api = desk::in_axum::router(&gate, &done);
                Serving::axum(listener, stepup_axum::authority(api, &authority).merge(beside))
            }
            Framework::Poem => {
                let api = desk::in_poem::routes(&gate, &done);
                let api = stepup_poem::authority(api, &authority);
                Serving::poem(listener, api.nest_no_strip("/", serving::in_poem(beside)))
            }
        };
        Self { origin, _serving: serving, _kept: kept }
    }
}
