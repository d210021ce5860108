//! F9, C14: a store that is full, and a user who wants to fill it.

use std::sync::Arc;

use serde_json::json;
use stepup_authority::store::{MemoryStore, Store};
use stepup_tests::authority::{Kept, Service, Setup, User};
use stepup_tests::servers::redis::Redis;
use stepup_tests::{Api, Framework};

use crate::watched::Watched;

pub(crate) async fn begin(user: &User<'_>) -> (u16, String) {
    let answer = user.try_begin(json!({ "acr_values": "mfa" })).await;
    let kind = answer.json()["type"].as_str().unwrap_or_default().to_owned();
    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
    if answer.status == 503 {
        assert!(answer.headers.contains_key("retry-after"));
    }
    (answer.status.as_u16(), kind)
}

/// Users with an app each, so that no limit of one user's is met before the store is full.
async fn crowd(service: &Service) -> Vec<User<'_>> {
    let mut crowd = Vec::new();
    for number in 0..8 {
        let user = service.login(&format!("user-{number}")).await;
        user.enrol_totp().await;
        crowd.push(user);
    }
    crowd
}

#[tokio::test]
async fn f9_a_full_store_refuses_and_forgets_nothing() {
    for framework in Framework::ALL {
        // The keys; alice, her enrolment and two ceremonies; eight users, enrolments, ceremonies.
        let store = Arc::new(MemoryStore::with_capacity(32));
        let service = Setup::new(framework).store(store).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let crowd = crowd(&service).await;
        let alice = User::clone(&alice).with_token(&service.login("alice").await.token);
        let (attacked, open) = (alice.begin_mfa().await, alice.begin_mfa().await);
        for _ in 0..4 {
            let wrong = app.wrong_code(service.now());
            assert_eq!(alice.prove(&attacked.id, &app.factor, &wrong).await.status, 403);
        }
        let mut full = 0;
        for user in &crowd {
            for _ in 0..8 {
                match begin(user).await {
                    (201, _) => assert_eq!(full, 0, "there was room again"),
                    other => {
                        assert_eq!(other, (503, "full".to_owned()));
                        full += 1;
                    }
                }
            }
        }
        assert!(full > 20, "{full}");
        assert_eq!(begin(&alice).await, (503, "full".to_owned()));
        // What was counted is counted, and goes on being counted: one of five is left.
        let wrong = app.wrong_code(service.now());
        let answer = alice.prove(&open.id, &app.factor, &wrong).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["attempts_left"]), (403, &json!(4)));
        let code = app.code(service.now());
        assert_eq!(alice.prove(&open.id, &app.factor, &code).await.status, 429);
        // What was begun can be finished, by who may; what is over makes room.
        service.wait(900);
        let alice = service.login("alice").await;
        assert_eq!(alice.prove(&open.id, &app.factor, &app.code(service.now())).await.status, 404);
        service.wait(900);
        let mut status = 503;
        for _ in 0..20 {
            // Beside a request, what is over is thrown away.
            status = begin(&alice).await.0;
            if status == 201 {
                break;
            }
            service.wait(1);
            tokio::task::yield_now().await;
        }
        assert_eq!(status, 201);
    }
}

#[tokio::test]
async fn f9_what_was_begun_can_be_finished_in_a_full_store() {
    for framework in Framework::ALL {
        let store = Arc::new(MemoryStore::with_capacity(8));
        let service = Setup::new(framework).store(store).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let mut open = Vec::new();
        while let (201, body) = {
            let answer = alice.try_begin(json!({ "acr_values": "mfa" })).await;
            (answer.status.as_u16(), answer.json())
        } {
            open.push(body["id"].as_str().unwrap().to_owned());
        }
        assert_eq!((begin(&alice).await.1.as_str(), open.len()), ("full", 5));
        let code = app.code(service.now());
        assert_eq!(alice.prove(&open[0], &app.factor, &code).await.status, 200);
        // The used mark is among what is not thrown away.
        assert_eq!(alice.prove(&open[1], &app.factor, &code).await.status, 403);
        assert_eq!(alice.state(&open[0]).await.status, 200);
        assert_eq!(alice.cancel(&open[2]).await.status, 204);
    }
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn f9_a_full_redis_refuses_and_forgets_nothing() {
    for framework in Framework::ALL {
        let kept = Kept::Redis(Redis::with(&["--maxmemory-policy", "noeviction"]));
        let Kept::Redis(server) = &kept else { unreachable!() };
        let service = Setup::new(framework).store(kept.store().await).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let (attacked, open) = (alice.begin_mfa().await, alice.begin_mfa().await);
        for _ in 0..4 {
            let wrong = app.wrong_code(service.now());
            assert_eq!(alice.prove(&attacked.id, &app.factor, &wrong).await.status, 403);
        }
        let keys = server.ask(&["DBSIZE"]);
        server.ask(&["CONFIG", "SET", "maxmemory", "1mb"]);
        for _ in 0..10 {
            assert_eq!(begin(&alice).await, (503, "full".to_owned()));
        }
        // What cannot be counted is not looked at, right or wrong.
        for code in [app.code(service.now()), app.wrong_code(service.now())] {
            assert_eq!(alice.prove(&open.id, &app.factor, &code).await.status, 503);
        }
        assert_eq!(alice.state(&open.id).await.json()["status"], "pending");
        assert_eq!(server.ask(&["DBSIZE"]), keys, "nothing was thrown away");
        server.ask(&["CONFIG", "SET", "maxmemory", "0"]);
        let wrong = app.wrong_code(service.now());
        assert_eq!(alice.prove(&open.id, &app.factor, &wrong).await.status, 403);
        let code = app.code(service.now());
        assert_eq!(alice.prove(&open.id, &app.factor, &code).await.status, 429, "five were wrong");
        service.wait(900);
        let alice = service.login("alice").await;
        let ceremony = alice.begin_mfa().await;
        let code = app.code(service.now());
        assert_eq!(alice.prove(&ceremony.id, &app.factor, &code).await.status, 200);
    }
}

/// C14: a hundred thousand starts by one user, in both frameworks on one store.
#[tokio::test]
async fn c14_one_user_fills_nothing() {
    let store = Watched::new(Arc::new(MemoryStore::new()));
    let handle: Arc<dyn Store> = Arc::new(store.clone());
    let service = Setup::new(Framework::Axum).store(handle).start().await;
    let poem = Api::with_authority(Framework::Poem, &service.gate, &service.authority);
    let mut alice = service.login("alice").await;
    alice.enrol_totp().await;
    let (mut begun, mut refused) = (0, 0);
    for start in 0..100_000 {
        if start % 50 == 0 {
            service.wait(1);
        }
        if start % 40_000 == 0 {
            alice = service.login("alice").await;
        }
        let answer = if start % 2 == 0 {
            alice.try_begin(json!({ "acr_values": "mfa" })).await
        } else {
            let request = http::Request::post("/step-up/ceremonies")
                .header("authorization", format!("Bearer {}", alice.token))
                .header("content-type", "application/json")
                .body(stepup_tests::Payload::Bytes(br#"{"acr_values":"mfa"}"#.to_vec()));
            poem.call(request.unwrap()).await
        };
        match answer.status.as_u16() {
            201 => begun += 1,
            429 => {
                let wait = answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
                assert!((1..=600).contains(&wait), "{wait}");
                refused += 1;
            }
            other => panic!("{other}: {}", answer.json()),
        }
    }
    // 2,000 seconds, 20 ceremonies in each ten minutes at most.
    assert!((20..=80).contains(&begun), "{begun}");
    assert_eq!(begun + refused, 100_000);
    // Each is kept for twenty minutes; beside them the account, the keys and the enrolment.
    assert!(store.most() <= 80, "{} records", store.most());
    let bob = service.login("bob").await;
    bob.enrol_totp().await;
    bob.begin_mfa().await;
}
