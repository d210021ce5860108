//! What the service does to a user's factors by itself, without a request of theirs.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::tell::About;
use crate::account::{Guesses, Pools};
use crate::authority::{Authority, Inner};
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
    /// factors, a store that does not answer. Where only its answer was late it may be enrolled all
    /// the same, without an event or a notice that says so.
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
        let (inner, details) = (self.inner.clone(), details.as_object().cloned());
        let (subject, method) = (subject.to_owned(), method.to_owned());
        let details = details.unwrap_or_default();
        let enrolled = async move { inner.enrol_for(&subject, &method, &details).await };
        let enrolled = self.to_the_end(enrolled).await;
        enrolled.unwrap_or_else(|_| Err(EnrolError::Store(see_the_log())))
    }

    /// Has the answers of a user heard again who is locked for wrong ones (`factor-locked`), and was
    /// identified in another way. Where a provider counts them as well
    /// ([`GuessPool`](crate::factor::GuessPool)), let the user sign in there first, or unlock them
    /// there: else the next wrong answer locks their account. A factor that is disabled stays so.
    ///
    /// # Errors
    ///
    /// The store does not answer: ask again.
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
        let (inner, subject) = (self.inner.clone(), subject.to_owned());
        let unlocked = self.to_the_end(async move { inner.unlock(&subject).await }).await;
        unlocked.unwrap_or_else(|_| Err(see_the_log()))
    }

    /// The methods of which a user has a factor, each once, in alphabetical order; by their `sub`
    /// in the authority's tokens. One that is disabled counts, as it does where factors are
    /// changed: who has no factor at all enrols the first one without a proof
    /// ([`FirstEnrolment`](crate::FirstEnrolment)).
    ///
    /// # Errors
    ///
    /// The store does not answer.
    ///
    /// ```
    /// use stepup_authority::Authority;
    /// use stepup_authority::store::StoreError;
    ///
    /// /// A new address ends the codes by e-mail: not while they are all that a user has.
    /// async fn may_change_address(authority: &Authority, user: &str) -> Result<bool, StoreError> {
    ///     Ok(authority.methods_of(user).await? != ["email"])
    /// }
    /// ```
    pub async fn methods_of(&self, subject: &str) -> Result<Vec<String>, StoreError> {
        let inner = &self.inner;
        let keys = Keys::of_account(inner.account_key(subject));
        let account = inner.desk().read(&keys).await?.account;
        let methods: BTreeSet<String> =
            account.factors.into_iter().map(|factor| factor.method).collect();
        Ok(methods.into_iter().collect())
    }
}

impl Inner {
    async fn enrol_for(
        &self,
        subject: &str,
        method: &str,
        details: &Map<String, Value>,
    ) -> Result<Map<String, Value>, EnrolError> {
        let factor = self.factor(method).ok_or(EnrolError::NoSuchMethod)?;
        let keys = Keys::of_account(self.account_key(subject));
        let account = self.desk().read(&keys).await.map_err(EnrolError::Store)?.account;
        let enrolled = self.all_of_method(&account, subject, method);
        let enrolled = enrolled.map_err(|refusal| EnrolError::of(&refusal))?;
        let enrolled: Vec<&[u8]> = enrolled.iter().map(|data| data.as_slice()).collect();
        let user = self.user(subject, &enrolled);
        let enrolled = factor.enrol(user, details).await.map_err(EnrolError::NotEnrolled)?;
        if enrolled.is_by_answer {
            let unfit = NotEnrolled::Unfit("only the user can enrol it: what is kept is theirs");
            return Err(EnrolError::NotEnrolled(unfit));
        }
        let now = self.now();
        let new = self
            .new_factor(subject, method, &enrolled, None, String::new())
            .map_err(|refusal| EnrolError::of(&refusal))?;
        let removed = self
            .desk()
            .change(&keys, now, |books| {
                self.check_room(&books.account, method, None)?;
                Ok(self.add(&mut books.account, &new, None, now))
            })
            .await
            .map_err(|refusal| EnrolError::of(&refusal))?;
        let about = About { method: Some(method), ..About::default() };
        self.tell_of(EventKind::Enrolled, subject, None, about);
        for factor in &removed {
            let about = About { method: Some(&factor.method), ..About::default() };
            self.tell_of(EventKind::Removed, subject, None, about);
        }
        self.clear_away(subject, &removed).await;
        Ok(enrolled.show)
    }

    async fn unlock(&self, subject: &str) -> Result<(), StoreError> {
        let keys = Keys::of_account(self.account_key(subject));
        let unlock = |books: &mut Books| {
            books.account.guesses = Guesses::default();
            books.account.pools = Pools::default();
            Ok(())
        };
        let unlocked = self.desk().change(&keys, self.now(), unlock).await;
        unlocked.map_err(|refusal| EnrolError::of(&refusal).into_store_error())?;
        self.tell_of(EventKind::Unlocked, subject, None, About::default());
        Ok(())
    }
}

/// Where the cause stands.
pub(super) fn see_the_log() -> StoreError {
    StoreError::Unavailable("see the log".to_owned())
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
            _ => Self::Store(see_the_log()),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::to_the_end::tests::authority;
    use crate::account::EnrolledFactor;
    use crate::books::Keys;

    /// Guessed at until it was disabled, or of a method that the authority no longer has: it is one
    /// of the user's all the same.
    #[tokio::test]
    async fn every_method_is_named_once_whatever_became_of_its_factors() {
        let authority = authority(|builder| builder).await;
        for (user, method) in
            [("alice", "totp"), ("alice", "recovery"), ("alice", "totp"), ("bob", "recovery")]
        {
            authority.enrol_for(user, method, &json!({})).await.unwrap();
        }
        let inner = &authority.inner;
        let (keys, desk) = (Keys::of_account(inner.account_key("alice")), inner.desk());
        let change = desk.change(&keys, inner.now(), |books| {
            let factors = &mut books.account.factors;
            let palm = EnrolledFactor { method: "palm".to_owned(), ..factors[0].clone() };
            factors.push(EnrolledFactor { id: "f_palm".to_owned(), ..palm });
            for factor in factors {
                factor.wrong_in_a_row = 100;
            }
            Ok(())
        });
        change.await.unwrap();
        for (user, methods) in [
            ("alice", vec!["palm", "recovery", "totp"]),
            ("bob", vec!["recovery"]),
            ("eve", vec![]),
        ] {
            assert_eq!(authority.methods_of(user).await.unwrap(), methods, "{user}");
        }
    }
}
