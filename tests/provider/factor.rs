//! The provider as a factor of an authority.

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_authority::factor::{OidcClient, OidcFactor};
use stepup_authority::{EventKind, SigningKey};
use stepup_core::{Clock, Level, ManualClock, SystemClock};
use stepup_tests::authority::{Service, Setup, User};
use stepup_tests::{Answer, Framework};

use crate::scene::Scene;

const PAGE: &str = "https://client.example/callback";

/// Of the client `signing`, for tests alone.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEILMcKTdFh5LU/FwrkFi2OYJnNwRZG71II7Ctsw2NsTsz
-----END PRIVATE KEY-----";

fn confidential() -> OidcClient {
    OidcClient::secret_basic("confidential", "known-to-everybody")
}

/// An authority whose clock is the provider's.
async fn service(framework: Framework, authx: OidcFactor) -> Service {
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let setup = Setup::new(framework).clock(clock);
    setup.with(move |builder| builder.factor(authx)).start().await
}

fn authx(scene: &Scene, client: OidcClient) -> OidcFactor {
    OidcFactor::new("authx", &scene.issuer, client, PAGE).unwrap()
}

/// Where the provider sends the browser back to, as the page posts it.
fn log_in(scene: &mut Scene, service: &Service, prompt: &Value) -> Value {
    let url = prompt["authorization_url"].as_str().expect("an address");
    let sent_back = scene.client(&json!({ "authorize": { "url": url } }));
    assert!(sent_back["state"].is_string(), "{sent_back}");
    service.clock.set(SystemClock.now());
    sent_back
}

async fn try_to_enrol(scene: &mut Scene, service: &Service, user: &User<'_>) -> Answer {
    let begun = user.enrol(json!({ "method": "authx" })).await;
    let answer = log_in(scene, service, &begun["prompt"]);
    let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
    user.call("POST", &path, &answer).await
}

async fn enrol(scene: &mut Scene, service: &Service, user: &User<'_>) {
    let answer = try_to_enrol(scene, service, user).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
}

/// A ceremony in which the user was sent to the provider.
struct Sent {
    ceremony: String,
    factor: String,
    prompt: Value,
}

impl Sent {
    async fn begin(user: &User<'_>) -> Self {
        let begun = user.begin_mfa().await;
        let factor = begun.factor("authx");
        let answer = user.prompt(&begun.id, &factor).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        Self { ceremony: begun.id, factor, prompt: answer.json()["prompt"].clone() }
    }

    async fn post(&self, user: &User<'_>, sent_back: &Value) -> Answer {
        let mut body = sent_back.clone();
        body["factor"] = self.factor.clone().into();
        user.prove_with(&self.ceremony, &body).await
    }
}

fn problem(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let name = body["type"].as_str().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default();
    (answer.status.as_u16(), name.to_owned())
}

/// What the stepped-up token says.
fn claims(answer: &Answer) -> Value {
    use base64::Engine as _;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
    let payload = token.split('.').nth(1).expect("a payload").to_owned();
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&json).unwrap()
}

/// Every way to authenticate, with PAR, which the provider offers.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn a_login_at_the_provider_enrols_and_proves() {
    let mut scene = Scene::begin();
    let clients: [fn() -> OidcClient; 5] = [
        confidential,
        || OidcClient::public("public"),
        || OidcClient::secret_basic("odd:client", "a b+c%:~&="),
        || OidcClient::secret_post("posting", "known-to-everybody"),
        || OidcClient::private_key_jwt("signing", SigningKey::from_pem(KEY.as_bytes()).unwrap()),
    ];
    for framework in Framework::ALL {
        for client in clients {
            let authx = authx(&scene, client()).level(Level::MFA, "mfa").unwrap();
            let service = service(framework, authx).await;
            let alice = service.login("alice").await;
            enrol(&mut scene, &service, &alice).await;
            let sent = Sent::begin(&alice).await;
            let address = sent.prompt["authorization_url"].as_str().unwrap();
            assert!(address.contains("request_uri=urn"), "{address}");
            assert!(!address.contains("nonce") && !address.contains("state"), "{address}");
            assert_eq!(sent.prompt["expires_in"], 60);
            let sent_back = log_in(&mut scene, &service, &sent.prompt);
            let proved = sent.post(&alice, &sent_back).await;
            let said = claims(&proved);
            assert_eq!((&said["acr"], &said["amr"]), (&json!("mfa"), &json!(["authx"])));
            // The same once more, of a client that lost the answer.
            let again = sent.post(&alice, &sent_back).await;
            assert_eq!(problem(&again), (409, "ceremony-proved".to_owned()));
            assert_eq!(service.events.count(EventKind::Proved), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn only_the_user_that_was_enrolled_proves_anything() {
    let mut scene = Scene::begin();
    for framework in Framework::ALL {
        let authx = authx(&scene, confidential()).level(Level::MFA, "mfa").unwrap();
        let service = service(framework, authx).await;
        let alice = service.login("alice").await;
        enrol(&mut scene, &service, &alice).await;
        let sent = Sent::begin(&alice).await;
        scene.provider(&json!({ "user": "bob" }));
        let sent_back = log_in(&mut scene, &service, &sent.prompt);
        scene.provider(&json!({ "user": "alice" }));
        assert_eq!(problem(&sent.post(&alice, &sent_back).await), (403, "wrong-answer".to_owned()));
        assert_eq!(service.events.count(EventKind::Failed), 1);
        let sent = Sent::begin(&alice).await;
        let sent_back = log_in(&mut scene, &service, &sent.prompt);
        claims(&sent.post(&alice, &sent_back).await);
    }
}

/// Where the service knows who the user is there, nobody else is enrolled.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn only_the_user_that_is_known_is_enrolled() {
    let mut scene = Scene::begin();
    for framework in Framework::ALL {
        let authx = authx(&scene, confidential())
            .known_as(|user| (user.subject != "carol").then(|| user.subject.to_owned()));
        let service = service(framework, authx).await;
        let bob = service.login("bob").await;
        let refused = try_to_enrol(&mut scene, &service, &bob).await;
        assert_eq!(problem(&refused), (403, "wrong-answer".to_owned()));
        enrol(&mut scene, &service, &service.login("alice").await).await;
        let carol = service.login("carol").await;
        let refused = carol.try_enrol(json!({ "method": "authx" })).await;
        assert_eq!(refused.status, 422, "{}", refused.json());
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn what_the_provider_says_no_to_is_said() {
    let mut scene = Scene::begin();
    for framework in Framework::ALL {
        let factor = authx(&scene, confidential()).level(Level::MFA, "mfa").unwrap();
        let service = service(framework, factor).await;
        let alice = service.login("alice").await;
        enrol(&mut scene, &service, &alice).await;

        // A session there, however good, is no proof of now.
        let sent = Sent::begin(&alice).await;
        scene.provider(&json!({ "age": 400 }));
        let old = log_in(&mut scene, &service, &sent.prompt);
        assert_eq!(problem(&sent.post(&alice, &old).await), (409, "prompt-over".to_owned()));
        // Its code is spent.
        assert_eq!(problem(&sent.post(&alice, &old).await), (409, "prompt-over".to_owned()));

        // The user does not want to.
        let sent = Sent::begin(&alice).await;
        scene.provider(&json!({ "denies": true }));
        let denied = log_in(&mut scene, &service, &sent.prompt);
        assert_eq!(denied["error"], "access_denied");
        assert_eq!(problem(&sent.post(&alice, &denied).await), (403, "denied".to_owned()));
        assert_eq!(alice.state(&sent.ceremony).await.json()["status"], "denied");
        assert_eq!(service.events.count(EventKind::Failed), 0);
    }
    // Nobody can.
    for framework in Framework::ALL {
        let factor = authx(&scene, confidential()).level(Level::PHR, "phr").unwrap();
        let service = service(framework, factor).await;
        let refused = try_to_enrol(&mut scene, &service, &service.login("alice").await).await;
        assert_eq!(problem(&refused), (403, "factor-disabled".to_owned()));
    }
}

/// What did not come of our own request is shown to nobody, and the request stays good.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn what_comes_from_elsewhere_proves_nothing() {
    let mut scene = Scene::begin();
    for framework in Framework::ALL {
        let factor = authx(&scene, confidential()).level(Level::MFA, "mfa").unwrap();
        let service = service(framework, factor).await;
        let alice = service.login("alice").await;
        enrol(&mut scene, &service, &alice).await;
        let other = Sent::begin(&alice).await;
        let other = log_in(&mut scene, &service, &other.prompt);
        let sent = Sent::begin(&alice).await;
        let own = log_in(&mut scene, &service, &sent.prompt);
        let with = |name: &str, value: Value| {
            let mut changed = own.clone();
            changed[name] = value;
            changed
        };
        let mut nameless = own.clone();
        nameless.as_object_mut().unwrap().remove("iss");
        for (what, answer, expected) in [
            ("another request's", other.clone(), (403, "wrong-answer")),
            ("another's code", with("state", other["state"].clone()), (403, "wrong-answer")),
            (
                "another provider's",
                with("iss", "https://evil.example".into()),
                (403, "wrong-answer"),
            ),
            ("nobody's", nameless, (403, "wrong-answer")),
        ] {
            let answer = sent.post(&alice, &answer).await;
            assert_eq!(problem(&answer), (expected.0, expected.1.to_owned()), "{what}");
        }
        claims(&sent.post(&alice, &own).await);
    }
}

/// The provider changes its keys, and goes down.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node.js: cargo xtask test"]
async fn new_keys_are_looked_for_and_a_provider_that_is_down_is_said_to_be() {
    for framework in Framework::ALL {
        let mut scene = Scene::begin();
        let factor = authx(&scene, confidential()).level(Level::MFA, "mfa").unwrap();
        let service = service(framework, factor).await;
        let alice = service.login("alice").await;
        enrol(&mut scene, &service, &alice).await;
        // Keys that are at hand are not fetched.
        scene.provider(&json!({ "jwks": "500" }));
        let sent = Sent::begin(&alice).await;
        let sent_back = log_in(&mut scene, &service, &sent.prompt);
        claims(&sent.post(&alice, &sent_back).await);
        scene.provider(&json!({ "jwks": "ok", "rotate": "RS256" }));
        let sent = Sent::begin(&alice).await;
        let sent_back = log_in(&mut scene, &service, &sent.prompt);
        claims(&sent.post(&alice, &sent_back).await);

        let sent = Sent::begin(&alice).await;
        let sent_back = log_in(&mut scene, &service, &sent.prompt);
        drop(scene);
        let down = sent.post(&alice, &sent_back).await;
        assert_eq!(problem(&down), (503, "unavailable".to_owned()));
        assert_eq!(down.headers["retry-after"], "30");
        let unasked = alice.prompt(&sent.ceremony, &sent.factor).await;
        assert_eq!(problem(&unasked), (503, "not-sent".to_owned()));
    }
}
