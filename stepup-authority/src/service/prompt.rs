//! Having a factor ask: a code sent, a challenge made.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde_json::json;
use stepup_core::Timestamp;
use zeroize::Zeroizing;

use super::caller::Caller;
use super::new_factor::Sealed;
use super::ok;
use super::tell::About;
use super::withdraw::Outstanding;
use crate::account::{Account, EnrolledFactor};
use crate::authority::Inner;
use crate::books::{Books, Desk, Keys};
use crate::ceremony::{
    AnyCeremony, Asked, Ceremony, CeremonyId, Pending, Purpose, Wanted, unguessable,
};
use crate::factor::{self, Ask, Factor, Prompt, User, Vault};
use crate::problem::{Problem, Refusal};
use crate::sealing::{from_text, to_text};
use crate::store::{Key, Kind};

/// One of the user's that may answer.
pub(super) struct Candidate {
    pub(super) factor: EnrolledFactor,
    pub(super) data: Zeroizing<Vec<u8>>,
}

/// How long a factor may take to send something, or to check an answer elsewhere.
pub(super) const ELSEWHERE: Duration = Duration::from_secs(5);

impl Inner {
    /// `POST …/ceremonies/{id}/factors/{factor}`
    pub(super) async fn prompt(
        &self,
        caller: &Caller,
        parts: &Parts,
        desk: &Desk,
        id: &CeremonyId,
        factor_id: &str,
    ) -> Result<Response<Bytes>, Refusal> {
        let keys = self.ceremony_keys(caller, id);
        let books = desk.read(&keys).await?;
        let (wanted, ends_at, enrolled) = self.promptable(&books, caller, factor_id)?;
        let method = enrolled.method.clone();
        let factor = self.factor(&method).ok_or(Problem::NoSuchFactor)?;
        let candidates = self.candidates(&books.account, caller, &wanted, enrolled)?;
        let candidates: Vec<&[u8]> = candidates.iter().map(|one| one.data.as_slice()).collect();
        let denial = self.denial(caller, id)?;
        let prompt = factor.prompt(&Ask {
            data: candidates.first().copied().unwrap_or_default(),
            user: self.user(&caller.subject, &candidates),
            purpose: factor::Purpose::StepUp,
            levels: &wanted.levels,
            by: self.asked_by(caller, parts).as_ref(),
            now: self.now(),
            vault: Vault::new(self.issuer.sealing(), id.as_str(), factor_id),
            denial: &denial,
        });
        let prompt = prompt.map_err(|_| self.unreadable(&method))?;
        let others = || self.other_offers(&books.account, caller, &wanted, factor_id);
        if prompt.is_gone {
            return Err(self.gone(&method).beside(others));
        }
        let prompt = prompt.until(ends_at);
        let asked = self.asked(id, factor_id, &prompt)?;
        let keys = self.with_sends(keys, caller, factor, &prompt);
        let asks = |books: &mut Books| {
            // What was read before may have changed; what it was is decided here.
            if self.promptable(books, caller, factor_id)?.2.method != method {
                return Err(Problem::NoSuchFactor.into());
            }
            let ceremony = pending(books.own_ceremony(&caller.binding)?)?;
            self.check_askable(&books.account, &method)?;
            self.count_send(books, factor, &prompt)?;
            let before = ceremony.asked(factor_id);
            let before = before
                .and_then(|asked| self.outstanding_of(&caller.subject, id, &books.account, asked));
            books.ceremony = Some(ceremony.ask(asked.clone()).into());
            Ok(before)
        };
        let asked_before = desk.change(&keys, self.now(), asks).await;
        let asked_before = asked_before.map_err(|refusal| refusal.beside(others))?;
        let about = About { ceremony: Some(id), method: Some(&method), level: None };
        let show = self.deliver(caller, factor, &keys, &asked, prompt, about).await;
        self.withdraw(asked_before.map(Outstanding::asked_anew));
        let show = show.map_err(|refusal| refusal.beside(others))?;
        Ok(ok(&json!({ "prompt": show })))
    }

    /// What is wanted, until when, and the factor, where it may be asked for now.
    fn promptable<'a>(
        &self,
        books: &'a Books,
        caller: &Caller,
        factor_id: &str,
    ) -> Result<(Wanted, Timestamp, &'a EnrolledFactor), Refusal> {
        let now = self.now();
        let ceremony = pending(books.own_ceremony(&caller.binding)?)?;
        if ceremony.is_over(now) || ceremony.is_exhausted(&self.limits) {
            return Err(Problem::CeremonyOver.into());
        }
        let ends_at = Timestamp::from_secs(ceremony.head.expires_at);
        let Purpose::StepUp(wanted) = ceremony.head.purpose else {
            return Err(Problem::NoSuchCeremony.into());
        };
        let factor = self.usable(books, caller, &wanted, factor_id)?;
        Ok((wanted, ends_at, factor))
    }

    /// Those of the user's that may answer when this one is asked for: it, and where they answer as
    /// one, the others of its method that may be used for what is wanted.
    pub(super) fn candidates(
        &self,
        account: &Account,
        caller: &Caller,
        wanted: &Wanted,
        named: &EnrolledFactor,
    ) -> Result<Vec<Candidate>, Refusal> {
        let as_one = self.factor(&named.method).is_some_and(Factor::answers_as_one);
        let now = self.now();
        let may_answer = |other: &&EnrolledFactor| {
            other.id != named.id
                && other.method == named.method
                && self.offered(other, &caller.login, wanted, now).is_some()
        };
        let others = account.factors.iter().filter(|_| as_one).filter(may_answer);
        // One that cannot be read answers nothing, and keeps no other from answering.
        let others = others.filter_map(|other| self.candidate(&caller.subject, other).ok());
        Ok(std::iter::once(self.candidate(&caller.subject, named)?).chain(others).collect())
    }

    /// All that the user has of a method.
    pub(super) fn of_method(
        &self,
        account: &Account,
        subject: &str,
        method: &str,
    ) -> Result<Vec<Candidate>, Refusal> {
        let of_method = account.factors.iter().filter(|factor| factor.method == method);
        of_method.map(|factor| self.candidate(subject, factor)).collect()
    }

    fn candidate(&self, subject: &str, factor: &EnrolledFactor) -> Result<Candidate, Refusal> {
        Ok(Candidate { factor: factor.clone(), data: self.data_of(subject, factor)? })
    }

    /// What a factor gave to keep.
    pub(crate) fn data_of(
        &self,
        subject: &str,
        factor: &EnrolledFactor,
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let EnrolledFactor { id, method, grade, .. } = factor;
        self.open_data(subject, Sealed { id, method, grade }, &factor.data)
    }

    pub(crate) fn user<'a>(&'a self, subject: &'a str, enrolled: &'a [&'a [u8]]) -> User<'a> {
        User { issuer: self.issuer.issuer(), subject, enrolled }
    }

    /// The factor, where it may be used for what is wanted.
    pub(super) fn usable<'a>(
        &self,
        books: &'a Books,
        caller: &Caller,
        wanted: &Wanted,
        factor_id: &str,
    ) -> Result<&'a EnrolledFactor, Problem> {
        let factor = books.account.factor(factor_id).ok_or(Problem::NoSuchFactor)?;
        if factor.is_disabled(&self.limits) {
            return Err(Problem::Disabled);
        }
        let offered = self.offered(factor, &caller.login, wanted, self.now());
        offered.map(|_| factor).ok_or(Problem::NoSuchFactor)
    }

    /// What the ceremony records of a prompt.
    pub(super) fn asked(
        &self,
        id: &CeremonyId,
        factor_id: &str,
        prompt: &Prompt,
    ) -> Result<Asked, Refusal> {
        let kept = self.seal(&["prompt", id.as_str(), factor_id], &prompt.kept)?;
        Ok(Asked { factor: factor_id.to_owned(), kept, id: unguessable()? })
    }

    /// With the records that count what is sent, where something is.
    pub(super) fn with_sends(
        &self,
        keys: Keys,
        caller: &Caller,
        factor: &dyn Factor,
        prompt: &Prompt,
    ) -> Keys {
        let Some(outgoing) = prompt.message() else { return keys };
        let (own, method) = (self.issuer.issuer(), factor.method());
        if factor.asks_for_approval() {
            // Whom it is that is asked, on whichever of their devices.
            let tag = self.issuer.sealing().tag(&["approvals"], &caller.subject);
            return keys.with_sends(Key::of(Kind::Destination, &[own, "", &to_text(&tag)]), None);
        }
        let to = &outgoing.destination;
        // Of an address no spelling gets messages of its own; and who has the store alone cannot
        // try all numbers for the one that it is.
        let tag = |text: &str| {
            to_text(&self.issuer.sealing().tag(&["destination"], &text.to_ascii_lowercase()))
        };
        let prefix = to.prefix.as_deref();
        keys.with_sends(
            Key::of(Kind::Destination, &[own, method, &tag(&to.address)]),
            prefix.map(|prefix| Key::of(Kind::Prefix, &[own, method, &tag(prefix)])),
        )
    }

    /// Counts what is about to be sent (O17).
    pub(super) fn count_send(
        &self,
        books: &mut Books,
        factor: &dyn Factor,
        prompt: &Prompt,
    ) -> Result<(), Refusal> {
        let Some(outgoing) = prompt.message() else { return Ok(()) };
        let now = self.now();
        if factor.asks_for_approval() {
            books.account.check_cooled_down(now).map_err(|too_many| too_many.sends())?;
        }
        books.account.send(now, &self.limits).map_err(|too_many| too_many.sends())?;
        let enrols = matches!(
            books.ceremony.as_ref().map(|ceremony| &ceremony.head().purpose),
            None | Some(Purpose::Enrol(_))
        );
        books.destination.send(enrols, now, &self.limits).map_err(|too_many| too_many.sends())?;
        if outgoing.destination.prefix.is_some() {
            books.prefix.send(enrols, now, &self.limits).map_err(|too_many| too_many.sends())?;
        }
        Ok(())
    }

    pub(super) fn seal(&self, context: &[&str], plain: &[u8]) -> Result<String, Refusal> {
        Ok(to_text(&self.issuer.sealing().seal(context, plain)?))
    }

    pub(super) fn open(
        &self,
        context: &[&str],
        sealed: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        let opened =
            from_text(sealed).and_then(|sealed| self.issuer.sealing().open(context, &sealed));
        opened.ok_or_else(|| {
            tracing::error!(
                "a record cannot be opened: was the sealing key changed without keeping the old one \
                 with `.or_before(…)`?"
            );
            Problem::Unavailable { retry_after: 60 }.into()
        })
    }

    pub(super) fn gone(&self, method: &str) -> Refusal {
        tracing::warn!(method, "a provider has the user's factor no more");
        Problem::Disabled.into()
    }

    pub(super) fn unreadable(&self, method: &str) -> Refusal {
        tracing::error!(method, "a factor cannot read what it kept, or has no random numbers");
        Problem::Unavailable { retry_after: 60 }.into()
    }
}

/// The ceremony, while it can still be finished.
pub(super) fn pending(ceremony: AnyCeremony) -> Result<Ceremony<Pending>, Refusal> {
    match ceremony {
        AnyCeremony::Pending(ceremony) => Ok(ceremony),
        AnyCeremony::Proved(_) => Err(Problem::CeremonyProved.into()),
        AnyCeremony::Ended(_) => Err(Problem::CeremonyOver.into()),
    }
}
