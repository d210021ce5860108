//! Passkeys and security keys.

use serde_json::{Value, json};
use stepup_authority::factor::WebAuthn;
use stepup_tests::authority::{AUTHORITY, Maker, SecurityKey};

use super::exchange::{GRANT, TYPE};
use super::{ENROLMENTS, Stage, prompt, proof, text};

pub async fn enrolled_and_asked(stage: Stage<'_>) {
    let maker = Maker::of_vectors();
    let keys = WebAuthn::new("bank.example", [AUTHORITY]).unwrap();
    let keys = keys.trusting(maker.root(), [Maker::MODEL]).unwrap();
    let service = stage.setup().with(|builder| builder.factor(keys)).start().await;
    let login = service.login("alice").await;
    let client = stage.client(&service, &login.token);
    let accepted = async || {
        let listed = client.get("/step-up/factors").await.json();
        listed["signals"]["webauthn"]["allAcceptedCredentialIds"].clone()
    };
    assert_eq!(accepted().await, json!([]));

    let named = |name: Value| json!({ "method": "webauthn", "name": name });
    let long = named("x".repeat(65).into());
    assert_eq!(client.post(ENROLMENTS, long).await.status, 422);
    let begun = client.post(ENROLMENTS, named("stick".into())).await.json();
    let other = client.post(ENROLMENTS, named(Value::Null)).await.json();
    let own = format!("{ENROLMENTS}/{}", text(&begun["id"]));
    let stick = SecurityKey::bound();
    let created = |begun: &Value| stick.create(&maker, &begun["prompt"]["publicKey"]);
    for (credential, status) in
        [(json!({}), 400), (created(&other), 403), (created(&begun), 201), (created(&begun), 410)]
    {
        let answer = client.post(&own, json!({ "credential": credential })).await;
        assert_eq!(answer.status, status, "{}", answer.json());
    }
    assert_eq!(accepted().await, json!([stick.id()]));

    let wanted = |without: &str| json!({ "acr_values": "phr phrh", "without": without });
    let unmet = client.post("/step-up/ceremonies", wanted("webauthn")).await;
    assert_eq!((unmet.status.as_u16(), &unmet.json()["enrol"]), (403, &json!([])));
    let begun = client.post("/step-up/ceremonies", wanted("totp")).await.json();
    let (id, factor) = (text(&begun["id"]), text(&begun["factors"][0]["id"]));
    let answer = |credential: Value| json!({ "factor": factor, "credential": credential });
    assert_eq!(client.post(&proof(id), answer(json!({}))).await.status, 409);
    let asked = client.post(&prompt(id, factor), Value::Null).await.json();
    let options = &asked["prompt"]["publicKey"];
    assert_eq!(options["allowCredentials"][0]["transports"], json!(["usb"]));
    let state = client.get(&format!("/step-up/ceremonies/{id}")).await.json();
    assert_eq!(state["prompted"], json!([factor]));
    let foreign = SecurityKey::bound().get(options);
    for (credential, status) in [(json!("AQ"), 400), (foreign, 403), (stick.get(options), 200)] {
        let answer = client.post(&proof(id), answer(credential)).await;
        assert_eq!(answer.status, status, "{}", answer.json());
        if status == 200 {
            let form = [GRANT, TYPE, ("subject_token", &*login.token), ("ceremony", id)];
            assert_eq!(client.exchange(&form).await.status, 200);
            let client = client.with(text(&answer.json()["access_token"]));
            let second = client.post(ENROLMENTS, named("second".into())).await.json();
            let excluded = &second["prompt"]["publicKey"]["excludeCredentials"];
            assert_eq!(excluded[0]["id"], stick.id());
        }
    }
}
