//! Devices of users, which speak for themselves.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use stepup_authority::device::{Asked, Device};
use stepup_authority::factor::{DeliveryError, FactorFuture, Push, Wake, Waker};
use stepup_core::Timestamp;
use stepup_tests::authority::{Service, addressed, heard};

use super::exchange::{GRANT, TYPE};
use super::{ENROLMENTS, Stage, begun, prompt, proof, text};
use crate::client::{Client, JSON};
use crate::moody::{Mood, Moody};

struct Awake;

impl Waker for Awake {
    fn wake<'a>(&'a self, _: &'a Wake) -> FactorFuture<'a, Result<(), DeliveryError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// What a user's device says, and hears.
async fn say(client: &Client<'_>, request: Request<Bytes>) -> Response<Bytes> {
    let body = serde_json::from_slice(request.body()).unwrap_or_default();
    heard(client.send(addressed(request), JSON, &body).await)
}

async fn expect(client: &Client<'_>, said: Vec<(Request<Bytes>, u16)>) {
    for (at, (request, status)) in said.into_iter().enumerate() {
        let answer = say(client, request).await;
        assert_eq!(answer.status(), status, "{at}: {:?}", answer.body());
    }
}

/// To the same page, what no device says.
fn garbled(request: &Request<Bytes>) -> Request<Bytes> {
    request.clone().map(|_| Bytes::from_static(br#"{"jwt":"a.b.c"}"#))
}

/// The same, from a page of another site's.
fn from_elsewhere(mut request: Request<Bytes>) -> Request<Bytes> {
    let origin = "https://other.example".parse().unwrap();
    request.headers_mut().insert("origin", origin);
    request
}

fn now(service: &Service) -> Timestamp {
    Timestamp::from_secs(service.now())
}

/// What the device is asked, as it is, and as it would be with another purpose.
async fn asked(client: &Client<'_>, service: &Service, device: &Device) -> (Asked, Asked) {
    let answer = say(client, device.poll(now(service)).unwrap()).await;
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    let mut shown: Value = serde_json::from_str(text(&body["requests"][0])).unwrap();
    client.description.check_named("DeviceRequest", &shown).unwrap();
    shown["purpose"] = "Read on.".into();
    let other = json!({ "requests": [shown.to_string()] }).to_string();
    let other = Response::new(Bytes::from(other));
    let [one, other] = [answer, other].map(|answer| device.asked(&answer).unwrap().remove(0));
    (one, other)
}

/// A device that is enrolled.
struct Enrolled {
    device: Device,
    /// What paired it.
    pairing: Request<Bytes>,
    /// Another that stands where it does.
    stranger: Device,
    factor: String,
}

pub async fn paired_and_asked(stage: Stage<'_>) {
    let store = Arc::new(Moody::default());
    let setup = stage.setup().store(store.clone());
    let setup =
        setup.with_issuer(|builder, issuer| builder.factor(Push::new(issuer).woken_by(Awake)));
    let service = setup.start().await;
    let login = service.login("alice").await;
    let client = stage.client(&service, &login.token);
    let enrolled = paired(&client).await;
    answered(&client, &service, &enrolled).await;
    denied(&client, &service, &enrolled).await;
    service.wait(300);
    too_often(&client, &service, &enrolled).await;

    let Enrolled { device, pairing, factor, .. } = enrolled;
    let id = begun(&client).await;
    service.wait(120);
    assert_eq!(client.post(&prompt(&id, &factor), Value::Null).await.status, 200);
    let (asked, _) = asked(&client, &service, &device).await;
    service.authority.remove_factors_of("alice").await.unwrap();
    expect(&client, vec![(device.poll(now(&service)).unwrap(), 401)]).await;
    store.set(Mood::Away);
    let poll = device.poll(now(&service)).unwrap();
    expect(&client, vec![(pairing, 503), (poll, 503), (device.deny(&asked).unwrap(), 503)]).await;
}

async fn paired(client: &Client<'_>) -> Enrolled {
    let begun = client.post(ENROLMENTS, json!({ "method": "push" })).await.json();
    let own = format!("{ENROLMENTS}/{}", text(&begun["id"]));
    assert_eq!(client.post(&own, json!({})).await.status, 409);
    let uri = text(&begun["pairing_uri"]);
    let (page, _) = uri.split_once('#').unwrap();
    let (device, pairing) = Device::pair(uri, "Telephone").unwrap();
    let (stranger, unknown) = Device::pair(&format!("{page}#another"), "Telephone").unwrap();
    let elsewhere = uri.replacen("devices/", "devices/x", 1);
    let (_, mut misled) = Device::pair(&elsewhere, "Telephone").unwrap();
    *misled.uri_mut() = page.parse().unwrap();
    let said = vec![
        (garbled(&pairing), 400),
        (misled, 401),
        (from_elsewhere(pairing.clone()), 403),
        (unknown, 404),
        (pairing.clone(), 200),
        (pairing.clone(), 200),
    ];
    expect(client, said).await;
    let answer = client.post(&own, json!({})).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    let factor = text(&answer.json()["factor"]["id"]).to_owned();
    Enrolled { device, pairing, stranger, factor }
}

/// A wrong number ends the request, and the right one the ceremony.
async fn answered(client: &Client<'_>, service: &Service, enrolled: &Enrolled) {
    let Enrolled { device, stranger, factor, .. } = enrolled;
    let id = begun(client).await;
    let (ask, poll) = (prompt(&id, factor), json!({ "factor": factor }));
    let shown = client.post(&ask, Value::Null).await.json();
    assert_eq!(shown["prompt"]["woken"], true);
    assert_eq!(client.post(&proof(&id), poll.clone()).await.status, 202);
    let form =
        [GRANT, TYPE, ("subject_token", &client.token), ("ceremony", &id), ("factor", factor)];
    assert_eq!(client.exchange(&form).await.json()["error"], "authorization_pending");
    let (first, otherwise) = asked(client, service, device).await;
    let once = device.poll(now(service)).unwrap();
    let deny = device.deny(&first).unwrap();
    let said = vec![
        (once.clone(), 200),
        (once, 401),
        (from_elsewhere(device.poll(now(service)).unwrap()), 403),
        (garbled(&deny), 400),
        (stranger.deny(&first).unwrap(), 401),
        (from_elsewhere(deny.clone()), 403),
        (device.deny(&otherwise).unwrap(), 422),
        (device.approve(&first, &another(text(&shown["prompt"]["number"]))).unwrap(), 403),
        (deny.clone(), 409),
    ];
    expect(client, said).await;
    assert_eq!(client.post(&proof(&id), poll.clone()).await.status, 403);
    assert_eq!(client.post(&proof(&id), poll.clone()).await.status, 409);
    let shown = client.post(&ask, Value::Null).await.json();
    let (second, _) = asked(client, service, device).await;
    let yes = device.approve(&second, text(&shown["prompt"]["number"])).unwrap();
    expect(client, vec![(deny, 410), (yes, 200)]).await;
    assert_eq!(client.post(&proof(&id), poll).await.status, 200);
}

/// A no ends the ceremony, and nothing is asked for a while.
async fn denied(client: &Client<'_>, service: &Service, enrolled: &Enrolled) {
    let Enrolled { device, factor, .. } = enrolled;
    let id = begun(client).await;
    assert_eq!(client.post(&prompt(&id, factor), Value::Null).await.status, 200);
    let (asked, _) = asked(client, service, device).await;
    expect(client, vec![(device.deny(&asked).unwrap(), 200)]).await;
    let state = client.get(&format!("/step-up/ceremonies/{id}")).await.json();
    assert_eq!(state["status"], "denied");
    assert_eq!(client.post(&proof(&id), json!({ "factor": factor })).await.status, 410);
    let id = begun(client).await;
    assert_eq!(client.post(&prompt(&id, factor), Value::Null).await.status, 429);
}

async fn too_often(client: &Client<'_>, service: &Service, enrolled: &Enrolled) {
    let Enrolled { device, factor, .. } = enrolled;
    let id = begun(client).await;
    assert_eq!(client.post(&prompt(&id, factor), Value::Null).await.status, 200);
    for _ in 0..100 {
        let poll = addressed(device.poll(now(service)).unwrap());
        assert_eq!(client.api.call(poll).await.status, 200);
    }
    expect(client, vec![(device.poll(now(service)).unwrap(), 429)]).await;
}

/// A number that is not this one.
fn another(number: &str) -> String {
    format!("{:06}", (number.parse::<u32>().unwrap() + 1) % 1_000_000)
}
