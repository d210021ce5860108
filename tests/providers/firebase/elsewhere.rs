//! A user of one project is nobody in another, whatever their names there.

use std::sync::Arc;

use serde_json::json;
use stepup_authority::store::{MemoryStore, Store};
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use super::{Asked, GOOGLE, claims, firebase, google, problem};

#[tokio::test]
async fn a_user_of_another_project_proves_nothing() {
    let google = google();
    for framework in Framework::ALL {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = Setup::new(framework).clock;
        let service = async |project: &str| {
            let factor = firebase(&google, &clock, project);
            let setup = Setup::new(framework).store(store.clone()).clock(clock.clone());
            setup.with(|builder| builder.factor(factor)).start().await
        };
        for (project, expected) in [("bank-7", (200, "")), ("bank-8", (403, "factor-disabled"))] {
            let service = service(project).await;
            let token = || {
                let text = claims(service.now()).to_string();
                let issuer = format!("https://securetoken.google.com/{project}");
                let text = text.replace(GOOGLE, &issuer).replace("bank-7", project);
                google.sign(&google.header().to_string(), &text)
            };
            let alice = service.login("alice").await;
            if project == "bank-7" {
                let begun = alice.enrol(json!({ "method": "firebase" })).await;
                let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
                let made = alice.call("POST", &path, &json!({ "id_token": token() })).await;
                assert_eq!(made.status, 201, "{}", made.json());
                service.wait(60);
            }
            let begun = alice.begin_mfa().await;
            let asked = Asked { factor: begun.factor("firebase"), ceremony: begun.id };
            assert_eq!(alice.prompt(&asked.ceremony, &asked.factor).await.status, 200);
            let answer = asked.post(&alice, token()).await;
            assert_eq!(problem(&answer), (expected.0, expected.1.to_owned()), "{project}");
            service.wait(60);
        }
    }
}
