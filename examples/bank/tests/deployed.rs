//! Two banks behind nginx, as in `compose.yaml`: customers in PostgreSQL, their factors in Redis.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::{Request, Response};
use serde_json::{Value, json};
use stepup_authority::device::Device;
use stepup_axum::{Clock as _, ManualClock, SystemClock};
use stepup_tests::servers::postgres::Postgres;
use stepup_tests::servers::redis::Redis;

use crate::support::Customer;
use crate::support::folder::Folder;
use crate::support::nginx::{Nginx, free_port};
use crate::support::process::Bank;

const KEY: (&str, &str) = ("STEPUP_SEALING_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

struct Deployed {
    proxy: Nginx,
    banks: [Option<Bank>; 2],
    arguments: Vec<String>,
    ledger: Postgres,
    _store: Redis,
    _folder: Folder,
}

impl Deployed {
    fn start() -> Self {
        let (folder, ledger) = (Folder::new(), Postgres::start());
        let socket = folder.path().join("redis.sock").display().to_string();
        let store = Redis::with(&["--unixsocket", &socket]);
        let port = free_port();
        let arguments = [
            "--store",
            &format!("redis+unix://{socket}"),
            "--ledger",
            &ledger.url(),
            "--origin",
            &format!("http://localhost:{port}"),
            "--address-header=x-real-ip",
        ];
        let arguments: Vec<String> = arguments.map(str::to_owned).into();
        let ports = [free_port(), free_port()];
        // At once: each makes of tables and demo users what the other has not.
        let banks = thread::scope(|scope| {
            let axum = scope.spawn(|| start(&arguments, ports[0], "axum"));
            let poem = scope.spawn(|| start(&arguments, ports[1], "poem"));
            [axum, poem].map(|bank| Some(bank.join().unwrap()))
        });
        let proxy = Nginx::start(port, ports);
        Self { proxy, banks, arguments, ledger, _store: store, _folder: folder }
    }

    fn bank(&self, number: usize) -> &Bank {
        self.banks[number].as_ref().unwrap()
    }
}

fn start(arguments: &[String], port: u16, framework: &str) -> Bank {
    let port = port.to_string();
    let mut all: Vec<&str> = arguments.iter().map(String::as_str).collect();
    all.extend(["--port", &port, "--framework", framework]);
    Bank::start_in(Folder::new(), &all, &[KEY])
}

/// Pairs a phone, and has it asked.
async fn asked_from(login: &Customer, confirmed: &Customer, address: &str) {
    let begun = confirmed.call("POST", "/step-up/enrolments", &json!({ "method": "push" })).await;
    let (phone, pairing) = Device::pair(begun.json["pairing_uri"].as_str().unwrap(), "X").unwrap();
    phone.paired(&said(pairing).await).unwrap();
    let page = format!("/step-up/enrolments/{}", begun.json["id"].as_str().unwrap());
    assert_eq!(confirmed.call("POST", &page, &json!({})).await.status, 201);

    let refused = login.pay("bob", json!(1)).await;
    let (page, factor) = login.begin(&refused, "push").await;
    let forged = [("x-real-ip", "203.0.113.7")];
    let prompt = format!("{page}/factors/{factor}");
    let asked = login.send("POST", &prompt, &forged, String::new()).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let asked = phone.asked(&said(phone.poll(SystemClock.now()).unwrap()).await).unwrap();
    assert_eq!(asked[0].address(), Some(address));
}

/// What a phone says goes to the address that it was paired with: the proxy.
async fn said(request: Request<Bytes>) -> Response<Bytes> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = reqwest::Request::try_from(request.map(|body| body.to_vec())).unwrap();
    let answer = client.execute(request).await.unwrap();
    let mut response = Response::builder().status(answer.status());
    *response.headers_mut().unwrap() = answer.headers().clone();
    response.body(answer.bytes().await.unwrap()).unwrap()
}

fn port_of(bank: &Bank) -> u16 {
    bank.url.rsplit(':').next().unwrap().parse().unwrap()
}

#[tokio::test]
#[ignore = "needs nginx, PostgreSQL and Redis; `cargo xtask test` runs it"]
async fn a_step_up_goes_on_at_another_instance_and_when_one_is_killed() {
    let mut bank = Deployed::start();
    let [first, second] = [0, 1].map(|number| bank.bank(number).url.clone());
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let nobody = Customer::new(&bank.proxy.url, clock.clone(), &client);

    // Each demo user is there once, with the app that both banks name.
    let alice = nobody.logged_in("alice").await;
    assert_eq!(alice.methods().await, ["email", "totp"]);
    let app = nobody.app_of("alice").await;
    let bob = nobody.logged_in("bob").await;
    for url in [&first, &second] {
        assert_eq!(nobody.at(url).get("/demo").await.json, nobody.get("/demo").await.json);
    }

    // Refused by the one, begun at it, proved at the other, and sent by the first.
    let refused = alice.at(&first).pay("bob", json!(25)).await;
    let (page, factor) = alice.at(&first).begin(&refused, "totp").await;
    let code = app.code(clock.now().as_secs());
    let proof = json!({ "factor": factor, "code": code });
    let confirmed = alice.at(&second).prove(&page, &proof).await;
    assert_eq!(confirmed.at(&first).pay("bob", json!(25)).await.status, 200);
    let again = alice.at(&first).call("POST", &format!("{page}/proof"), &proof).await;
    assert_eq!(again.status, 409, "a code counts once: {}", again.text);

    // A hundred transfers over the proxy, in pairs of which each is one.
    let sends = (0..100).map(|number| {
        let key = (number / 2).to_string();
        let confirmed = &confirmed;
        async move {
            let order = json!({ "to": "bob", "amount": 1 }).to_string();
            confirmed.send("POST", "/transfers", &[("idempotency-key", &key)], order).await
        }
    });
    let sent = join_all(sends).await;
    assert!(sent.iter().all(|answer| answer.status == 200), "{sent:?}");
    assert_eq!(alice.balance().await, "2325.00");

    // Ten wrong passwords, wherever they are said.
    for number in 0..10 {
        let url = [&first, &second][number % 2];
        assert_eq!(nobody.at(url).login("bob", "wrong").await.status, 401);
    }
    for url in [&first, &second] {
        assert_eq!(nobody.at(url).login("bob", "correct horse").await.status, 429);
    }

    // A code is mailed by the one, which is killed; its mail is read at the other, and answered.
    let refused = alice.at(&first).call("PUT", "/profile/email", &Value::Null).await;
    let (page, factor) = alice.at(&first).begin(&refused, "email").await;
    let prompt = format!("{page}/factors/{factor}");
    assert_eq!(alice.at(&first).call("POST", &prompt, &Value::Null).await.status, 200);
    let port = port_of(bank.bank(0));
    drop(bank.banks[0].take());
    let code = alice.at(&second).code_mailed_to("alice@example.com").await;
    let confirmed = alice.prove(&page, &json!({ "factor": factor, "code": code })).await;
    for _ in 0..10 {
        assert_eq!(confirmed.pay("bob", json!(1)).await.status, 200);
    }
    assert_eq!(alice.balance().await, "2315.00");

    // It comes back, with the same keys.
    bank.banks[0] = Some(start(&bank.arguments, port, "poem"));
    let url = bank.bank(0).url.clone();
    assert_eq!(confirmed.at(&url).pay("bob", json!(1)).await.status, 200);

    // While the ledger is away nobody is told anything but that.
    bank.ledger.kill();
    let away = nobody.at(&url).get("/healthz").await;
    assert_eq!(
        (away.status.as_u16(), away.headers["retry-after"].as_bytes()),
        (503, b"1".as_slice())
    );
    assert_eq!(away.headers["content-type"], "application/problem+json");
    assert_eq!(confirmed.at(&url).pay("bob", json!(1)).await.status, 503);
    bank.ledger.restart();
    for _ in 0..100 {
        if nobody.get("/healthz").await.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(confirmed.pay("bob", json!(1)).await.json["balance"], "2313.00");

    // A phone shows where the request comes from by the proxy's word, whatever a client says.
    asked_from(&alice.at(&bank.proxy.url), &confirmed, "127.0.0.1").await;

    // One that was killed before it had enrolled all demo users: the next one does it.
    let pool = sqlx::PgPool::connect(&bank.ledger.url()).await.unwrap();
    let forget = "UPDATE customers SET demo_totp_secret = NULL WHERE username = 'alice'";
    sqlx::query(forget).execute(&pool).await.unwrap();
    let third = start(&bank.arguments, free_port(), "axum");
    assert_eq!(alice.at(&third.url).methods().await, ["email", "totp"]);
    let anew = nobody.app_of("alice").await;
    let moment = clock.now().as_secs();
    assert_ne!(anew.code(moment), app.code(moment));
    let refused = alice.pay("bob", json!(1)).await;
    let confirmed = alice.step_up(&refused, &anew).await;
    assert_eq!(confirmed.pay("bob", json!(1)).await.status, 200);

    // An account that is closed at one instance is closed at the other, and at both for the authority.
    let close = "UPDATE customers SET closed_at = 1 WHERE username = 'bob'";
    assert_eq!(bob.methods().await, ["email", "totp"]);
    sqlx::query(close).execute(&pool).await.unwrap();
    for url in [&bank.bank(0).url, &second] {
        bob.at(url).is_refused_everywhere().await;
    }
}
