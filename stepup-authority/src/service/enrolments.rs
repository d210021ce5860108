//! Enrolling a factor, or putting one in the place of another.

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde_json::{Map, Value, json};
use stepup_core::Timestamp;
use tokio::time::{Instant, timeout};

use super::caller::Caller;
use super::charge::Charged;
use super::created;
use super::prompt::ELSEWHERE;
use super::settle::{Still, still_answered};
use super::tell::About;
use crate::account::{Account, EnrolledFactor};
use crate::authority::Inner;
use crate::books::{Books, Desk};
use crate::ceremony::{Ceremony, CeremonyId, End, NewFactor, Purpose};
use crate::event::EventKind;
use crate::factor::{self, Answer, Ask, Checked, Enrolled, NotEnrolled, Once, Vault};
use crate::problem::{Problem, Refusal};

/// An enrolment that waits for the user to show that they have it.
struct Begun<'a> {
    /// The account as it was.
    before: &'a Account,
    new: NewFactor,
    enrolled: Enrolled,
    at: Timestamp,
}

impl Inner {
    /// `POST …/enrolments`
    pub(super) async fn begin_enrolment(
        &self,
        caller: &Caller,
        parts: &Parts,
        desk: &Desk,
        body: Map<String, Value>,
    ) -> Result<Response<Bytes>, Refusal> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let no_method = Problem::Malformed("Name what is to be enrolled, as `method`.");
        let method = text("method").ok_or(no_method)?;
        let no_such = Problem::Malformed("This service enrols no factor of that name.");
        let factor = self.factor(method).ok_or(no_such)?;
        let replaces = match body.get("replaces") {
            None | Some(Value::Null) => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(Problem::Malformed("`replaces` is a factor's id.").into()),
        };
        let before = desk.read(&self.keys_of(caller)).await?.account;
        self.check_may_change(caller, parts, &before).await?;
        self.check_room(&before, method, replaces.as_deref())?;
        // Counted before any work is done for it.
        let begun_at = self.now();
        let session = caller.binding.short();
        desk.change(&self.keys_of(caller), begun_at, |books| {
            let begun = books.account.begin(session, begun_at, &self.limits);
            begun.map_err(|too_many| too_many.ceremonies())
        })
        .await?;
        let began = Instant::now();
        let enrolled = self.all_of_method(&before, &caller.subject, method)?;
        let enrolled: Vec<&[u8]> = enrolled.iter().map(|data| data.as_slice()).collect();
        let user = self.user(&caller.subject, &enrolled);
        let enrolled = match timeout(ELSEWHERE, factor.enrol(user, &body)).await {
            Ok(Ok(enrolled)) => enrolled,
            Ok(Err(NotEnrolled::Unfit(sentence))) => return Err(Problem::Unfit(sentence).into()),
            Ok(Err(NotEnrolled::Wait(retry_after))) => {
                return Err(Problem::Unavailable { retry_after }.into());
            }
            Ok(Err(NotEnrolled::Unavailable)) | Err(_) => {
                return Err(Problem::Unavailable { retry_after: 30 }.into());
            }
        };
        let desk = &desk.after(began.elapsed());
        let rule = self.change_rule_name(&before);
        let new = self.new_factor(&caller.subject, method, &enrolled, replaces, rule)?;
        if enrolled.is_proved {
            let now = self.now();
            let removed = desk
                .change(&self.keys_of(caller), now, |books| {
                    self.check_still_may_change(&before, &books.account)?;
                    self.check_room(&books.account, method, new.replaces.as_deref())?;
                    books.account.finish(session, begun_at);
                    Ok(self.add(&mut books.account, &new, None, now))
                })
                .await?;
            self.tell_enrolled(caller, None, &new, &removed).await;
            let mut show = enrolled.show;
            show.insert("factor".to_owned(), factor_json(&new));
            return Ok(created(&Value::Object(show)));
        }
        let begun = Begun { before: &before, new, enrolled, at: begun_at };
        self.ask_to_enrol(caller, parts, desk, begun).await
    }

    /// Waits for the user to show that they have it.
    async fn ask_to_enrol(
        &self,
        caller: &Caller,
        parts: &Parts,
        desk: &Desk,
        begun: Begun<'_>,
    ) -> Result<Response<Bytes>, Refusal> {
        let Begun { before, new, enrolled, at: now } = begun;
        let factor = self.factor(&new.method).ok_or(Problem::NoSuchFactor)?;
        let id = CeremonyId::enrolment()?;
        let others = self.all_of_method(before, &caller.subject, &new.method)?;
        let others: Vec<&[u8]> = others.iter().map(|data| data.as_slice()).collect();
        let denial = self.denial(caller, &id)?;
        let prompt = factor.prompt(&Ask {
            data: &enrolled.data,
            user: self.user(&caller.subject, &others),
            purpose: factor::Purpose::Enrolment,
            levels: &[],
            by: self.asked_by(caller, parts).as_ref(),
            now,
            vault: Vault::new(self.issuer.sealing(), id.as_str(), &new.id),
            denial: &denial,
        });
        let prompt = prompt.map_err(|_| self.unreadable(&new.method))?;
        if prompt.is_gone {
            return Err(self.gone(&new.method));
        }
        let prompt = prompt.until(now.plus(self.limits.ceremony_lifetime));
        let asked = self.asked(&id, &new.id, &prompt)?;
        let keys = self.with_sends(self.ceremony_keys(caller, &id), caller, factor, &prompt);
        desk.change(&keys, now, |books| {
            self.check_still_may_change(before, &books.account)?;
            self.check_askable(&books.account, &new.method)?;
            self.count_send(books, factor, &prompt)?;
            let purpose = Purpose::Enrol(new.clone());
            let binding = caller.binding.clone();
            let ceremony = Ceremony::begin(binding, purpose, books.epoch, now, &self.limits);
            books.ceremony = Some(ceremony.ask(asked.clone()).into());
            Ok(())
        })
        .await?;
        let about = About { ceremony: Some(&id), method: Some(&new.method), level: None };
        let prompt = self.deliver(caller, factor, &keys, &asked, prompt, about).await?;
        let mut show = enrolled.show;
        show.insert("id".to_owned(), id.as_str().into());
        show.insert("method".to_owned(), new.method.clone().into());
        show.insert("expires_in".to_owned(), self.limits.ceremony_lifetime.as_secs().into());
        show.insert("prompt".to_owned(), Value::Object(prompt));
        Ok(created(&Value::Object(show)))
    }

    /// `POST …/enrolments/{id}`: it proves that the user has the factor, and nothing else: no
    /// token comes of it (R-BIND-01).
    pub(super) async fn finish_enrolment(
        &self,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
        body: Map<String, Value>,
    ) -> Result<Response<Bytes>, Refusal> {
        let keys = self.ceremony_keys(caller, id);
        let charge = |books: &mut Books| self.charge(books, caller, id, None, &body);
        let charged = desk.change(&keys, self.now(), charge).await?;
        let began = Instant::now();
        let checked = self.check(id, caller, &charged, Answer::new(&body)).await?;
        let desk = desk.after(began.elapsed());
        let Checked::Right(proof) = checked else {
            self.settle_unproved(caller, &desk, &keys, id, &charged, checked).await?;
            return Err(Problem::Pending.into());
        };
        let now = self.now();
        let brought = proof.enrolled.map(|enrolled| self.brought(caller, &charged, &enrolled));
        let brought = brought.transpose()?;
        let settle = |books: &mut Books| {
            self.settle_enrolment(books, caller, &charged, proof.once, brought.as_ref(), now)
        };
        let (new, removed) = desk.change(&keys, now, settle).await??;
        self.tell_enrolled(caller, Some(id), &new, &removed).await;
        Ok(created(&json!({ "factor": factor_json(&new) })))
    }

    /// The factor as the answer brought it.
    fn brought(
        &self,
        caller: &Caller,
        charged: &Charged,
        enrolled: &Enrolled,
    ) -> Result<NewFactor, Refusal> {
        let id = charged.factor.clone();
        let rule = String::new();
        self.named_factor(id, &caller.subject, &charged.method, enrolled, None, rule)
    }

    fn settle_enrolment(
        &self,
        books: &mut Books,
        caller: &Caller,
        charged: &Charged,
        once: Once,
        brought: Option<&NewFactor>,
        now: Timestamp,
    ) -> Result<Result<(NewFactor, Vec<EnrolledFactor>), Refusal>, Refusal> {
        let ceremony = match still_answered(books, caller, charged, now)? {
            Still::Asked(ceremony) => ceremony,
            Still::Over(over) => {
                charged.refund(&mut books.account);
                return Ok(Err(over));
            }
        };
        let Purpose::Enrol(begun) = ceremony.head.purpose.clone() else {
            return Err(Problem::NoSuchCeremony.into());
        };
        let new = match brought.cloned() {
            Some(brought) => NewFactor { replaces: begun.replaces, rule: begun.rule, ..brought },
            None => begun,
        };
        let account = &mut books.account;
        // The factors that the caller proved themselves with are still there, and it would still
        // take no more to begin this: it may have been begun while the account had none.
        if self.change_rule_name(account) != new.rule {
            return Err(Problem::CeremonyOver.into());
        }
        self.check_room(account, &new.method, new.replaces.as_deref())?;
        // One that was enrolled meanwhile may be the same: the answer is to be checked beside it.
        let is_known = |factor: &EnrolledFactor| {
            charged.candidates.iter().any(|known| known.factor.id == factor.id)
        };
        let mut of_method = account.factors.iter().filter(|factor| factor.method == new.method);
        if !of_method.all(is_known) {
            charged.refund(&mut books.account);
            books.ceremony = Some(charged.refund_in(ceremony).into());
            return Ok(Err(Problem::Unavailable { retry_after: 1 }.into()));
        }
        charged.settle(account, ceremony.begun_at());
        account.finish(caller.binding.short(), ceremony.begun_at());
        let removed = self.add(account, &new, Some(once), now);
        books.ceremony = Some(ceremony.end(End::Enrolled).into());
        Ok(Ok((new, removed)))
    }

    async fn tell_enrolled(
        &self,
        caller: &Caller,
        id: Option<&CeremonyId>,
        new: &NewFactor,
        removed: &[EnrolledFactor],
    ) {
        let about = |method| About { ceremony: id, method: Some(method), level: None };
        self.tell(EventKind::Enrolled, caller, about(&new.method));
        for factor in removed {
            self.tell(EventKind::Removed, caller, about(&factor.method));
        }
        self.clear_away(&caller.subject, removed).await;
    }
}

fn factor_json(new: &NewFactor) -> Value {
    json!({ "id": new.id, "method": new.method, "hint": new.hint })
}
