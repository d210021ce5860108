//! Firebase's ID tokens as a factor: signed by keys of ours in place of Google's, since the emulator
//! signs nothing and dates nothing as the real one does.

mod down;
mod elsewhere;
mod journey;
mod moments;
mod tokens;
mod twice;

use std::sync::Arc;

use futures_util::future::join;
use serde_json::{Value, json};
use stepup_authority::factor::FirebaseFactor;
use stepup_core::{Algorithm, Gate, KeySet, ManualClock, Profile, Timestamp};
use stepup_tests::authority::{Service, Setup, TotpApp, User};
use stepup_tests::{Answer, Framework, Issuer, NOW};

const GOOGLE: &str = "https://securetoken.google.com/bank-7";
const UID: &str = "dr1RyWjwWwfIFdpXcjZP";

struct Scene {
    service: Service,
    google: Arc<Issuer>,
    app: TotpApp,
}

/// A ceremony in which the user was asked to sign in.
struct Asked {
    ceremony: String,
    factor: String,
}

impl Scene {
    async fn begin(framework: Framework, google: &Arc<Issuer>) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(NOW)));
        let factor = firebase(google, &clock, "bank-7");
        let factor = factor.known_as(|user| (user.subject == "alice").then(|| UID.to_owned()));
        let setup = Setup::new(framework).clock(clock);
        let service = setup.with(move |builder| builder.factor(factor)).start().await;
        let app = service.login("alice").await.enrol_totp().await;
        Self { service, google: google.clone(), app }
    }

    async fn enrolled(framework: Framework, google: &Arc<Issuer>) -> Self {
        let scene = Self::begin(framework, google).await;
        let answer = scene.enrol(|_| {}).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        scene.service.wait(60);
        scene
    }

    /// Enrols with a token that is changed so.
    async fn enrol(&self, change: impl FnOnce(&mut Value)) -> Answer {
        let alice = self.service.login("alice").await.step_up(&self.app).await;
        let begun = alice.enrol(json!({ "method": "firebase" })).await;
        let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        alice.call("POST", &path, &json!({ "id_token": self.token(change) })).await
    }

    async fn ask(&self, alice: &User<'_>) -> Asked {
        let begun = alice.begin_mfa().await;
        let factor = begun.factor("firebase");
        let prompt = alice.prompt(&begun.id, &factor).await;
        assert_eq!(prompt.status, 200, "{}", prompt.json());
        Asked { ceremony: begun.id, factor }
    }

    fn token(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut header = self.google.header();
        header["typ"] = "JWT".into();
        let mut claims = claims(self.service.now());
        change(&mut claims);
        self.google.sign(&header.to_string(), &claims.to_string())
    }
}

impl Asked {
    async fn post(&self, user: &User<'_>, token: impl Into<Value>) -> Answer {
        let body = json!({ "factor": self.factor, "id_token": token.into() });
        user.prove_with(&self.ceremony, &body).await
    }
}

/// Of this project.
fn firebase(google: &Issuer, clock: &Arc<ManualClock>, project: &str) -> FirebaseFactor {
    let gate = Gate::builder(&format!("https://securetoken.google.com/{project}"), project)
        .profile(Profile::firebase())
        .keys(KeySet::from_jwks(google.jwks().as_bytes()).unwrap())
        .clock(clock.clone())
        .except_module("stepup_tests");
    FirebaseFactor::new(gate.build().unwrap()).unwrap()
}

/// Of a sign-in with a password and a text message, as production writes it.
fn claims(at: u64) -> Value {
    json!({
        "iss": GOOGLE, "aud": "bank-7", "sub": UID, "user_id": UID,
        "email": "alice@example.com", "email_verified": true,
        "auth_time": at, "iat": at, "exp": at + 3600,
        "firebase": {
            "identities": { "email": ["alice@example.com"] },
            "sign_in_provider": "password",
            "sign_in_second_factor": "phone",
            "second_factor_identifier": "6f3b2a7e-0d7e-4cf3-9f3a-2b1c0d9e8f7a",
        },
    })
}

fn google() -> Arc<Issuer> {
    Arc::new(Issuer::new(Algorithm::Rs256))
}

fn problem(answer: &Answer) -> (u16, String) {
    let body = answer.json();
    let name = body["type"].as_str().and_then(|uri| uri.rsplit('/').next()).unwrap_or_default();
    (answer.status.as_u16(), name.to_owned())
}

#[tokio::test]
async fn a_sign_in_with_a_second_factor_enrols_and_proves() {
    let google = google();
    for framework in Framework::ALL {
        let scene = Scene::enrolled(framework, &google).await;
        let alice = scene.service.login("alice").await;
        let asked = scene.ask(&alice).await;
        let token = scene.token(|_| {});
        let answer = asked.post(&alice, token.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        let body = answer.json();
        assert_eq!(
            (&body["acr"], &body["auth_time"]),
            (&json!("mfa"), &json!(scene.service.now()))
        );
        assert_eq!(problem(&asked.post(&alice, token).await), (409, "ceremony-proved".to_owned()));
        // Nobody is asked for anything before it begins.
        let begun = alice.begin_mfa().await;
        let unasked = Asked { factor: begun.factor("firebase"), ceremony: begun.id };
        let answer = unasked.post(&alice, scene.token(|_| {})).await;
        assert_eq!(problem(&answer), (409, "no-code-sent".to_owned()));
    }
}

/// O8: a sign-in is good once, in whichever ceremony.
#[tokio::test]
async fn o8_a_sign_in_is_good_once() {
    let google = google();
    for framework in Framework::ALL {
        let scene = Scene::enrolled(framework, &google).await;
        let alice = scene.service.login("alice").await;
        let (first, second) = (scene.ask(&alice).await, scene.ask(&alice).await);
        let token = scene.token(|_| {});
        let (one, two) = join(first.post(&alice, token.clone()), second.post(&alice, token)).await;
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{} {}", one.json(), two.json());
        // Nor is the one that enrolled it.
        let enrolling = scene.token(|claims| claims["auth_time"] = (NOW + 60).into());
        let asked = scene.ask(&alice).await;
        assert_eq!(problem(&asked.post(&alice, enrolling).await), (409, "prompt-over".to_owned()));
    }
}

/// Each second factor that the user has at Firebase is enrolled by itself, and whichever they take
/// there may answer.
#[tokio::test]
async fn any_second_factor_that_was_enrolled_may_answer() {
    let google = google();
    let by_app = |claims: &mut Value| {
        claims["firebase"]["sign_in_second_factor"] = "totp".into();
        claims["firebase"]["second_factor_identifier"] = "an-app".into();
    };
    for framework in Framework::ALL {
        let scene = Scene::enrolled(framework, &google).await;
        assert_eq!(scene.enrol(by_app).await.status, 201);
        scene.service.wait(60);
        let alice = scene.service.login("alice").await;
        let asked = scene.ask(&alice).await;
        let answer = asked.post(&alice, scene.token(by_app)).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        scene.service.wait(60);
        let asked = scene.ask(&alice).await;
        assert_eq!(asked.post(&alice, scene.token(|_| {})).await.status, 200);
    }
}

#[tokio::test]
async fn only_the_user_that_is_known_is_enrolled() {
    let google = google();
    for framework in Framework::ALL {
        let scene = Scene::begin(framework, &google).await;
        let refused = scene.enrol(|claims| claims["sub"] = "other".into()).await;
        assert_eq!(problem(&refused), (403, "wrong-answer".to_owned()));
        let bob = scene.service.login("bob").await;
        let refused = bob.try_enrol(json!({ "method": "firebase" })).await;
        assert_eq!(problem(&refused), (422, "unfit-details".to_owned()));
    }
}

#[test]
fn a_gate_for_other_tokens_is_refused() {
    let key = Issuer::new(Algorithm::Rs256);
    let gate = Gate::builder("https://idp.example", "api")
        .keys(KeySet::from_jwks(key.jwks().as_bytes()).unwrap())
        .except_module("stepup_tests")
        .build()
        .unwrap();
    let error = FirebaseFactor::new(gate).unwrap_err().to_string();
    assert!(error.starts_with("the gate for Firebase takes other tokens"), "{error}");
}
