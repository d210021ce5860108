//! For the fuzz target: what devices send, and what must hold of whatever is read.

#![cfg(fuzzing)]
#![expect(clippy::expect_used, reason = "the target's own")]

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::jws::Statement;
use super::pages::posted;
use super::wire::{PAIRING, POLL, Pairing, Poll, REPLY, Reply};
use super::words;

/// A body as it is posted, or a statement as it stands in a header.
pub fn device_statement(said: &str) {
    let posted = posted(&Bytes::copy_from_slice(said.as_bytes()));
    let compact = posted.as_deref().unwrap_or(said);
    let read = [PAIRING, POLL, REPLY].map(|typ| Statement::read(compact, typ));
    // None passes for another.
    assert!(read.iter().flatten().count() <= 1);
    let [pairing, poll, reply] = read;
    if let Some((statement, pairing)) = pairing.and_then(claims::<Pairing>) {
        if let Some(point) = pairing.key.point() {
            assert_eq!((point.len(), point.first()), (65, Some(&4)));
            let _ = statement.is_signed_with(&point);
        }
        if words::is_name(&pairing.name) {
            assert!(!pairing.name.contains(['\n', '\u{202e}']));
        }
    }
    let _ = poll.and_then(claims::<Poll>);
    let _ = reply.and_then(claims::<Reply>);
}

/// What is read can be written, and is then the same.
fn claims<T: DeserializeOwned + Serialize>(statement: Statement<'_>) -> Option<(Statement<'_>, T)> {
    let claims: T = statement.claims()?;
    let written = serde_json::to_value(&claims).expect("it is written");
    let again: T = serde_json::from_value(written.clone()).expect("it is read again");
    let again: Value = serde_json::to_value(&again).expect("it is written");
    assert_eq!(again, written);
    Some((statement, claims))
}
