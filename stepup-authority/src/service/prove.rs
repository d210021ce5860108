//! An answer: counted, then checked, then used up.

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout};

use super::caller::Caller;
use super::charge::Charged;
use super::count::Counted;
use super::ok;
use super::prompt::ELSEWHERE;
use super::tell::About;
use crate::authority::Inner;
use crate::books::{Books, Desk, Keys};
use crate::ceremony::{CeremonyId, Grant, POLL_SECONDS};
use crate::event::EventKind;
use crate::factor::{Answer, Check, Checked, Factor, Once, Vault};
use crate::problem::{Problem, Refusal, json_response};

/// What came of an answer that is not wrong.
pub(super) enum Proved {
    Granted(Grant),
    /// It is not there yet; what there is to show beside.
    NotYet(Option<Map<String, Value>>),
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
                let mut response = json_response(StatusCode::ACCEPTED, &Value::Object(body));
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(POLL_SECONDS));
                Ok(response)
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
            self.charge(books, caller, id, Some(factor), body)
        };
        let charged = desk.change(&keys, self.now(), charge).await?;
        let began = Instant::now();
        let checked = self.check(id, caller, &charged, Answer::new(body)).await?;
        // The answer may have been asked for elsewhere: that is not the store's time.
        let desk = &desk.after(began.elapsed());
        match checked {
            Checked::Right(proof) => {
                let once = proof.once;
                let Some(candidate) = charged.candidates.get(proof.by) else {
                    return Err(self.unreadable(&charged.method));
                };
                // Found out without another look at the store, as of any wrong answer: how long it
                // takes tells nobody that the code was right once (C12).
                if !candidate.factor.clone().use_up(once) {
                    return Err(self.used_before(caller, desk, &keys, &charged, once).await);
                }
                let by = &candidate.factor.id;
                let grant = self.settle_step_up(caller, desk, &keys, &charged, by, &proof).await?;
                let Some(grant) = grant else {
                    return Err(self.used_before(caller, desk, &keys, &charged, once).await);
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
            now: charged.guess.at,
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
    async fn used_before(
        &self,
        caller: &Caller,
        desk: &Desk,
        keys: &Keys,
        charged: &Charged,
        once: Once,
    ) -> Refusal {
        if let Once::Count(_) = once {
            self.tell(EventKind::Cloned, caller, charged.about());
        }
        self.wrong(caller, desk, keys, charged, false).await
    }

    /// What to say of an answer that was wrong.
    pub(super) async fn wrong(
        &self,
        caller: &Caller,
        desk: &Desk,
        keys: &Keys,
        charged: &Charged,
        is_malformed: bool,
    ) -> Refusal {
        let counted = match self.counted(caller, desk, keys, charged, is_malformed).await {
            Ok(counted) => counted,
            Err(refusal) => return refusal,
        };
        let Counted { attempts_left, locks, uses_up, disables } = counted;
        self.tell(EventKind::Failed, caller, charged.about());
        if disables {
            self.tell(EventKind::Disabled, caller, charged.about());
        } else if locks || uses_up {
            self.tell(EventKind::Locked, caller, charged.about());
        }
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
