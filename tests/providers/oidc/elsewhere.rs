//! A user of one provider is nobody at another, whatever their names there.

use std::sync::Arc;

use serde_json::json;
use stepup_authority::factor::{OidcClient, OidcFactor};
use stepup_authority::store::{MemoryStore, Store};
use stepup_core::{Algorithm, Level};
use stepup_tests::Framework;
use stepup_tests::authority::{Service, Setup};

use super::double::{CLIENT, Double, PAGE, SECRET};
use super::scene::is;
use crate::scene::confirm;

async fn service(framework: Framework, store: &Arc<dyn Store>, double: &Double) -> Service {
    let client = OidcClient::secret_basic(CLIENT, SECRET);
    let authx = OidcFactor::new("authx", double.inner().url.clone(), client, PAGE).unwrap();
    let authx = authx.level(Level::MFA, "urn:mfa").unwrap().signed_with(Algorithm::Es256);
    let setup = Setup::new(framework).store(store.clone());
    setup.with(|builder| builder.factor(authx)).start().await
}

/// Both name their user `subject-1`.
#[tokio::test]
async fn a_user_of_another_provider_is_asked_nothing_and_proves_nothing() {
    for framework in Framework::ALL {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = Setup::new(framework).clock;
        let (old, new) = (Double::start(&clock).await, Double::start(&clock).await);
        let (ceremony, factor) = {
            let service = service(framework, &store, &old).await;
            let alice = service.login("alice").await;
            let begun = alice.enrol(json!({ "method": "authx" })).await;
            let enrolled = confirm(&alice, &begun, &old.log_in(&begun["prompt"])).await;
            assert_eq!(enrolled.status, 201, "{}", enrolled.json());
            let begun = alice.begin_mfa().await;
            let factor = begun.factor("authx");
            let prompt = alice.prompt(&begun.id, &factor).await;
            assert_eq!(prompt.status, 200, "{}", prompt.json());
            let mut answer = old.log_in(&prompt.json()["prompt"]);
            answer["factor"] = factor.clone().into();
            answer["iss"] = new.inner().url.clone().into();
            // The service's own place in the world changes, and its store does not.
            let moved = self::service(framework, &store, &new).await;
            let alice = moved.login("alice").await.with_token(&alice.token);
            let gone = alice.prove_with(&begun.id, &answer).await;
            is(&gone, (403, "factor-disabled", ""), "asked at the old one");
            (begun.id, factor)
        };
        let service = service(framework, &store, &new).await;
        let alice = service.login("alice").await;
        let begun = alice.begin_mfa().await;
        assert_eq!(begun.factor("authx"), factor);
        assert_ne!(begun.id, ceremony);
        let unasked = alice.prompt(&begun.id, &factor).await;
        is(&unasked, (403, "factor-disabled", ""), "asked at the new one");
        assert_eq!(unasked.json()["factors"], json!([]), "there is nothing else");
        assert_eq!(new.inner().requests, Vec::<String>::new());
    }
}
