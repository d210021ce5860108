//! Beginning a ceremony, asking after it, giving it up.

use std::cmp::Reverse;

use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value, json};
use stepup_core::{Level, Timestamp};

use super::caller::Caller;
use super::tell::About;
use super::{created, no_content, ok};
use crate::account::{Account, EnrolledFactor};
use crate::authority::Inner;
use crate::books::{Books, Desk};
use crate::ceremony::{
    AnyCeremony, Ceremony, CeremonyId, End, Ended, Pending, Proved, Purpose, Wanted,
};
use crate::event::EventKind;
use crate::factor::Reached;
use crate::problem::{Problem, Refusal};

impl Inner {
    /// `POST …/ceremonies`
    pub(super) async fn begin(
        &self,
        caller: &Caller,
        desk: &Desk,
        body: Map<String, Value>,
    ) -> Result<Response<Bytes>, Refusal> {
        let wanted = self.wanted(&body)?;
        let id = CeremonyId::step_up()?;
        let keys = self.ceremony_keys(caller, &id);
        let now = self.now();
        let factors = desk
            .change(&keys, now, |books| {
                caller.check_not_forgotten(&books.account, self)?;
                let factors = self.offers(&books.account, caller, &wanted, now);
                if factors.is_empty() && caller.is_stepped_up(self) {
                    return Err(Problem::NotALogin.into());
                }
                if factors.is_empty() {
                    let enrol = self.enrollable(&caller.login, &wanted, now);
                    return Err(Problem::Unmet { enrol }.into());
                }
                let session = caller.binding.short();
                books
                    .account
                    .begin(session, now, &self.limits)
                    .map_err(|too_many| too_many.ceremonies())?;
                let purpose = Purpose::StepUp(wanted.clone());
                let binding = caller.binding.clone();
                let ceremony = Ceremony::begin(binding, purpose, books.epoch, now, &self.limits);
                books.ceremony = Some(ceremony.into());
                Ok(factors)
            })
            .await?;
        self.tell(EventKind::Begun, caller, About { ceremony: Some(&id), ..About::default() });
        Ok(created(&json!({
            "id": id.as_str(),
            "expires_in": self.limits.ceremony_lifetime.as_secs(),
            "factors": factors,
        })))
    }

    /// `GET …/ceremonies/{id}`: for a page that was loaded again, for who waits for another
    /// device, and for who lost the answer.
    pub(super) async fn state(
        &self,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
    ) -> Result<Response<Bytes>, Refusal> {
        let keys = self.ceremony_keys(caller, id);
        let books = desk.read(&keys).await?;
        let now = self.now();
        match books.own_ceremony(&caller.binding)? {
            AnyCeremony::Pending(ceremony) => {
                Ok(ok(&self.pending(&ceremony, &books.account, caller, id, now)?))
            }
            AnyCeremony::Proved(ceremony) => {
                caller.check_not_forgotten(&books.account, self)?;
                self.collect(&ceremony, &books.account, caller, desk, id).await
            }
            AnyCeremony::Ended(Ceremony { state: Ended { how }, .. }) => {
                let status = if how == End::Denied { "denied" } else { "cancelled" };
                Ok(ok(&json!({ "id": id.as_str(), "status": status })))
            }
        }
    }

    fn pending(
        &self,
        ceremony: &Ceremony<Pending>,
        account: &Account,
        caller: &Caller,
        id: &CeremonyId,
        now: Timestamp,
    ) -> Result<Value, Refusal> {
        let Purpose::StepUp(wanted) = &ceremony.head.purpose else {
            return Err(Problem::NoSuchCeremony.into());
        };
        if ceremony.is_over(now) || ceremony.is_exhausted(&self.limits) {
            return Ok(json!({ "id": id.as_str(), "status": "expired" }));
        }
        let asked: Vec<_> = ceremony.state.prompts.iter().map(|asked| &asked.factor).collect();
        Ok(json!({
            "id": id.as_str(),
            "status": "pending",
            "expires_in": ceremony.head.expires_at.saturating_sub(now.as_secs()),
            "factors": self.offers(account, caller, wanted, now),
            "prompted": asked,
        }))
    }

    async fn collect(
        &self,
        ceremony: &Ceremony<Proved>,
        account: &Account,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
    ) -> Result<Response<Bytes>, Refusal> {
        self.check_collectable(ceremony, account)?;
        let mut body = self.token(&ceremony.state.grant, caller, desk, id).await?;
        body.insert("id".to_owned(), id.as_str().into());
        body.insert("status".to_owned(), "verified".into());
        Ok(ok(&Value::Object(body)))
    }

    /// Whether the token may still be fetched: not for long, and not once a factor was removed
    /// since, which may be the one that proved (T25).
    pub(super) fn check_collectable(
        &self,
        ceremony: &Ceremony<Proved>,
        account: &Account,
    ) -> Result<(), Problem> {
        let proved_at = ceremony.state.grant.auth_time;
        let is_forgotten = account.removed_at.is_some_and(|at| at >= proved_at);
        if ceremony.is_collectable(self.now()) && !is_forgotten {
            Ok(())
        } else {
            Err(Problem::CeremonyOver)
        }
    }

    /// `DELETE …/ceremonies/{id}`
    pub(super) async fn cancel(
        &self,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
    ) -> Result<Response<Bytes>, Refusal> {
        let keys = self.ceremony_keys(caller, id);
        let cancel = |books: &mut Books| match books.own_ceremony(&caller.binding)? {
            AnyCeremony::Pending(ceremony) => {
                let asked = self.outstanding(&caller.subject, id, &books.account, &ceremony, None);
                books.ceremony = Some(ceremony.end(End::Cancelled).into());
                Ok(Some(asked))
            }
            AnyCeremony::Proved(_) => Err(Problem::CeremonyProved.into()),
            AnyCeremony::Ended(_) => Ok(None),
        };
        if let Some(asked) = desk.change(&keys, self.now(), cancel).await? {
            let about = About { ceremony: Some(id), ..About::default() };
            self.tell(EventKind::Cancelled, caller, about);
            self.withdraw_first(asked).await;
        }
        Ok(no_content())
    }

    /// What else reaches what is wanted.
    pub(super) fn other_offers(
        &self,
        account: &Account,
        caller: &Caller,
        wanted: &Wanted,
        factor_id: &str,
    ) -> Vec<Value> {
        let mut offers = self.offers(account, caller, wanted, self.now());
        let is_used_up = |offer: &Value| {
            offer["method"].as_str().is_some_and(|method| self.is_used_up(account, method))
        };
        offers.retain(|offer| offer["id"] != factor_id && !is_used_up(offer));
        offers
    }

    /// The factors that reach what is wanted: first the one that the user proved themselves with
    /// last, then the strongest, and of those that are alike in the order of the service's own.
    pub(super) fn offers(
        &self,
        account: &Account,
        caller: &Caller,
        wanted: &Wanted,
        now: Timestamp,
    ) -> Vec<Value> {
        let offered = |factor| Some((factor, self.offered(factor, &caller.login, wanted, now)?));
        let mut offers: Vec<(&EnrolledFactor, Reached)> =
            account.factors.iter().filter_map(offered).collect();
        let levels: Vec<Level> = self.ladder.levels().collect();
        let place = |method: &str| self.factors.iter().position(|factor| factor.method() == method);
        offers.sort_by_key(|(factor, reached)| {
            let is_other = factor.id != account.used_last;
            let level = levels.iter().position(|level| *level == reached.level);
            (is_other, Reverse(level), place(&factor.method))
        });
        let offer = |(factor, reached): (&EnrolledFactor, Reached)| {
            json!({
                "id": factor.id,
                "method": factor.method,
                "level": reached.level.name(),
                "hint": factor.hint,
            })
        };
        offers.into_iter().map(offer).collect()
    }

    /// Reads what a challenge demanded.
    pub(super) fn wanted(&self, body: &Map<String, Value>) -> Result<Wanted, Problem> {
        let words = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => {
                Ok(Some(text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>()))
            }
            Some(_) => Err(Problem::Malformed(
                "`acr_values`, `amr_values` and `without` are strings, their words separated by a \
                 space.",
            )),
        };
        let max_age = match body.get("max_age") {
            None | Some(Value::Null) => None,
            Some(seconds) => Some(
                seconds
                    .as_u64()
                    .filter(|seconds| *seconds > 0)
                    .ok_or(Problem::Malformed("`max_age` is a number of seconds, at least 1."))?,
            ),
        };
        let mut levels = Vec::new();
        if let Some(acr_values) = words("acr_values")?.filter(|words| !words.is_empty()) {
            // Each once, however often it stands there: it is kept.
            let known = self.ladder.levels().map(Level::name);
            let asked = known.filter(|level| acr_values.contains(level));
            levels.extend(asked.map(str::to_owned));
            if levels.is_empty() {
                return Err(Problem::Unmet { enrol: Vec::new() });
            }
        }
        let methods = words("amr_values")?.unwrap_or_default();
        if methods.len() > 16 || methods.iter().any(|method| method.len() > 32) {
            return Err(Problem::Malformed("`amr_values` has at most 16 words of 32 characters."));
        }
        let methods = methods.into_iter().map(str::to_owned).collect();
        let without = words("without")?.unwrap_or_default();
        // Each once, however often it stands there: it is kept.
        let known = self.factors.iter().map(|factor| factor.method());
        let without = known.filter(|method| without.contains(method)).map(str::to_owned).collect();
        Ok(Wanted { levels, max_age, methods, without })
    }
}
