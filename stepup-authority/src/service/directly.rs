//! What the service does to a user's factors by itself, without a request of theirs.

use std::fmt;

use serde_json::{Map, Value};

use super::tell::About;
use crate::account::{Guesses, Pools};
use crate::authority::Authority;
use crate::books::{Books, Keys};
use crate::event::EventKind;
use crate::factor::NotEnrolled;
use crate::problem::{Problem, Refusal};
use crate::store::StoreError;

impl Authority {
    /// Enrols a factor for a user, by their `sub` in the authority's tokens, and without a proof
    /// that they have it: for users that are brought along from elsewhere, and where the service
    /// enrols the first factor ([`FirstEnrolment::ByService`](crate::FirstEnrolment::ByService)).
    /// Whoever calls it answers for whose address or device it is.
    ///
    /// Returns what the user is to be shown: a secret to scan, codes to print.
    ///
    /// # Errors
    ///
    /// A method that the authority does not have, details that do not fit, a user with too many
    /// factors, a store that does not answer.
    ///
    /// ```
    /// use serde_json::json;
    /// use stepup_authority::{Authority, EnrolError};
    ///
    /// async fn bring_along(authority: &Authority) -> Result<(), EnrolError> {
    ///     let details = json!({ "email": "alice@example.com" });
    ///     authority.enrol_for("alice", "email", &details).await?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn enrol_for(
        &self,
        subject: &str,
        method: &str,
        details: &Value,
    ) -> Result<Map<String, Value>, EnrolError> {
        let inner = &self.inner;
        let factor = inner.factor(method).ok_or(EnrolError::NoSuchMethod)?;
        let keys = Keys::of_account(inner.account_key(subject));
        let account = inner.desk().read(&keys).await.map_err(EnrolError::Store)?.account;
        let enrolled = inner.all_of_method(&account, subject, method);
        let enrolled = enrolled.map_err(|refusal| EnrolError::of(&refusal))?;
        let enrolled: Vec<&[u8]> = enrolled.iter().map(|data| data.as_slice()).collect();
        let user = inner.user(subject, &enrolled);
        let none = Map::new();
        let details = details.as_object().unwrap_or(&none);
        let enrolled = factor.enrol(user, details).await.map_err(EnrolError::NotEnrolled)?;
        if enrolled.is_by_answer {
            let unfit = NotEnrolled::Unfit("only the user can enrol it: what is kept is theirs");
            return Err(EnrolError::NotEnrolled(unfit));
        }
        let now = inner.now();
        let new = inner
            .new_factor(subject, method, &enrolled, None, String::new())
            .map_err(|refusal| EnrolError::of(&refusal))?;
        let removed = inner
            .desk()
            .change(&keys, now, |books| {
                inner.check_room(&books.account, method, None)?;
                Ok(inner.add(&mut books.account, &new, None, now))
            })
            .await
            .map_err(|refusal| EnrolError::of(&refusal))?;
        let about = About { method: Some(method), ..About::default() };
        inner.tell_of(EventKind::Enrolled, subject, None, about);
        for factor in &removed {
            let about = About { method: Some(&factor.method), ..About::default() };
            inner.tell_of(EventKind::Removed, subject, None, about);
        }
        inner.clear_away(subject, &removed).await;
        Ok(enrolled.show)
    }

    /// Has the answers of a user heard again who is locked for wrong ones (`factor-locked`), and was
    /// identified in another way. Where a provider counts them as well
    /// ([`GuessPool`](crate::factor::GuessPool)), let the user sign in there first, or unlock them
    /// there: else the next wrong answer locks their account. A factor that is disabled stays so.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    ///
    /// ```
    /// use stepup_authority::Authority;
    /// use stepup_authority::store::StoreError;
    ///
    /// async fn signed_in_at_okta(authority: &Authority) -> Result<(), StoreError> {
    ///     authority.unlock("alice").await
    /// }
    /// ```
    pub async fn unlock(&self, subject: &str) -> Result<(), StoreError> {
        let inner = &self.inner;
        let keys = Keys::of_account(inner.account_key(subject));
        let unlock = |books: &mut Books| {
            books.account.guesses = Guesses::default();
            books.account.pools = Pools::default();
            Ok(())
        };
        let unlocked = inner.desk().change(&keys, inner.now(), unlock).await;
        unlocked.map_err(|refusal| EnrolError::of(&refusal).into_store_error())?;
        inner.tell_of(EventKind::Unlocked, subject, None, About::default());
        Ok(())
    }
}

/// Why a factor was not enrolled by the service.
///
/// ```
/// use stepup_authority::EnrolError;
/// assert_eq!(EnrolError::TooManyFactors.to_string(), "the user has too many factors");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnrolError {
    /// The authority has no factor of that method.
    NoSuchMethod,
    /// The store does not do what it should.
    Store(StoreError),
    /// The user has as many as they may have.
    TooManyFactors,
    /// The factor does not enrol it.
    NotEnrolled(NotEnrolled),
}

impl EnrolError {
    fn of(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Problem(Problem::TooManyFactors) => Self::TooManyFactors,
            Refusal::Problem(Problem::StoreFull) => Self::Store(StoreError::Full),
            _ => Self::Store(StoreError::Unavailable("see the log".to_owned())),
        }
    }

    fn into_store_error(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            other => StoreError::Unavailable(other.to_string()),
        }
    }
}

impl fmt::Display for EnrolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchMethod => f.write_str("the authority has no factor of that method"),
            Self::Store(error) => error.fmt(f),
            Self::TooManyFactors => f.write_str("the user has too many factors"),
            Self::NotEnrolled(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for EnrolError {}
