//! O28: a factor that an attacker enrolled is told of before it is good for anything.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use stepup_authority::factor::FactorFuture;
use stepup_authority::{EventKind, Notice, Notify};
use stepup_tests::authority::TotpApp;

use crate::scene::{granted, is, said, setups};

const REST: u64 = 24 * 60 * 60;

#[derive(Clone, Debug, Default)]
struct Notices(Arc<Mutex<Vec<Notice>>>);

impl Notify for Notices {
    fn notify(&self, notice: Notice) -> FactorFuture<'_, ()> {
        self.0.lock().unwrap().push(notice);
        Box::pin(std::future::ready(()))
    }
}

impl Notices {
    /// What users were told; telling runs beside the requests.
    async fn told(&self) -> Vec<(EventKind, String, String)> {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let notices = std::mem::take(&mut *self.0.lock().unwrap());
        notices.into_iter().map(|one| (one.kind, one.subject, one.method)).collect()
    }
}

fn notice(kind: EventKind, method: &str) -> (EventKind, String, String) {
    (kind, "alice".to_owned(), method.to_owned())
}

#[tokio::test]
async fn o28_a_new_factor_rests_and_its_owner_is_told() {
    for setup in setups() {
        let notices = Notices::default();
        let (notify, rest) = (notices.clone(), Duration::from_secs(REST));
        let service =
            setup.with(move |builder| builder.factor_rest(rest).notify(notify)).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        assert_eq!(notices.told().await, [notice(EventKind::Enrolled, "totp")]);
        let wanted = || json!({ "acr_values": "mfa" });
        let unmet = is(403, "unmet-authentication-requirements");
        assert_eq!(said(&alice.try_begin(wanted()).await), unmet, "the first rests too");
        service.wait(REST - 31);
        let alice = service.login("alice").await;
        assert_eq!(said(&alice.try_begin(wanted()).await), unmet);
        service.wait(1);
        let strong = alice.step_up(&app).await;

        // Whoever holds that token adds an app, an address and codes of their own.
        let begun = strong.enrol(json!({ "method": "totp" })).await;
        let own = TotpApp::scan(begun["secret"].as_str().unwrap());
        let enrolled =
            strong.confirm(begun["id"].as_str().unwrap(), &own.code(service.now())).await;
        let own_factor = enrolled.json()["factor"]["id"].as_str().unwrap().to_owned();
        let email = strong.enrol_email("eve@example.net").await;
        let (recovery, codes) = strong.enrol_recovery().await;
        let told = ["totp", "email", "recovery"].map(|method| notice(EventKind::Enrolled, method));
        assert_eq!(notices.told().await, told);
        let session = service.login("alice").await;
        let ceremony = session.begin_mfa().await;
        assert_eq!(ceremony.factors.as_array().unwrap().len(), 1, "{}", ceremony.factors);
        assert_eq!(ceremony.factor("totp"), app.factor);
        let id = &ceremony.id;
        for answer in [
            session.prove(id, &own_factor, &own.code(service.now())).await,
            session.prompt(id, &email).await,
            session.prove(id, &recovery, &codes[0]).await,
        ] {
            assert_eq!(said(&answer), is(404, "no-such-factor"));
        }
        // Not for less than a level either, with a ceremony that asks for nothing.
        let id = session.begin(json!({})).await.id;
        let answer = session.prove(&id, &recovery, &codes[0]).await;
        assert_eq!(said(&answer), is(404, "no-such-factor"));

        // Who objects in time removes them; who does not has them after their rest.
        let strong = session.step_up(&app).await;
        let path = format!("/step-up/factors/{own_factor}");
        assert_eq!(strong.call("DELETE", &path, &json!(null)).await.status, 204);
        assert_eq!(notices.told().await, [notice(EventKind::Removed, "totp")]);
        service.wait(REST);
        let session = service.login("alice").await;
        let id = session.begin_mfa().await.id;
        let answer = session.prove(&id, &own_factor, &own.code(service.now())).await;
        assert_eq!(said(&answer), is(404, "no-such-factor"));
        let answer = session.prove(&id, &recovery, &codes[0]).await;
        assert_eq!(granted(&answer)["acr"], "mfa");
    }
}
