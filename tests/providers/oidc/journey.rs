//! The whole loop, by a fresh login at an OpenID Provider; on every store, for all that a provider
//! keeps.

use serde_json::json;
use stepup_authority::factor::{OidcClient, OidcFactor};
use stepup_core::{Algorithm, Level};
use stepup_tests::authority::{Ceremony, Setup};

use super::double::{CLIENT, Double, PAGE, SECRET};
use crate::scene::confirm;

stepup_tests::on_every_store!(a_login_elsewhere_ends_in_a_token_that_is_admitted);

async fn a_login_elsewhere_ends_in_a_token_that_is_admitted(setup: Setup) {
    let double = Double::start(&setup.clock).await;
    let client = OidcClient::secret_basic(CLIENT, SECRET);
    let authx = OidcFactor::new("authx", double.inner().url.clone(), client, PAGE).unwrap();
    let authx = authx.level(Level::MFA, "urn:mfa").unwrap().signed_with(Algorithm::Es256);
    let service = setup.with(|builder| builder.factor(authx)).start().await;
    let alice = service.login("alice").await;
    let begun = alice.enrol(json!({ "method": "authx" })).await;
    let answer = confirm(&alice, &begun, &double.log_in(&begun["prompt"])).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    service.wait(30);
    let by_login = async |ceremony: Ceremony| {
        let factor = ceremony.factor("authx");
        let prompt = alice.prompt(&ceremony.id, &factor).await;
        assert_eq!(prompt.status, 200, "{}", prompt.json());
        let mut answer = double.log_in(&prompt.json()["prompt"]);
        answer["factor"] = factor.into();
        alice.prove_with(&ceremony.id, &answer).await
    };
    alice.admitted_to("/mfa_fresh", "mfa", by_login).await;
    assert_eq!(double.inner().faults, Vec::<String>::new());
}
