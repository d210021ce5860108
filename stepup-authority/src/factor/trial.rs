//! Trying a factor out, in tests.

#![cfg(test)]

use serde_json::{Map, Value, json};
use stepup_core::Timestamp;
use zeroize::Zeroizing;

use super::{
    Answer, Ask, AskedBy, Check, Checked, Enrolled, Factor, NotEnrolled, Prompt, Purpose,
    Unreadable, User, Vault,
};
use crate::SealingKeys;

pub(crate) const ALICE: User<'_> =
    User { issuer: "https://authority.example", subject: "alice", enrolled: &[] };

pub(crate) fn details(details: Value) -> Map<String, Value> {
    let Value::Object(details) = details else { panic!("no object: {details}") };
    details
}

pub(crate) async fn enrol(factor: &impl Factor, json: Value) -> Result<Enrolled, NotEnrolled> {
    factor.enrol(ALICE, &details(json)).await
}

/// One ceremony with one factor.
pub(crate) struct Trial {
    keys: SealingKeys,
    pub(crate) data: Vec<u8>,
    pub(crate) kept: Option<Zeroizing<Vec<u8>>>,
    pub(crate) now: Timestamp,
    pub(crate) writes_lost_at: Option<Timestamp>,
}

impl Trial {
    pub(crate) fn of(data: impl AsRef<[u8]>) -> Self {
        Self {
            keys: SealingKeys::generate().unwrap(),
            data: data.as_ref().to_vec(),
            kept: None,
            now: Timestamp::from_secs(1_700_000_000),
            writes_lost_at: None,
        }
    }

    pub(crate) fn at(self, seconds: u64) -> Self {
        Self { now: Timestamp::from_secs(seconds), ..self }
    }

    pub(crate) fn vault(&self) -> Vault<'_> {
        Vault::new(&self.keys, "ceremony", "factor")
    }

    /// What the factor asks.
    pub(crate) fn prompt(&self, factor: &impl Factor) -> Result<Prompt, Unreadable> {
        factor.prompt(&Ask {
            data: &self.data,
            user: ALICE,
            purpose: Purpose::StepUp,
            levels: &[],
            by: AskedBy::default(),
            now: self.now,
            vault: self.vault(),
            denial: "",
        })
    }

    /// What comes of the answer `{"code": code}`.
    pub(crate) async fn check(&self, factor: &impl Factor, code: impl Into<Value>) -> Checked {
        let body = details(json!({ "code": code.into() }));
        self.check_body(factor, &body).await
    }

    pub(crate) async fn check_body(
        &self,
        factor: &impl Factor,
        body: &Map<String, Value>,
    ) -> Checked {
        factor.check(self.check_of(body)).await
    }

    pub(crate) fn check_of<'a>(&'a self, body: &'a Map<String, Value>) -> Check<'a> {
        Check {
            data: &self.data,
            user: ALICE,
            purpose: Purpose::StepUp,
            kept: self.kept.as_ref().map(|kept| kept.as_slice()),
            answer: Answer::new(body),
            now: self.now,
            writes_lost_at: self.writes_lost_at,
            vault: self.vault(),
        }
    }
}
