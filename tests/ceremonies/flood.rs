//! C14: whoever begins without end fills no store and disturbs no one.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_authority::store::MemoryStore;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::scene::{is, said, setups};

stepup_tests::on_every_store!(
    c14_a_flood_of_ceremonies_is_refused_and_disturbs_no_one
    c14_sessions_that_take_turns_begin_no_more_than_their_user_may
);

/// Half of the twenty that a user may have, for one session.
async fn flood(setup: Setup, starts: usize) {
    let service = setup.start().await;
    let (alice, bob) = (service.login("alice").await, service.login("bob").await);
    let (app, other) = (alice.enrol_totp().await, bob.enrol_totp().await);
    service.events.clear();
    let wanted = json!({ "acr_values": "mfa" });
    let mut begun = 0;
    for _ in 0..starts {
        let answer = alice.try_begin(wanted.clone()).await;
        if answer.status == 201 {
            begun += 1;
        } else {
            assert_eq!(said(&answer), is(429, "too-many-ceremonies"));
            assert_eq!(answer.headers["retry-after"], "600");
        }
    }
    assert_eq!((begun, service.events.count(EventKind::Begun)), (10, 10));
    bob.step_up(&other).await;
    service.wait(570);
    alice.step_up(&app).await;
}

async fn c14_a_flood_of_ceremonies_is_refused_and_disturbs_no_one(setup: Setup) {
    flood(setup, 100).await;
}

/// A hundred thousand, in a store that has room for 40 records.
#[tokio::test]
async fn c14_a_hundred_thousand_ceremonies_leave_room_in_a_small_store() {
    for (framework, starts) in Framework::ALL.into_iter().zip([100_000, 10_000]) {
        let small = Arc::new(MemoryStore::with_capacity(40));
        flood(Setup::new(framework).store(small), starts).await;
    }
}

/// A user's sessions share what the user may have, evenly at most.
async fn c14_sessions_that_take_turns_begin_no_more_than_their_user_may(setup: Setup) {
    let service = setup.start().await;
    let owner = service.login("alice").await;
    let app = owner.enrol_totp().await;
    let sessions =
        [service.login("alice").await, service.login("alice").await, service.login("alice").await];
    let mut begun = 0;
    for session in sessions.iter().cycle().take(200) {
        begun += usize::from(session.try_begin(json!({})).await.status == 201);
    }
    assert!((20..=30).contains(&begun), "{begun}");
    owner.step_up(&app).await;
}

/// The same for enrolments, which are ceremonies too, and for whoever asks for what nobody has.
#[tokio::test]
async fn c14_enrolments_and_unmet_demands_fill_nothing_either() {
    for setup in setups() {
        let service = setup.store(Arc::new(MemoryStore::with_capacity(40))).start().await;
        let alice = service.login("alice").await;
        let tried = async |details: Value| {
            let mut statuses = Vec::new();
            for _ in 0..100 {
                statuses.push(alice.try_enrol(details.clone()).await.status.as_u16());
            }
            statuses
        };
        let statuses = tried(json!({ "method": "totp" })).await;
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 10);
        assert!(statuses[10..].iter().all(|status| *status == 429), "{statuses:?}");
        for _ in 0..100 {
            let answer = alice.try_begin(json!({ "acr_values": "phrh" })).await;
            assert_eq!(said(&answer), is(403, "unmet-authentication-requirements"));
        }
        service.login("bob").await.enrol_totp().await;
    }
}
