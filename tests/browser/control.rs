//! What only tests may do.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use stepup_authority::device::Device;
use stepup_authority::{Authority, Issuer, Login};
use stepup_core::{Clock as _, Method, SystemClock};
use stepup_tests::authority::{Events, Outbox};
use tokio::sync::Mutex;

use crate::desk::Done;

#[derive(Clone)]
pub struct Control {
    issuer: Issuer,
    authority: Authority,
    outbox: Outbox,
    events: Events,
    done: Done,
    origin: String,
    /// By their users.
    devices: Arc<Mutex<HashMap<String, Device>>>,
}

impl Control {
    pub fn new(
        issuer: Issuer,
        authority: Authority,
        outbox: Outbox,
        events: Events,
        done: Done,
        origin: String,
    ) -> Self {
        let devices = Arc::default();
        Self { issuer, authority, outbox, events, done, origin, devices }
    }

    async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let answer = self.authority.handle(request.map(Body::from)).await;
        let (parts, body) = answer.map(Body::from).into_parts();
        Response::from_parts(parts, to_bytes(body, usize::MAX).await.unwrap())
    }
}

pub fn router(control: Control) -> Router {
    Router::new()
        .route("/test/login", post(login))
        .route("/test/enrol", post(enrol))
        .route("/test/device", post(pair))
        .route("/test/device/answer", post(answer))
        .route("/test/seen", get(seen))
        .with_state(control)
}

/// As after a password.
async fn login(State(control): State<Control>, Json(body): Json<Value>) -> Json<Value> {
    let login = Login::of(text(&body, "user")).client_id("web").scope("pay").method(Method::PWD);
    Json(json!({ "token": control.issuer.issue_login(login).await.unwrap() }))
}

/// As for users that are brought along: what is shown comes back.
async fn enrol(State(control): State<Control>, Json(body): Json<Value>) -> Json<Value> {
    let (user, method) = (text(&body, "user"), text(&body, "method"));
    let shown = control.authority.enrol_for(user, method, &body["details"]).await;
    Json(shown.expect("it is enrolled").into())
}

/// A device of this user's, enrolled with their login.
async fn pair(State(control): State<Control>, Json(body): Json<Value>) -> Json<Value> {
    let Control { origin, devices, .. } = &control;
    let request = |path: &str, body: Value| {
        Request::post(format!("{origin}/step-up/enrolments{path}"))
            .header("authorization", format!("Bearer {}", text(&body, "token")))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))
            .unwrap()
    };
    let token = text(&body, "token");
    let begun = control.handle(request("", json!({ "method": "push", "token": token }))).await;
    let begun: Value = serde_json::from_slice(begun.body()).unwrap();
    let (device, paired) = Device::pair(text(&begun, "pairing_uri"), "phone").unwrap();
    device.paired(&control.handle(paired).await).unwrap();
    let path = format!("/{}", text(&begun, "id"));
    let confirmed = control.handle(request(&path, json!({ "token": token }))).await;
    assert_eq!(confirmed.status(), 201);
    devices.lock().await.insert(text(&body, "user").to_owned(), device);
    Json(json!({}))
}

/// The user types this number on their device, or says no.
async fn answer(State(control): State<Control>, Json(body): Json<Value>) -> Json<Value> {
    let devices = control.devices.lock().await;
    let device = devices.get(text(&body, "user")).expect("it is paired");
    let poll = device.poll(SystemClock.now()).unwrap();
    let asked = device.asked(&control.handle(poll).await).unwrap();
    let [asked] = asked.as_slice() else { panic!("it is asked {} things", asked.len()) };
    let answer = match body["number"].as_str() {
        Some(number) => device.approve(asked, number),
        None => device.deny(asked),
    };
    device.answered(&control.handle(answer.unwrap()).await).unwrap();
    Json(json!({}))
}

/// All mail, how often each handler ran, and what became of ceremonies.
async fn seen(State(control): State<Control>) -> Json<Value> {
    let sent = control.outbox.sent().into_iter();
    let mails: Vec<Value> = sent.map(|sent| json!({ "to": sent.to, "code": sent.code })).collect();
    let events = control.events.all().into_iter();
    let events: Vec<String> =
        events.map(|event| format!("{:?} {}", event.kind, event.subject)).collect();
    let [transfers, closings] =
        [&control.done.transfers, &control.done.closings].map(|times| times.load(Ordering::SeqCst));
    let done = json!({ "transfers": transfers, "closings": closings });
    Json(json!({ "mails": mails, "done": done, "events": events }))
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_else(|| panic!("{name} is missing in {body}"))
}
