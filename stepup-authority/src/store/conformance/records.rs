//! What is written is what is read.

use super::LARGEST_VALUE;
use super::subject::{Outcome, Subject, equal, put};
use crate::store::{Change, Key, Kind, Record, Revision};

pub(super) async fn absent(subject: &Subject) -> Outcome {
    subject.stands("a record that was never written", &subject.key(), None).await
}

pub(super) async fn bytes(subject: &Subject) -> Outcome {
    let every_byte: Vec<u8> = (0..=255).collect();
    let large = every_byte.iter().copied().cycle().take(LARGEST_VALUE).collect::<Vec<u8>>();
    let texts: [&[u8]; 6] =
        [b"'; DROP TABLE records; --", b"$1 ?1 :a %s {0}", b"\r\n$-1\r\n", b"\\x00", b"{}", b"nil"];
    let odd: [&[u8]; 5] = [b"", b"\0", b"\xff", b"\xff\xfe\0\x80", b" \t"];
    let long: [&[u8]; 2] = [&every_byte, &large];
    for value in texts.into_iter().chain(odd).chain(long) {
        let key = subject.key();
        let revision = subject.create(&key, value).await?;
        let what = format!("a value of {} bytes", value.len());
        subject.stands(&what, &key, Some((revision, value))).await?;
    }
    for revision in [0, 1, u64::MAX >> 1].map(Revision::from_u64) {
        let key = subject.key();
        let (mut change, _) = put(&key, None, b"v")?;
        if let crate::store::Write::Put { revision: written, .. } = &mut change.write {
            *written = revision;
        }
        subject.done("a record with the least or greatest revision", &[change]).await?;
        subject.stands("its revision", &key, Some((revision, b"v"))).await?;
    }
    Ok(())
}

/// One record for each key, in the order of the keys, however they stand in the store.
pub(super) async fn order(subject: &Subject) -> Outcome {
    let [a, b, c, missing] = subject.keys();
    for (key, value) in [(&b, b"b"), (&c, b"c"), (&a, b"a")] {
        subject.create(key, value).await?;
    }
    let asked = [&c, &a, &missing, &a, &b, &c, &missing].map(Clone::clone);
    let expected: [Option<&[u8]>; 7] =
        [Some(b"c"), Some(b"a"), None, Some(b"a"), Some(b"b"), Some(b"c"), None];
    let read = subject.one.read(&asked).await?.records;
    let found: Vec<_> =
        read.iter().map(|record| record.as_ref().map(|record| &*record.value)).collect();
    equal("records of keys that are out of order and repeated", &&expected[..], &&found[..])
}

/// Keys of every kind, in which every character that a key may have occurs.
pub(super) async fn many_at_once(subject: &Subject) -> Outcome {
    const KINDS: [Kind; 5] =
        [Kind::Account, Kind::Ceremony, Kind::Destination, Kind::Prefix, Kind::SigningKeys];
    let keys: Vec<Key> = (0..13).flat_map(|_| KINDS).map(|kind| subject.key_of(kind)).collect();
    let puts: Vec<(Change, Revision)> =
        keys.iter().map(|key| put(key, None, key.as_str().as_bytes())).collect::<Result<_, _>>()?;
    let changes: Vec<Change> = puts.iter().map(|(change, _)| change.clone()).collect();
    subject.done("a commit of 65 new records", &changes).await?;
    let expected: Vec<_> = puts
        .into_iter()
        .zip(&keys)
        .map(|((_, revision), key)| Some(Record { revision, value: key.as_str().into() }))
        .collect();
    let found = subject.other.read(&keys).await?.records;
    match found == expected {
        true => Ok(()),
        false => Err("65 records are not read as they were written".to_owned().into()),
    }
}

pub(super) async fn nothing_asked(subject: &Subject) -> Outcome {
    let read = subject.one.read(&[]).await?;
    equal("records read for no key", &0, &read.records.len())?;
    subject.done("a commit without changes", &[]).await
}
