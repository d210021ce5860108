//! What comes of an answer that was checked.

use stepup_core::Timestamp;

use super::caller::Caller;
use super::prompt::pending;
use super::prove::Charged;
use super::tell::About;
use crate::authority::Inner;
use crate::books::{Books, Desk, Keys};
use crate::ceremony::{Ceremony, CeremonyId, End, Grant, Pending, Purpose, Wanted, unguessable};
use crate::event::EventKind;
use crate::factor::{Checked, Once, Reached};
use crate::problem::{Problem, Refusal};

impl Inner {
    /// Uses up a right answer and grants the token, in one write (F3). `None`: it was used up
    /// before.
    pub(super) async fn settle_step_up(
        &self,
        caller: &Caller,
        desk: &Desk,
        keys: &Keys,
        charged: &Charged,
        once: Once,
    ) -> Result<Option<Grant>, Refusal> {
        let token_id = unguessable()?;
        let now = self.now();
        desk.change(keys, now, |books| {
            caller.check_not_forgotten(&books.account, self)?;
            let ceremony = still_answered(books, caller, charged)?;
            let Purpose::StepUp(wanted) = &ceremony.head.purpose else {
                return Err(Problem::NoSuchCeremony.into());
            };
            let account = &mut books.account;
            let factor = account.factor_mut(&charged.factor).ok_or(Problem::NoSuchFactor)?;
            let reached = self.reached(factor, &caller.login, charged.at);
            let reached = reached.filter(|reached| wanted.is_met_by(reached, self.ladder));
            let reached = reached.ok_or(Problem::NoSuchFactor)?;
            if !factor.use_up(once) {
                return Ok(None);
            }
            factor.wrong_in_a_row = 0;
            account.guesses.refund(&charged.target, charged.at);
            account.finish(caller.binding.short(), ceremony.begun_at());
            let grant = self.grant(caller, wanted, reached, token_id.clone(), now);
            books.ceremony = Some(ceremony.prove(grant.clone(), now).into());
            Ok(Some(grant))
        })
        .await
    }

    /// Takes back what was counted for an answer that was none, or says that it is wrong.
    pub(super) async fn settle_unproved(
        &self,
        caller: &Caller,
        desk: &Desk,
        keys: &Keys,
        id: &CeremonyId,
        charged: &Charged,
        checked: Checked,
    ) -> Result<(), Refusal> {
        let about = About { ceremony: Some(id), method: Some(&charged.method), level: None };
        match checked {
            Checked::Pending => self.take_back(caller, desk, keys, charged, None).await,
            Checked::Unavailable(until) => {
                self.take_back(caller, desk, keys, charged, None).await?;
                let retry_after = until.seconds_since(self.now()).max(1);
                Err(Problem::Unavailable { retry_after }.into())
            }
            Checked::Denied => {
                self.take_back(caller, desk, keys, charged, Some(End::Denied)).await?;
                self.tell(EventKind::Denied, caller, about);
                Err(Problem::Denied.into())
            }
            Checked::Malformed => Err(self.wrong(caller, id, charged, true)),
            Checked::Right(_) | Checked::Wrong => Err(self.wrong(caller, id, charged, false)),
        }
    }

    async fn take_back(
        &self,
        caller: &Caller,
        desk: &Desk,
        keys: &Keys,
        charged: &Charged,
        end: Option<End>,
    ) -> Result<(), Refusal> {
        desk.change(keys, self.now(), |books| {
            let ceremony = pending(books.own_ceremony(&caller.binding)?)?.refund();
            let account = &mut books.account;
            account.guesses.refund(&charged.target, charged.at);
            if let Some(factor) = account.factor_mut(&charged.factor) {
                factor.wrong_in_a_row = factor.wrong_in_a_row.saturating_sub(1);
            }
            books.ceremony = Some(match end {
                Some(how) => ceremony.end(how).into(),
                None => ceremony.into(),
            });
            Ok(())
        })
        .await
    }

    /// What a proof earns: no more than the login's own scopes, no longer than what was asked for
    /// (ISS-01).
    fn grant(
        &self,
        caller: &Caller,
        wanted: &Wanted,
        reached: Reached,
        token_id: String,
        now: Timestamp,
    ) -> Grant {
        let lifetime = self.token_lifetime.as_secs();
        let lifetime = wanted.max_age.map_or(lifetime, |max_age| max_age.min(lifetime));
        let scope: Vec<&str> = caller.login.scopes().collect();
        Grant {
            token_id,
            level: reached.level.name().to_owned(),
            methods: reached.methods,
            auth_time: now.as_secs(),
            expires_at: now.as_secs().saturating_add(lifetime),
            scope: scope.join(" "),
        }
    }
}

/// The ceremony, if it is still the one whose question was answered: not finished, and the factor
/// has not asked anew since (O15).
pub(super) fn still_answered(
    books: &Books,
    caller: &Caller,
    charged: &Charged,
) -> Result<Ceremony<Pending>, Refusal> {
    let ceremony = pending(books.own_ceremony(&caller.binding)?)?;
    let prompt = ceremony.asked(&charged.factor).map(|asked| &asked.id);
    if prompt == charged.prompt.as_ref() {
        Ok(ceremony)
    } else {
        Err(Problem::WrongAnswer { attempts_left: charged.attempts_left }.into())
    }
}
