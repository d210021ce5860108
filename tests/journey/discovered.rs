//! An API elsewhere, which finds the authority over HTTP (RFC 8414) and follows its keys.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::join_all;
use poem::EndpointExt as _;
use poem::endpoint::BoxEndpoint;
use serde_json::{Value, json};
use stepup_authority::{Authority, Issuer, Login, SigningKeys};
use stepup_core::{Algorithm, Gate, GateBuilder, Network};
use stepup_tests::authority::{BANK_API, Service, Setup};
use stepup_tests::{Api, Framework, Served};
use tower::ServiceExt as _;

use crate::put_together::{all_factors, header, issuer, service, token};

stepup_tests::on_every_store!(
    a_gate_elsewhere_finds_the_authority_and_admits_what_it_issues
    p5_no_good_token_is_refused_while_the_authority_changes_its_keys
);

/// A server whose pages are given once its address is known.
enum Late {
    Axum(Served, Arc<OnceLock<axum::Router>>),
    Poem(Served, Arc<OnceLock<BoxEndpoint<'static>>>),
}

struct LatePoem(Arc<OnceLock<BoxEndpoint<'static>>>);

impl poem::Endpoint for LatePoem {
    type Output = poem::Response;

    async fn call(&self, request: poem::Request) -> poem::Result<poem::Response> {
        self.0.get().expect("the pages are given").call(request).await
    }
}

impl Late {
    fn start(framework: Framework) -> Self {
        match framework {
            Framework::Axum => {
                let pages: Arc<OnceLock<axum::Router>> = Arc::default();
                let given = pages.clone();
                let router =
                    axum::Router::new().fallback(move |request: axum::extract::Request| {
                        let pages = given.get().expect("the pages are given").clone();
                        async move { pages.oneshot(request).await }
                    });
                Self::Axum(Served::axum(router), pages)
            }
            Framework::Poem => {
                let pages: Arc<OnceLock<BoxEndpoint<'static>>> = Arc::default();
                Self::Poem(Served::poem(LatePoem(pages.clone())), pages)
            }
        }
    }

    fn url(&self) -> String {
        let (Self::Axum(served, _) | Self::Poem(served, _)) = self;
        format!("http://{}", served.address())
    }

    fn give(&self, authority: &Authority) {
        let is_first = match self {
            Self::Axum(_, pages) => {
                pages.set(stepup_axum::authority(axum::Router::new(), authority)).is_ok()
            }
            Self::Poem(_, pages) => {
                let route = stepup_poem::authority(poem::Route::new(), authority);
                pages.set(route.map_to_response().boxed()).is_ok()
            }
        };
        assert!(is_first);
    }

    /// Status, head and body of a page.
    fn get(&self, path: &str) -> (u16, String, Vec<u8>) {
        let url = self.url();
        let host = url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_ascii_lowercase();
        (head[9..12].parse().unwrap(), head, answer[end + 4..].to_vec())
    }
}

async fn served(setup: Setup, late: &Late, path: &str) -> Service {
    let keys = SigningKeys::in_store(Algorithm::Es256);
    let own = issuer(&setup, &format!("{}{path}", late.url()), keys).await;
    let gate = own.gate().build().unwrap();
    let outbox = setup.outbox.clone();
    let service = service(setup, own, gate, |builder| all_factors(builder, &outbox));
    late.give(&service.authority);
    service
}

async fn a_gate_elsewhere_finds_the_authority_and_admits_what_it_issues(setup: Setup) {
    let framework = setup.framework;
    let late = Late::start(framework);
    let service = served(setup, &late, "").await;
    let url = late.url();

    let gate = elsewhere(&url, BANK_API, &service).discover().await.unwrap();
    let elsewhere = Api::new(framework, &gate);
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let challenged = elsewhere.post_with("/mfa_fresh", &alice.token).await;
    assert_eq!((challenged.status.as_u16(), challenged.ran), (401, 0));
    assert!(challenged.challenge().contains("insufficient_user_authentication"));
    let ceremony = alice.begin_mfa().await;
    let proved = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
    let answer = elsewhere.post_with("/mfa_fresh", &token(&proved)).await;
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1));
    // T32: and no API of another name.
    let gate = self::elsewhere(&url, "https://other.example", &service).discover().await.unwrap();
    let other = Api::new(framework, &gate);
    let answer = other.post_with("/mfa_fresh", &token(&proved)).await;
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
    assert!(answer.challenge().contains(r#"error="invalid_token""#));
    // R-8414-01: it answers for its own name alone.
    let other = self::elsewhere(&format!("{url}/other"), BANK_API, &service);
    assert!(other.wait_for_issuer(Duration::ZERO).discover().await.is_err());
}

/// RFC 8414 §2 and §3.1, RFC 7517 §5; for an issuer with a path too.
#[tokio::test]
async fn r_8414_01_the_metadata_says_what_is_there() {
    for framework in Framework::ALL {
        for path in ["", "/tenants/one"] {
            let late = Late::start(framework);
            let service = served(Setup::new(framework), &late, path).await;
            let url = late.url();
            let (status, head, body) =
                late.get(&format!("/.well-known/oauth-authorization-server{path}"));
            assert_eq!(status, 200);
            assert!(head.contains("content-type: application/json"), "{head}");
            let metadata: Value = serde_json::from_slice(&body).unwrap();
            let expected = json!({
                "issuer": format!("{url}{path}"),
                "jwks_uri": format!("{url}{path}/.well-known/jwks.json"),
                "token_endpoint": format!("{url}/step-up/token"),
                "token_endpoint_auth_methods_supported": ["none"],
                "grant_types_supported": ["urn:ietf:params:oauth:grant-type:token-exchange"],
                "response_types_supported": [],
                "acr_values_supported": ["single-factor", "mfa"],
                "step_up_endpoint": format!("{url}/step-up"),
            });
            assert_eq!(metadata, expected);
            // What it names is there.
            let keys = metadata["jwks_uri"].as_str().unwrap().strip_prefix(&url).unwrap();
            let (status, head, body) = late.get(keys);
            assert_eq!(status, 200);
            assert!(head.contains("content-type: application/jwk-set+json"), "{head}");
            let keys: Value = serde_json::from_slice(&body).unwrap();
            for key in keys["keys"].as_array().unwrap() {
                let mut members: Vec<_> = key.as_object().unwrap().keys().collect();
                members.sort();
                assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
                assert_eq!((&key["alg"], &key["use"]), (&json!("ES256"), &json!("sig")));
            }
            let login = service.login("alice").await.token;
            assert_eq!(header(&login)["kid"], keys["keys"][0]["kid"]);
            assert_eq!(late.get("/step-up/token").0, 405, "there, for POST");
            let elsewhere = format!("/.well-known/oauth-authorization-server{path}/x");
            assert_eq!(late.get(&elsewhere).0, 404);
            let gate = self::elsewhere(&format!("{url}{path}"), BANK_API, &service);
            let gate = gate.discover().await.unwrap();
            let answer = Api::new(framework, &gate).post_with("/verified", &login).await;
            assert_eq!(answer.status, 200);
        }
    }
}

/// A gate that finds this authority. The API of the tests also demands what no authority without
/// passkeys can show, and a gate says so when it is built: those handlers are left to others.
fn elsewhere(issuer: &str, audience: &str, service: &Service) -> GateBuilder {
    Gate::builder(issuer, audience)
        .network(Network::Loopback)
        .clock(service.clock.clone())
        .except_module("stepup_tests::axum_api")
        .except_module("stepup_tests::poem_api")
}

/// Less than the ten minutes that a key is published before it signs.
const STEP: Duration = Duration::from_secs(8 * 60);
const DAY: u64 = 24 * 60 * 60;

/// Two instances that issue, and an API elsewhere that is asked all the time.
struct Load {
    instances: [Issuer; 2],
    elsewhere: [Api; 2],
    clock: Arc<stepup_core::ManualClock>,
    rounds: [Cell<usize>; 4],
    /// When each ends, and its key.
    tokens: RefCell<Vec<(u64, String, String)>>,
    is_done: Cell<bool>,
}

impl Load {
    fn now(&self) -> u64 {
        stepup_core::Clock::now(&*self.clock).as_secs()
    }

    async fn run(self: Rc<Self>, worker: usize) {
        while !self.is_done.get() {
            let login = Login::of("alice").client_id("web").lifetime(Duration::from_secs(DAY));
            let issued = self.instances[worker % 2].issue_login(login).await.unwrap();
            let kid = header(&issued)["kid"].as_str().unwrap().to_owned();
            self.tokens.borrow_mut().push((self.now() + DAY - 60, kid.clone(), issued.clone()));
            self.is_admitted(worker, &kid, &issued).await;
            // The oldest that is good for a while yet.
            let soon = self.now() + 600;
            let oldest = self.tokens.borrow().iter().find(|(ends, ..)| *ends > soon).cloned();
            if let Some((_, kid, oldest)) = oldest {
                self.is_admitted(worker, &kid, &oldest).await;
            }
            self.rounds[worker].set(self.rounds[worker].get() + 1);
            tokio::task::yield_now().await;
        }
    }

    async fn is_admitted(&self, worker: usize, kid: &str, token: &str) {
        let answer = self.elsewhere[worker / 2].post_with("/single", token).await;
        assert_eq!(answer.status, 200, "under key {kid}, at {}", self.now());
    }

    /// Time goes by, while the others go on.
    async fn time(self: Rc<Self>, until: u64) {
        while self.now() < until {
            self.clock.advance(STEP);
            let before: Vec<_> = self.rounds.iter().map(Cell::get).collect();
            while self.rounds.iter().zip(&before).any(|(now, before)| now.get() < before + 2) {
                tokio::task::yield_now().await;
            }
        }
        self.is_done.set(true);
    }
}

/// P5, ISS-07: keys in the store, each for a day and published for a good day after.
async fn p5_no_good_token_is_refused_while_the_authority_changes_its_keys(setup: Setup) {
    let late = Late::start(setup.framework);
    let keys = SigningKeys::in_store(Algorithm::Es256).rotate_every(Duration::from_secs(DAY));
    let url = late.url();
    let instances = [issuer(&setup, &url, keys.clone()).await, issuer(&setup, &url, keys).await];
    let gate = instances[0].gate().build().unwrap();
    let outbox = setup.outbox.clone();
    let own = instances[0].clone();
    let service = service(setup, own, gate, |builder| all_factors(builder, &outbox));
    late.give(&service.authority);
    let gate = elsewhere(&url, BANK_API, &service).discover().await.unwrap();
    let load = Rc::new(Load {
        instances,
        elsewhere: Framework::ALL.map(|framework| Api::new(framework, &gate)),
        clock: service.clock.clone(),
        rounds: Default::default(),
        tokens: RefCell::default(),
        is_done: Cell::default(),
    });
    let begun = load.now();
    let overlap = 25 * 3600 + 5 * 60;
    let workers = join_all((0..4).map(|worker| load.clone().run(worker)));
    let ((), _) =
        futures_util::future::join(load.clone().time(begun + DAY + overlap + 3600), workers).await;

    let tokens = load.tokens.take();
    let mut kids: Vec<_> = tokens.iter().map(|(_, kid, _)| kid.as_str()).collect();
    kids.dedup();
    let first = kids[0];
    let used: std::collections::BTreeSet<_> = kids.iter().copied().collect();
    assert_eq!(used.len(), 3, "one a day: {used:?}");
    assert!(kids.len() <= 5, "two instances change keys at about the same time: {kids:?}");
    // The first is withdrawn, and its tokens with it; they were over for long.
    let (_, _, body) = late.get("/.well-known/jwks.json");
    let keys: Value = serde_json::from_slice(&body).unwrap();
    let published: Vec<_> =
        keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
    assert!(!published.contains(&first), "{published:?}");
    assert_eq!(published.len(), 2, "the last and the one before: {published:?}");
    let answer = load.elsewhere[0].post_with("/single", &tokens[0].2).await;
    assert_eq!(answer.status, 401);
}
