//! From rows to records, and back.

use stepup_core::Timestamp;

use crate::store::{Change, Epoch, Record, Revision, Snapshot, StoreError, Write};

/// For each key that was asked for: what stands under it, if anything, and the epoch.
pub(super) type Row = (Option<i64>, Option<Vec<u8>>, i64, Option<i64>);

pub(super) fn snapshot(mut rows: Vec<Row>, keys: usize) -> Result<Snapshot, StoreError> {
    let Some((_, _, id, writes_lost_at)) = rows.first() else {
        return Err(odd("the epoch is missing, or the server is a standby"));
    };
    let id = unsigned(*id)?;
    let epoch = match writes_lost_at {
        None => Epoch::first(id),
        Some(at) => Epoch::after_loss(id, Timestamp::from_secs(unsigned(*at)?)),
    };
    if keys == 0 {
        rows.clear();
    }
    if rows.len() != keys {
        return Err(odd("there are more or fewer rows than keys"));
    }
    let records = rows.into_iter().map(record).collect::<Result<_, _>>()?;
    Ok(Snapshot { epoch, records })
}

fn record((revision, value, ..): Row) -> Result<Option<Record>, StoreError> {
    match (revision, value) {
        (None, None) => Ok(None),
        (Some(revision), Some(value)) => {
            Ok(Some(Record { revision: Revision::from_u64(unsigned(revision)?), value }))
        }
        _ => Err(odd("half of a record is missing")),
    }
}

/// What is written is below 2⁶³ always.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| odd("a number is negative"))
}

fn odd(what: &str) -> StoreError {
    StoreError::Unavailable(format!("the tables are not as we left them: {what}"))
}

/// A record's new row.
pub(super) struct Put<'a> {
    pub(super) revision: i64,
    pub(super) value: &'a [u8],
    pub(super) keep_until: Option<i64>,
}

impl<'a> Put<'a> {
    pub(super) fn of(change: &'a Change) -> Option<Self> {
        match &change.write {
            Write::Put { revision, value, keep_until } => Some(Self {
                revision: signed(revision.as_u64()),
                value,
                keep_until: keep_until.map(|until| signed(until.as_secs())),
            }),
            Write::Keep | Write::Remove => None,
        }
    }
}
