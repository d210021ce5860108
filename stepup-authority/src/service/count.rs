//! What is counted for an answer, and given back.

use stepup_core::Timestamp;

use super::caller::Caller;
use super::charge::Charged;
use super::prompt::pending;
use crate::account::{Account, Target};
use crate::authority::Inner;
use crate::books::{Books, Desk, Keys};
use crate::ceremony::{Ceremony, Pending};
use crate::factor::{Factor, GuessPool};
use crate::problem::{Problem, Refusal};

/// An answer, as far as it is counted.
pub(super) struct Guess {
    pub(super) factor: String,
    /// What wrong ones are counted under.
    pub(super) target: String,
    pub(super) is_guessable: bool,
    /// Where a right one is heard, and wrong ones too if it can be guessed.
    pub(super) pool: Option<GuessPool>,
    pub(super) at: Timestamp,
}

/// What comes of it, should it be wrong.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    pub(super) attempts_left: u32,
    /// The factor has had as many as a window hears.
    pub(super) locks: bool,
    /// Its pool has.
    pub(super) uses_up: bool,
    pub(super) disables: bool,
}

impl Inner {
    /// Counts an answer; it is wrong until it turns out right.
    pub(super) fn count(
        &self,
        account: &mut Account,
        ceremony: Ceremony<Pending>,
        guess: &Guess,
    ) -> Result<(Ceremony<Pending>, Counted), Problem> {
        self.check_heard(account, guess)?;
        let others = self.other_targets(account, &guess.target);
        let target = guess.target();
        account.guesses.charge(target, &others, guess.at, &self.limits)?;
        let locks = account.guesses.is_locked(target, &others, &self.limits);
        let mut uses_up = false;
        if let Some(pool) = guess.pool() {
            account.pools.charge(pool, guess.at);
            uses_up = account.pools.is_used_up(pool);
        }
        let mut disables = false;
        // What cannot be guessed need not end for having been guessed at (O30).
        if let Some(enrolled) = account.factor_mut(&guess.factor).filter(|_| guess.is_guessable) {
            enrolled.wrong_in_a_row = enrolled.wrong_in_a_row.saturating_add(1);
            disables = enrolled.is_disabled(&self.limits);
        }
        let ceremony = ceremony.charge(&self.limits).map_err(|_| Problem::CeremonyOver)?;
        let attempts_left = self.limits.ceremony_guesses.saturating_sub(ceremony.state.guesses);
        Ok((ceremony, Counted { attempts_left, locks, uses_up, disables }))
    }

    /// Whether an answer is heard.
    pub(super) fn check_heard(&self, account: &mut Account, guess: &Guess) -> Result<(), Problem> {
        let others = self.other_targets(account, &guess.target);
        account.guesses.check(guess.target(), &others, guess.at, &self.limits)?;
        match guess.pool() {
            Some(pool) if account.pools.is_used_up(pool) => {
                Err(Problem::FactorLocked { retry_after: None })
            }
            _ => Ok(()),
        }
    }

    /// Whether its provider shall hear no answer to this factor: it is not asked for either.
    pub(super) fn is_used_up(&self, account: &Account, method: &str) -> bool {
        let factor = self.factor(method).filter(|factor| factor.is_guessable());
        let pool = factor.and_then(Factor::guess_pool);
        pool.is_some_and(|pool| account.pools.is_used_up(&pool))
    }

    /// As a reason not to ask.
    pub(super) fn check_askable(&self, account: &Account, method: &str) -> Result<(), Problem> {
        let is_used_up = self.is_used_up(account, method);
        if is_used_up { Err(Problem::FactorLocked { retry_after: None }) } else { Ok(()) }
    }

    /// What a wrong answer has been counted as. A question after what is answered elsewhere is
    /// counted now that it turned out to be one; and of what is no answer at all, a provider has
    /// heard nothing.
    pub(super) async fn counted(
        &self,
        caller: &Caller,
        desk: &Desk,
        keys: &Keys,
        charged: &Charged,
        is_malformed: bool,
    ) -> Result<Counted, Refusal> {
        let guess = &charged.guess;
        match (charged.counted, guess.pool()) {
            (None, _) => {
                let count = |books: &mut Books| {
                    let ceremony = pending(books.own_ceremony(&caller.binding)?)?;
                    let (ceremony, counted) = self.count(&mut books.account, ceremony, guess)?;
                    books.ceremony = Some(ceremony.into());
                    Ok(counted)
                };
                desk.change(keys, guess.at, count).await
            }
            (Some(counted), Some(pool)) if is_malformed => {
                let refund = |books: &mut Books| {
                    books.account.pools.refund(pool, guess.at);
                    Ok(())
                };
                desk.change(keys, guess.at, refund).await?;
                Ok(Counted { uses_up: false, ..counted })
            }
            (Some(counted), _) => Ok(counted),
        }
    }
}

impl Guess {
    fn target(&self) -> Target<'_> {
        Target { name: &self.target, is_guessable: self.is_guessable }
    }

    /// Where the provider counts it, too.
    fn pool(&self) -> Option<&GuessPool> {
        self.pool.as_ref().filter(|_| self.is_guessable)
    }
}

impl Charged {
    /// Takes back what was counted, for an answer that was not wrong.
    pub(super) fn refund(&self, account: &mut Account) {
        if self.counted.is_none() {
            return;
        }
        let Guess { factor, target, is_guessable, at, .. } = &self.guess;
        account.guesses.refund(target, *at);
        if let Some(pool) = self.guess.pool() {
            account.pools.refund(pool, *at);
        }
        if let Some(factor) = account.factor_mut(factor).filter(|_| *is_guessable) {
            factor.wrong_in_a_row = factor.wrong_in_a_row.saturating_sub(1);
        }
    }

    /// The same, in its ceremony.
    pub(super) fn refund_in(&self, ceremony: Ceremony<Pending>) -> Ceremony<Pending> {
        if self.counted.is_some() { ceremony.refund() } else { ceremony }
    }

    /// It was right: where a provider counts wrong answers in a row, it begins anew. What is asked
    /// after was answered some time since its ceremony began.
    pub(super) fn settle(&self, account: &mut Account, begun_at: Timestamp) {
        self.refund(account);
        let since = if self.guess.is_guessable { self.guess.at } else { begun_at };
        if let Some(pool) = &self.guess.pool {
            account.pools.right(pool, since);
        }
    }
}
