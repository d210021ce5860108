//! What must never guard anything real.
//!
//! A gate from here says so in the log when it is built, and in a release build is built only where
//! the environment variable `STEPUP_DANGER` is `accepted`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::claims::Claims;
use super::credential::Credential;
use super::gate_builder::{GateBuilder, Source};
use super::gate_error::GateError;
use super::issuer::IssuerRules;
use super::json::check_members;
use super::jwt::{Jwt, decode};
use super::profile::Profile;
use super::verifier::{TokenFault, Verification, Verifier};
use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::ladder::Ladder;
use crate::level::Level;

/// A gate for tokens of the Firebase emulator, which are signed by nobody: whoever can reach the
/// service can write their own.
///
/// ```
/// let gate = stepup_core::danger::firebase_emulator("demo-orders").realm("orders").build()?;
/// # Ok::<(), stepup_core::GateError>(())
/// ```
pub fn firebase_emulator(project: &str) -> GateBuilder {
    GateBuilder::new(Source::FirebaseEmulator { project: project.into() })
}

pub(super) struct EmulatorVerifier {
    rules: IssuerRules,
}

impl EmulatorVerifier {
    pub(super) fn new(
        project: &str,
        ladder: &'static Ladder,
        skew: Duration,
    ) -> Result<Self, GateError> {
        let accepted = std::env::var_os("STEPUP_DANGER").is_some_and(|value| value == "accepted");
        if !cfg!(debug_assertions) && !accepted {
            return Err(GateError::new(
                "the gate would take tokens that nobody signed, and this is a release build: build \
                 it from `Gate::builder(…)`, or, if nothing real is behind it, set the environment \
                 variable STEPUP_DANGER to `accepted`",
            ));
        }
        if project.is_empty() {
            return Err(GateError::new(
                "the gate's project is empty: give the emulator's, as in `demo-orders`",
            ));
        }
        tracing::error!(
            project,
            "DANGER: this gate takes the Firebase emulator's tokens, which nobody signed"
        );
        let profile = Profile::firebase().settle(ladder).map_err(GateError::new)?;
        let issuer = format!("https://securetoken.google.com/{project}").into();
        Ok(Self { rules: IssuerRules { issuer, audience: project.into(), profile, skew } })
    }

    fn read(&self, token: &str, now: Timestamp) -> Result<Authentication, TokenFault> {
        #[derive(Deserialize)]
        struct Header {
            alg: String,
        }
        let (header, payload) = Jwt::split(token)?.unsigned().ok_or(TokenFault::Signature)?;
        let header = decode(header)?;
        check_members(&header).map_err(|_| TokenFault::Header)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| TokenFault::Header)?;
        if header.alg != "none" {
            return Err(TokenFault::Key);
        }
        let payload = decode(payload)?;
        self.rules.token(Claims::read(&payload, self.rules.profile.own_claims())?, now)
    }
}

impl Verifier for EmulatorVerifier {
    fn verify<'a>(&'a self, credential: Credential<'a>, now: Timestamp) -> Verification<'a> {
        let read = self.read(credential.token(), now);
        Verification::Ready(read.map(Arc::new).map_err(Into::into))
    }

    fn acr_values(&self, _: &str, level: Level) -> Vec<String> {
        self.rules.profile.acr_values(level).map(str::to_owned).collect()
    }
}

impl fmt::Debug for EmulatorVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmulatorVerifier").finish_non_exhaustive()
    }
}
