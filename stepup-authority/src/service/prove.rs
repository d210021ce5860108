//! An answer: counted, then checked, then used up.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use stepup_core::Timestamp;
use tokio::time::{Instant, timeout};
use zeroize::Zeroizing;

use super::caller::Caller;
use super::ok;
use super::prompt::{ELSEWHERE, pending};
use super::tell::About;
use crate::account::EnrolledFactor;
use crate::authority::Inner;
use crate::books::{Books, Desk, Keys};
use crate::ceremony::{Ceremony, CeremonyId, Grant, Pending, Purpose};
use crate::event::EventKind;
use crate::factor::{Answer, Check, Checked, Factor, Vault};
use crate::problem::{Problem, Refusal, json_response};

/// An answer that was counted and may be looked at.
pub(super) struct Charged {
    pub(super) factor: String,
    pub(super) method: String,
    data: Zeroizing<Vec<u8>>,
    /// What the factor's last prompt kept, and which prompt that was.
    kept: Option<Zeroizing<Vec<u8>>>,
    pub(super) prompt: Option<String>,
    /// The factor as it was, where it is enrolled.
    enrolled: Option<EnrolledFactor>,
    /// What the wrong answers are counted under.
    pub(super) target: String,
    pub(super) at: Timestamp,
    pub(super) attempts_left: u32,
    locks: bool,
    /// Whether wrong answers in a row are counted.
    pub(super) counts: bool,
    disables: bool,
    writes_lost_at: Option<Timestamp>,
}

impl Inner {
    /// `POST …/ceremonies/{id}/proof`
    pub(super) async fn proof(
        &self,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
        body: Map<String, Value>,
    ) -> Result<Response<Bytes>, Refusal> {
        let missing = Problem::Malformed("Name the factor that answers, as `factor`.");
        let factor = body.get("factor").and_then(Value::as_str).ok_or(missing)?;
        match self.prove(caller, desk, id, factor, &body).await? {
            Some(grant) => Ok(ok(&Value::Object(self.token(&grant, caller, desk, id).await?))),
            None => Ok(json_response(
                StatusCode::ACCEPTED,
                &json!({ "id": id.as_str(), "status": "pending" }),
            )),
        }
    }

    /// Proves with an answer; `None`: it is not there yet.
    pub(super) async fn prove(
        &self,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
        factor: &str,
        body: &Map<String, Value>,
    ) -> Result<Option<Grant>, Refusal> {
        let keys = self.ceremony_keys(caller, id);
        let charge = |books: &mut Books| {
            caller.check_not_forgotten(&books.account, self)?;
            self.charge(books, caller, id, Some(factor))
        };
        let charged = desk.change(&keys, self.now(), charge).await?;
        let began = Instant::now();
        let checked = self.check(id, &charged, Answer::new(body)).await?;
        // The answer may have been asked for elsewhere: that is not the store's time.
        let desk = &desk.after(began.elapsed());
        match checked {
            Checked::Right(proof) => {
                let once = proof.uses_up();
                // Found out without another look at the store, as of any wrong answer: how long it
                // takes tells nobody that the code was right once (C12).
                if charged.enrolled.clone().is_some_and(|mut factor| !factor.use_up(once)) {
                    return Err(self.wrong(caller, id, &charged, false));
                }
                let grant = self.settle_step_up(caller, desk, &keys, &charged, once).await?;
                let Some(grant) = grant else {
                    return Err(self.wrong(caller, id, &charged, false));
                };
                let level = self.ladder.find(&grant.level);
                let about = About { ceremony: Some(id), method: Some(&charged.method), level };
                self.tell(EventKind::Proved, caller, about);
                Ok(Some(grant))
            }
            other => {
                self.settle_unproved(caller, desk, &keys, id, &charged, other).await?;
                Ok(None)
            }
        }
    }

    /// Counts an answer to a ceremony, or an enrolment, before it is looked at: a crash, a lost
    /// connection or a thousand requests at once leave it counted (I3, O1).
    pub(super) fn charge(
        &self,
        books: &mut Books,
        caller: &Caller,
        id: &CeremonyId,
        factor_id: Option<&str>,
    ) -> Result<Charged, Refusal> {
        let now = self.now();
        let ceremony = pending(books.own_ceremony(&caller.binding)?)?;
        if ceremony.is_over(now) || ceremony.is_exhausted(&self.limits) {
            return Err(Problem::CeremonyOver.into());
        }
        let (factor, method, data, target) = self.answered(books, caller, &ceremony, factor_id)?;
        let implementation = self.factor(&method).ok_or(Problem::NoSuchFactor)?;
        let asked = ceremony.asked(&factor).cloned();
        if implementation.needs_prompt() && asked.is_none() {
            return Err(Problem::Unprompted.into());
        }
        // What cannot be opened here is no wrong answer: it is found out before one is counted.
        let data = self.open(&["factor", self.issuer.issuer(), &caller.subject, &factor], &data)?;
        let context = ["prompt", id.as_str(), &factor];
        let kept = asked.as_ref().map(|asked| self.open(&context, &asked.kept)).transpose()?;
        let others = self.other_targets(&books.account, &target);
        let account = &mut books.account;
        let guessed_at = self.target(&target, &method);
        account
            .guesses
            .charge(guessed_at, &others, now, &self.limits)
            .map_err(|locked| Problem::FactorLocked { retry_after: locked.retry_after })?;
        let locks = account.guesses.is_locked(guessed_at, &others, &self.limits);
        let mut disables = false;
        // What cannot be guessed need not end for having been guessed at (O30).
        let counts = guessed_at.is_guessable;
        if let Some(enrolled) = account.factor_mut(&factor).filter(|_| counts) {
            enrolled.wrong_in_a_row = enrolled.wrong_in_a_row.saturating_add(1);
            disables = enrolled.is_disabled(&self.limits);
        }
        let enrolled = account.factor(&factor).cloned();
        let ceremony = ceremony.charge(&self.limits).map_err(|_| Problem::CeremonyOver)?;
        let attempts_left = self.limits.ceremony_guesses.saturating_sub(ceremony.state.guesses);
        books.ceremony = Some(ceremony.into());
        let prompt = asked.map(|asked| asked.id);
        let writes_lost_at = books.epoch.writes_lost_at();
        Ok(Charged {
            factor,
            method,
            data,
            kept,
            prompt,
            enrolled,
            target,
            at: now,
            attempts_left,
            locks,
            counts,
            disables,
            writes_lost_at,
        })
    }

    /// Which factor is answered, its method and sealed data, and what guesses at it count under.
    fn answered(
        &self,
        books: &Books,
        caller: &Caller,
        ceremony: &Ceremony<Pending>,
        factor_id: Option<&str>,
    ) -> Result<(String, String, String, String), Refusal> {
        match (&ceremony.head.purpose, factor_id) {
            (Purpose::StepUp(wanted), Some(id)) => {
                let factor = self.usable(books, caller, wanted, id)?;
                Ok((
                    factor.id.clone(),
                    factor.method.clone(),
                    factor.data.clone(),
                    self.target_name(factor, &caller.binding),
                ))
            }
            (Purpose::Enrol(new), None) => {
                let target = format!("enrol {}", new.method);
                Ok((new.id.clone(), new.method.clone(), new.data.clone(), target))
            }
            _ => Err(Problem::NoSuchCeremony.into()),
        }
    }

    /// Whether a counted answer is right.
    pub(super) async fn check(
        &self,
        id: &CeremonyId,
        charged: &Charged,
        answer: Answer<'_>,
    ) -> Result<Checked, Refusal> {
        let factor: &dyn Factor = self.factor(&charged.method).ok_or(Problem::NoSuchFactor)?;
        let check = Check {
            data: &charged.data,
            kept: charged.kept.as_ref().map(|kept| kept.as_slice()),
            answer,
            now: charged.at,
            writes_lost_at: charged.writes_lost_at,
            vault: Vault::new(self.issuer.sealing(), id.as_str(), &charged.factor),
        };
        Ok(match timeout(ELSEWHERE, factor.check(check)).await {
            Ok(checked) => checked,
            Err(_) => Checked::Unavailable(self.now().plus(ELSEWHERE)),
        })
    }

    /// What to say of an answer that was wrong. It was counted before.
    pub(super) fn wrong(
        &self,
        caller: &Caller,
        id: &CeremonyId,
        charged: &Charged,
        is_malformed: bool,
    ) -> Refusal {
        let about = About { ceremony: Some(id), method: Some(&charged.method), level: None };
        self.tell(EventKind::Failed, caller, about);
        if charged.disables {
            self.tell(EventKind::Disabled, caller, about);
        } else if charged.locks {
            self.tell(EventKind::Locked, caller, about);
        }
        let attempts_left = charged.attempts_left;
        if is_malformed {
            Problem::MalformedAnswer { attempts_left }.into()
        } else {
            Problem::WrongAnswer { attempts_left }.into()
        }
    }

    /// The keys of a caller's ceremony.
    pub(super) fn ceremony_keys(&self, caller: &Caller, id: &CeremonyId) -> Keys {
        self.keys_of(caller).with_ceremony(id.key(self.issuer.issuer()))
    }
}
