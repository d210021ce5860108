//! Which proofs came before (RFC 9449 §11.1).

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};

use super::{ProofError, ProofFault};
use crate::clock::Timestamp;

/// Proofs are remembered for at least as long as they live, in two halves: when the newer one is
/// as old as a proof can be, the older one is dropped. Only who holds a valid token and its key
/// can put one in.
#[derive(Debug)]
pub(super) struct Replays {
    span: Duration,
    halves: Mutex<Halves>,
}

#[derive(Debug)]
struct Halves {
    newer: Half,
    older: Half,
    /// The youngest proof that is no longer remembered: none from then or before is good, whatever
    /// the clock says.
    dropped: Timestamp,
}

#[derive(Debug)]
struct Half {
    since: Timestamp,
    seen: HashSet<[u8; 16]>,
    /// How many of each key.
    of_key: HashMap<Box<str>, usize>,
    youngest: Timestamp,
}

impl Half {
    fn begun(since: Timestamp) -> Self {
        Self {
            since,
            seen: HashSet::new(),
            of_key: HashMap::new(),
            youngest: Timestamp::from_secs(0),
        }
    }
}

/// Of each half: some 10 MB.
const MOST: usize = 200_000;
/// And of one key, so that nobody takes the room of all: some eighty requests a second.
const MOST_OF_KEY: usize = 5_000;

impl Replays {
    pub(super) fn new(span: Duration) -> Self {
        let begun = Half::begun(Timestamp::from_secs(0));
        let older = Half::begun(Timestamp::from_secs(0));
        let halves = Halves { newer: begun, older, dropped: Timestamp::from_secs(0) };
        Self { span, halves: Mutex::new(halves) }
    }

    /// Takes a proof, which is good once.
    pub(super) fn take(
        &self,
        thumbprint: &str,
        id: &str,
        issued_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), ProofError> {
        let proof = name(thumbprint, id);
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        let halves = &mut *halves;
        if now.seconds_since(halves.newer.since) > self.span.as_secs() {
            let older = std::mem::replace(&mut halves.newer, Half::begun(now));
            let dropped = std::mem::replace(&mut halves.older, older);
            if !dropped.seen.is_empty() {
                halves.dropped = halves.dropped.max(dropped.youngest);
            }
        }
        if halves.older.seen.contains(&proof) || halves.newer.seen.contains(&proof) {
            return Err(ProofFault::Replayed.into());
        }
        // It may have come before and been forgotten: the clock was ahead, and was put back.
        if issued_at <= halves.dropped {
            return Err(ProofError::Unremembered);
        }
        let of_key = halves.newer.of_key.entry(thumbprint.into()).or_default();
        if halves.newer.seen.len() >= MOST || *of_key >= MOST_OF_KEY {
            return Err(ProofError::Unremembered);
        }
        *of_key += 1;
        halves.newer.youngest = halves.newer.youngest.max(issued_at);
        halves.newer.seen.insert(proof);
        Ok(())
    }
}

/// Two ids of two keys have nothing to do with each other. Half of a SHA-256 is enough: whoever
/// found two of one name would refuse their own proof.
fn name(thumbprint: &str, id: &str) -> [u8; 16] {
    let mut context = Context::new(&SHA256);
    context.update(thumbprint.as_bytes());
    context.update(id.as_bytes());
    let mut name = [0; 16];
    let digest = context.finish();
    for (to, from) in name.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    const REPLAYED: Result<(), ProofError> = Err(ProofError::Invalid(ProofFault::Replayed));

    #[test]
    fn r_9449_02_a_proof_is_good_once() {
        let replays = Replays::new(Duration::from_secs(65));
        for n in 0..1_000 {
            let (id, now) = (n.to_string(), at(1_000 + n));
            assert_eq!(replays.take("key", &id, now, now), Ok(()), "{n}");
            assert_eq!(replays.take("other key", &id, now, now), Ok(()), "{n}");
            for later in 0..=65 {
                let later = at(1_000 + n + later);
                assert_eq!(replays.take("key", &id, now, later), REPLAYED, "{n} {later:?}");
            }
        }
    }

    /// T20, F7, I4: a clock that is put back makes no proof good again.
    #[test]
    fn f7_a_clock_put_back_makes_no_proof_new() {
        let replays = Replays::new(Duration::from_secs(65));
        assert_eq!(replays.take("key", "a", at(1_000), at(1_000)), Ok(()));
        for n in 1..=10 {
            let now = at(1_000 + n * 100);
            assert_eq!(replays.take("key", &n.to_string(), now, now), Ok(()));
        }
        let forgotten = Err(ProofError::Unremembered);
        assert_eq!(replays.take("key", "a", at(1_000), at(1_000)), forgotten);
        assert_eq!(replays.take("key", "b", at(1_000), at(1_000)), forgotten);
        assert_eq!(replays.take("key", "c", at(2_001), at(2_001)), Ok(()));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_nothing_is_dropped_for_it() {
        let replays = Replays::new(Duration::from_secs(65));
        let now = at(1_000);
        for n in 0..MOST {
            let key = (n / MOST_OF_KEY).to_string();
            assert_eq!(replays.take(&key, &n.to_string(), now, now), Ok(()));
        }
        assert_eq!(replays.take("key", "one more", now, now), Err(ProofError::Unremembered));
        assert_eq!(replays.take("0", "0", now, now), REPLAYED);
        let later = at(1_066);
        assert_eq!(replays.take("key", "one more", later, later), Ok(()));
    }
    #[test]
    fn one_key_takes_its_own_room_and_no_other() {
        let replays = Replays::new(Duration::from_secs(65));
        let now = at(1_000);
        for n in 0..MOST_OF_KEY {
            assert_eq!(replays.take("busy", &n.to_string(), now, now), Ok(()));
        }
        assert_eq!(replays.take("busy", "x", now, now), Err(ProofError::Unremembered));
        assert_eq!(replays.take("other", "x", now, now), Ok(()));
        assert_eq!(replays.take("busy", "x", at(1_066), at(1_066)), Ok(()));
    }
}
