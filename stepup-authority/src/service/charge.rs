//! Counting an answer before it is looked at.

use serde_json::{Map, Value};
use stepup_core::Timestamp;
use zeroize::Zeroizing;

use super::caller::Caller;
use super::count::{Counted, Guess};
use super::new_factor::Sealed;
use super::prompt::{Candidate, pending};
use super::tell::About;
use crate::authority::{ENROLMENT, Inner};
use crate::books::Books;
use crate::ceremony::{Ceremony, CeremonyId, Pending, Purpose};
use crate::factor;
use crate::problem::{Problem, Refusal};

/// An answer that may be looked at.
pub(super) struct Charged {
    pub(super) ceremony: CeremonyId,
    pub(super) factor: String,
    pub(super) method: String,
    pub(super) purpose: factor::Purpose,
    pub(super) data: Zeroizing<Vec<u8>>,
    /// Those that may answer; at an enrolment, those that the user has of its method.
    pub(super) candidates: Vec<Candidate>,
    /// What else the user could use.
    pub(super) others: Vec<Value>,
    /// What the factor's last prompt kept, and which prompt that was.
    pub(super) kept: Option<Zeroizing<Vec<u8>>>,
    pub(super) prompt: Option<String>,
    pub(super) guess: Guess,
    /// Not yet, where it only asks after what is answered elsewhere.
    pub(super) counted: Option<Counted>,
    pub(super) writes_lost_at: Option<Timestamp>,
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

impl Inner {
    /// Counts an answer to a ceremony, or an enrolment, before it is looked at: a crash, a lost
    /// connection or a thousand requests at once leave it counted (I3, O1). A question after what is
    /// answered elsewhere guesses nothing: however many are under way, they keep no answer out.
    pub(super) fn charge(
        &self,
        books: &mut Books,
        caller: &Caller,
        id: &CeremonyId,
        factor_id: Option<&str>,
        body: &Map<String, Value>,
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
        let is_guessable = implementation.is_guessable();
        let pool = implementation.guess_pool();
        let guess = Guess { factor: factor.clone(), target, is_guessable, pool, at: now };
        let account = &mut books.account;
        let counted = if is_guessable || !is_poll(body) {
            self.count(account, ceremony, &guess)
                .map(|(ceremony, counted)| (ceremony, Some(counted)))
        } else {
            self.check_heard(account, &guess).map(|()| (ceremony.poll(), None))
        };
        let counted = counted.map_err(|problem| Refusal::from(problem).beside(|| others.clone()));
        let (ceremony, counted) = counted?;
        books.ceremony = Some(ceremony.into());
        let prompt = asked.map(|asked| asked.id);
        let writes_lost_at = books.epoch.writes_lost_at();
        Ok(Charged {
            ceremony: id.clone(),
            factor,
            method,
            purpose,
            data,
            candidates,
            others,
            kept,
            prompt,
            guess,
            counted,
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
                let sealed = Sealed { id: &new.id, method: &new.method, grade: &new.grade };
                Ok(Answered {
                    factor: new.id.clone(),
                    method: new.method.clone(),
                    purpose: factor::Purpose::Enrolment,
                    data: self.open_data(&caller.subject, sealed, &new.data)?,
                    candidates: self.of_method(&books.account, &caller.subject, &new.method)?,
                    others: Vec::new(),
                    target: format!("{ENROLMENT}{}", new.method),
                })
            }
            _ => Err(Problem::NoSuchCeremony.into()),
        }
    }
}

impl Charged {
    pub(super) fn about(&self) -> About<'_> {
        About { ceremony: Some(&self.ceremony), method: Some(&self.method), level: None }
    }
}

/// Whether there is nothing in it but which factor is asked after.
fn is_poll(body: &Map<String, Value>) -> bool {
    body.keys().all(|name| name == "factor")
}
