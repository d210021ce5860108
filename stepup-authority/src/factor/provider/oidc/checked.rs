//! Whether what the provider sent the user back with proves anything.

use tokio::time::Instant;

use super::asked::Asked;
use super::redirected::{CameWith, Redirected, refusal};
use super::{Account, OidcFactor, read};
use crate::factor::provider::http::PATIENCE;
use crate::factor::{Check, Checked, Enrolled, Proof, Purpose};

impl OidcFactor {
    /// Whether the provider sent back the user that was asked for.
    pub(super) async fn checked(&self, check: &Check<'_>) -> Checked {
        let deadline = Instant::now() + PATIENCE;
        let Some(asked) = check.kept.and_then(read::<Asked>) else { return Checked::Expired };
        if asked.issuer != self.issuer {
            return match check.purpose {
                Purpose::StepUp => Checked::Gone,
                Purpose::Enrolment => Checked::Expired,
            };
        }
        let Some(redirected) = Redirected::read(check.answer) else { return Checked::Malformed };
        if !redirected.is_of(&asked.state) {
            return Checked::Wrong;
        }
        let metadata = match self.known.metadata(&self.http, deadline).await {
            Ok(metadata) => metadata,
            Err(why) => return self.unknown(why, check.now),
        };
        if !redirected.is_from(&self.issuer, metadata.names_itself) {
            tracing::warn!(method = self.method, "an answer is of another OpenID Provider");
            return Checked::Wrong;
        }
        let code = match redirected.came_with {
            CameWith::Code(code) => code,
            CameWith::Error(error) => return refusal(error, self.method, check.now),
        };
        let login = match self.redeem(&metadata, code, &asked, check.now, deadline).await {
            Ok(login) => login,
            Err(checked) => return checked,
        };
        if asked.subject.as_ref().is_some_and(|subject| *subject != login.subject) {
            tracing::warn!(method = self.method, "another user logged in at the OpenID Provider");
            return Checked::Wrong;
        }
        let Some(reached) = self.levels.reached(login.acr.as_deref(), &login.amr) else {
            return Checked::TooWeak;
        };
        let proof = Proof::of_ceremony().at(login.auth_time.unwrap_or(check.now));
        if check.purpose == Purpose::StepUp {
            return Checked::Right(proof.graded(reached.name()));
        }
        let (issuer, level) = (self.issuer.clone(), reached.name().to_owned());
        let account = Account { issuer, sub: login.subject, level: level.clone() };
        let Ok(data) = serde_json::to_vec(&account) else { return Checked::Expired };
        let enrolled = Enrolled::new(data).graded(level);
        Checked::Right(proof.enrolling(enrolled))
    }
}
