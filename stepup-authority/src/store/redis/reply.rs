//! What Redis answers, and what stands in it. Whatever is not exactly as it should be is nothing.

use redis::Value;
use stepup_core::Timestamp;

use crate::store::record::{Commit, Epoch, Record, Revision, Snapshot};

/// A record: eight bytes of its revision, then its own.
pub(super) fn record_bytes(revision: Revision, value: &[u8]) -> Vec<u8> {
    [&revision_bytes(revision), value].concat()
}

pub(super) fn revision_bytes(revision: Revision) -> [u8; 8] {
    revision.as_u64().to_be_bytes()
}

/// `NUMBER LOST_AT`, or `NUMBER -`.
pub(super) fn epoch_text(epoch: Epoch) -> String {
    match epoch.writes_lost_at() {
        Some(at) => format!("{} {}", epoch.id(), at.as_secs()),
        None => format!("{} -", epoch.id()),
    }
}

pub(super) fn snapshot(value: Value, records: usize) -> Option<Snapshot> {
    let Value::Array(parts) = value else { return None };
    let mut parts = parts.into_iter();
    let epoch = epoch(parts.next()?)?;
    if parts.len() != records {
        return None;
    }
    let records = parts.map(record).collect::<Option<_>>()?;
    Some(Snapshot { epoch, records })
}

pub(super) fn commit(value: Value) -> Option<Commit> {
    let Value::Array(parts) = value else { return None };
    let [stored, outcome] = <[Value; 2]>::try_from(parts).ok()?;
    epoch(stored)?;
    match outcome {
        Value::Int(0) => Some(Commit::Conflict),
        Value::Int(1) => Some(Commit::Done),
        _ => None,
    }
}

fn epoch(value: Value) -> Option<Epoch> {
    let Value::BulkString(bytes) = value else { return None };
    let text = String::from_utf8(bytes).ok()?;
    let (id, lost_at) = text.split_once(' ')?;
    let epoch = match lost_at {
        "-" => Epoch::first(id.parse().ok()?),
        at => Epoch::after_loss(id.parse().ok()?, Timestamp::from_secs(at.parse().ok()?)),
    };
    // Numbers can be written in several ways, and scripts compare the text.
    (epoch_text(epoch) == text).then_some(epoch)
}

/// `None`: no record; and around it: no answer.
fn record(value: Value) -> Option<Option<Record>> {
    let bytes = match value {
        Value::Nil => return Some(None),
        Value::BulkString(bytes) => bytes,
        _ => return None,
    };
    let (number, value) = bytes.split_first_chunk()?;
    let number = u64::from_be_bytes(*number);
    let revision = Revision::from_u64(number);
    (revision.as_u64() == number).then(|| Some(Record { revision, value: value.to_vec() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(bytes: impl AsRef<[u8]>) -> Value {
        Value::BulkString(bytes.as_ref().to_vec())
    }

    #[test]
    fn what_is_written_is_read() {
        let revision = Revision::new().unwrap();
        for epoch in [Epoch::first(u64::MAX), Epoch::after_loss(0, Timestamp::from_secs(7))] {
            let stored = record_bytes(revision, b"\0x");
            let answer = Value::Array(vec![bulk(epoch_text(epoch)), bulk(stored), Value::Nil]);
            let record = Record { revision, value: b"\0x".to_vec() };
            let expected = Snapshot { epoch, records: vec![Some(record), None] };
            assert_eq!(snapshot(answer, 2), Some(expected));
        }
    }

    #[test]
    fn s9_what_is_odd_is_no_answer() {
        let epoch = || bulk("7 -");
        for (odd, asked) in [
            (Value::Nil, 0),
            (Value::Okay, 0),
            (epoch(), 0),
            (Value::Array(vec![]), 0),
            (Value::Array(vec![Value::Int(7)]), 0),
            (Value::Array(vec![epoch()]), 1),
            (Value::Array(vec![epoch(), Value::Nil]), 0),
            (Value::Array(vec![epoch(), Value::Okay]), 1),
            (Value::Array(vec![epoch(), bulk("")]), 1),
            (Value::Array(vec![epoch(), bulk([1; 7])]), 1),
            (Value::Array(vec![epoch(), bulk([0xff; 9])]), 1),
            (Value::Array(vec![bulk("7")]), 0),
            (Value::Array(vec![bulk("7 ")]), 0),
            (Value::Array(vec![bulk("7 1 1")]), 0),
            (Value::Array(vec![bulk("+7 -")]), 0),
            (Value::Array(vec![bulk("07 -")]), 0),
            (Value::Array(vec![bulk("7 253402300800")]), 0),
            (Value::Array(vec![bulk("18446744073709551616 -")]), 0),
            (Value::Array(vec![bulk([0xff, b' ', b'-'])]), 0),
        ] {
            assert_eq!(snapshot(odd.clone(), asked), None, "{odd:?}");
        }
    }

    #[test]
    fn s9_done_is_said_in_one_way_only() {
        let answer = |outcome| commit(Value::Array(vec![bulk("7 -"), outcome]));
        assert_eq!(answer(Value::Int(1)), Some(Commit::Done));
        assert_eq!(answer(Value::Int(0)), Some(Commit::Conflict));
        for odd in [Value::Int(2), Value::Int(-1), bulk("1"), Value::Boolean(true), Value::Nil] {
            assert_eq!(answer(odd), None);
        }
        for odd in [Value::Int(1), Value::Okay, Value::Array(vec![Value::Int(1)])] {
            assert_eq!(commit(odd), None);
        }
        assert_eq!(commit(Value::Array(vec![Value::Nil, Value::Int(1)])), None);
    }
}
