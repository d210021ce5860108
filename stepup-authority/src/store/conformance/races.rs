//! Many at once, over both handles.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::Nonconformance;
use super::subject::{Outcome, Subject, equal, put, read, remove};
use crate::store::{Commit, Epoch, Key, Revision, Store};

/// S1: of all who reach for one record exactly one has it, and what it wrote beside it is there.
pub(super) async fn s1_one_taker(subject: &Subject, rounds: usize, takers: usize) -> Outcome {
    for round in 1..=rounds {
        let [taken, winner] = subject.keys();
        let revision = subject.create(&taken, b"once").await?;
        let start = Arc::new(Barrier::new(takers));
        let mut race = JoinSet::new();
        for taker in 0..takers {
            let (store, epoch, start) = (subject.handle(taker), subject.epoch, start.clone());
            let (won, _) = put(&winner, None, &taker.to_be_bytes())?;
            let changes = [remove(&taken, Some(revision)), won];
            race.spawn(async move {
                start.wait().await;
                Ok((taker, store.commit(epoch, &changes).await?))
            });
        }
        let done: Vec<usize> = finished(race)
            .await?
            .into_iter()
            .filter_map(|(taker, commit)| (commit == Commit::Done).then_some(taker))
            .collect();
        let [taker] = done[..] else {
            return Err(format!(
                "round {round}: of {takers} takers of one record, {} had it",
                done.len()
            )
            .into());
        };
        subject.stands("the record that was taken", &taken, None).await?;
        let found = subject.read(&winner).await?.map(|record| record.value);
        equal("what the taker wrote", &Some(taker.to_be_bytes().to_vec()), &found)?;
    }
    Ok(())
}

pub(super) async fn no_increment_is_lost(subject: &Subject, rounds: usize) -> Outcome {
    const COUNTERS: u64 = 8;
    let key = subject.key();
    subject.create(&key, &0_u64.to_be_bytes()).await?;
    let mut race = JoinSet::new();
    for counter in 0..COUNTERS {
        let store = subject.handle(usize::try_from(counter).unwrap_or_default());
        let (epoch, key) = (subject.epoch, key.clone());
        race.spawn(async move {
            for _ in 0..rounds {
                add(&*store, epoch, &[(&key, 1)]).await?;
            }
            Ok(())
        });
    }
    finished(race).await?;
    let expected = COUNTERS * rounds as u64;
    equal("a counter that 8 counted up", &expected, &number(&*subject.other, &key).await?.1)
}

/// The two keys of a transfer are named in both orders, which must not be a deadlock.
pub(super) async fn transfers_keep_the_sum(subject: &Subject, rounds: usize) -> Outcome {
    const OWNERS: usize = 6;
    const EACH: u64 = 1000;
    let accounts: Arc<[Key; 4]> = Arc::new(subject.keys());
    for account in &*accounts {
        subject.create(account, &EACH.to_be_bytes()).await?;
    }
    let mut race = JoinSet::new();
    for owner in 0..OWNERS {
        let (store, epoch, accounts) = (subject.handle(owner), subject.epoch, accounts.clone());
        race.spawn(async move {
            for round in 0..rounds {
                let [from, to] = [owner + round, owner + 3 * round + 1 + round % 2];
                let pair = [from, to].map(|place| accounts.get(place % 4));
                if let [Some(from), Some(to)] = pair
                    && from != to
                {
                    add(&*store, epoch, &[(from, -1), (to, 1)]).await?;
                }
            }
            Ok(())
        });
    }
    finished(race).await?;
    let mut sum = 0;
    for account in &*accounts {
        sum += number(&*subject.one, account).await?.1;
    }
    equal("the sum after transfers between 4 records", &(4 * EACH), &sum)
}

/// Reads and commits until no other came between.
async fn add(store: &dyn Store, epoch: Epoch, parts: &[(&Key, i64)]) -> Outcome {
    loop {
        let mut changes = Vec::new();
        for (key, addend) in parts {
            let (revision, number) = number(store, key).await?;
            let sum = number.saturating_add_signed(*addend);
            changes.push(put(key, Some(revision), &sum.to_be_bytes())?.0);
        }
        if store.commit(epoch, &changes).await? == Commit::Done {
            return Ok(());
        }
    }
}

async fn number(store: &dyn Store, key: &Key) -> Outcome<(Revision, u64)> {
    let record = read(store, key).await?;
    record
        .and_then(|record| Some((record.revision, record.value.try_into().ok()?)))
        .map(|(revision, number)| (revision, u64::from_be_bytes(number)))
        .ok_or_else(|| "a record with a number is not there any more".to_owned().into())
}

/// What all of them returned, or the first failure.
pub(super) async fn finished<T: 'static>(mut race: JoinSet<Outcome<T>>) -> Outcome<Vec<T>> {
    let mut all = Vec::new();
    while let Some(ended) = race.join_next().await {
        let failed = |error| Nonconformance::from(format!("the store failed: {error}"));
        all.push(ended.map_err(failed)??);
    }
    Ok(all)
}
