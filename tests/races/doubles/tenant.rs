//! A tenant of Auth0's, as its users and their service have it.

use std::sync::Arc;

use stepup_core::ManualClock;

use super::double::{self, Double, Pushed};

/// What every app shows.
pub const CODE: &str = double::CODE;

pub struct Tenant(Double);

impl Tenant {
    pub async fn start(clock: &Arc<ManualClock>) -> Self {
        Self(Double::start(clock).await)
    }

    pub fn url(&self) -> String {
        self.0.inner().url.clone()
    }

    /// What a login of this user's is answered with.
    pub fn mfa_token(&self, user: &str) -> String {
        self.0.mfa_token(user)
    }

    /// The code that came by text last.
    pub fn text(&self) -> String {
        self.0.received("sms|dev_2")
    }

    /// What users say to every push.
    pub fn is_approved(&self, is_approved: bool) {
        self.0.inner().pushed = if is_approved { Pushed::Approved } else { Pushed::Waits };
    }

    /// Nothing was asked that Auth0 would not take.
    #[track_caller]
    pub fn is_content(&self) {
        assert_eq!(self.0.inner().faults, Vec::<String>::new());
    }
}
