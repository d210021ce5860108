//! O26: recovery codes are no weaker path.

use std::collections::HashSet;

use futures_util::future::join_all;
use stepup_authority::EventKind;
use stepup_authority::store::{Key, Kind};
use stepup_tests::authority::{AUTHORITY, Service, Setup, User};

use crate::scene::{check_refused, granted, heard, interleaved, is, said, token, twin};

stepup_tests::on_every_store!(
    o26_a_recovery_code_is_right_once
    o26_of_many_times_the_same_recovery_code_one_succeeds
    o26_recovery_codes_have_no_longer_budget
);

async fn with_codes(service: &Service) -> (User<'_>, String, Vec<String>) {
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let (factor, codes) = alice.step_up(&app).await.enrol_recovery().await;
    (alice, factor, codes)
}

async fn o26_a_recovery_code_is_right_once(setup: Setup) {
    let store = setup.store.clone();
    let service = setup.start().await;
    let (alice, factor, codes) = with_codes(&service).await;
    // Sixteen characters of 32: 80 bits.
    for code in &codes {
        assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4; 4], "{code}");
    }
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 10);
    let kept = store.read(&[Key::of(Kind::Account, &[AUTHORITY, "alice"])]).await.unwrap();
    let kept = String::from_utf8(kept.records[0].as_ref().unwrap().value.clone()).unwrap();
    for code in &codes {
        assert!(!kept.contains(code) && !kept.contains(&code.replace('-', "")));
    }
    let first = alice.begin_mfa().await.id;
    assert_eq!(granted(&alice.prove(&first, &factor, &codes[0]).await)["acr"], "mfa");
    assert_eq!(alice.prove(&first, &factor, &codes[0]).await.status, 409);
    let elsewhere = service.login("alice").await;
    for user in [&alice, &elsewhere] {
        let other = user.begin_mfa().await.id;
        let answer = user.prove(&other, &factor, &codes[0]).await;
        assert_eq!(said(&answer), is(403, "wrong-answer"));
    }
    service.wait(900);
    let other = elsewhere.begin_mfa().await.id;
    let lower = codes[0].to_lowercase().replace('-', "");
    assert_eq!(elsewhere.prove(&other, &factor, &lower).await.status, 403, "nor ever after");
    assert_eq!(elsewhere.prove(&other, &factor, &codes[9]).await.status, 200);
}

async fn same_code_at_once(setup: Setup, times: usize) {
    let there = twin(&setup);
    let (here, there) = (setup.start().await, there.start().await);
    let (alice, factor, codes) = with_codes(&here).await;
    let (first, second) = (alice.begin_mfa().await.id, alice.begin_mfa().await.id);
    let elsewhere = there.login("alice").await.with_token(&alice.token);
    let askers = [(&alice, &first), (&elsewhere, &first), (&alice, &second), (&elsewhere, &second)];
    let earlier = here.events.count(EventKind::Proved);
    let each = askers.iter().cycle().take(times);
    let answers =
        join_all(each.map(|(user, ceremony)| user.prove(ceremony, &factor, &codes[3]))).await;
    let proved = here.events.count(EventKind::Proved) + there.events.count(EventKind::Proved);
    assert_eq!(proved - earlier, 1);
    assert!(answers.iter().filter_map(token).count() <= 1);
    let next = alice.begin_mfa().await.id;
    here.wait(900);
    assert_ne!(alice.prove(&next, &factor, &codes[3]).await.status, 200);
}

async fn o26_of_many_times_the_same_recovery_code_one_succeeds(setup: Setup) {
    same_code_at_once(setup, 20).await;
}

#[tokio::test]
async fn o26_of_a_thousand_times_the_same_recovery_code_one_succeeds() {
    for setup in interleaved() {
        same_code_at_once(setup, 1000).await;
    }
}

/// They have five in 15 minutes, as every factor has; none of the ten that others share.
async fn o26_recovery_codes_have_no_longer_budget(setup: Setup) {
    let service = setup.start().await;
    let (alice, factor, codes) = with_codes(&service).await;
    for window in 0..2 {
        let mut answers = Vec::new();
        for _ in 0..3 {
            let ceremony = alice.begin_mfa().await.id;
            let wrong: Vec<_> = (0..4).map(|n| format!("0000-0000-0000-000{n}")).collect();
            let each = wrong.iter().map(|code| alice.prove(&ceremony, &factor, code));
            answers.extend(join_all(each).await);
        }
        check_refused(&answers);
        assert_eq!(heard(&answers), 5, "{window}");
        let ceremony = alice.begin_mfa().await.id;
        let answer = alice.prove(&ceremony, &factor, &codes[0]).await;
        assert_eq!(said(&answer), is(429, "factor-locked"));
        service.wait(900);
    }
    let ceremony = alice.begin_mfa().await.id;
    assert_eq!(alice.prove(&ceremony, &factor, &codes[0]).await.status, 200);
}
