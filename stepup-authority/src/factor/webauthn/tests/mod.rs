#![cfg(test)]

mod algorithms;
mod asked;
mod forge;
mod forged;
mod made;
mod vectors;
mod w3c;

use serde_json::{Map, Value};
use stepup_core::Timestamp;

use super::WebAuthn;
use super::record::{Asked, Record};
use crate::SealingKeys;
use crate::factor::{Answer, Check, Checked, Enrolled, Factor, Once, Proof, Purpose, User, Vault};

const ISSUER: &str = "https://authority.example";

/// An answer's way through the factor, behind a prompt with this challenge.
struct Given<'a> {
    factor: &'a WebAuthn,
    challenge: &'a [u8],
    enrolled: &'a [&'a [u8]],
    excluded: &'a [Record],
}

impl Given<'_> {
    fn check(&self, purpose: Purpose, body: &Value) -> Checked {
        let keys = SealingKeys::generate().unwrap();
        let kept = Asked::new(self.challenge, self.excluded).write().unwrap();
        let none = Map::new();
        self.factor.checked(&Check {
            data: b"blue key",
            user: User { issuer: ISSUER, subject: "alice", enrolled: self.enrolled },
            purpose,
            kept: Some(&kept),
            answer: Answer::new(body.as_object().unwrap_or(&none)),
            now: Timestamp::from_secs(1_700_000_000),
            writes_lost_at: None,
            vault: Vault::new(&keys, "ceremony", "factor"),
        })
    }
}

fn registered(factor: &WebAuthn, challenge: &[u8], body: &Value) -> Checked {
    let given = Given { factor, challenge, enrolled: &[], excluded: &[] };
    given.check(Purpose::Enrolment, body)
}

fn asserted(factor: &WebAuthn, challenge: &[u8], record: &[u8], body: &Value) -> Checked {
    let given = Given { factor, challenge, enrolled: &[record], excluded: &[] };
    given.check(Purpose::StepUp, body)
}

fn proof(checked: Checked) -> Proof {
    match checked {
        Checked::Right(proof) => proof,
        other => panic!("{other:?}"),
    }
}

fn enrolled(checked: Checked) -> Enrolled {
    *proof(checked).enrolled.unwrap()
}

fn count(checked: Checked) -> u64 {
    match proof(checked).once {
        Once::Count(count) => count,
        other => panic!("{other:?}"),
    }
}

fn is_right(checked: &Checked) -> bool {
    matches!(checked, Checked::Right(_))
}

fn is_wrong(checked: &Checked) -> bool {
    matches!(checked, Checked::Wrong)
}

fn is_refused(checked: &Checked) -> bool {
    matches!(checked, Checked::Wrong | Checked::Malformed)
}

/// What a grade comes to.
fn level(factor: &WebAuthn, grade: &str) -> stepup_core::Level {
    factor.strength_of(grade).levels().last().unwrap()
}
