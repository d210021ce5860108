//! What is recorded of a factor that is enrolled.

use stepup_core::Timestamp;
use zeroize::Zeroizing;

use crate::account::{Account, EnrolledFactor};
use crate::authority::Inner;
use crate::ceremony::{NewFactor, new_factor_id};
use crate::factor::{Enrolled, Once};
use crate::problem::{Problem, Refusal};

/// What a factor's data are sealed together with: who has the store alone makes no weak factor a
/// strong one.
#[derive(Clone, Copy)]
pub(super) struct Sealed<'a> {
    pub(super) id: &'a str,
    pub(super) method: &'a str,
    pub(super) grade: &'a str,
}

impl Inner {
    fn seal_data(&self, subject: &str, of: Sealed<'_>, data: &[u8]) -> Result<String, Refusal> {
        self.seal(&self.data_context(subject, of), data)
    }

    pub(super) fn open_data(
        &self,
        subject: &str,
        of: Sealed<'_>,
        data: &str,
    ) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        self.open(&self.data_context(subject, of), data)
    }

    fn data_context<'a>(&'a self, subject: &'a str, of: Sealed<'a>) -> [&'a str; 6] {
        ["factor", self.issuer.issuer(), subject, of.id, of.method, of.grade]
    }

    /// What a factor gave to keep of all that a user has of its method.
    pub(crate) fn all_of_method(
        &self,
        account: &Account,
        subject: &str,
        method: &str,
    ) -> Result<Vec<Zeroizing<Vec<u8>>>, Refusal> {
        let of_method = self.of_method(account, subject, method)?;
        Ok(of_method.into_iter().map(|candidate| candidate.data).collect())
    }

    /// Whether another factor has room, and what it shall replace is there.
    pub(super) fn check_room(
        &self,
        account: &Account,
        method: &str,
        replaces: Option<&str>,
    ) -> Result<(), Problem> {
        match replaces {
            Some(id) if account.factor(id).is_none_or(|factor| factor.method != method) => {
                Err(Problem::NoSuchFactor)
            }
            Some(_) => Ok(()),
            None if account.factors.len() >= self.limits.factors as usize => {
                Err(Problem::TooManyFactors)
            }
            None => Ok(()),
        }
    }

    /// What is recorded of a factor that begins to be enrolled.
    pub(crate) fn new_factor(
        &self,
        subject: &str,
        method: &str,
        enrolled: &Enrolled,
        replaces: Option<String>,
        rule: String,
    ) -> Result<NewFactor, Refusal> {
        self.named_factor(new_factor_id()?, subject, method, enrolled, replaces, rule)
    }

    pub(super) fn named_factor(
        &self,
        id: String,
        subject: &str,
        method: &str,
        enrolled: &Enrolled,
        replaces: Option<String>,
        rule: String,
    ) -> Result<NewFactor, Refusal> {
        let sealed = Sealed { id: &id, method, grade: &enrolled.grade };
        let data = self.seal_data(subject, sealed, &enrolled.data)?;
        let (hint, grade) = (enrolled.hint.clone(), enrolled.grade.clone());
        Ok(NewFactor { id, method: method.to_owned(), hint, grade, data, replaces, rule })
    }

    /// Adds a factor, and takes out those in whose place it stands.
    pub(crate) fn add(
        &self,
        account: &mut Account,
        new: &NewFactor,
        used: Option<Once>,
        now: Timestamp,
    ) -> Vec<EnrolledFactor> {
        let is_single = self.factor(&new.method).is_some_and(|factor| factor.is_single());
        let goes = |factor: &mut EnrolledFactor| {
            new.replaces.as_deref() == Some(&factor.id) || is_single && factor.method == new.method
        };
        let removed = account.remove(now, goes);
        let mut factor = EnrolledFactor {
            id: new.id.clone(),
            method: new.method.clone(),
            hint: new.hint.clone(),
            grade: new.grade.clone(),
            data: new.data.clone(),
            enrolled_at: now.as_secs(),
            wrong_in_a_row: 0,
            last_step: None,
            spent: Vec::new(),
        };
        // The code that enrolled it is used up: it cannot be the first proof as well.
        if let Some(used) = used {
            factor.use_up(used);
        }
        account.factors.push(factor);
        removed
    }
}
