//! A user's factors: seeing them, removing one.

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use serde_json::{Value, json};

use super::caller::Caller;
use super::tell::About;
use super::{no_content, ok};
use crate::account::EnrolledFactor;
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
        Ok(ok(&json!({ "factors": factors, "enrollable": methods })))
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
        Ok(no_content())
    }
}
