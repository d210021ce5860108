//! S5: what is thrown away counts no more. The store below throws away everything that it may, at
//! the first moment at which it may, by a clock that is a minute ahead of the authority's.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_authority::Limits;
use stepup_authority::store::{Change, Commit, Epoch, Key, Snapshot, Store, StoreFuture};
use stepup_core::{Clock as _, ManualClock, Timestamp};
use stepup_tests::authority::{Service, Setup, User};
use stepup_tests::{Answer, Framework};

/// A store around another.
#[derive(Debug)]
struct Eager {
    inner: Arc<dyn Store>,
    clock: Arc<ManualClock>,
}

impl Eager {
    async fn throw_away(&self) {
        let now = self.clock.now().as_secs();
        let swept = self.inner.sweep(Timestamp::from_secs(now + 60), usize::MAX).await;
        swept.expect("it is in memory");
    }
}

impl Store for Eager {
    fn read<'a>(&'a self, keys: &'a [Key]) -> StoreFuture<'a, Snapshot> {
        Box::pin(async move {
            self.throw_away().await;
            self.inner.read(keys).await
        })
    }

    fn commit<'a>(&'a self, epoch: Epoch, changes: &'a [Change]) -> StoreFuture<'a, Commit> {
        self.inner.commit(epoch, changes)
    }

    fn sweep(&self, _: Timestamp, _: usize) -> StoreFuture<'_, usize> {
        Box::pin(std::future::ready(Ok(0)))
    }
}

async fn eager(framework: Framework) -> Service {
    let setup = Setup::new(framework);
    let store = Arc::new(Eager { inner: setup.store.clone(), clock: setup.clock.clone() });
    let limits = Limits::default().sends_per_prefix(6);
    setup.store(store).with(|builder| builder.limits(limits)).start().await
}

fn seconds(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 429, "{}", answer.json());
    answer.headers["retry-after"].to_str().unwrap().parse().unwrap()
}

async fn remove(user: &User<'_>, factor: &str) -> Answer {
    user.call("DELETE", &format!("/step-up/factors/{factor}"), &Value::Null).await
}

const DAY: u64 = 24 * 60 * 60;

/// Of a user without factors: guesses, beginnings and messages are known for as long as they count.
#[tokio::test]
async fn s5_accounts_without_factors() {
    for framework in Framework::ALL {
        let service = eager(framework).await;
        let wrong = async |user: &User<'_>| {
            let email = format!("b{}@example.com", service.now());
            let begun = user.enrol(json!({ "method": "email", "email": email })).await;
            let code = service.outbox.last_code();
            let other = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
            let mut answers = Vec::new();
            for _ in 0..6 {
                answers.push(user.confirm(begun["id"].as_str().unwrap(), &other).await);
            }
            answers.into_iter().map(|answer| answer.status.as_u16()).collect::<Vec<_>>()
        };
        let bob = service.login("bob").await;
        assert_eq!(wrong(&bob).await[..5], [403; 5]);
        service.wait(899);
        assert_eq!(wrong(&service.login("bob").await).await, [429; 6]);
        service.wait(1);
        assert_eq!(wrong(&service.login("bob").await).await[..5], [403; 5]);

        let totp = async || {
            let carol = service.login("carol").await;
            carol.try_enrol(json!({ "method": "totp" })).await
        };
        for _ in 0..20 {
            assert_eq!(totp().await.status, 201);
            service.wait(1);
        }
        service.wait(579);
        assert_eq!(seconds(&totp().await), 1);
        service.wait(1);
        assert_eq!(totp().await.status, 201, "the first is over");
        assert_eq!(seconds(&totp().await), 1);

        for message in 0..20 {
            let dora = service.login("dora").await;
            let email = format!("{message}@example.com");
            let sent = dora.try_enrol(json!({ "method": "email", "email": email })).await;
            assert_eq!(sent.status, 201, "{}", sent.json());
            service.wait(600);
        }
        service.wait(DAY - 20 * 600 - 1);
        let email = || json!({ "method": "email", "email": "d@example.com" });
        assert_eq!(seconds(&service.login("dora").await.try_enrol(email()).await), 1);
        service.wait(1);
        assert_eq!(service.login("dora").await.try_enrol(email()).await.status, 201);
    }
}

/// Of a user who has factors: what was used up stays so, for years. Of one who had some: proofs of
/// then are none.
#[tokio::test]
async fn s5_accounts_with_factors() {
    for framework in Framework::ALL {
        let service = eager(framework).await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let (recovery, codes) = alice.step_up(&app).await.enrol_recovery().await;
        let prove = async |factor: &str, code: &str| {
            let alice = service.login("alice").await;
            let ceremony = alice.begin_mfa().await.id;
            let answer = alice.prove(&ceremony, factor, code).await;
            answer.status.as_u16()
        };
        let (now, used) = (service.now(), app.code(service.now()));
        assert_eq!(prove(&app.factor, &used).await, 200);
        assert_eq!(prove(&recovery, &codes[0]).await, 200);
        service.wait(1000 * DAY);
        assert_eq!(prove(&recovery, &codes[0]).await, 403);
        // By a clock that was put back, of all things.
        service.clock.set(Timestamp::from_secs(now));
        assert_eq!(prove(&app.factor, &used).await, 403);
        assert_eq!(prove(&recovery, &codes[1]).await, 200);

        service.clock.set(Timestamp::from_secs(now + 60));
        let alice = service.login("alice").await;
        let (early, late) = (alice.step_up(&app).await, alice.step_up(&app).await);
        for factor in [&recovery, &app.factor] {
            // The first removal makes the proof one of before.
            let proof = if *factor == recovery { late.clone() } else { alice.step_up(&app).await };
            assert_eq!(remove(&proof, factor).await.status, 204);
            service.wait(1);
        }
        for second in [0, 100, 100] {
            service.wait(second);
            let answer = early.try_enrol(json!({ "method": "totp" })).await;
            assert_eq!(answer.status, 401, "{}", answer.json());
        }
    }
}

/// Ceremonies and enrolments, until they are over, and as long again.
#[tokio::test]
async fn s5_ceremonies() {
    for framework in Framework::ALL {
        let service = eager(framework).await;
        let alice = service.login("alice").await;
        let begun = alice.enrol(json!({ "method": "email", "email": "a@example.com" })).await;
        let enrolment = begun["id"].as_str().unwrap();
        service.wait(599);
        let confirmed = alice.confirm(enrolment, &service.outbox.last_code()).await;
        assert_eq!(confirmed.status, 201, "{}", confirmed.json());
        let email = confirmed.json()["factor"]["id"].as_str().unwrap().to_owned();
        service.wait(1);

        let alice = service.login("alice").await;
        let begin = async || alice.begin_mfa().await.id;
        let (proved, cancelled, over, last) =
            (begin().await, begin().await, begin().await, begin().await);
        assert_eq!(alice.prompt(&proved, &email).await.status, 200);
        let code = service.outbox.last_code();
        assert_eq!(alice.prove(&proved, &email, &code).await.status, 200);
        assert_eq!(alice.cancel(&cancelled).await.status, 204);
        service.wait(60);
        assert_eq!(alice.state(&proved).await.json()["status"], "verified");
        service.wait(1);
        assert_eq!(alice.state(&proved).await.status, 410);
        service.wait(537);
        assert_eq!(alice.prompt(&last, &email).await.status, 200);
        service.wait(1);
        let last_code = service.outbox.last_code();
        assert_eq!(alice.prove(&last, &email, &last_code).await.status, 200);
        // One that nobody asked for anything ends with its time, and is known to have ended.
        for (second, is_known, of_over) in
            [(0, true, 429), (1, true, 410), (539, true, 410), (2, false, 404)]
        {
            service.wait(second);
            for (ceremony, status) in [(&proved, 409), (&last, 409), (&cancelled, 410)] {
                let status = if is_known { status } else { 404 };
                assert_eq!(alice.prove(ceremony, &email, &code).await.status, status);
            }
            assert_eq!(alice.prompt(&over, &email).await.status, of_over, "{second}");
        }
    }
}

/// Messages: to an address for ten minutes, to a country until midnight.
#[tokio::test]
async fn s5_sends() {
    for framework in Framework::ALL {
        let service = eager(framework).await;
        let midnight = DAY - service.now() % DAY;
        let enrol = async |user: &str, details: &Value| {
            service.login(user).await.try_enrol(details.clone()).await
        };
        let email = json!({ "method": "email", "email": "a@example.com" });
        for user in ["alice", "bob"] {
            assert_eq!(enrol(user, &email).await.status, 201);
            service.wait(30);
        }
        service.wait(539);
        assert_eq!(seconds(&enrol("carol", &email).await), 1);
        service.wait(1);
        assert_eq!(enrol("carol", &email).await.status, 201);
        // Three are for enrolments, of six.
        let phone = |number: u32| json!({ "method": "sms", "phone": format!("+49151{number:07}") });
        for number in 0..3 {
            assert_eq!(enrol("alice", &phone(number)).await.status, 201);
        }
        service.wait(midnight - 600 - 1);
        assert_eq!(seconds(&enrol("bob", &phone(3)).await), 1);
        service.wait(1);
        assert_eq!(enrol("bob", &phone(3)).await.status, 201);
    }
}
