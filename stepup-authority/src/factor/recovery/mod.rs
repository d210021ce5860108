//! Codes on paper, for when nothing else is left.

mod code;
mod list;

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use stepup_core::{Level, Method};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::{
    Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Proof, Strength, User,
};

/// Each hash takes 19 MiB and a core for a while: more at once would be a way to stop the service.
const AT_ONCE: usize = 2;

/// Ten codes of 80 bits to print, each good once. The method `recovery`.
///
/// Enrolment shows them as `codes`, once, and takes the place of a list that the user had. They are
/// written `XXXX-XXXX-XXXX-XXXX` in digits and letters without I, L, O and U (Crockford's base32);
/// an answer may be in either case, have O for 0 and I or L for 1, and hyphens anywhere or nowhere.
/// Anything else is malformed.
///
/// A printed list is something that the user has (NIST SP 800-63B-4 §3.1.2). Nobody guesses 80
/// bits, so wrong answers do not count with those to other factors, and a user who is locked out
/// of them gets in with this. For its `amr` value `recovery` there is no registered one (RFC 8176).
///
/// Enrolment computes ten slow hashes, which takes a fraction of a second, and an answer ten at the
/// most: on Tokio's threads for what blocks, two at a time in a process.
///
/// ```
/// use stepup_authority::factor::{Factor, RecoveryCodes};
///
/// let recovery = RecoveryCodes::new();
/// assert_eq!(recovery.method(), "recovery");
/// ```
pub struct RecoveryCodes {
    hashing: Arc<Semaphore>,
    /// Lists that are being made: apart, so that no answer waits for one.
    making: Arc<Semaphore>,
}

impl RecoveryCodes {
    /// Lists of ten.
    ///
    /// ```
    /// let recovery = stepup_authority::factor::RecoveryCodes::new();
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self { hashing: Arc::new(Semaphore::new(AT_ONCE)), making: Arc::new(Semaphore::new(1)) }
    }
}

impl Default for RecoveryCodes {
    fn default() -> Self {
        Self::new()
    }
}

impl Factor for RecoveryCodes {
    fn method(&self) -> &str {
        "recovery"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::new("recovery")], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    fn is_guessable(&self) -> bool {
        false
    }

    fn is_single(&self) -> bool {
        true
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(async move {
            let unavailable = |_| NotEnrolled::Unavailable;
            let permit = Arc::clone(&self.making).acquire_owned().await.map_err(unavailable)?;
            let made = spawn_blocking(move || {
                let made = list::made();
                drop(permit);
                made
            });
            let made = made.await.map_err(|_| NotEnrolled::Unavailable)?;
            let (codes, kept) = made.ok_or(NotEnrolled::Unavailable)?;
            let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
            Ok(Enrolled::new(kept).showing("codes", codes).without_proof())
        })
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(async move {
            let Some(code) = check.answer.code().and_then(code::read) else {
                return Checked::Malformed;
            };
            let Ok(permit) = Arc::clone(&self.hashing).acquire_owned().await else {
                return Checked::Unavailable(check.now);
            };
            let kept = check.data.to_vec();
            let place = spawn_blocking(move || {
                let place = list::place(&kept, &code);
                // Here, and not where it is awaited: a request that is given up leaves its hash
                // running.
                drop(permit);
                place
            });
            match place.await {
                Ok(Some(place)) => Checked::Right(Proof::of_entry(place)),
                Ok(None) => Checked::Wrong,
                Err(_) => Checked::Unavailable(check.now),
            }
        })
    }
}

/// Nothing but its name.
impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCodes")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::factor::Once;
    use crate::factor::trial::{Trial, enrol};

    async fn enrolled(recovery: &RecoveryCodes) -> (Vec<String>, Trial) {
        let enrolled = enrol(recovery, json!({})).await.unwrap();
        assert!(enrolled.is_proved);
        let codes = enrolled.show["codes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        (codes, Trial::of(enrolled.data))
    }

    /// O26: that an entry is good once is the authority's to see to, by its place.
    #[tokio::test]
    async fn o26_a_code_names_its_place() {
        let recovery = RecoveryCodes::new();
        let (codes, trial) = enrolled(&recovery).await;
        for (place, code) in [(0, codes[0].clone()), (9, codes[9].to_lowercase().replace('-', ""))]
        {
            let Checked::Right(proof) = trial.check(&recovery, code).await else {
                panic!("{place}: not right");
            };
            assert_eq!(proof.once, Once::Entry(place));
        }
        let (others, _) = enrolled(&recovery).await;
        let checked = trial.check(&recovery, others[0].clone()).await;
        assert!(matches!(checked, Checked::Wrong), "{checked:?}");
    }

    #[tokio::test]
    async fn what_is_no_code_is_not_hashed() {
        let recovery = RecoveryCodes::new();
        // With no permit to be had, whatever is answered at once was not hashed.
        let permits = recovery.hashing.try_acquire_many(u32::try_from(AT_ONCE).unwrap()).unwrap();
        let trial = Trial::of([0; 336]);
        for code in [json!("123456"), json!(""), json!("x".repeat(100_000)), json!(1), json!(null)]
        {
            let checked = trial.check(&recovery, code).await;
            assert!(matches!(checked, Checked::Malformed), "{checked:?}");
        }
        drop(permits);
        let checked = trial.check(&recovery, "0000-0000-0000-0000").await;
        assert!(matches!(checked, Checked::Wrong), "{checked:?}");
    }

    /// F9: a hash that nobody waits for any more still counts as one of the two.
    #[tokio::test]
    async fn f9_never_more_than_two_hashes_at_once() {
        let recovery = RecoveryCodes::new();
        let trial = Trial::of([0; 336]);
        for _ in 0..AT_ONCE {
            let mut check = Box::pin(trial.check(&recovery, "0000-0000-0000-0000"));
            std::future::poll_fn(|cx| {
                assert!(check.as_mut().poll(cx).is_pending());
                std::task::Poll::Ready(())
            })
            .await;
        }
        assert_eq!(recovery.hashing.available_permits(), 0);
        let _both = recovery.hashing.acquire_many(2).await.unwrap();
    }

    #[test]
    fn it_has_a_budget_of_its_own_and_one_list() {
        let recovery = RecoveryCodes::default();
        assert!(!recovery.is_guessable() && recovery.is_single() && !recovery.needs_prompt());
        let levels: Vec<Level> = recovery.strength().levels().collect();
        assert_eq!(levels, [Level::SINGLE_FACTOR, Level::MFA]);
        assert_eq!(format!("{recovery:?}"), "RecoveryCodes");
    }
}
