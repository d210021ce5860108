//! A factor of the service's own, which asks on another device.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value};
use stepup_authority::factor::{
    Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Proof, Strength, User,
};
use stepup_core::{Level, Method};

/// What the user does there.
#[derive(Clone, Copy, Debug, Default)]
pub enum Says {
    #[default]
    Nothing,
    Yes,
    No,
    /// Nothing, and a number is to be typed there.
    Number,
    TooLate,
    /// There is no such device any more.
    Gone,
    /// They said too much before.
    Locked,
    /// Less than would do.
    TooLittle,
}

#[derive(Clone, Debug, Default)]
pub struct Pager(Arc<Mutex<Says>>);

impl Pager {
    pub fn says(&self, what: Says) {
        *self.0.lock().unwrap() = what;
    }
}

impl Factor for Pager {
    fn method(&self) -> &str {
        "pager"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::new("pager")], Level::SINGLE_FACTOR)
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

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        let checked = match *self.0.lock().unwrap() {
            Says::Nothing => Checked::Pending,
            Says::Yes => Checked::Right(Proof::of_ceremony()),
            Says::No => Checked::Denied,
            Says::Number => {
                Checked::Showing(Map::from_iter([("number".to_owned(), Value::from(72))]))
            }
            Says::TooLate => Checked::Expired,
            Says::Gone => Checked::Gone,
            Says::TooLittle => Checked::TooWeak,
            Says::Locked => Checked::Locked(check.now.plus(Duration::from_secs(60))),
        };
        Box::pin(std::future::ready(checked))
    }
}
