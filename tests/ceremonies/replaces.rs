//! O27: what a new factor stands in place of is read strictly. Passed over, a stolen phone would
//! still be good beside the one that its owner replaced it with.

use serde_json::json;

use crate::scene::{is, said, setups};

#[tokio::test]
async fn o27_a_replaces_that_is_no_string_begins_nothing() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let strong = alice.step_up(&app).await;
        let (sent, kinds) = (service.outbox.sent().len(), service.events.kinds());
        let id = &app.factor;
        for replaces in [json!(5), json!([id]), json!([]), json!({ "id": id }), json!(true)] {
            for details in [
                json!({ "method": "totp", "replaces": replaces }),
                json!({ "method": "recovery", "replaces": replaces }),
                json!({ "method": "email", "email": "a@example.com", "replaces": replaces }),
            ] {
                let answer = strong.try_enrol(details.clone()).await;
                assert_eq!(said(&answer), is(400, "malformed-request"), "{details}");
            }
        }
        assert_eq!((service.outbox.sent().len(), service.events.kinds()), (sent, kinds));
        let factors = alice.get("/step-up/factors").await.json()["factors"].clone();
        assert_eq!(factors.as_array().unwrap().len(), 1, "{factors}");
        // None is none.
        let none = json!({ "method": "totp", "replaces": null });
        assert_eq!(strong.try_enrol(none).await.status, 201);
    }
}
