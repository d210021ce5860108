//! The records of devices: read, decided upon and written as one.

use std::time::Duration;

use stepup_core::Timestamp;

use super::devices::Devices;
use crate::books::Desk;
use crate::issuer::Issuer;
use crate::store::{Change, Commit, Key, Kind, Revision, StoreError, Write};

/// How long all of it may take: a factor has five seconds, and a webhook takes up to three.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Reads a user's record, decides, and writes it if that changed it, whatever was decided. Where
/// another request was faster, it is read and decided again: `decide` has no other effect. What is
/// written is sealed: who has the store alone learns nothing of whom it is about.
///
/// Where writes were lost, a request may look unanswered that was answered: its ceremony is of an
/// older epoch then, and over, so nothing comes of answering it again.
///
/// # Errors
///
/// A store that does not do it.
pub(super) async fn change<T>(
    issuer: &Issuer,
    line: &str,
    now: Timestamp,
    mut decide: impl FnMut(&mut Devices) -> T,
) -> Result<T, StoreError> {
    let store = issuer.store();
    let desk = Desk::open(store, PATIENCE);
    let key = Key::of(Kind::Factor, &[issuer.issuer(), "push", line]);
    let keys = [key.clone()];
    let context = ["push", key.as_str()];
    loop {
        let snapshot = desk.wait_for(store.read(&keys)).await?;
        let record = snapshot.records.first().and_then(Option::as_ref);
        let before = match record {
            Some(record) => read(issuer, &context, &record.value)?,
            None => Devices::default(),
        };
        let mut after = before.clone();
        after.prune(now);
        let decided = decide(&mut after);
        if after == before {
            return Ok(decided);
        }
        let value = serde_json::to_vec(&after).map_err(|_| unwritten())?;
        let write = Write::Put {
            revision: Revision::new()?,
            value: issuer.sealing().seal(&context, &value)?,
            keep_until: Some(after.keep_until(now)),
        };
        let read = record.map(|record| record.revision);
        let changes = [Change { key: key.clone(), read, write }];
        match desk.wait_for(store.commit(snapshot.epoch, &changes)).await? {
            Commit::Done => return Ok(decided),
            Commit::Conflict => {}
        }
    }
}

fn read(issuer: &Issuer, context: &[&str], value: &[u8]) -> Result<Devices, StoreError> {
    let opened = issuer.sealing().open(context, value);
    opened.and_then(|opened| serde_json::from_slice(&opened).ok()).ok_or_else(|| {
        StoreError::Unavailable("the record of a user's devices cannot be opened".to_owned())
    })
}

fn unwritten() -> StoreError {
    StoreError::Unavailable("the record of a user's devices cannot be written".to_owned())
}
