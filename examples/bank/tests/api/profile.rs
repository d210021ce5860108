//! A customer has another address.

use std::time::Duration;

use serde_json::{Value, json};

use super::everywhere;
use crate::support::{Customer, Open};

everywhere!(
    codes_to_the_old_address_are_worth_nothing_and_its_owner_is_told
    what_is_no_address_is_refused
    customers_are_told_what_was_done_to_their_factors
    for_a_month_it_is_told_at_the_address_of_before_too
    five_times_a_month_and_none_is_kept_for_longer
    where_codes_by_mail_are_the_only_way_the_address_stays
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
    enrol_mail(&again, "alice@new.example").await;
    assert_eq!(alice.methods().await, ["email", "totp"]);
}

async fn enrol_mail(customer: &Customer, address: &str) {
    let begun = json!({ "method": "email", "email": address });
    let begun = customer.call("POST", "/step-up/enrolments", &begun).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let code = customer.code_mailed_to(address).await;
    let page = format!("/step-up/enrolments/{}", begun.json["id"].as_str().unwrap());
    let done = customer.call("POST", &page, &json!({ "code": code })).await;
    assert_eq!(done.status, 201, "{}", done.text);
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

/// Each of them is written to.
async fn five_times_a_month_and_none_is_kept_for_longer(bank: Open) {
    let app = bank.app("alice").await;
    let change = async |to: &str| {
        let alice = bank.login("alice").await.confirmed(&app).await;
        alice.call("PUT", "/profile/email", &json!({ "email": to })).await
    };
    // Back and forth counts as well.
    let addresses = ["alice@new.example", "alice@example.com"];
    for number in 0..5 {
        let changed = change(addresses[number % 2]).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
    }
    enrol_mail(&bank.login("alice").await.confirmed(&app).await, "alice@new.example").await;
    let refused = change("alice@other.example").await;
    assert_eq!(
        (refused.status.as_u16(), refused.json["type"].as_str()),
        (429, Some("https://bank.example/problems/too-many-addresses"))
    );
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    let alice = bank.login("alice").await;
    assert_eq!(alice.get("/accounts").await.json["email"], "alice@new.example");
    assert_eq!(alice.methods().await, ["email", "totp"]);

    bank.wait(30 * 24 * 60 * 60);
    assert_eq!(change("alice@other.example").await.status, 200);
    if !bank.is_in_memory() {
        let kept = sqlx::query_scalar("SELECT email FROM former_addresses");
        let kept: Vec<String> = kept.fetch_all(&mut bank.database().await).await.unwrap();
        assert_eq!(kept, ["alice@new.example"]);
    }
}

/// Until the new one is enrolled a password alone would be enough to set up another.
async fn where_codes_by_mail_are_the_only_way_the_address_stays(bank: Open) {
    let alice = bank.login("alice").await.confirmed(&bank.app("alice").await).await;
    let factors = alice.get("/step-up/factors").await.json;
    let factors = factors["factors"].as_array().unwrap();
    let app = factors.iter().find(|factor| factor["method"] == "totp").unwrap();
    let page = format!("/step-up/factors/{}", app["id"].as_str().unwrap());
    assert_eq!(alice.call("DELETE", &page, &Value::Null).await.status, 204);

    let new = json!({ "email": "alice@new.example" });
    let login = bank.login("alice").await;
    let asked = login.call("PUT", "/profile/email", &new).await;
    let (page, factor) = login.begin(&asked, "email").await;
    let prompt = login.call("POST", &format!("{page}/factors/{factor}"), &Value::Null).await;
    assert_eq!(prompt.status, 200, "{}", prompt.text);
    let code = login.code_mailed_to("alice@example.com").await;
    let alice = login.prove(&page, &json!({ "factor": factor, "code": code })).await;
    let refused = alice.call("PUT", "/profile/email", &new).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json["type"].as_str(), refused.json["detail"].as_str()),
        (
            409,
            Some("https://bank.example/problems/only-way"),
            Some(
                "Set up another way to confirm first: codes to your present address end when it \
                 changes."
            )
        )
    );
    assert_eq!(alice.methods().await, ["email"]);
    assert_eq!(alice.get("/accounts").await.json["email"], "alice@example.com");
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
