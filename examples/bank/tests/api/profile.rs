//! A customer has another address.

use serde_json::json;

use super::everywhere;
use crate::support::Open;

everywhere!(
    codes_to_the_old_address_are_worth_nothing_and_its_owner_is_told
    what_is_no_address_is_refused
    customers_are_told_what_was_done_to_their_factors
);

async fn codes_to_the_old_address_are_worth_nothing_and_its_owner_is_told(bank: Open) {
    let alice = bank.login("alice").await;
    let new = json!({ "email": "alice@new.example" });
    let refused = alice.call("PUT", "/profile/email", &new).await;
    assert_eq!((refused.status.as_u16(), &refused.json["max_age"]), (401, &json!(60)));
    let reason = "Confirm that it is you who changes where the bank writes to you.";
    assert_eq!(refused.json["detail"], reason);
    assert_eq!(alice.methods().await, ["email", "totp"]);

    let confirmed = alice.step_up(&refused, &bank.app("alice").await).await;
    let changed = confirmed.call("PUT", "/profile/email", &new).await;
    assert_eq!((changed.status.as_u16(), &changed.json), (200, &new), "{}", changed.text);
    assert_eq!(alice.get("/accounts").await.json["email"], "alice@new.example");
    assert_eq!(alice.methods().await, ["totp"]);
    let told = bank.mail_to("alice@example.com").await;
    assert!(told.iter().any(|mail| mail.contains("now alice@new.example")), "{told:?}");

    // The new one counts once its owner has shown that they read mail there.
    bank.wait(1);
    let refused = alice.pay("bob", json!(1)).await;
    let again = alice.step_up(&refused, &bank.app("alice").await).await;
    let begun = json!({ "method": "email", "email": "alice@new.example" });
    let begun = again.call("POST", "/step-up/enrolments", &begun).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let code = alice.code_mailed_to("alice@new.example").await;
    let page = format!("/step-up/enrolments/{}", begun.json["id"].as_str().unwrap());
    let done = again.call("POST", &page, &json!({ "code": code })).await;
    assert_eq!(done.status, 201, "{}", done.text);
    assert_eq!(alice.methods().await, ["email", "totp"]);
}

async fn what_is_no_address_is_refused(bank: Open) {
    let alice = bank.login("alice").await.confirmed(&bank.app("alice").await).await;
    for email in ["", "alice", "a@b@example.com", "a@example.com, b@example.com"] {
        let refused = alice.call("PUT", "/profile/email", &json!({ "email": email })).await;
        assert_eq!(refused.status, 422, "{email}");
    }
    // One that is theirs already changes nothing.
    let same = json!({ "email": "alice@example.com" });
    assert_eq!(alice.call("PUT", "/profile/email", &same).await.status, 200);
    assert_eq!(alice.methods().await, ["email", "totp"]);
}

async fn customers_are_told_what_was_done_to_their_factors(bank: Open) {
    let app = bank.app("alice").await;
    let alice = bank.login("alice").await.confirmed(&app).await;
    let codes = alice.call("POST", "/step-up/enrolments", &json!({ "method": "recovery" })).await;
    assert_eq!(codes.status, 201, "{}", codes.text);
    // It is told beside the answer.
    for _ in 0..200 {
        let mail = bank.mail_to("alice@example.com").await;
        if mail.iter().any(|mail| mail.contains("your recovery codes")) {
            // And of nothing else: what demo users have from the start is no change.
            assert_eq!(
                (mail.len(), bank.mail_to("bob@example.com").await.len()),
                (1, 0),
                "{mail:?}"
            );
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("alice was not told: {:?}", bank.mail_to("alice@example.com").await);
}
