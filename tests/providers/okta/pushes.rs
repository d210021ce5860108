//! Questions in Okta Verify.

use stepup_tests::Framework;

use super::double::{Okta, Push, error};
use super::{enrol, start};
use crate::double::Said;
use crate::scene::{begin, poll, problem, token};

#[tokio::test]
async fn what_the_user_says_on_the_phone_is_what_counts() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "push").await;
        for (said, status, name) in [
            ("SUCCESS", 200, ""),
            ("REJECTED", 403, "denied"),
            ("CANCELLED", 403, "denied"),
            ("TIMEOUT", 409, "prompt-over"),
            ("OF_A_NEW_SORT", 503, "unavailable"),
        ] {
            let ceremony = begin(&alice).await;
            let asked = alice.prompt(&ceremony.id, &factor).await;
            assert_eq!(asked.json()["prompt"]["number"], 72, "{}", asked.json());
            okta.http.asked();
            for _ in 0..5 {
                assert_eq!(poll(&alice, &ceremony.id, &factor).await.status, 202);
            }
            assert_eq!(okta.http.asked().len(), 1, "Okta is asked now and then");
            okta.user_says(said);
            service.wait(3);
            assert_eq!(poll(&alice, &ceremony.id, &factor).await.status, 202);
            service.wait(1);
            let answer = poll(&alice, &ceremony.id, &factor).await;
            if said == "SUCCESS" {
                assert_eq!(answer.json()["acr"], "single-factor", "{}", answer.json());
                token(&answer);
                let again = poll(&alice, &ceremony.id, &factor).await;
                assert_eq!(problem(&again), (409, "ceremony-proved".to_owned()));
            } else {
                assert_eq!(problem(&answer), (status, name.to_owned()), "{said}");
            }
            // A no is heard for ten minutes, where it is the second.
            service.wait(600);
        }
        okta.http.is_content();
    }
}

/// Okta's risk engine may ask for a number only later.
#[tokio::test]
async fn the_number_is_shown_whenever_it_appears() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "push").await;
        // Older documentation has 200.
        let later =
            Push { status: 200, number_at_once: None, number_later: Some(8), ..Push::default() };
        okta.push_is(later);
        let ceremony = begin(&alice).await;
        let asked = alice.prompt(&ceremony.id, &factor).await;
        assert_eq!(asked.status, 200);
        assert!(asked.json()["prompt"].get("number").is_none(), "{}", asked.json());
        let answer = poll(&alice, &ceremony.id, &factor).await;
        assert_eq!(answer.status, 202);
        assert_eq!(answer.json()["prompt"]["number"], 8, "{}", answer.json());
        okta.user_says("SUCCESS");
        service.wait(4);
        token(&poll(&alice, &ceremony.id, &factor).await);
        okta.http.is_content();
    }
}

/// The token goes where Okta is, wherever an answer points to.
#[tokio::test]
async fn s14_nothing_is_asked_elsewhere() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "push").await;
        for host in [
            "http://127.0.0.1:1",
            "https://evil.example",
            "file://",
            &format!("{}/x/..", okta.http.url.replace("http", "https")),
        ] {
            okta.push_is(Push { host: Some(host.to_owned()), ..Push::default() });
            let ceremony = begin(&alice).await;
            let answer = alice.prompt(&ceremony.id, &factor).await;
            assert_eq!(problem(&answer), (503, "not-sent".to_owned()), "{host}");
            let answer = poll(&alice, &ceremony.id, &factor).await;
            assert_eq!(problem(&answer), (409, "prompt-over".to_owned()), "{host}");
            service.wait(300);
        }
        okta.http.is_content();
    }
}

#[tokio::test]
async fn each_error_of_a_poll_is_what_it_means() {
    for framework in Framework::ALL {
        let okta = Okta::start();
        let service = start(framework, &okta).await;
        let alice = service.login("alice").await;
        let factor = enrol(&service, &alice, &okta, "push").await;
        for (said, status, name) in [
            (error(404, 7), 409, "prompt-over"),
            (error(410, 154), 403, "factor-disabled"),
            (error(403, 73), 403, "denied"),
            (error(429, 47), 503, "unavailable"),
            (error(403, 69), 429, "factor-locked"),
            (error(500, 9), 503, "unavailable"),
            (Said::html(200), 503, "unavailable"),
        ] {
            let ceremony = begin(&alice).await;
            assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
            okta.http.next(said.clone());
            let answer = poll(&alice, &ceremony.id, &factor).await;
            assert_eq!(problem(&answer), (status, name.to_owned()), "{said:?}");
            service.wait(300);
        }
        // E0000070 is no answer yet.
        let ceremony = begin(&alice).await;
        assert_eq!(alice.prompt(&ceremony.id, &factor).await.status, 200);
        okta.http.next(error(202, 70));
        assert_eq!(poll(&alice, &ceremony.id, &factor).await.status, 202);
        okta.http.is_content();
    }
}
