//! Who asks.

use std::sync::Arc;

use http::header::ORIGIN;
use http::request::Parts;
use stepup_core::{Authentication, Gate, RequestHead, Requirement};

use crate::account::Account;
use crate::authority::Inner;
use crate::books::Keys;
use crate::ceremony::Binding;
use crate::problem::{Problem, Refusal};

/// Who asks: a user, by the login that their token stands for.
pub(super) struct Caller {
    pub(super) login: Arc<Authentication>,
    /// Their `sub` in the authority's tokens.
    pub(super) subject: String,
    pub(super) binding: Binding,
    /// Remembers the proof of the request's key, so that it need not be shown twice.
    gate: Gate,
}

impl Inner {
    /// Verifies the request's token. Whatever else the request says of its user is not looked at
    /// (C2).
    pub(super) async fn caller(&self, parts: &Parts) -> Result<Caller, Refusal> {
        let gate = self.gate.clone();
        let login = gate.verify_in_request(parts).await?;
        self.caller_of(login, gate)
    }

    pub(super) fn caller_of(
        &self,
        login: Arc<Authentication>,
        gate: Gate,
    ) -> Result<Caller, Refusal> {
        if !login.is_user() {
            return Err(Problem::NotAUser.into());
        }
        let is_own = login.issuer() == self.issuer.issuer();
        let subject = match &self.subjects {
            Some(subjects) if !is_own => subjects(&login).ok_or(Problem::NotAUser)?,
            _ => login.subject().to_owned(),
        };
        let binding = Binding::of(&login);
        Ok(Caller { login, subject, binding, gate })
    }

    pub(super) fn keys_of(&self, caller: &Caller) -> Keys {
        Keys::of_account(self.account_key(&caller.subject))
    }

    /// A browser says which page a request comes from: those of other sites are refused (O27).
    pub(super) fn check_origin(&self, parts: &Parts) -> Result<(), Problem> {
        let mut origins = parts.headers.get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else { return Ok(()) };
        let known = |origin: &str| {
            self.issuer.origin() == origin || self.origins.iter().any(|known| known == origin)
        };
        let is_known = origin.to_str().is_ok_and(known) && origins.next().is_none();
        if is_known { Ok(()) } else { Err(Problem::CrossSite) }
    }
}

impl Caller {
    /// Whether what they proved is fresh and strong enough.
    ///
    /// # Errors
    ///
    /// The challenge of a step-up, as any guarded API sends it.
    pub(super) async fn admit(
        &self,
        parts: &Parts,
        requirement: &'static Requirement,
    ) -> Result<(), Refusal> {
        self.gate.admit_in_request(RequestHead::from(parts), requirement).await?;
        Ok(())
    }

    /// What was proved with the factors that were there before one was removed counts no more
    /// (T25). A login without a proof still is one.
    pub(super) fn check_not_forgotten(
        &self,
        account: &Account,
        own: &Inner,
    ) -> Result<(), Problem> {
        if self.is_proof(own) && self.is_from_before(account, own) {
            Err(Problem::Forgotten)
        } else {
            Ok(())
        }
    }

    /// Whether the authority made their token of a login and a proof.
    pub(super) fn is_stepped_up(&self, own: &Inner) -> bool {
        self.login.issuer() == own.issuer.issuer()
            && self.login.level().is_some_and(|level| own.change_rules.is_beyond_a_login(level))
    }

    /// Whether the authority made it of a proof, or it cannot be told from one.
    pub(super) fn is_proof(&self, own: &Inner) -> bool {
        let by_a_factor = own
            .factors
            .iter()
            .flat_map(|factor| factor.strengths())
            .any(|strength| strength.is_used_by(&self.login));
        self.is_stepped_up(own) || self.login.issuer() == own.issuer.issuer() && by_a_factor
    }

    /// Whether the authority issued their token before a factor of theirs was removed.
    pub(super) fn is_from_before(&self, account: &Account, own: &Inner) -> bool {
        let Some(removed_at) = account.removed_at else { return false };
        let issued_at = self.login.issued_at();
        self.login.issuer() == own.issuer.issuer()
            && issued_at.is_none_or(|at| at.as_secs() <= removed_at)
    }
}
