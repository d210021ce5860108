//! A store that stands still, and one that is gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepup_tests::authority::Kept;
use stepup_tests::servers::redis::Redis;
use tokio::task::{AbortHandle, JoinSet};

use crate::client::call;
use crate::person::{Asked, METHODS, Person};
use crate::server::{Patience, Server};

crate::on_both_stores! { f1_f2_a_hung_store_refuses_soon_and_heals f1_f2_a_dead_store_refuses_soon_and_heals }

/// How soon an answer is promised.
const PROMISED: Duration = Duration::from_millis(500);
/// How soon all is well again.
const HEALED: Duration = Duration::from_secs(5);

/// What somebody may call while the store is away.
struct Scene {
    servers: [Server; 2],
    /// Ceremonies in progress, with their right answers.
    asked: Vec<Asked>,
    /// Somebody with a stepped-up token.
    stepped_up: Person,
    /// A factor of theirs.
    factor: String,
    /// An enrolment of somebody's, and its path.
    enrolling: (Person, String),
}

impl Scene {
    async fn new(servers: [Server; 2]) -> Self {
        let mut asked = Vec::new();
        for method in METHODS {
            asked.push(Asked::new(&servers[0], method).await);
        }
        let proof = Asked::new(&servers[0], "totp").await;
        let answer = proof.prove(&servers[0]).await;
        let token = answer.body["access_token"].as_str().expect("a token").to_owned();
        let stepped_up = proof.person.with_token(token);
        let somebody = Person::log_in(&servers[0]).await;
        let body = json!({ "method": "totp" });
        let begun = somebody.post(&servers[0], "/step-up/enrolments", &body).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        let path = begun.body["id"].as_str().map(|id| format!("/step-up/enrolments/{id}"));
        let enrolling = (somebody, path.expect("an id"));
        Self { servers, asked, stepped_up, factor: proof.factor, enrolling }
    }

    /// Every request that changes something, and those that read.
    fn requests(&self) -> Vec<(String, Vec<u8>)> {
        let mut requests = Vec::new();
        let mut add = |name: &str, request| requests.push((name.to_owned(), request));
        for asked in &self.asked {
            let Asked { person, ceremony, method, factor, .. } = asked;
            add(&format!("{method}: right"), asked.proof());
            let wrong = person.request("POST", &asked.proof_path(), &asked.wrong());
            add(&format!("{method}: wrong"), wrong);
            add("prompt", person.request("POST", &asked.prompt_path(), &Value::Null));
            add("cancel", person.request("DELETE", &asked.path(), &Value::Null));
            add("state", person.request("GET", &asked.path(), &Value::Null));
            let begin = json!({ "acr_values": "mfa" });
            add("begin", person.request("POST", "/step-up/ceremonies", &begin));
            let exchange = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange\
                &subject_token_type=urn:ietf:params:oauth:token-type:access_token";
            let form = format!(
                "{exchange}&subject_token={}&ceremony={ceremony}&factor={factor}&code={}",
                person.token,
                asked.code()
            );
            add("token", person.request("POST", "/step-up/token", &form.into()));
        }
        let (somebody, path) = &self.enrolling;
        let code = json!({ "code": "123456" });
        add("confirm", somebody.request("POST", path, &code));
        let enrol = json!({ "method": "email", "email": "mallory@example.com" });
        add("enrol", self.stepped_up.request("POST", "/step-up/enrolments", &enrol));
        let path = format!("/step-up/factors/{}", self.factor);
        add("remove", self.stepped_up.request("DELETE", &path, &Value::Null));
        requests
    }

    /// Calls all of it at both, four at a time at each, while the store is away: how long the
    /// answers took, sorted.
    async fn refuses_all(&self) -> Vec<Duration> {
        let mut took = Vec::new();
        for requests in self.requests().chunks(4) {
            let mut tasks = JoinSet::new();
            for (name, request) in requests {
                for server in &self.servers {
                    let (name, request, api) = (name.clone(), request.clone(), server.api);
                    tasks.spawn(async move {
                        let begin = Instant::now();
                        let answer = call(api, &request).await.expect("it answers");
                        let took = begin.elapsed();
                        assert_eq!(answer.status, 503, "{name}: {}", answer.body);
                        took
                    });
                }
            }
            took.extend(tasks.join_all().await);
        }
        took.sort();
        took
    }

    /// While the store is away.
    async fn refuses_soon_and_verifies(&self) {
        let lag = Lag::watch();
        let took = self.refuses_all().await;
        let lag = lag.longest();
        let (median, longest) = (took[took.len() / 2], took[took.len() - 1]);
        let verified = self.verifies().await;
        println!(
            "{} refused, median {median:?}, longest {longest:?} (of which late here up to {lag:?}); \
             a token is verified in {verified:?} at most",
            took.len()
        );
        assert!(longest <= PROMISED + lag, "{longest:?}, of which {lag:?} by this process");
    }

    /// Tokens that were issued are still good, and weak ones still not good enough (F2).
    async fn verifies(&self) -> Duration {
        let mut longest = Duration::ZERO;
        let weak = &self.asked[0].person;
        for _ in 0..25 {
            for server in &self.servers {
                let begin = Instant::now();
                for (person, path, status) in [
                    (weak, "/single", 200),
                    (weak, "/mfa_fresh", 401),
                    (&self.stepped_up, "/mfa_fresh", 200),
                ] {
                    let answer = person.post(server, path, &Value::Null).await;
                    assert_eq!(answer.status, status, "{path}: {}", answer.body);
                }
                longest = longest.max(begin.elapsed() / 3);
            }
        }
        longest
    }

    /// How long until both work again, from when the store does.
    async fn heals(&self) -> Duration {
        let begin = Instant::now();
        for server in &self.servers {
            loop {
                let wanted = json!({ "acr_values": "mfa" });
                let person = &self.asked[0].person;
                let answer = person.post(server, "/step-up/ceremonies", &wanted).await;
                if answer.status == 201 {
                    break;
                }
                assert_eq!(answer.status, 503, "{}", answer.body);
                assert!(begin.elapsed() < HEALED, "it does not heal");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        begin.elapsed()
    }
}

/// How much later than it asked for this process may have run: what it measures is late by that.
struct Lag {
    longest: Arc<AtomicU64>,
    watch: AbortHandle,
}

impl Lag {
    fn watch() -> Self {
        let longest = Arc::new(AtomicU64::new(0));
        let seen = longest.clone();
        let watch = tokio::spawn(async move {
            loop {
                let begin = Instant::now();
                tokio::time::sleep(Duration::from_millis(5)).await;
                let late = begin.elapsed().saturating_sub(Duration::from_millis(5));
                seen.fetch_max(late.as_micros() as u64, Ordering::Relaxed);
            }
        });
        Self { longest, watch: watch.abort_handle() }
    }

    fn longest(self) -> Duration {
        self.watch.abort();
        Duration::from_micros(self.longest.load(Ordering::Relaxed))
    }
}

async fn f1_f2_a_hung_store_refuses_soon_and_heals(kept: Kept) {
    let scene = Scene::new(Server::pair(&kept.place().await, Patience::Usual)).await;
    for _ in 0..2 {
        match &kept {
            Kept::Postgres(server) => server.pause(),
            Kept::Redis(server) => server.pause(),
            _ => panic!("it cannot hang"),
        }
        scene.refuses_soon_and_verifies().await;
        match &kept {
            Kept::Postgres(server) => server.resume(),
            Kept::Redis(server) => server.resume(),
            _ => panic!("it cannot hang"),
        }
        println!("healed in {:?}", scene.heals().await);
    }
    // Nothing of all that was done.
    for asked in &scene.asked {
        let wrong = asked.prove_wrongly(&scene.servers[0]).await;
        assert_eq!(wrong.status, 403, "{}: {}", asked.method, wrong.body);
        assert_eq!(wrong.body["attempts_left"], 4, "{}: {}", asked.method, wrong.body);
        assert_eq!(asked.prove(&scene.servers[1]).await.status, 200, "{}", asked.method);
        asked.has_one_token(&scene.servers).await;
    }
    let factors = scene.stepped_up.get(&scene.servers[0], "/step-up/factors").await;
    assert_eq!(factors.body["factors"][0]["id"], scene.factor, "{}", factors.body);
    assert_eq!(factors.body["factors"].as_array().map(Vec::len), Some(1));
}

async fn f1_f2_a_dead_store_refuses_soon_and_heals(kept: Kept) {
    // This Redis keeps what it had past its death.
    let mut kept = match kept {
        Kept::Redis(_) => Kept::Redis(Redis::with_append_only_file()),
        kept => kept,
    };
    let scene = Scene::new(Server::pair(&kept.place().await, Patience::Usual)).await;
    match &mut kept {
        Kept::Postgres(server) => server.kill(),
        Kept::Redis(server) => server.kill(),
        _ => panic!("it cannot die"),
    }
    scene.refuses_soon_and_verifies().await;
    match &mut kept {
        Kept::Postgres(server) => server.restart(),
        Kept::Redis(server) => server.restart(),
        _ => panic!("it cannot die"),
    }
    println!("healed in {:?}", scene.heals().await);
    for asked in &scene.asked {
        // A Redis that comes back may have lost that a code was used: what was going on is over.
        let (state, right) = match &kept {
            Kept::Redis(_) => (410, 410),
            _ => (200, 200),
        };
        assert_eq!(asked.state(&scene.servers[0]).await.status, state, "{}", asked.method);
        assert_eq!(asked.prove(&scene.servers[1]).await.status, right, "{}", asked.method);
    }
    // A new ceremony works at once.
    let asked = Asked::new(&scene.servers[0], "email").await;
    assert_eq!(asked.prove(&scene.servers[1]).await.status, 200);
    asked.has_one_token(&scene.servers).await;
}
