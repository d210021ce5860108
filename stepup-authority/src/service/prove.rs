//! An answer: counted, then checked, then used up.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Map, Value};
use stepup_core::Timestamp;
use tokio::time::{Instant, timeout};
use zeroize::Zeroizing;

use super::caller::Caller;
use super::ok;
use super::prompt::{Candidate, ELSEWHERE, pending};
use super::tell::About;
use crate::authority::Inner;
use crate::books::{Books, Desk, Keys};
use crate::ceremony::{Ceremony, CeremonyId, Grant, Pending, Purpose};
use crate::event::EventKind;
use crate::factor::{self, Answer, Check, Checked, Factor, Once, Proof, Vault};
use crate::problem::{Problem, Refusal, json_response};

/// What came of an answer that was none that is wrong.
pub(super) enum Proved {
    Granted(Grant),
    /// It is not there yet; what there is to show beside.
    NotYet(Option<Map<String, Value>>),
}

/// The factor that is answered.
struct Answered {
    factor: String,
    method: String,
    purpose: factor::Purpose,
    data: Zeroizing<Vec<u8>>,
    candidates: Vec<Candidate>,
    others: Vec<Value>,
    /// What guesses at it count under.
    target: String,
}

/// An answer that was counted and may be looked at.
pub(super) struct Charged {
    pub(super) factor: String,
    pub(super) method: String,
    purpose: factor::Purpose,
    data: Zeroizing<Vec<u8>>,
    /// Those that may answer, where it is enrolled.
    pub(super) candidates: Vec<Candidate>,
    /// What else the user could use.
    others: Vec<Value>,
    /// What the factor's last prompt kept, and which prompt that was.
    kept: Option<Zeroizing<Vec<u8>>>,
    pub(super) prompt: Option<String>,
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
            Proved::Granted(grant) => {
                Ok(ok(&Value::Object(self.token(&grant, caller, desk, id).await?)))
            }
            Proved::NotYet(show) => {
                let mut body = Map::new();
                body.insert("id".to_owned(), id.as_str().into());
                body.insert("status".to_owned(), "pending".into());
                body.extend(show.map(|show| ("prompt".to_owned(), Value::Object(show))));
                Ok(json_response(StatusCode::ACCEPTED, &Value::Object(body)))
            }
        }
    }

    /// Proves with an answer.
    pub(super) async fn prove(
        &self,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
        factor: &str,
        body: &Map<String, Value>,
    ) -> Result<Proved, Refusal> {
        let keys = self.ceremony_keys(caller, id);
        let charge = |books: &mut Books| {
            caller.check_not_forgotten(&books.account, self)?;
            self.charge(books, caller, id, Some(factor))
        };
        let charged = desk.change(&keys, self.now(), charge).await?;
        let began = Instant::now();
        let checked = self.check(id, caller, &charged, Answer::new(body)).await?;
        // The answer may have been asked for elsewhere: that is not the store's time.
        let desk = &desk.after(began.elapsed());
        match checked {
            Checked::Right(Proof { once, by, .. }) => {
                let Some(candidate) = charged.candidates.get(by) else {
                    return Err(self.unreadable(&charged.method));
                };
                // Found out without another look at the store, as of any wrong answer: how long it
                // takes tells nobody that the code was right once (C12).
                if !candidate.factor.clone().use_up(once) {
                    return Err(self.used_before(caller, id, &charged, once));
                }
                let by = &candidate.factor.id;
                let grant = self.settle_step_up(caller, desk, &keys, &charged, by, once).await?;
                let Some(grant) = grant else {
                    return Err(self.used_before(caller, id, &charged, once));
                };
                let level = self.ladder.find(&grant.level);
                let about = About { ceremony: Some(id), method: Some(&charged.method), level };
                self.tell(EventKind::Proved, caller, about);
                Ok(Proved::Granted(grant))
            }
            other => {
                let show = self.settle_unproved(caller, desk, &keys, id, &charged, other).await;
                show.map(Proved::NotYet).map_err(|refusal| refusal.beside(|| charged.others))
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
        let Answered { factor, method, purpose, data, candidates, others, target } =
            self.answered(books, caller, &ceremony, factor_id)?;
        let implementation = self.factor(&method).ok_or(Problem::NoSuchFactor)?;
        let asked = ceremony.asked(&factor).cloned();
        if implementation.needs_prompt() && asked.is_none() {
            return Err(Problem::Unprompted.into());
        }
        let context = ["prompt", id.as_str(), &factor];
        let kept = asked.as_ref().map(|asked| self.open(&context, &asked.kept)).transpose()?;
        let other_targets = self.other_targets(&books.account, &target);
        let account = &mut books.account;
        let guessed_at = self.target(&target, &method);
        account.guesses.charge(guessed_at, &other_targets, now, &self.limits).map_err(
            |locked| {
                let locked = Problem::FactorLocked { retry_after: locked.retry_after };
                Refusal::from(locked).beside(|| others.clone())
            },
        )?;
        let locks = account.guesses.is_locked(guessed_at, &other_targets, &self.limits);
        let mut disables = false;
        // What cannot be guessed need not end for having been guessed at (O30).
        let counts = guessed_at.is_guessable;
        if let Some(enrolled) = account.factor_mut(&factor).filter(|_| counts) {
            enrolled.wrong_in_a_row = enrolled.wrong_in_a_row.saturating_add(1);
            disables = enrolled.is_disabled(&self.limits);
        }
        let ceremony = ceremony.charge(&self.limits).map_err(|_| Problem::CeremonyOver)?;
        let attempts_left = self.limits.ceremony_guesses.saturating_sub(ceremony.state.guesses);
        books.ceremony = Some(ceremony.into());
        let prompt = asked.map(|asked| asked.id);
        let writes_lost_at = books.epoch.writes_lost_at();
        Ok(Charged {
            factor,
            method,
            purpose,
            data,
            candidates,
            others,
            kept,
            prompt,
            target,
            at: now,
            attempts_left,
            locks,
            counts,
            disables,
            writes_lost_at,
        })
    }

    /// Which factor is answered. What cannot be opened here is no wrong answer: it is found out
    /// before one is counted.
    fn answered(
        &self,
        books: &Books,
        caller: &Caller,
        ceremony: &Ceremony<Pending>,
        factor_id: Option<&str>,
    ) -> Result<Answered, Refusal> {
        match (&ceremony.head.purpose, factor_id) {
            (Purpose::StepUp(wanted), Some(id)) => {
                let factor = self.usable(books, caller, wanted, id)?;
                let candidates = self.candidates(&books.account, caller, wanted, factor)?;
                let data = candidates.first().map(|named| named.data.clone());
                Ok(Answered {
                    factor: factor.id.clone(),
                    method: factor.method.clone(),
                    purpose: factor::Purpose::StepUp,
                    data: data.unwrap_or_default(),
                    candidates,
                    others: self.other_offers(&books.account, caller, wanted, id),
                    target: self.target_name(factor, &caller.binding),
                })
            }
            (Purpose::Enrol(new), None) => {
                let context = ["factor", self.issuer.issuer(), &caller.subject, &new.id];
                Ok(Answered {
                    factor: new.id.clone(),
                    method: new.method.clone(),
                    purpose: factor::Purpose::Enrolment,
                    data: self.open(&context, &new.data)?,
                    candidates: Vec::new(),
                    others: Vec::new(),
                    target: format!("enrol {}", new.method),
                })
            }
            _ => Err(Problem::NoSuchCeremony.into()),
        }
    }

    /// Whether a counted answer is right.
    pub(super) async fn check(
        &self,
        id: &CeremonyId,
        caller: &Caller,
        charged: &Charged,
        answer: Answer<'_>,
    ) -> Result<Checked, Refusal> {
        let factor: &dyn Factor = self.factor(&charged.method).ok_or(Problem::NoSuchFactor)?;
        let enrolled: Vec<&[u8]> =
            charged.candidates.iter().map(|one| one.data.as_slice()).collect();
        let check = Check {
            data: &charged.data,
            user: self.user(&caller.subject, &enrolled),
            purpose: charged.purpose,
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

    /// What to say of an answer that was right once. Of a count that does not grow the service is
    /// told: there may be a copy of the key (O23).
    fn used_before(
        &self,
        caller: &Caller,
        id: &CeremonyId,
        charged: &Charged,
        once: Once,
    ) -> Refusal {
        if let Once::Count(_) = once {
            let about = About { ceremony: Some(id), method: Some(&charged.method), level: None };
            self.tell(EventKind::Cloned, caller, about);
        }
        self.wrong(caller, id, charged, false)
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
