//! A customer has another address.

use std::time::Duration;

use serde_json::json;

use super::everywhere;
use crate::support::{Customer, Open};

everywhere!(
    codes_to_the_old_address_are_worth_nothing_and_its_owner_is_told
    what_is_no_address_is_refused
    customers_are_told_what_was_done_to_their_factors
    for_a_month_it_is_told_at_the_address_of_before_too
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

/// Somebody else may have had it changed.
async fn for_a_month_it_is_told_at_the_address_of_before_too(bank: Open) {
    let app = bank.app("alice").await;
    let changed = async |to: &str| {
        let alice = bank.login("alice").await.confirmed(&app).await;
        let answer = alice.call("PUT", "/profile/email", &json!({ "email": to })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    changed("thief@example.com").await;
    changed("other@example.com").await;
    let enrol = async |alice: &Customer| {
        let codes = json!({ "method": "recovery" });
        let codes = alice.call("POST", "/step-up/enrolments", &codes).await;
        assert_eq!(codes.status, 201, "{}", codes.text);
    };
    enrol(&bank.login("alice").await.confirmed(&app).await).await;
    for address in ["alice@example.com", "thief@example.com", "other@example.com"] {
        told(&bank, address, "your recovery codes").await;
    }
    // Of the codes by mail that count no more the owner hears, whoever was faster.
    told(&bank, "alice@example.com", "no longer confirm with codes by e-mail").await;

    bank.wait(30 * 24 * 60 * 60 + 60);
    let before = bank.mail_to("alice@example.com").await.len();
    enrol(&bank.login("alice").await.confirmed(&app).await).await;
    let both = async || {
        let mail = bank.mail_to("other@example.com").await;
        mail.iter().filter(|mail| mail.contains("your recovery codes")).count() >= 2
    };
    until(both).await;
    assert_eq!(bank.mail_to("alice@example.com").await.len(), before);
}

async fn until(happened: impl AsyncFn() -> bool) {
    for _ in 0..500 {
        if happened().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen");
}

/// What is told beside an answer.
async fn told(bank: &Open, address: &str, what: &str) {
    let is_told = async || bank.mail_to(address).await.iter().any(|mail| mail.contains(what));
    until(is_told).await;
}

async fn customers_are_told_what_was_done_to_their_factors(bank: Open) {
    let app = bank.app("alice").await;
    let alice = bank.login("alice").await.confirmed(&app).await;
    let codes = alice.call("POST", "/step-up/enrolments", &json!({ "method": "recovery" })).await;
    assert_eq!(codes.status, 201, "{}", codes.text);
    told(&bank, "alice@example.com", "your recovery codes").await;
    // And of nothing else: what demo users have from the start is no change.
    let mail = bank.mail_to("alice@example.com").await;
    assert_eq!((mail.len(), bank.mail_to("bob@example.com").await.len()), (1, 0), "{mail:?}");
}
