//! What may be thrown away, and what may not.
//!
//! All times are in the 99th century, so that a store that throws away by its own clock has no
//! cause to; such a store sweeps nothing, and that is fine.

use stepup_core::Timestamp;

use super::subject::{Outcome, Subject, equal, put_until};
use crate::store::{Key, Revision};

/// Sweeps are made as of then.
const NOW: u64 = 253_370_000_000;
const NO_LIMIT: usize = 1000;

fn at(offset: i64) -> Timestamp {
    Timestamp::from_secs(NOW.saturating_add_signed(offset))
}

async fn create(subject: &Subject, keep_until: Option<Timestamp>) -> Outcome<(Key, Revision)> {
    let key = subject.key();
    let (change, revision) = put_until(&key, None, b"v", keep_until)?;
    subject.done("a record is created", &[change]).await?;
    Ok((key, revision))
}

/// Sweeps until nothing is left to sweep.
async fn sweep(subject: &Subject) -> Outcome<usize> {
    let mut all = 0;
    for _ in 0..100 {
        let swept = subject.one.sweep(at(0), NO_LIMIT).await?;
        all += swept;
        if swept == 0 {
            return Ok(all);
        }
    }
    Err("100 sweeps of at most 1,000 records each come to no end".to_owned().into())
}

async fn left(subject: &Subject, keys: &[Key]) -> Outcome<usize> {
    Ok(subject.other.read(keys).await?.records.iter().flatten().count())
}

pub(super) async fn sweeps_what_is_past(subject: &Subject) -> Outcome {
    sweep(subject).await?;
    let mut keys = Vec::new();
    for before in 1..=5 {
        keys.push(create(subject, Some(at(-before))).await?.0);
    }
    let swept = sweep(subject).await?;
    let expected = if swept == 0 { keys.len() } else { 0 };
    equal(
        "records that a sweep left of 5 that were past",
        &expected,
        &left(subject, &keys).await?,
    )?;
    match swept {
        0 | 5 => Ok(()),
        _ => equal("records swept of 5 that were past", &5, &swept),
    }
}

pub(super) async fn never_sweeps_what_stays(subject: &Subject) -> Outcome {
    let (for_ever, at_for_ever) = create(subject, None).await?;
    let (later, at_later) = create(subject, Some(at(1))).await?;
    let (latest, at_latest) = create(subject, Some(Timestamp::MAX)).await?;
    sweep(subject).await?;
    for (what, key, revision) in [
        ("a record that has to be kept for ever", for_ever, at_for_ever),
        ("a record that has to be kept for another second", later, at_later),
        ("a record that has to be kept until the year 9999", latest, at_latest),
    ] {
        subject.stands(what, &key, Some((revision, b"v"))).await?;
    }
    Ok(())
}

pub(super) async fn keeps_to_the_limit(subject: &Subject) -> Outcome {
    sweep(subject).await?;
    let mut keys = Vec::new();
    for before in 1..=5 {
        keys.push(create(subject, Some(at(-before))).await?.0);
    }
    equal("records swept of none allowed", &0, &subject.one.sweep(at(0), 0).await?)?;
    equal("records left after it", &5, &left(subject, &keys).await?)?;
    let swept = subject.one.sweep(at(0), 2).await?;
    if swept > 2 {
        return Err(format!("a sweep of at most 2 records says that it swept {swept}").into());
    }
    equal("records left after it", &(5 - swept), &left(subject, &keys).await?)
}

/// Until when a record is kept is what was said last.
pub(super) async fn last_word_counts(subject: &Subject) -> Outcome {
    let (short, long) = (Some(at(-10)), Some(at(10)));
    let sweeps = {
        create(subject, short).await?;
        sweep(subject).await? > 0
    };
    for (what, first, second, stays) in [
        ("a record that is to be kept longer", short, long, true),
        ("a record that is to be kept for ever after all", short, None, true),
        ("a record that is to be kept less long", long, short, !sweeps),
        ("a record that need not be kept for ever any more", None, short, !sweeps),
        ("a record that is to be kept as before", long, long, true),
    ] {
        let (key, revision) = create(subject, first).await?;
        let (change, revision) = put_until(&key, Some(revision), b"w", second)?;
        subject.done(what, &[change]).await?;
        sweep(subject).await?;
        let expected = stays.then_some((revision, &b"w"[..]));
        subject.stands(&format!("{what}, after a sweep"), &key, expected).await?;
    }
    // One that came back is not swept by what was said of the earlier one.
    let (key, revision) = create(subject, short).await?;
    let removed = super::subject::remove(&key, Some(revision));
    subject.done("a record is removed", &[removed]).await?;
    let revision = subject.create(&key, b"v").await?;
    sweep(subject).await?;
    subject.stands("a record that came back, after a sweep", &key, Some((revision, b"v"))).await
}
