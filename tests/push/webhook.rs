//! Devices that are woken by a webhook: a server on this machine that goes away and comes back.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_authority::factor::{DeliveryError, FactorFuture, PushWebhook, Wake, Waker};
use stepup_tests::authority::Setup;
use stepup_tests::{Framework, Log};
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

use crate::scene::{Asking, Phone, is, problem, start_with, token};

const SECRET: &str = "dGhpcnR5LXR3byBieXRlcyBvZiBhIHNlY3JldCE=";

/// What it was sent, and what it answers.
#[derive(Clone, Default)]
struct Hook(Arc<Mutex<Vec<(HeaderMap, String)>>>, Arc<Mutex<Conduct>>);

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Conduct {
    #[default]
    Takes,
    Refuses,
    SendsElsewhere,
}

impl Hook {
    fn taken(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn answers(&self, conduct: Conduct) {
        *self.1.lock().unwrap() = conduct;
    }

    async fn listen(&self, address: SocketAddr) -> (SocketAddr, JoinHandle<()>) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(address).unwrap();
        let listener = socket.listen(64).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(take).with_state(self.clone());
        let serve = async move { axum::serve(listener, router).await.unwrap() };
        (address, tokio::spawn(serve))
    }
}

async fn take(State(hook): State<Hook>, headers: HeaderMap, body: String) -> Response {
    hook.0.lock().unwrap().push((headers, body));
    match *hook.1.lock().unwrap() {
        Conduct::Takes => StatusCode::NO_CONTENT.into_response(),
        Conduct::Refuses => (StatusCode::SERVICE_UNAVAILABLE, "a-secret-of-theirs").into_response(),
        Conduct::SendsElsewhere => Redirect::temporary("/elsewhere").into_response(),
    }
}

/// As the documentation of Standard Webhooks says to verify.
fn is_genuine(headers: &HeaderMap, body: &str) -> bool {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let signed = format!("{}.{}.{body}", text("webhook-id"), text("webhook-timestamp"));
    let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(SECRET).unwrap());
    let signature = text("webhook-signature");
    let signature = STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
    hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
}

#[tokio::test]
async fn f12_a_webhook_goes_down_and_comes_back() {
    for framework in Framework::ALL {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::WARN)
            .with_writer(log.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let hook = Hook::default();
        let (address, listening) = hook.listen(([127, 0, 0, 1], 0).into()).await;
        let webhook =
            PushWebhook::new(&format!("http://{address}/wake?token=t0k3n"), SECRET).unwrap();
        let service = start_with(Setup::new(framework), |push| push.woken_by(webhook)).await;
        let alice = service.login("alice").await;
        let phone = Phone::of(&service, &alice, "Telephone").await;
        let begun = alice.begin_mfa().await;
        let ask = async || {
            let prompt = alice.prompt(&begun.id, &phone.factor).await;
            assert_eq!(prompt.status, 200, "{}", prompt.json());
            prompt.json()["prompt"].clone()
        };

        let shown = ask().await;
        assert_eq!(shown["woken"], true);
        let taken = hook.taken();
        let [(headers, body)] = &taken[..] else { panic!("{taken:?}") };
        assert!(is_genuine(headers, body));
        assert_eq!(headers["webhook-timestamp"], service.now().to_string());
        assert_eq!(headers["content-type"], "application/json");
        let name = phone.device.page().rsplit('/').next().unwrap();
        let sent: Value = serde_json::from_str(body).unwrap();
        let wakes = json!({
            "type": "push.requested",
            "timestamp": "2027-01-15T08:00:00Z",
            "data": { "device": name },
        });
        assert_eq!(sent, wakes, "a wake-up, and nothing of what is asked");

        // Down: the user is told, and the request stands for a device that polls by itself.
        listening.abort();
        let _ = listening.await;
        let shown = ask().await;
        assert_eq!(shown["woken"], false);
        assert!(log.text().contains("the webhook for pushes cannot be reached"), "{}", log.text());
        let number = shown["number"].as_str().unwrap();
        assert_eq!(phone.type_in(&phone.asked().await, number).await, Ok(()));
        let asking = Asking {
            ceremony: begun.id.clone(),
            factor: phone.factor.clone(),
            number: number.to_owned(),
        };
        token(&asking.poll(&alice).await);
        assert!(hook.taken().is_empty());

        // Back.
        let (_, listening) = hook.listen(address).await;
        let begun = alice.begin_mfa().await;
        for (conduct, woken, said) in [
            (Conduct::Takes, true, ""),
            (Conduct::Refuses, false, "the webhook for pushes answers 503"),
            (Conduct::SendsElsewhere, false, "the webhook for pushes answers 307"),
        ] {
            hook.answers(conduct);
            let prompt = alice.prompt(&begun.id, &phone.factor).await;
            assert_eq!(prompt.json()["prompt"]["woken"], woken);
            assert!(log.text().contains(said), "{}", log.text());
            // Whatever it answers, it hears of each request once.
            let taken = hook.taken();
            assert_eq!(taken.len(), 1);
            assert!(is_genuine(&taken[0].0, &taken[0].1));
        }
        // What is not asked wakes nobody.
        let refusal = alice.prompt(&begun.id, &phone.factor).await;
        assert_eq!(problem(&refusal), is(429, "too-many-messages"));
        assert!(hook.taken().is_empty());
        assert_eq!(service.events.count(EventKind::Unsent), 1);
        for secret in ["t0k3n", "a-secret-of-theirs", SECRET, name] {
            assert!(!log.text().contains(secret), "{secret}: {}", log.text());
        }
        listening.abort();
    }
}

/// Wakes nobody, ever.
struct Hanging;

impl Waker for Hanging {
    fn wake<'a>(&'a self, _: &'a Wake) -> FactorFuture<'a, Result<(), DeliveryError>> {
        Box::pin(std::future::pending())
    }
}

/// Timers run ahead, so the three seconds are short.
#[tokio::test(start_paused = true)]
async fn f12_whoever_wakes_devices_is_not_waited_for_long() {
    for framework in Framework::ALL {
        let service = start_with(Setup::new(framework), |push| push.woken_by(Hanging)).await;
        let alice = service.login("alice").await;
        let phone = Phone::of(&service, &alice, "Telephone").await;
        let begun = alice.begin_mfa().await;
        let before = tokio::time::Instant::now();
        let prompt = alice.prompt(&begun.id, &phone.factor).await;
        assert_eq!(before.elapsed().as_secs(), 3);
        assert_eq!(prompt.json()["prompt"]["woken"], false);
        let number = prompt.json()["prompt"]["number"].as_str().unwrap().to_owned();
        assert_eq!(phone.type_in(&phone.asked().await, &number).await, Ok(()));
    }
}
