//! A factor of the service's own, which asks on another device.

use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};
use stepup_authority::factor::{
    Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Proof, Strength, User,
};
use stepup_core::{Level, Method};

/// What the user does there: nothing yet, or yes or no.
#[derive(Clone, Debug, Default)]
pub struct Push(pub Arc<Mutex<Option<bool>>>);

impl Factor for Push {
    fn method(&self) -> &str {
        "push"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::new("push")], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        let enrolled = Enrolled::new(b"device".to_vec()).without_proof();
        Box::pin(std::future::ready(Ok(enrolled)))
    }

    fn check<'a>(&'a self, _: Check<'a>) -> FactorFuture<'a, Checked> {
        let checked = match *self.0.lock().unwrap() {
            None => Checked::Pending,
            Some(true) => Checked::Right(Proof::of_ceremony()),
            Some(false) => Checked::Denied,
        };
        Box::pin(std::future::ready(checked))
    }
}
