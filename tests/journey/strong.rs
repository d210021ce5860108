//! The same story for the strong factors: a passkey, a security key, and a device that a number is
//! typed on.

use serde_json::json;
use stepup_authority::EventKind;
use stepup_authority::factor::{Push, WebAuthn};
use stepup_tests::Answer;
use stepup_tests::authority::{
    AUTHORITY, Ceremony, Maker, Phone, SecurityKey, Service, Setup, User,
};

use crate::put_together::{claims, problem};

stepup_tests::on_every_store!(
    passkeys_security_keys_and_devices_end_in_a_token_that_is_admitted
    a_device_that_has_no_keys_at_hand_is_asked_otherwise
);

async fn bank(setup: Setup, maker: &Maker) -> Service {
    let keys = WebAuthn::new("bank.example", [AUTHORITY]).unwrap();
    let keys = keys.trusting(maker.root(), [Maker::MODEL]).unwrap();
    let setup = setup.with_issuer(|builder, issuer| builder.factor(keys).factor(Push::new(issuer)));
    setup.start().await
}

async fn enrol_key(user: &User<'_>, key: &SecurityKey, maker: &Maker, name: &str) {
    let begun = user.enrol(json!({ "method": "webauthn", "name": name })).await;
    let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
    let credential = key.create(maker, &begun["prompt"]["publicKey"]);
    let answer = user.call("POST", &path, &json!({ "credential": credential })).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    assert_eq!(answer.json()["factor"]["hint"], name);
}

/// Answers with a key: that one, and none besides, suffices.
async fn with_key(user: &User<'_>, ceremony: Ceremony, key: &SecurityKey) -> Answer {
    assert_eq!(ceremony.factors.as_array().unwrap().len(), 1, "{}", ceremony.factors);
    let factor = ceremony.factor("webauthn");
    let prompt = user.prompt(&ceremony.id, &factor).await;
    assert_eq!(prompt.status, 200, "{}", prompt.json());
    let options = &prompt.json()["prompt"]["publicKey"];
    let allowed = options["allowCredentials"].as_array().unwrap();
    assert_eq!((allowed.len(), &allowed[0]["id"]), (1, &json!(key.id())));
    let answer = json!({ "factor": factor, "credential": key.get(options) });
    user.prove_with(&ceremony.id, &answer).await
}

/// Answers by typing the number of the prompt on the device.
async fn by_number(user: &User<'_>, ceremony: Ceremony, phone: &Phone<'_>) -> Answer {
    let factor = ceremony.factor("push");
    let prompt = user.prompt(&ceremony.id, &factor).await;
    assert_eq!(prompt.status, 200, "{}", prompt.json());
    let number = prompt.json()["prompt"]["number"].as_str().unwrap().to_owned();
    let poll = json!({ "factor": factor });
    assert_eq!(user.prove_with(&ceremony.id, &poll).await.status, 202);
    phone.type_in(&phone.asked().await, &number).await.unwrap();
    user.prove_with(&ceremony.id, &poll).await
}

async fn passkeys_security_keys_and_devices_end_in_a_token_that_is_admitted(setup: Setup) {
    let maker = Maker::of_vectors();
    let service = bank(setup, &maker).await;
    let login = service.login("alice").await;
    let unmet = login.try_begin(login.post("/phr").await.demanded()).await;
    assert_eq!(problem(&unmet), (403, "unmet-authentication-requirements".to_owned()));
    assert_eq!(unmet.json()["enrol"], json!(["webauthn"]));
    let phone = Phone::of(&service, &login, "Telephone").await;
    let by_number = async |ceremony| by_number(&login, ceremony, &phone).await;
    let alice = login.admitted_to("/mfa_fresh", "mfa", by_number).await;
    assert_eq!(claims(&alice.token)["amr"], json!(["swk", "mfa"]));
    assert_eq!(alice.post("/phr").await.status, 401);

    // Each is enrolled with what the last one proved.
    service.wait(30);
    let passkey = SecurityKey::copied();
    enrol_key(&alice, &passkey, &maker, "passkey").await;
    let with_passkey = async |ceremony| with_key(&login, ceremony, &passkey).await;
    let alice = login.admitted_to("/phr", "phr", with_passkey).await;
    assert_eq!(claims(&alice.token)["amr"], json!(["pop", "user", "mfa"]));
    assert_eq!(alice.post("/phrh").await.status, 401);

    service.wait(30);
    let stick = SecurityKey::bound();
    enrol_key(&alice, &stick, &maker, "stick").await;
    let with_stick = async |ceremony| with_key(&login, ceremony, &stick).await;
    let alice = login.admitted_to("/phrh", "phrh", with_stick).await;
    assert_eq!(claims(&alice.token)["amr"], json!(["hwk", "user", "mfa"]));
    for page in ["/mfa_fresh", "/phr"] {
        assert_eq!(alice.post(page).await.status, 200, "{page}");
    }
    for (happened, times) in
        [(EventKind::Enrolled, 3), (EventKind::Proved, 3), (EventKind::Issued, 3)]
    {
        assert_eq!(service.events.count(happened), times, "{happened:?}");
    }
    assert_eq!(service.events.count(EventKind::Failed), 0);
}

/// A browser without WebAuthn says so: what suffices besides is asked for, and where nothing does,
/// nothing weaker is.
async fn a_device_that_has_no_keys_at_hand_is_asked_otherwise(setup: Setup) {
    let maker = Maker::of_vectors();
    let service = bank(setup, &maker).await;
    let login = service.login("alice").await;
    let phone = Phone::of(&service, &login, "Telephone").await;
    let asked = async |ceremony| by_number(&login, ceremony, &phone).await;
    let alice = login.admitted_to("/mfa", "mfa", asked).await;
    enrol_key(&alice, &SecurityKey::copied(), &maker, "passkey").await;
    let mut wanted = login.post("/mfa").await.demanded();
    wanted["without"] = json!("webauthn");
    let ceremony = login.begin(wanted).await;
    assert_eq!(ceremony.factors.as_array().unwrap().len(), 1, "{}", ceremony.factors);
    let answer = by_number(&login, ceremony, &phone).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["acr"]), (200, &json!("mfa")));
    let mut wanted = login.post("/phr").await.demanded();
    wanted["without"] = json!("webauthn");
    let unmet = login.try_begin(wanted).await;
    assert_eq!(problem(&unmet), (403, "unmet-authentication-requirements".to_owned()));
}
