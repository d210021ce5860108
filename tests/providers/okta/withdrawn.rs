//! Pushes that nobody waits for any more.

use futures_util::future::join;
use stepup_tests::Framework;

use super::double::{Okta, Push, error};
use super::{enrol, start};
use crate::double::Said;
use crate::scene::{begin, problem, token, with_app};

#[tokio::test]
async fn o24_who_gives_up_leaves_nothing_on_the_telephone() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "push").await;
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        okta.http.asked();
        assert_eq!(alice.cancel(&ceremony.id).await.status, 204);
        let asked = okta.http.asked_soon(1).await;
        assert_eq!(asked[0].method, "DELETE");
        assert_eq!(asked[0].segments()[4..7], ["factors", "opf1", "transactions"]);
        assert_eq!(okta.pushes(), ["SUCCESS", "CANCELLED"]);
        // Once, and of what is there still to be given up.
        assert_eq!(alice.cancel(&ceremony.id).await.status, 204);
        let unasked = begin(&alice).await;
        assert_eq!(alice.cancel(&unasked.id).await.status, 204);
        assert!(okta.http.asked().is_empty());
        okta.http.is_content();
    }
}

#[tokio::test]
async fn o24_another_factor_and_another_push_take_it_back() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let (alice, app) = with_app(&service, "alice").await;
        let factor = enrol(&service, &alice.step_up(&app).await, &okta, "push").await;
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        service.wait(60);
        okta.http.asked();
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        assert_eq!(okta.http.asked_soon(2).await[1].method, "DELETE");
        assert_eq!(okta.pushes(), ["SUCCESS", "CANCELLED", "WAITING"]);
        token(&alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await);
        assert_eq!(okta.http.asked_soon(1).await[0].method, "DELETE");
        assert_eq!(okta.pushes(), ["SUCCESS", "CANCELLED", "CANCELLED"]);
        okta.http.is_content();
    }
}

/// Okta is slow, and the ceremony given up before it has answered.
#[tokio::test]
async fn f3_what_is_asked_too_late_is_taken_back() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "push").await;
        let ceremony = begin(&alice).await;
        okta.http.asked();
        okta.http.hold(true);
        let give_up = async {
            assert_eq!(okta.http.asked_soon(1).await[0].method, "POST");
            let given_up = alice.cancel(&ceremony.id).await;
            okta.http.hold(false);
            given_up
        };
        let (asked, given_up) = join(alice.prompt(&ceremony.id, &factor), give_up).await;
        assert_eq!(given_up.status, 204);
        assert_eq!(problem(&asked), (410, "ceremony-over".to_owned()));
        assert_eq!(okta.http.asked_soon(1).await[0].method, "DELETE");
        assert_eq!(okta.pushes(), ["SUCCESS", "CANCELLED"]);
        okta.http.is_content();
    }
}

/// Whatever becomes of it, the ceremony is given up, at once.
#[tokio::test]
async fn f12_it_is_done_once_and_waited_for_by_nobody() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "push").await;
        for said in [error(404, 7), error(500, 9), error(429, 47), Said::html(200)] {
            let ceremony = begin(&alice).await;
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            okta.http.asked();
            okta.http.next(said);
            assert_eq!(alice.cancel(&ceremony.id).await.status, 204);
            assert_eq!(okta.http.asked_soon(1).await.len(), 1);
            service.wait(300);
        }
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        okta.http.hang(true);
        let began = std::time::Instant::now();
        assert_eq!(alice.cancel(&ceremony.id).await.status, 204);
        assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
        assert_eq!(alice.state(&ceremony.id).await.json()["status"], "cancelled");
        okta.http.is_content();
    }
}

/// S14: only where Okta says so, and nowhere else.
#[tokio::test]
async fn s14_nothing_is_taken_back_elsewhere() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "push").await;
        for cancel in [None, Some("/../../sms1"), Some("?all=1"), Some("1")] {
            okta.push_is(Push { cancel, ..Push::default() });
            let ceremony = begin(&alice).await;
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            okta.http.asked();
            assert_eq!(alice.cancel(&ceremony.id).await.status, 204);
            // Who gives up waits a moment for it: it would have been asked by now.
            assert!(okta.http.asked().is_empty(), "{cancel:?}");
            service.wait(300);
        }
        okta.http.is_content();
    }
}
