//! A commit happens whole, and only if everything still is what was read.

use super::subject::{Outcome, Subject, equal, keep, put, remove};
use crate::store::{Change, Commit, Epoch, Revision};

pub(super) async fn creation(subject: &Subject) -> Outcome {
    let key = subject.key();
    let revision = subject.create(&key, b"first").await?;
    let (again, _) = put(&key, None, b"second")?;
    let keys = [key.clone()];
    subject.conflict("a record that is there is created", &[again], &keys).await?;
    subject.stands("the record that was there", &key, Some((revision, b"first"))).await
}

pub(super) async fn replacement(subject: &Subject) -> Outcome {
    let [key, never] = subject.keys();
    let first = subject.create(&key, b"first").await?;
    let (change, second) = put(&key, Some(first), b"second")?;
    subject.done("a record is written anew", &[change]).await?;
    subject.stands("what was written anew", &key, Some((second, b"second"))).await?;
    let keys = [key.clone(), never.clone()];
    let (stale, _) = put(&key, Some(first), b"third")?;
    subject.conflict("a put on an earlier revision", &[stale], &keys).await?;
    let (unread, _) = put(&never, Some(Revision::new()?), b"third")?;
    subject.conflict("a put on a record that is not there", &[unread], &keys).await
}

pub(super) async fn removal(subject: &Subject) -> Outcome {
    let [key, never] = subject.keys();
    let first = subject.create(&key, b"first").await?;
    let keys = [key.clone(), never.clone()];
    for (what, change) in [
        ("a removal on another revision", remove(&key, Some(Revision::new()?))),
        ("a removal of what was read as absent", remove(&key, None)),
        ("a removal of a record that is not there", remove(&never, Some(first))),
    ] {
        subject.conflict(what, &[change], &keys).await?;
    }
    subject.done("a record is removed", &[remove(&key, Some(first))]).await?;
    subject.stands("a record that was removed", &key, None).await?;
    subject.conflict("a second removal", &[remove(&key, Some(first))], &keys).await?;
    subject.done("what is absent is removed", &[remove(&key, None)]).await?;
    subject.stands("a record that was removed while absent", &key, None).await
}

pub(super) async fn keeping(subject: &Subject) -> Outcome {
    let [kept, written, never] = subject.keys();
    let revision = subject.create(&kept, b"kept").await?;
    let keys = [kept.clone(), written.clone(), never.clone()];
    let (create, created) = put(&written, None, b"written")?;
    for (what, kept) in [
        ("a commit that keeps a changed record", keep(&kept, Some(Revision::new()?))),
        ("a commit that keeps as absent what is there", keep(&kept, None)),
        ("a commit that keeps what is not there", keep(&never, Some(revision))),
    ] {
        subject.conflict(what, &[kept.clone(), create.clone()], &keys).await?;
        subject.conflict(what, &[create.clone(), kept], &keys).await?;
    }
    let keeping = [keep(&never, None), create, keep(&kept, Some(revision))];
    subject.done("a commit that keeps what is as it was read", &keeping).await?;
    subject.stands("what was written", &written, Some((created, b"written"))).await?;
    subject.stands("what was kept", &kept, Some((revision, b"kept"))).await?;
    subject.stands("what was kept as absent", &never, None).await?;
    let only = [keep(&kept, Some(revision)), keep(&never, None)];
    subject.done("a commit that only keeps", &only).await?;
    subject.stands("what alone was kept", &kept, Some((revision, b"kept"))).await?;
    subject.stands("what alone was kept as absent", &never, None).await
}

/// One part does not hold, at either end of the commit and in either order of the keys.
pub(super) async fn all_or_nothing(subject: &Subject) -> Outcome {
    let [a, b, c, d] = subject.keys();
    let (at_a, at_b) = (subject.create(&a, b"a").await?, subject.create(&b, b"b").await?);
    let at_c = subject.create(&c, b"c").await?;
    let keys = [a.clone(), b.clone(), c.clone(), d.clone()];
    let good = |but: usize| -> Outcome<Vec<Change>> {
        let right = |part: usize, read| match (part == but, read) {
            (false, read) => Ok(read),
            (true, None) => Revision::new().map(Some),
            (true, Some(_)) => Ok(None),
        };
        let (put_a, _) = put(&a, right(0, Some(at_a))?, b"A")?;
        let (put_d, _) = put(&d, right(3, None)?, b"D")?;
        let removed = remove(&b, right(1, Some(at_b))?);
        Ok(vec![put_a, removed, keep(&c, right(2, Some(at_c))?), put_d])
    };
    for but in 0..4 {
        let mut changes = good(but)?;
        let what = format!("a commit of which part {} of 4 does not hold", but + 1);
        subject.conflict(&what, &changes, &keys).await?;
        changes.reverse();
        subject.conflict(&what, &changes, &keys).await?;
    }
    subject.done("a commit of which every part holds", &good(4)?).await?;
    subject.stands("what was removed", &b, None).await?;
    subject.stands("what was kept", &c, Some((at_c, b"c"))).await?;
    for (key, value) in [(&a, b"A"), (&d, b"D")] {
        match subject.read(key).await?.filter(|record| record.value == value) {
            Some(_) => {}
            None => return Err("a part of a commit that was done is missing".to_owned().into()),
        }
    }
    Ok(())
}

/// A record that went and came back is another, whatever stands in it.
pub(super) async fn no_revision_returns(subject: &Subject) -> Outcome {
    let key = subject.key();
    let keys = [key.clone()];
    let first = subject.create(&key, b"same").await?;
    let removed = remove(&key, Some(first));
    subject.done("a record is removed", &[removed]).await?;
    let second = subject.create(&key, b"same").await?;
    let (stale, _) = put(&key, Some(first), b"stale")?;
    subject.conflict("a put on a revision before the removal", &[stale], &keys).await?;
    let stale = remove(&key, Some(first));
    subject.conflict("a removal on a revision before the removal", &[stale], &keys).await?;
    let stale = keep(&key, Some(first));
    subject.conflict("a keep on a revision before the removal", &[stale], &keys).await?;
    subject.stands("the record that came back", &key, Some((second, b"same"))).await
}

pub(super) async fn epoch(subject: &Subject) -> Outcome {
    let key = subject.key();
    let elsewhere = Epoch::first(subject.epoch.id() ^ 1);
    let (change, _) = put(&key, None, b"v")?;
    for changes in [&[change][..], &[]] {
        for handle in [&subject.one, &subject.other] {
            let found = handle.commit(elsewhere, changes).await?;
            equal("a commit in another epoch", &Commit::Conflict, &found)?;
        }
    }
    subject.stands("what a commit in another epoch wrote", &key, None).await
}
