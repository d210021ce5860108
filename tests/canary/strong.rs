//! A passkey, and a device that is asked, in the same story.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use stepup_authority::device::{Asked, Device, DeviceError, Refusal};
use stepup_authority::factor::{Push, PushWebhook, WebAuthn};
use stepup_core::Timestamp;
use stepup_tests::authority::{Setup, User, addressed, heard};
use tokio::net::TcpListener;

use crate::key::{Key, ORIGIN, RP_ID, Said};
use crate::story::{ODD, Story};

/// What the webhook is signed with.
const SIGNED_WITH: &str = "Y2FuYXJ5IGNhbmFyeSBjYW5hcnkgY2FuYXJ5IGNhbmFyeSE=";

/// Where devices are woken: what was posted there.
#[derive(Clone, Default)]
pub struct Hook(Arc<Mutex<Vec<String>>>);

async fn take(State(hook): State<Hook>, body: String) -> StatusCode {
    hook.0.lock().unwrap().push(body);
    StatusCode::NO_CONTENT
}

/// With keys and devices among the factors.
pub async fn with_strong_factors(setup: Setup) -> (Setup, Hook) {
    let hook = Hook::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/wake", listener.local_addr().unwrap());
    let router = Router::new().fallback(take).with_state(hook.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let keys = WebAuthn::new(RP_ID, [ORIGIN]).unwrap();
    let webhook = PushWebhook::new(&url, SIGNED_WITH).unwrap();
    let setup = setup.with_issuer(|builder, issuer| {
        builder.factor(keys).factor(Push::new(issuer).woken_by(webhook))
    });
    (setup, hook)
}

impl<'a> Story<'a> {
    /// Both factors, right and wrong. Whoever looks on at the webhook learns nothing either.
    pub async fn strong(&mut self, hook: &Hook) {
        self.secrets.text("the webhook's secret", SIGNED_WITH.trim_end_matches('='));
        self.secrets.bytes("the webhook's key", b"canary canary canary canary canary!");
        let carol = self.login("carol").await;
        let with_key = self.passkey(&carol).await;
        let device = self.push(&carol, &with_key).await;
        let posted = hook.0.lock().unwrap().join("\n");
        let address = device.page().rsplit('/').next().unwrap();
        assert_eq!(posted.matches(address).count(), 3, "{posted}");
        for said in [posted, format!("{device:?}")] {
            assert_eq!(self.secrets.found_in(said.as_bytes()), [""; 0], "{said}");
        }
        // They may know which device it is, and nobody else.
        self.secrets.text("a device's address", address);
    }

    async fn passkey(&mut self, carol: &User<'a>) -> User<'a> {
        let begun = carol.enrol(json!({ "method": "webauthn", "name": "Canary key" })).await;
        let enrolment = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        let options = &begun["prompt"]["publicKey"];
        let key = Key::of(options);
        self.secrets.text("a credential's id", &key.id);
        self.secrets.text("a user handle", options["user"]["id"].as_str().unwrap());
        let challenge = self.challenge(options);
        let right = self.credential(key.create(&Said::to(&challenge)));
        let unverified = Said { is_verified: false, ..Said::to(&challenge) };
        let unverified = self.credential(key.create(&unverified));
        for (credential, status) in [(json!(ODD), 400), (unverified, 403), (right, 201)] {
            let body = json!({ "credential": credential });
            let answer = carol.call("POST", &enrolment, &body).await;
            assert_eq!(answer.status, status, "{}", answer.json());
        }

        let ceremony = carol.begin(json!({ "acr_values": "phr" })).await;
        let factor = ceremony.factor("webauthn");
        let asked = carol.prompt(&ceremony.id, &factor).await.json();
        let challenge = self.challenge(&asked["prompt"]["publicKey"]);
        let right = self.credential(key.get(&Said::to(&challenge)));
        let elsewhere = Said { origin: "https://canary.example", ..Said::to(&challenge) };
        let elsewhere = self.credential(key.get(&elsewhere));
        let body = |credential| json!({ "factor": factor, "credential": credential });
        for (credential, status) in [(json!({ ODD: ODD }), 400), (elsewhere, 403)] {
            let answer = carol.prove_with(&ceremony.id, &body(credential)).await;
            assert_eq!(answer.status, status, "{}", answer.json());
        }
        let answer = carol.prove_with(&ceremony.id, &body(right)).await;
        let with_key = self.stepped_up(carol, &answer);
        assert_eq!(with_key.post("/phr").await.status, 200);
        assert_eq!(carol.get("/step-up/factors").await.status, 200);
        with_key
    }

    async fn push(&mut self, carol: &User<'a>, with_key: &User<'a>) -> Device {
        let begun = with_key.enrol(json!({ "method": "push" })).await;
        let uri = begun["pairing_uri"].as_str().unwrap();
        self.secrets.text("a pairing secret", begun["secret"].as_str().unwrap());
        let (stranger, request) = Device::pair(&format!("{uri}{ODD}"), "Canary's").unwrap();
        let answer = stranger.paired(&self.send(request).await);
        assert_eq!(answer, Err(DeviceError::Refused(Refusal::NoSuchPairing)));
        let (device, request) = Device::pair(uri, "Canary's telephone").unwrap();
        device.paired(&self.send(request).await).unwrap();
        self.secrets.bytes("the device's key", &device.to_pkcs8().unwrap());
        let enrolment = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        let answer = with_key.call("POST", &enrolment, &json!({})).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let factor = answer.json()["factor"]["id"].as_str().unwrap().to_owned();

        let ceremony = carol.begin_mfa().await.id;
        let poll = json!({ "factor": factor });
        let (asked, _, wrong) = self.ask(carol, &device, &ceremony, &factor).await;
        let answer = self.answer(&device, device.approve(&asked, &wrong)).await;
        assert_eq!(answer, Err(DeviceError::Refused(Refusal::WrongNumber)));
        assert_eq!(carol.prove_with(&ceremony, &poll).await.status, 403);
        let (asked, number, _) = self.ask(carol, &device, &ceremony, &factor).await;
        assert_eq!(carol.prove_with(&ceremony, &poll).await.status, 202);
        self.answer(&device, device.approve(&asked, &number)).await.unwrap();
        let answer = carol.prove_with(&ceremony, &poll).await;
        self.stepped_up(carol, &answer);

        let ceremony = carol.begin_mfa().await.id;
        let (asked, ..) = self.ask(carol, &device, &ceremony, &factor).await;
        self.answer(&device, device.deny(&asked)).await.unwrap();
        assert_eq!(carol.state(&ceremony).await.json()["status"], "denied");
        // Nobody is asked again so soon, which is logged.
        let ceremony = carol.begin_mfa().await.id;
        assert_eq!(carol.prompt(&ceremony, &factor).await.status, 429);
        device
    }

    /// Has the device asked: what it shows, the number that is to be typed, and another.
    async fn ask(
        &mut self,
        user: &User<'a>,
        device: &Device,
        ceremony: &str,
        factor: &str,
    ) -> (Asked, String, String) {
        let prompt = user.prompt(ceremony, factor).await.json();
        assert_eq!(prompt["prompt"]["woken"], true, "{prompt}");
        let number = prompt["prompt"]["number"].as_str().unwrap().to_owned();
        let wrong = format!("{:06}", (number.parse::<u32>().unwrap() + 1) % 1_000_000);
        self.secrets.code("a number on the screen", &number);
        self.secrets.code("a number that was mistyped", &wrong);
        let now = Timestamp::from_secs(self.service.now());
        let answer = self.send(device.poll(now).unwrap()).await;
        let mut asked = device.asked(&answer).unwrap();
        assert_eq!(asked.len(), 1);
        let asked = asked.remove(0);
        self.secrets.text("a question's id", asked.id());
        self.secrets.text("what a device shows", asked.purpose());
        (asked, number, wrong)
    }

    async fn answer(
        &mut self,
        device: &Device,
        answer: Result<Request<Bytes>, DeviceError>,
    ) -> Result<(), DeviceError> {
        device.answered(&self.send(answer?).await)
    }

    /// Whatever a device sends: the statement that it signed is nobody else's.
    async fn send(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        let posted: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let polled = request.headers().get("authorization").map(|line| line.to_str().unwrap());
        let polled = polled.and_then(|line| line.split(' ').nth(1));
        let statement = posted["jwt"].as_str().or(polled).expect("a statement");
        self.token("a device's statement", statement);
        heard(self.service.api.call(addressed(request)).await)
    }

    fn challenge(&mut self, options: &Value) -> String {
        let challenge = options["challenge"].as_str().unwrap().to_owned();
        self.secrets.text("a challenge", &challenge);
        challenge
    }

    /// All that a browser gives back.
    fn credential(&mut self, credential: Value) -> Value {
        for (name, value) in credential["response"].as_object().unwrap() {
            if let Some(text) = value.as_str() {
                self.secrets.text(&format!("a credential's {name}"), text);
            }
        }
        credential
    }
}
