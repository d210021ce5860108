//! Who the user is at Okta, and what is told to the operator.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use stepup_tests::authority::Setup;
use stepup_tests::{Framework, Log};

use super::double::{APP_CODE, Okta, error};
use super::{enrol, start, start_with};
use crate::scene::{begin, poll, problem, token, with_app};

/// Who has no account at Okta any more, or another, has nothing of the old one's.
#[tokio::test]
async fn r_bind_01_factors_of_another_account_are_gone() {
    for (framework, by_now) in Framework::ALL
        .into_iter()
        .flat_map(|framework| [(framework, None), (framework, Some("00ubob"))])
    {
        let okta = Okta::start();
        let has_moved = Arc::new(AtomicBool::new(false));
        let moved = Arc::clone(&has_moved);
        let service = start_with(Setup::new(framework), &okta, move |user| {
            let is_old = !moved.load(Ordering::SeqCst);
            if is_old { Some(format!("00u{}", user.subject)) } else { by_now.map(str::to_owned) }
        })
        .await;
        let (alice, app) = with_app(&service, "alice").await;
        let stepped_up = alice.step_up(&app).await;
        let totp = enrol(&service, &stepped_up, &okta, "o-totp").await;
        let sms = enrol(&service, &stepped_up, &okta, "o-sms").await;
        let push = enrol(&service, &stepped_up, &okta, "push").await;
        let ceremony = begin(&alice).await;
        for factor in [&sms, &push] {
            assert_eq!(alice.prompt(&ceremony.id, factor).await.status, 200);
        }
        okta.user_says("SUCCESS");
        okta.http.asked();

        has_moved.store(true, Ordering::SeqCst);
        let gone = (403, "factor-disabled".to_owned());
        let code = okta.code("00ualice", "sms1");
        let answer = alice.prove(&ceremony.id, &totp, APP_CODE).await;
        assert_eq!(problem(&answer), gone, "{by_now:?}");
        assert_eq!(problem(&alice.prove(&ceremony.id, &sms, &code).await), gone);
        assert_eq!(problem(&poll(&alice, &ceremony.id, &push).await), gone);
        service.wait(60);
        for factor in [&sms, &push] {
            let answer = alice.prompt(&ceremony.id, factor).await;
            assert_eq!(problem(&answer), gone);
            let others = answer.json()["factors"].to_string();
            assert!(others.contains(&app.factor), "{others}");
        }
        assert!(okta.http.asked().is_empty());

        has_moved.store(false, Ordering::SeqCst);
        token(&alice.prove(&ceremony.id, &totp, APP_CODE).await);
        okta.http.is_content();
    }
}

fn logged(story: impl Future<Output = ()>) -> String {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || runtime.block_on(story));
    log.text()
}

/// A login name or an address is no identifier: that is told once, without it.
#[test]
fn p3_what_is_no_identifier_of_okta_is_told_of() {
    for framework in Framework::ALL {
        let log = logged(async {
            let okta = Okta::start();
            let known = |_: stepup_authority::factor::User<'_>| Some("alice@example.com".into());
            let service = start_with(Setup::new(framework), &okta, known).await;
            for subject in ["alice", "bob"] {
                let user = service.login(subject).await;
                let answer = user.try_enrol(json!({ "method": "o-totp" })).await;
                assert_eq!(problem(&answer), (422, "unfit-details".to_owned()));
            }
            assert!(okta.http.asked().is_empty());
        });
        assert_eq!(log.matches("no identifier of a user at Okta").count(), 1, "{log}");
        assert!(log.contains("ERROR") && log.contains("`00u…`"), "{log}");
        assert!(!log.contains("alice@example.com"), "{log}");
    }
}

/// What heals by nobody's waiting is an error of the operator's; the rest is none.
#[test]
fn p3_what_it_was_set_up_with_is_told_of() {
    for framework in Framework::ALL {
        for (said, is_error) in [
            (error(401, 11), true),
            (error(401, 4), true),
            (error(403, 6), true),
            (error(500, 9), false),
            (error(429, 47), false),
        ] {
            let log = logged(async {
                let okta = Okta::start();
                let service = start(framework, &okta).await;
                let alice = service.login("alice").await;
                let factor = enrol(&service, &alice, &okta, "o-totp").await;
                okta.http.next(said.clone());
                let answer = alice.prove(&begin(&alice).await.id, &factor, APP_CODE).await;
                assert_eq!(problem(&answer), (503, "unavailable".to_owned()));
                okta.http.is_content();
            });
            let told = log.contains("ERROR") && log.contains("Okta refuses what it was set up");
            assert_eq!(told, is_error, "{said:?}: {log}");
            assert!(log.contains("Okta has not checked an answer"), "{log}");
        }
    }
}
