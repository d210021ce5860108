//! What comes of an answer that was checked.

use serde_json::{Map, Value};
use stepup_core::Timestamp;

use super::caller::Caller;
use super::charge::Charged;
use super::count::Counted;
use super::prompt::pending;
use super::tell::About;
use super::withdraw::Outstanding;
use crate::account::Account;
use crate::authority::Inner;
use crate::books::{Books, Desk, Keys};
use crate::ceremony::{
    AnyCeremony, Ceremony, CeremonyId, End, Ended, Grant, Pending, Purpose, Wanted, unguessable,
};
use crate::event::EventKind;
use crate::factor::{Checked, Factor, Proof, Reached};
use crate::problem::{Problem, Refusal};

impl Inner {
    /// Uses up a right answer and grants the token, in one write (F3), and has the other factors
    /// withdraw what they asked. `None`: it was used up before.
    pub(super) async fn settle_step_up(
        &self,
        caller: &Caller,
        desk: &Desk,
        keys: &Keys,
        charged: &Charged,
        by: &str,
        proof: &Proof,
    ) -> Result<Option<Grant>, Refusal> {
        let token_id = unguessable()?;
        let now = self.now();
        let settle = |books: &mut Books| {
            caller.check_not_forgotten(&books.account, self)?;
            let ceremony = match still_answered(books, caller, charged, now)? {
                Still::Asked(ceremony) => ceremony,
                Still::Over(over) => {
                    charged.refund(&mut books.account);
                    return Ok(Err(over));
                }
            };
            let Purpose::StepUp(wanted) = &ceremony.head.purpose else {
                return Err(Problem::NoSuchCeremony.into());
            };
            let account = &mut books.account;
            let factor = account.factor_mut(by).ok_or(Problem::NoSuchFactor)?;
            let grade = proof.grade.as_deref().unwrap_or(&factor.grade);
            let reached = self.reached_by(&factor.method, grade, &caller.login, charged.guess.at);
            let reached = reached.filter(|reached| wanted.is_met_by(reached, self.ladder));
            let Some(reached) = reached else {
                if proof.grade.is_none() {
                    return Err(Problem::NoSuchFactor.into());
                }
                charged.refund(&mut books.account);
                books.ceremony = Some(charged.refund_in(ceremony).into());
                let others = || charged.others.clone();
                return Ok(Err(Refusal::from(Problem::TooWeak).beside(others)));
            };
            let proved_at = proof.at.map_or(now, |at| at.min(now));
            let Some(grant) = self.grant(caller, wanted, reached, token_id.clone(), proved_at, now)
            else {
                // Proved longer ago than the token may be old: to be asked anew.
                charged.refund(&mut books.account);
                books.ceremony = Some(charged.refund_in(ceremony).into());
                let others = || charged.others.clone();
                return Ok(Err(Refusal::from(Problem::PromptOver).beside(others)));
            };
            if !factor.use_up(proof.once) {
                return Ok(Ok(None));
            }
            factor.wrong_in_a_row = 0;
            account.used_last = by.to_owned();
            charged.settle(account, ceremony.begun_at());
            account.finish(caller.binding.short(), ceremony.begun_at());
            let others = self.others_asked(caller, charged, &books.account, &ceremony);
            books.ceremony = Some(ceremony.prove(grant.clone(), now).into());
            Ok(Ok(Some((grant, others))))
        };
        let Some((grant, others)) = desk.change(keys, now, settle).await?? else { return Ok(None) };
        self.withdraw(others);
        Ok(Some(grant))
    }

    /// What other factors asked in this ceremony.
    fn others_asked(
        &self,
        caller: &Caller,
        charged: &Charged,
        account: &Account,
        ceremony: &Ceremony<Pending>,
    ) -> Vec<Outstanding> {
        let id = &charged.ceremony;
        self.outstanding(&caller.subject, id, account, ceremony, Some(&charged.factor))
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
            Checked::TooWeak => {
                self.take_back(caller, desk, keys, charged, None).await?;
                Err(Problem::TooWeak.into())
            }
            Checked::Gone => {
                self.take_back(caller, desk, keys, charged, None).await?;
                Err(self.gone(&charged.method))
            }
            Checked::Locked(until) => {
                self.take_back(caller, desk, keys, charged, None).await?;
                let retry_after = until.seconds_since(self.now()).max(1);
                Err(Problem::FactorLocked { retry_after: Some(retry_after) }.into())
            }
            Checked::Unavailable(until) => {
                self.take_back(caller, desk, keys, charged, None).await?;
                let retry_after = until.seconds_since(self.now()).max(1);
                Err(Problem::Unavailable { retry_after }.into())
            }
            Checked::Lost(until) => {
                let retry_after = until.seconds_since(self.now()).max(1);
                Err(Problem::Unavailable { retry_after }.into())
            }
            Checked::Denied => {
                self.take_back(caller, desk, keys, charged, Some(End::Denied)).await?;
                self.tell(EventKind::Denied, caller, about);
                Err(Problem::Denied.into())
            }
            Checked::Malformed => Err(self.wrong(caller, desk, keys, charged, true).await),
            Checked::Right(_) | Checked::Wrong => {
                Err(self.wrong(caller, desk, keys, charged, false).await)
            }
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
        let now = self.now();
        let cools_down = self.factor(&charged.method).is_some_and(Factor::asks_for_approval);
        let asked = desk
            .change(keys, now, |books| {
                charged.refund(&mut books.account);
                if end == Some(End::Denied) && cools_down && !is_denied(books) {
                    books.account.deny(now);
                }
                // It may have been finished or given up meanwhile: the answer was no wrong one.
                let ceremony = match pending(books.own_ceremony(&caller.binding)?) {
                    Ok(ceremony) => charged.refund_in(ceremony),
                    Err(over) => return Ok(Err(over)),
                };
                let Some(how) = end else {
                    books.ceremony = Some(ceremony.into());
                    return Ok(Ok(Vec::new()));
                };
                let others = self.others_asked(caller, charged, &books.account, &ceremony);
                books.ceremony = Some(ceremony.end(how).into());
                Ok(Ok(others))
            })
            .await??;
        self.withdraw(asked);
        Ok(())
    }

    /// What a proof earns: no more than the login's own scopes, no longer than what was asked for
    /// (ISS-01), counted from the proof. `None`: there is nothing left of that.
    fn grant(
        &self,
        caller: &Caller,
        wanted: &Wanted,
        reached: Reached,
        token_id: String,
        proved_at: Timestamp,
        now: Timestamp,
    ) -> Option<Grant> {
        let lifetime = self.token_lifetime.as_secs();
        let lifetime = wanted.max_age.map_or(lifetime, |max_age| max_age.min(lifetime));
        let auth_time = proved_at.as_secs();
        let expires_at = auth_time.saturating_add(lifetime);
        let scope: Vec<&str> = caller.login.scopes().collect();
        (expires_at > now.as_secs()).then(|| Grant {
            token_id,
            level: reached.level.name().to_owned(),
            methods: reached.methods,
            auth_time,
            issued_at: now.as_secs(),
            expires_at,
            scope: scope.join(" "),
        })
    }
}

/// Whether the no was heard before.
const fn is_denied(books: &Books) -> bool {
    matches!(
        books.ceremony,
        Some(AnyCeremony::Ended(Ceremony { state: Ended { how: End::Denied }, .. }))
    )
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
        return Ok(Still::Asked(ceremony));
    }
    Err(match charged.counted {
        Some(Counted { attempts_left, .. }) => Problem::WrongAnswer { attempts_left }.into(),
        None => Problem::PromptOver.into(),
    })
}
