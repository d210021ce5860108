//! From a login to an answer of a route that wants what resists phishing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_authority::factor::WebAuthn;
use stepup_tests::authority::Setup;

use crate::device::Device;
use crate::scene::{
    Asked, Browser, ORIGIN, bank, begin_enrolment, enrol, factors, finish_enrolment, keys, problem,
    setups, step_up, token, with,
};

stepup_tests::on_every_store!(
    r_wa_02_a_key_reaches_what_resists_phishing
    several_keys_of_a_user_answer_as_one
    s1_what_was_asked_is_in_the_store
);

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

async fn r_wa_02_a_key_reaches_what_resists_phishing(setup: Setup) {
    let service = bank(setup).await;
    let alice = service.login("alice").await;
    let mut phone = Device::new();
    assert_eq!(alice.post("/phr").await.status, 401);
    let unmet = alice.try_begin(json!({ "acr_values": "phr" })).await;
    assert_eq!(unmet.json()["enrol"], json!(["webauthn"]), "{}", unmet.json());
    enrol(&alice, &mut phone, "phone").await;

    let asked = Asked::begin(&alice, "phr").await;
    assert_eq!(asked.options["userVerification"], "required");
    assert_eq!(asked.options["rpId"], "bank.example");
    let given = phone.get(ORIGIN, &asked.options).await.unwrap();
    let stepped_up = token(&asked.answer(&alice, &given).await);
    let answer = alice.with_token(&stepped_up).post("/phr").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1));
    let claims = claims(&stepped_up);
    assert_eq!(claims["acr"], "phr");
    assert_eq!(claims["amr"], json!(["pop", "user", "mfa"]));
    assert_eq!(service.events.count(EventKind::Proved), 1);
    // Nobody vouches for it.
    assert_eq!(alice.with_token(&stepped_up).post("/phrh").await.status, 401);
    let unmet = alice.try_begin(json!({ "acr_values": "phrh" })).await;
    assert_eq!(problem(&unmet).1, "unmet-authentication-requirements", "{}", unmet.json());
}

async fn several_keys_of_a_user_answer_as_one(setup: Setup) {
    let service = bank(setup).await;
    let login = service.login("alice").await;
    let (mut phone, mut stick) = (Device::new(), Device::counting());
    let phone_factor = enrol(&login, &mut phone, "phone").await;
    // R-BIND-01: the second takes a proof with the first.
    let refused = login.try_enrol(json!({ "method": "webauthn", "name": "stick" })).await;
    assert_eq!(refused.status, 401, "{}", refused.json());
    let alice = login.with_token(&step_up(&login, &mut phone, "phr").await);
    let stick_factor = enrol(&alice, &mut stick, "stick").await;

    let list = factors(&login).await;
    let hints: Vec<_> = list["factors"].as_array().unwrap().iter().map(|f| &f["hint"]).collect();
    assert_eq!(hints, ["phone", "stick"]);
    for named in [&phone_factor, &stick_factor] {
        for device in [&mut phone, &mut stick] {
            let begun = login.begin(json!({ "acr_values": "phr" })).await;
            assert_eq!(begun.factors.as_array().unwrap().len(), 2);
            let asked = Asked::again(&login, begun.id, named.clone()).await;
            assert_eq!(asked.options["allowCredentials"].as_array().unwrap().len(), 2);
            let given = device.get(ORIGIN, &asked.options).await.unwrap();
            token(&asked.answer(&login, &given).await);
        }
    }
    assert_eq!(service.events.count(EventKind::Failed), 0);
    assert_eq!(service.events.count(EventKind::Cloned), 0);
}

/// Whichever instance asked, each may hear the answer, and one of them once.
async fn s1_what_was_asked_is_in_the_store(setup: Setup) {
    let other = Setup::new(setup.framework).store(setup.store.clone()).clock(setup.clock.clone());
    let (one, two) = (bank(setup).await, bank(other).await);
    let alice = one.login("alice").await;
    let at_two = two.login("alice").await.with_token(&alice.token);
    let mut phone = Device::new();
    let (id, options) = begin_enrolment(&alice, "phone").await;
    let created = phone.create(ORIGIN, &options).await.unwrap();
    assert_eq!(finish_enrolment(&at_two, &id, &created).await.status, 201);
    let asked = Asked::begin(&at_two, "phr").await;
    let given = phone.get(ORIGIN, &asked.options).await.unwrap();
    let (at_one, at_two) = (asked.answer(&alice, &given), asked.answer(&at_two, &given));
    let answers: [_; 2] = tokio::join!(at_one, at_two).into();
    let tokens = answers.iter().filter(|answer| answer.status == 200);
    let tokens: Vec<_> = tokens.map(|answer| answer.json()["access_token"].clone()).collect();
    assert!(!tokens.is_empty() && tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    assert_eq!(one.events.count(EventKind::Proved) + two.events.count(EventKind::Proved), 1);
}

/// Neither frameworks nor stores make a difference to what is signed.
#[tokio::test]
async fn keys_are_of_the_domain_and_pages_of_others_are_let_in() {
    for setup in setups() {
        let keys = keys().related_origins(["https://bank.test"]).unwrap();
        let document = keys.related_origins_document();
        assert_eq!(document, json!({ "origins": ["https://bank.test"] }));
        let service = setup.with(with(keys)).start().await;
        let alice = service.login("alice").await;
        let mut phone = Device::new();
        enrol(&alice, &mut phone, "phone").await;
        for (origin, status) in [("https://bank.test", 200), ("https://evil.test", 403)] {
            let asked = Asked::begin(&alice, "phr").await;
            // The browser let the page use the keys because of the document.
            let said = asked.client_data(origin, "");
            let given = phone.sign("bank.example", &asked.id(), &said).await;
            assert_eq!(asked.answer(&alice, &given).await.status, status, "{origin}");
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_keeps_the_service_from_starting() {
    let error = WebAuthn::new("bank.example", ["https://bank.test"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the WebAuthn origin `https://bank.test` is not of the relying party id `bank.example`, \
         which has to be its host or a domain above it; give pages of other domains to \
         `.related_origins(…)`"
    );
}
