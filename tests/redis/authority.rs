//! S3, F6: an authority across a fail-over. What was in progress is over, what may have been used
//! is used, and users begin again.

use std::sync::Arc;

use serde_json::json;
use stepup_authority::store::Store as _;
use stepup_core::{Clock as _, ManualClock, SystemClock, Timestamp};
use stepup_tests::authority::{Service, Setup, User};
use stepup_tests::servers::redis::Redis;
use stepup_tests::{Answer, Framework};

use crate::scene::{epoch, open};

fn said(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let kind = body["type"].as_str().unwrap_or_default();
    (answer.status.as_u16(), kind.rsplit('/').next().unwrap_or_default().to_owned())
}

fn over() -> (u16, String) {
    (410, "ceremony-over".to_owned())
}

/// An authority on this server, by the machine's clock, which is Redis's too.
async fn on(redis: &Redis, framework: Framework, clock: &Arc<ManualClock>) -> Service {
    let setup = Setup::new(framework).clock(clock.clone());
    setup.store(Arc::new(open(redis).await)).start().await
}

/// How much was ever written to a primary, or arrived at its replica.
fn written(redis: &Redis) -> String {
    let said = redis.ask(&["INFO", "replication"]);
    let line = said.lines().find(|line| line.starts_with("master_repl_offset:"));
    line.unwrap().trim().to_owned()
}

/// All that a ceremony can be asked.
async fn all_over(user: &User<'_>, ceremony: &str, factor: &str, code: &str) {
    let answer = user.prove(ceremony, factor, code).await;
    assert_eq!(said(&answer), over(), "{}", answer.challenge());
    assert_eq!(said(&user.state(ceremony).await), over());
    assert_eq!(said(&user.prompt(ceremony, factor).await), over());
}

/// The proof had not reached the replica when its primary died: neither its mark nor its token.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn s3_f6_no_proof_is_used_twice_across_a_fail_over() {
    for framework in Framework::ALL {
        let mut primary = Redis::start();
        let replica = Redis::replica_of(&primary);
        let begin = SystemClock.now().as_secs();
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(begin - 120)));
        let service = on(&primary, framework, &clock).await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let strong = alice.step_up(&app).await;
        let email = strong.enrol_email("alice@example.com").await;
        let (_, papers) = strong.enrol_recovery().await;
        clock.set(SystemClock.now());
        let (proved, open_one, by_mail) =
            (alice.begin_mfa().await.id, alice.begin_mfa().await.id, alice.begin_mfa().await.id);
        assert_eq!(alice.prompt(&by_mail, &email).await.status, 200);
        let mailed = service.outbox.last_code();
        let enrolment = strong.enrol(json!({ "method": "sms", "phone": "+4915112345678" })).await;
        let texted = service.outbox.last_code();

        replica.wait_until("it has all so far", |replica| written(replica) == written(&primary));
        replica.pause();
        primary.ask(&["CLIENT", "KILL", "TYPE", "replica"]);
        let used = app.code(service.now());
        let answer = alice.prove(&proved, &app.factor, &used).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        primary.kill();
        replica.resume();
        replica.ask(&["REPLICAOF", "NO", "ONE"]);

        let service = on(&replica, framework, &clock).await;
        let alice = service.login("alice").await.with_token(&alice.token);
        let strong = alice.with_token(&strong.token);
        for ceremony in [&proved, &open_one] {
            all_over(&alice, ceremony, &app.factor, &used).await;
        }
        all_over(&alice, &by_mail, &email, &mailed).await;
        let id = enrolment["id"].as_str().unwrap();
        assert_eq!(said(&strong.confirm(id, &texted).await), over());
        // Who begins again cannot do it with what may have been used. A code is good in the step
        // before its own, so the one after the loss may be the one that was used.
        let anew = alice.begin_mfa().await.id;
        let answer = alice.prove(&anew, &app.factor, &used).await;
        assert_eq!(said(&answer), (403, "wrong-answer".to_owned()));
        let store = open(&replica).await;
        let lost_at = epoch(&store).await.writes_lost_at().unwrap().as_secs();
        let step_of_loss = lost_at / 30 * 30;
        for (later, status) in [(30, 403), (60, 200)] {
            clock.set(Timestamp::from_secs(step_of_loss + later));
            let code = app.code(step_of_loss + later);
            let answer = alice.prove(&anew, &app.factor, &code).await;
            assert_eq!(answer.status, status, "{later}: {}", answer.json());
        }
        assert_eq!(said(&alice.state(&anew).await), (200, String::new()));
        // The other factors begin anew as ever: their codes are of the new ceremony, or on paper.
        clock.set(Timestamp::from_secs(step_of_loss + 600));
        let by_mail = alice.begin_mfa().await;
        assert_eq!(alice.prompt(&by_mail.id, &email).await.status, 200);
        let code = service.outbox.last_code();
        assert_eq!(alice.prove(&by_mail.id, &email, &code).await.status, 200);
        let on_paper = alice.begin_mfa().await;
        let recovery = on_paper.factor("recovery");
        assert_eq!(alice.prove(&on_paper.id, &recovery, &papers[0]).await.status, 200);
    }
}

/// The same authority goes on: its server was a replica for a moment, and what it has is another's.
#[tokio::test]
#[ignore = "needs redis-server; `cargo xtask test` runs it"]
async fn f6_an_authority_notices_that_its_server_was_a_replica() {
    for framework in Framework::ALL {
        let redis = Redis::start();
        let clock =
            Arc::new(ManualClock::at(Timestamp::from_secs(SystemClock.now().as_secs() - 60)));
        let service = on(&redis, framework, &clock).await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        clock.set(SystemClock.now());
        let open_one = alice.begin_mfa().await.id;
        let proved = alice.begin_mfa().await.id;
        let used = app.code(service.now());
        assert_eq!(alice.prove(&proved, &app.factor, &used).await.status, 200);
        // Of nobody: it keeps what it has, and takes no writes.
        let gone = Redis::start().address();
        let (host, port) = gone.split_once(':').unwrap();
        redis.ask(&["REPLICAOF", host, port]);
        assert_eq!(alice.prove(&open_one, &app.factor, &used).await.status, 503, "S7");
        redis.ask(&["REPLICAOF", "NO", "ONE"]);
        for ceremony in [&open_one, &proved] {
            assert_eq!(said(&alice.state(ceremony).await), over(), "nor is its token fetched");
            assert_eq!(said(&alice.prove(ceremony, &app.factor, &used).await), over());
        }
        let store = open(&redis).await;
        let lost_at = store.read(&[]).await.unwrap().epoch.writes_lost_at().unwrap().as_secs();
        let good = lost_at / 30 * 30 + 60;
        clock.set(Timestamp::from_secs(good));
        let anew = alice.begin_mfa().await.id;
        assert_eq!(alice.prove(&anew, &app.factor, &app.code(good)).await.status, 200);
    }
}
