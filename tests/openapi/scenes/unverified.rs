//! While whoever can tell whose token it is cannot be asked.

use std::time::Duration;

use serde_json::Value;
use stepup_authority::factor::Totp;
use stepup_authority::{Authority, FirstEnrolment};
use stepup_core::{Credential, Gate, Timestamp, Verification, Verifier, VerifyError};
use stepup_tests::Api;

use super::exchange::{GRANT, TYPE};
use super::{Stage, concrete, text};
use crate::client::Client;

#[derive(Debug)]
struct Away;

impl Verifier for Away {
    fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
        let retry_after = Duration::from_secs(7);
        Verification::Ready(Err(VerifyError::Unavailable { retry_after }))
    }
}

pub async fn at_present(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let gate = Gate::with_verifier(Away).realm("accounts").build().unwrap();
    let authority = Authority::builder(service.issuer.clone(), gate.clone())
        .factor(Totp::new("Bank"))
        .first_enrolment(FirstEnrolment::ByService)
        .subjects(|login| Some(login.subject().to_owned()))
        .build()
        .unwrap();
    let api = Api::with_authority(stage.framework, &gate, &authority);
    let client = Client { api: &api, ..stage.client(&service, "a") };
    for (method, path) in stage.description.operations() {
        if !stage.description.takes_a_login(&method, &path) {
            continue;
        }
        let answer = client.call(&method, &concrete(&path), Value::Null).await;
        assert_eq!(answer.status, 503, "{method} {path}");
        assert_eq!(answer.headers["retry-after"], "7", "{method} {path}");
    }
    let ceremony = concrete("{ceremony}");
    let form = [GRANT, TYPE, ("subject_token", "a"), ("ceremony", &*ceremony)];
    let answer = client.exchange(&form).await;
    assert!(text(&answer.json()["type"]).ends_with("/verification-unavailable"));
}
