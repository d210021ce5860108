//! A user's factors: seeing them, removing one.

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::tell::About;
use super::{no_content, ok};
use crate::account::{Account, EnrolledFactor};
use crate::authority::Inner;
use crate::books::Desk;
use crate::event::EventKind;
use crate::problem::{Problem, Refusal};

impl Inner {
    /// `GET …/factors`
    pub(super) async fn list_factors(
        &self,
        caller: &Caller,
        desk: &Desk,
    ) -> Result<Response<Bytes>, Refusal> {
        let account = desk.read(&self.keys_of(caller)).await?.account;
        let factor = |factor: &EnrolledFactor| {
            json!({
                "id": factor.id,
                "method": factor.method,
                "hint": factor.hint,
                "enrolled_at": factor.enrolled_at,
                "disabled": factor.is_disabled(&self.limits),
            })
        };
        let factors: Vec<Value> = account.factors.iter().map(factor).collect();
        let methods: Vec<&str> = self.factors.iter().map(|factor| factor.method()).collect();
        let mut body = Map::new();
        body.insert("factors".to_owned(), factors.into());
        body.insert("enrollable".to_owned(), methods.into());
        let signals = self.signals(&account, &caller.subject);
        if !signals.is_empty() {
            body.insert("signals".to_owned(), Value::Object(signals));
        }
        Ok(ok(&Value::Object(body)))
    }

    /// What a page may tell the user's browser of what they have, by method: of all of it, or
    /// nothing. Where one cannot be read the list stands all the same, so that it can be removed.
    fn signals(&self, account: &Account, subject: &str) -> Map<String, Value> {
        let mut signals = Map::new();
        for factor in &self.factors {
            let Ok(all) = self.all_of_method(account, subject, factor.method()) else { continue };
            let all: Vec<&[u8]> = all.iter().map(|data| data.as_slice()).collect();
            if let Some(signal) = factor.signals(self.user(subject, &all)) {
                signals.insert(factor.method().to_owned(), signal);
            }
        }
        signals
    }

    /// `DELETE …/factors/{id}`
    pub(super) async fn remove_factor(
        &self,
        caller: &Caller,
        parts: &Parts,
        desk: &Desk,
        id: &str,
    ) -> Result<Response<Bytes>, Refusal> {
        let keys = self.keys_of(caller);
        let before = desk.read(&keys).await?.account;
        if before.factors.is_empty() {
            return Err(Problem::NoSuchFactor.into());
        }
        self.check_may_change(caller, parts, &before).await?;
        let now = self.now();
        let removed = desk
            .change(&keys, now, |books| {
                self.check_still_may_change(&before, &books.account)?;
                let mut removed = books.account.remove(now, |factor| factor.id == id);
                let removed = removed.pop().ok_or(Problem::NoSuchFactor)?;
                Ok(removed)
            })
            .await?;
        let about = About { method: Some(&removed.method), ..About::default() };
        self.tell(EventKind::Removed, caller, about);
        self.clear_away(&caller.subject, std::slice::from_ref(&removed)).await;
        Ok(no_content())
    }
}
