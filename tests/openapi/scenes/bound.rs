//! Tokens that are bound to a key (RFC 9449).

use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use stepup_authority::factor::RecoveryCodes;
use stepup_authority::{Authority, FirstEnrolment, Issuer, Login};
use stepup_core::{Algorithm, Dpop, Gate, Method};
use stepup_tests::{AUDIENCE, Answer, Api, Payload, Prover};

use super::exchange::{GRANT, TYPE};
use super::{Stage, concrete, mfa, text};
use crate::client::{Client, FORM, JSON};

/// The API and an authority that takes only factors on paper, behind this gate.
fn api(stage: Stage<'_>, issuer: &Issuer, gate: &Gate) -> Api {
    let first = FirstEnrolment::AfterLogin { within: Duration::from_secs(300) };
    let authority = Authority::builder(issuer.clone(), gate.clone())
        .factor(RecoveryCodes::new())
        .first_enrolment(first)
        .build()
        .unwrap();
    Api::with_authority(stage.framework, gate, &authority)
}

pub async fn to_a_key(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let gate = service.issuer.gate().dpop(Dpop::at(AUDIENCE)).build().unwrap();
    let api = api(stage, &service.issuer, &gate);
    let prover = Prover::new(Algorithm::Es256);
    let login = Login::of("alice").method(Method::PWD).key_thumbprint(&prover.thumbprint());
    let token = service.issuer.issue_login(login).await.unwrap();
    let bearer = Client { api: &api, ..stage.client(&service, &token) };
    assert_eq!(bearer.post("/step-up/ceremonies", mfa()).await.status, 401);
    let unproved = Request::post("/step-up/ceremonies").header("dpop", "a.b.c");
    let unproved = unproved.header("authorization", format!("DPoP {token}"));
    let unproved = unproved.body(Payload::NONE).unwrap();
    assert_eq!(bearer.send(unproved, JSON, &Value::Null).await.status, 401);

    let proved = async |path: &str, body: Value| -> Answer {
        let request = Request::post(path)
            .header("authorization", format!("DPoP {token}"))
            .header("dpop", prover.sign(&prover.proof(path, &token)))
            .header("content-type", JSON)
            .body(Payload::Bytes(body.to_string().into_bytes()))
            .unwrap();
        bearer.send(request, JSON, &body).await
    };
    let enrolled = proved("/step-up/enrolments", json!({ "method": "recovery" })).await.json();
    let begun = proved("/step-up/ceremonies", mfa()).await.json();
    let path = format!("/step-up/ceremonies/{}/proof", text(&begun["id"]));
    let answer = json!({ "factor": enrolled["factor"]["id"], "code": enrolled["codes"][0] });
    let answer = proved(&path, answer).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["token_type"]), (200, &json!("DPoP")));
}

/// A gate that wants a nonce in each proof says which.
pub async fn by_a_proof_with_a_nonce(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let dpop = Dpop::at(AUDIENCE).with_nonces(&[7; 32]);
    let gate = service.issuer.gate().dpop(dpop).build().unwrap();
    let api = api(stage, &service.issuer, &gate);
    let prover = Prover::new(Algorithm::Es256);
    let login = Login::of("alice").method(Method::PWD).key_thumbprint(&prover.thumbprint());
    let token = service.issuer.issue_login(login).await.unwrap();
    let client = Client { api: &api, ..stage.client(&service, &token) };
    let request =
        |path: &str| Request::post(path).header("dpop", prover.sign(&prover.proof(path, &token)));

    let page = request("/step-up/ceremonies").header("authorization", format!("DPoP {token}"));
    let page = client.send(page.body(Payload::NONE).unwrap(), JSON, &Value::Null).await;
    assert_eq!((page.status.as_u16(), &page.json()["error"]), (401, &json!("use_dpop_nonce")));
    let ceremony = concrete("{ceremony}");
    let form = [GRANT, TYPE, ("subject_token", &*token), ("ceremony", &*ceremony)];
    let form: Vec<_> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let exchange = request("/step-up/token").header("content-type", FORM);
    let exchange = exchange.body(Payload::Bytes(form.join("&").into_bytes())).unwrap();
    let exchange = client.send(exchange, FORM, &Value::Null).await;
    assert_eq!(exchange.json()["error"], "use_dpop_nonce");
    for answer in [page, exchange] {
        assert!(answer.headers.contains_key("dpop-nonce"), "{}", answer.json());
    }
}
