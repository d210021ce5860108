//! O24: yes or no to what a provider asks on the user's devices.

use serde_json::{Map, Value, json};
use stepup_authority::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, Destination, Enrolled, Factor, FactorFuture,
    Kind, NotEnrolled, Outgoing, Prompt, Proof, Strength, Unreadable, User,
};
use stepup_authority::{EventKind, Limits};
use stepup_core::{Level, Method};
use stepup_tests::authority::{Service, Setup};

use crate::scene::{is, said};
use crate::sends::seconds;

stepup_tests::on_every_store!(
    o24_no_approval_is_asked_for_after_a_no
    o24_however_many_devices_a_provider_asks_it_counts_together
);

/// Where a provider asks; and what the user said is what the client brings.
#[derive(Debug)]
struct Approval;

impl Factor for Approval {
    fn method(&self) -> &str {
        "approval"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::SWK], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    fn is_guessable(&self) -> bool {
        false
    }

    fn asks_for_approval(&self) -> bool {
        true
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        details: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        let device = details["device"].as_str().unwrap().as_bytes().to_vec();
        Box::pin(std::future::ready(Ok(Enrolled::new(device).without_proof())))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let device = String::from_utf8(ask.data.to_vec()).unwrap();
        Ok(Prompt::default().sending(Outgoing::new(Destination::new(device), "")))
    }

    fn deliver<'a>(
        &'a self,
        _: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(std::future::ready(Ok(Delivered::default())))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        let checked = match check.answer.code() {
            Some("yes") => Checked::Right(Proof::of_ceremony()),
            Some(_) => Checked::Denied,
            None => Checked::Pending,
        };
        Box::pin(std::future::ready(checked))
    }
}

async fn start(setup: Setup, devices: &[&str]) -> Service {
    let limits = Limits::default().open_ceremonies(100);
    let service = setup.with(|builder| builder.factor(Approval).limits(limits)).start().await;
    for device in devices {
        let details = json!({ "device": device });
        service.authority.enrol_for("alice", "approval", &details).await.unwrap();
    }
    service
}

async fn o24_no_approval_is_asked_for_after_a_no(setup: Setup) {
    let service = start(setup, &["telephone", "tablet"]).await;
    for (times, cool_down) in [(1, 300), (2, 600), (3, 1200)] {
        let alice = service.login("alice").await;
        let begun = alice.begin_mfa().await;
        let factor = begun.factor("approval");
        assert_eq!(alice.prompt(&begun.id, &factor).await.status, 200);
        let denied = alice.prove(&begun.id, &factor, "no").await;
        assert_eq!(said(&denied), is(403, "denied"));
        // Told once more, it is the same no.
        assert_eq!(alice.prove(&begun.id, &factor, "no").await.status, 410);
        assert_eq!(service.events.count(EventKind::Denied), times);
        let elsewhere = service.login("alice").await;
        let begun = elsewhere.begin_mfa().await;
        for offered in begun.factors.as_array().unwrap() {
            let id = offered["id"].as_str().unwrap();
            assert_eq!(seconds(&elsewhere.prompt(&begun.id, id).await), cool_down);
        }
        service.wait(cool_down - 1);
        let alice = service.login("alice").await;
        let begun = alice.begin_mfa().await;
        assert_eq!(seconds(&alice.prompt(&begun.id, &factor).await), 1);
        service.wait(1);
        assert_eq!(service.events.count(EventKind::Failed), 0);
    }
}

async fn o24_however_many_devices_a_provider_asks_it_counts_together(setup: Setup) {
    let service = start(setup, &["telephone", "tablet", "watch", "other"]).await;
    let alice = service.login("alice").await;
    let begun = alice.begin_mfa().await;
    let ids = begun.factors.as_array().unwrap().iter();
    let ids: Vec<&str> = ids.map(|one| one["id"].as_str().unwrap()).collect();
    let [first, others @ .., last] = ids.as_slice() else { panic!("{ids:?}") };
    assert_eq!(alice.prompt(&begun.id, first).await.status, 200);
    assert_eq!(seconds(&alice.prompt(&begun.id, last).await), 30);
    for other in others {
        service.wait(30);
        assert_eq!(alice.prompt(&begun.id, other).await.status, 200);
    }
    service.wait(30);
    assert_eq!(seconds(&alice.prompt(&begun.id, last).await), 600 - 90);
}
