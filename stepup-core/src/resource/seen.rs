//! What was found out about one request, for all who look at it.

use std::sync::{Arc, OnceLock};

use crate::authentication::Authentication;

/// A guard and an extractor beside it look at a request both: a proof that it carries is good once,
/// and who has ended which login is asked once. A clone is of another request.
#[derive(Default)]
pub(super) struct Seen {
    proof: OnceLock<Box<str>>,
    standing: OnceLock<Arc<Authentication>>,
}

impl Seen {
    pub(super) fn has_proof(&self, proof: &str) -> bool {
        self.proof.get().is_some_and(|known| **known == *proof)
    }

    pub(super) fn keep_proof(&self, proof: &str) {
        self.proof.get_or_init(|| proof.into());
    }

    /// Whether this login was found to stand.
    pub(super) fn stands(&self, login: &Authentication) -> bool {
        self.standing.get().is_some_and(|known| **known == *login)
    }

    pub(super) fn keep_standing(&self, login: &Arc<Authentication>) {
        self.standing.get_or_init(|| login.clone());
    }
}

impl Clone for Seen {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn what_was_seen_of_one_is_not_of_another() {
        let login = |subject| {
            Arc::new(Authentication::of_user("https://idp.example", subject, Timestamp::MAX))
        };
        let seen = Seen::default();
        assert!(!seen.has_proof("a") && !seen.stands(&login("alice")));
        seen.keep_proof("a");
        seen.keep_standing(&login("alice"));
        assert!(seen.has_proof("a") && seen.stands(&login("alice")));
        assert!(!seen.has_proof("b") && !seen.stands(&login("bob")));
        let next = seen.clone();
        assert!(!next.has_proof("a") && !next.stands(&login("alice")), "of the next request");
    }
}
