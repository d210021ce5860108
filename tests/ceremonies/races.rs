//! O10: one right answer, sent many times at once.

use std::collections::HashSet;

use futures_util::future::join_all;
use stepup_authority::EventKind;
use stepup_tests::authority::Setup;

use crate::scene::{claims, interleaved, token, twin};

stepup_tests::on_every_store!(o10_of_many_times_the_same_right_code_one_succeeds);

/// On two instances, in two ceremonies of each of two sessions.
async fn same_code_at_once(setup: Setup, times: usize) {
    let there = twin(&setup);
    let (here, there) = (setup.start().await, there.start().await);
    let alice = here.login("alice").await;
    let app = alice.enrol_totp().await;
    let other = here.login("alice").await;
    let mut askers = Vec::new();
    for user in [&alice, &other] {
        for _ in 0..2 {
            let ceremony = user.begin_mfa().await.id;
            let elsewhere = there.login("alice").await.with_token(&user.token);
            askers.push((user.clone(), ceremony.clone()));
            askers.push((elsewhere, ceremony));
        }
    }
    let code = app.code(here.now());
    let each = askers.iter().cycle().take(times);
    let answers =
        join_all(each.map(|(user, ceremony)| user.prove(ceremony, &app.factor, &code))).await;
    let proved = here.events.count(EventKind::Proved) + there.events.count(EventKind::Proved);
    assert_eq!(proved, 1);
    let tokens: Vec<_> = answers.iter().filter_map(token).collect();
    assert!(tokens.len() <= 1, "{}", tokens.len());
    for answer in &answers {
        let known = [200, 403, 409, 410, 429, 503].contains(&answer.status.as_u16());
        assert!(known, "{}", answer.json());
    }
    // Whether its answer arrived or not, there is one token to be had, of one name.
    let mut names = HashSet::new();
    for (user, ceremony) in &askers {
        names.extend(token(&user.state(ceremony).await).map(|token| claims(&token)["jti"].clone()));
    }
    names.extend(tokens.iter().map(|token| claims(token)["jti"].clone()));
    assert_eq!(names.len(), 1);
}

async fn o10_of_many_times_the_same_right_code_one_succeeds(setup: Setup) {
    same_code_at_once(setup, 40).await;
}

#[tokio::test]
async fn o10_of_a_thousand_times_the_same_right_code_one_succeeds() {
    for setup in interleaved() {
        same_code_at_once(setup, 1000).await;
    }
}
