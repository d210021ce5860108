//! A factor of several sorts, of which each proves something else.

use serde_json::{Map, Value, json};
use stepup_authority::factor::{
    Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Strength, User,
};
use stepup_core::{Level, Method};

use crate::scene::{is, said, setups};

/// In hardware or not, as keys are.
#[derive(Debug)]
struct Keys;

impl Factor for Keys {
    fn method(&self) -> &str {
        "keys"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::HWK], Level::PHR)
    }

    fn strengths(&self) -> Vec<Strength> {
        vec![self.strength_of("soft"), self.strength()]
    }

    fn strength_of(&self, grade: &str) -> Strength {
        match grade {
            "soft" => Strength::new(Kind::Possession, [Method::SWK], Level::MFA),
            _ => self.strength(),
        }
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(std::future::ready(Ok(Enrolled::new(Vec::new()).without_proof())))
    }

    fn check<'a>(&'a self, _: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(std::future::ready(Checked::Wrong))
    }
}

#[tokio::test]
async fn what_any_sort_would_reach_is_worth_enrolling() {
    for setup in setups() {
        let service = setup.with(|builder| builder.factor(Keys)).start().await;
        let alice = service.login("alice").await;
        for (wanted, enrol) in [
            (json!({ "amr_values": "swk" }), json!(["keys"])),
            (json!({ "amr_values": "hwk" }), json!(["keys"])),
            (json!({ "acr_values": "phr" }), json!(["keys"])),
            // The one is of one sort and the other of another.
            (json!({ "acr_values": "phr", "amr_values": "swk" }), json!([])),
        ] {
            let unmet = alice.try_begin(wanted.clone()).await;
            assert_eq!(said(&unmet), is(403, "unmet-authentication-requirements"));
            assert_eq!(unmet.json()["enrol"], enrol, "{wanted}");
        }
    }
}
