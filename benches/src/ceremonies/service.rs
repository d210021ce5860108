//! The authority that is measured: codes by mail, logins of its own, everything by default.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Request;
use serde_json::Value;
use stepup_authority::factor::{DeliveryError, EmailCode, FactorFuture, Mail, Mailer};
use stepup_authority::store::Store;
use stepup_authority::{Authority, FirstEnrolment, Issuer, SealingKeys};
use stepup_core::{KnownTokens, ManualClock};

use crate::Failure;

/// An authority on a store.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) authority: Authority,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) codes: Codes,
}

/// The codes that were sent and not yet read, by address.
#[derive(Clone, Default)]
pub(crate) struct Codes(Arc<Mutex<HashMap<String, String>>>);

impl Codes {
    pub(crate) fn take(&self, address: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(address)
    }
}

impl Mailer for Codes {
    fn send<'a>(&'a self, mail: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.insert(mail.to().to_owned(), mail.code().to_owned());
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Service {
    pub(crate) async fn start(
        store: Arc<dyn Store>,
        clock: &Arc<ManualClock>,
        sealing: &Arc<SealingKeys>,
    ) -> Result<Self, Failure> {
        let issuer = Issuer::builder("https://bank.example", "https://bank.example/api")
            .clock(clock.clone())
            .open(store.clone(), sealing.clone())
            .await?;
        // Every request verifies its token, and no token is in the memory that is measured.
        let gate = issuer.gate().known_tokens(KnownTokens::none()).build()?;
        let codes = Codes::default();
        let authority = Authority::builder(issuer, gate)
            .factor(EmailCode::new(codes.clone()).accepted_as_second_factor())
            .first_enrolment(FirstEnrolment::ByService)
            .build()?;
        Ok(Self { authority, store, codes })
    }

    /// The answer, which has to have this status.
    pub(crate) async fn ask(
        &self,
        request: Request<String>,
        status: u16,
    ) -> Result<Value, Failure> {
        let answer = self.authority.handle(request).await;
        if answer.status() != status {
            let body = String::from_utf8_lossy(answer.body());
            return Err(format!("{} in place of {status}: {body}", answer.status()).into());
        }
        Ok(serde_json::from_slice(answer.body())?)
    }

    /// As [`ask`](Self::ask), and the answer is dropped unread.
    pub(crate) async fn answers(self, request: Request<String>, status: u16) -> Result<(), String> {
        let answer = self.authority.handle(request).await;
        if answer.status() == status { Ok(()) } else { Err(answer.status().to_string()) }
    }
}
