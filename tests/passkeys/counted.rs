//! O23, R-WA-04: keys that count what they sign.

use stepup_authority::EventKind;
use stepup_tests::authority::Setup;

use crate::device::Device;
use crate::scene::{Asked, Browser, ORIGIN, bank, enrol, is_wrong, setups, step_up, token};

stepup_tests::on_every_store!(o23_a_count_that_does_not_grow_is_a_copys);

async fn o23_a_count_that_does_not_grow_is_a_copys(setup: Setup) {
    let service = bank(setup).await;
    let alice = service.login("alice").await;
    let mut stick = Device::counting();
    enrol(&alice, &mut stick, "stick").await;
    step_up(&alice, &mut stick, "phr").await;
    let mut copy = stick.copied();
    step_up(&alice, &mut stick, "phr").await;
    step_up(&alice, &mut stick, "phr").await;
    assert_eq!(service.events.count(EventKind::Cloned), 0);

    let asked = Asked::begin(&alice, "phr").await;
    let given = copy.get(ORIGIN, &asked.options).await.unwrap();
    assert!(is_wrong(&asked.answer(&alice, &given).await), "it has counted less");
    assert_eq!(service.events.count(EventKind::Cloned), 1);
    let given = copy.get(ORIGIN, &asked.options).await.unwrap();
    assert!(is_wrong(&asked.answer(&alice, &given).await), "it has counted as much");
    assert_eq!(service.events.count(EventKind::Cloned), 2);
    // What counts no more, having counted, is not what it was.
    for key in copy.keys().values_mut() {
        key.counter = None;
    }
    let given = copy.get(ORIGIN, &asked.options).await.unwrap();
    assert!(is_wrong(&asked.answer(&alice, &given).await), "it counts no more");
    assert_eq!(service.events.count(EventKind::Cloned), 3);
    // The one in the user's hands goes on.
    let given = stick.get(ORIGIN, &asked.options).await.unwrap();
    token(&asked.answer(&alice, &given).await);
}

/// Keys that are on several devices do not count.
#[tokio::test]
async fn r_wa_04_a_key_that_never_counts_is_none_of_that() {
    for setup in setups() {
        let service = bank(setup).await;
        let alice = service.login("alice").await;
        let mut phone = Device::new();
        enrol(&alice, &mut phone, "phone").await;
        let mut tablet = phone.copied();
        for device in [&mut phone, &mut tablet] {
            step_up(&alice, device, "phr").await;
            step_up(&alice, device, "phr").await;
        }
        assert_eq!(service.events.count(EventKind::Cloned), 0);
    }
}

/// Of two answers with one count, in two ceremonies at once, one is right.
#[tokio::test]
async fn o23_a_count_is_used_up_once_in_whichever_ceremony() {
    for setup in setups() {
        let service = bank(setup).await;
        let alice = service.login("alice").await;
        let mut stick = Device::counting();
        enrol(&alice, &mut stick, "stick").await;
        let mut copy = stick.copied();
        let (one, two) = (Asked::begin(&alice, "phr").await, Asked::begin(&alice, "phr").await);
        let first = stick.get(ORIGIN, &one.options).await.unwrap();
        let second = copy.get(ORIGIN, &two.options).await.unwrap();
        let (first, second) = tokio::join!(one.answer(&alice, &first), two.answer(&alice, &second));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403]);
        assert_eq!(service.events.count(EventKind::Cloned), 1);
    }
}
