//! Two commits, each of which writes what the other keeps: only one may be done.

use std::sync::Arc;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::races::finished;
use super::subject::{Outcome, Subject, keep, put};
use crate::store::{Commit, Key, Revision};

pub(super) async fn kept_records(subject: &Subject, rounds: usize) -> Outcome {
    for _ in 0..rounds {
        let [a, b] = subject.keys();
        let (at_a, at_b) = (subject.create(&a, b"a").await?, subject.create(&b, b"b").await?);
        one_of_two(subject, (&a, Some(at_a)), (&b, Some(at_b))).await?;
    }
    Ok(())
}

/// A row that is not there cannot be locked: this is where SQL needs care.
pub(super) async fn kept_absences(subject: &Subject, rounds: usize) -> Outcome {
    for _ in 0..rounds {
        let [a, b] = subject.keys();
        one_of_two(subject, (&a, None), (&b, None)).await?;
    }
    Ok(())
}

type Part<'a> = (&'a Key, Option<Revision>);

async fn one_of_two(subject: &Subject, a: Part<'_>, b: Part<'_>) -> Outcome {
    let start = Arc::new(Barrier::new(2));
    let mut race = JoinSet::new();
    for (handle, (kept, written)) in [(a, b), (b, a)].into_iter().enumerate() {
        let (store, epoch, start) = (subject.handle(handle), subject.epoch, start.clone());
        let changes = [keep(kept.0, kept.1), put(written.0, written.1, b"new")?.0];
        race.spawn(async move {
            start.wait().await;
            Ok(store.commit(epoch, &changes).await?)
        });
    }
    let commits = finished(race).await?;
    match commits.iter().filter(|commit| **commit == Commit::Done).count() {
        // Each may be in the way of the other.
        0 | 1 => Ok(()),
        _ => Err("two commits, each of which wrote what the other kept, were both done"
            .to_owned()
            .into()),
    }
}
