//! What comes of an answer that was checked.

use serde_json::{Map, Value};
use stepup_core::Timestamp;

use super::caller::Caller;
use super::charge::Charged;
use super::prompt::pending;
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
        by: &str,
        once: Once,
    ) -> Result<Option<Grant>, Refusal> {
        let token_id = unguessable()?;
        let now = self.now();
        let settle = |books: &mut Books| {
            caller.check_not_forgotten(&books.account, self)?;
            let ceremony = match still_answered(books, caller, charged, now)? {
                Still::Asked(ceremony) => ceremony,
                Still::Over(over) => {
                    refund(books, charged);
                    return Ok(Err(over));
                }
            };
            let Purpose::StepUp(wanted) = &ceremony.head.purpose else {
                return Err(Problem::NoSuchCeremony.into());
            };
            let account = &mut books.account;
            let factor = account.factor_mut(by).ok_or(Problem::NoSuchFactor)?;
            let reached = self.reached(factor, &caller.login, charged.at);
            let reached = reached.filter(|reached| wanted.is_met_by(reached, self.ladder));
            let reached = reached.ok_or(Problem::NoSuchFactor)?;
            if !factor.use_up(once) {
                return Ok(Ok(None));
            }
            factor.wrong_in_a_row = 0;
            account.used_last = by.to_owned();
            account.guesses.refund(&charged.target, charged.at);
            account.finish(caller.binding.short(), ceremony.begun_at());
            let grant = self.grant(caller, wanted, reached, token_id.clone(), now);
            books.ceremony = Some(ceremony.prove(grant.clone(), now).into());
            Ok(Ok(Some(grant)))
        };
        desk.change(keys, now, settle).await?
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
    ) -> Result<Option<Map<String, Value>>, Refusal> {
        let about = About { ceremony: Some(id), method: Some(&charged.method), level: None };
        match checked {
            Checked::Pending => {
                self.take_back(caller, desk, keys, charged, None).await?;
                Ok(None)
            }
            Checked::Showing(show) => {
                self.take_back(caller, desk, keys, charged, None).await?;
                Ok(Some(show))
            }
            Checked::Expired => {
                self.take_back(caller, desk, keys, charged, None).await?;
                Err(Problem::PromptOver.into())
            }
            Checked::Gone => {
                self.take_back(caller, desk, keys, charged, None).await?;
                tracing::warn!(method = charged.method, "a provider has the user's factor no more");
                Err(Problem::Disabled.into())
            }
            Checked::Locked(until) => {
                self.take_back(caller, desk, keys, charged, None).await?;
                let retry_after = until.seconds_since(self.now()).max(1);
                Err(Problem::FactorLocked { retry_after }.into())
            }
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
        let over = desk
            .change(keys, self.now(), |books| {
                refund(books, charged);
                // It may have been finished or given up meanwhile: the answer was no wrong one.
                let ceremony = match pending(books.own_ceremony(&caller.binding)?) {
                    Ok(ceremony) => ceremony.refund(),
                    Err(over) => return Ok(Some(over)),
                };
                books.ceremony = Some(match end {
                    Some(how) => ceremony.end(how).into(),
                    None => ceremony.into(),
                });
                Ok(None)
            })
            .await?;
        over.map_or(Ok(()), Err)
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

/// Takes back what was counted for an answer that was not wrong.
pub(super) fn refund(books: &mut Books, charged: &Charged) {
    books.account.guesses.refund(&charged.target, charged.at);
    if let Some(factor) = books.account.factor_mut(&charged.factor).filter(|_| charged.counts) {
        factor.wrong_in_a_row = factor.wrong_in_a_row.saturating_sub(1);
    }
}

/// A ceremony after its answer was checked.
pub(super) enum Still {
    /// Its question is the one that was answered.
    Asked(Ceremony<Pending>),
    /// It was finished or given up meanwhile, or its time ran out (R-OTP-01).
    Over(Refusal),
}

/// How the ceremony stands. A factor that has asked anew since takes no answer to what it asked
/// before (O15).
pub(super) fn still_answered(
    books: &Books,
    caller: &Caller,
    charged: &Charged,
    now: Timestamp,
) -> Result<Still, Refusal> {
    let ceremony = match pending(books.own_ceremony(&caller.binding)?) {
        Ok(ceremony) if ceremony.is_over(now) => {
            return Ok(Still::Over(Problem::CeremonyOver.into()));
        }
        Ok(ceremony) => ceremony,
        Err(over) => return Ok(Still::Over(over)),
    };
    let prompt = ceremony.asked(&charged.factor).map(|asked| &asked.id);
    if prompt == charged.prompt.as_ref() {
        Ok(Still::Asked(ceremony))
    } else {
        Err(Problem::WrongAnswer { attempts_left: charged.attempts_left }.into())
    }
}
