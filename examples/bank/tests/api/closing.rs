//! A customer leaves: that takes a passkey, and nothing is left that would let them in.

use bank::Framework;
use serde_json::{Value, json};
use stepup_tests::authority::SecurityKey;

use super::everywhere;
use crate::support::{Customer, Open, Setup};

everywhere!(
    without_a_passkey_an_account_cannot_be_closed
    with_a_passkey_it_can_and_every_token_ends
);

async fn without_a_passkey_an_account_cannot_be_closed(bank: Open) {
    let alice = bank.login("alice").await.confirmed(&bank.app("alice").await).await;
    let login = bank.login("alice").await;
    for customer in [&alice, &login] {
        let refused = customer.call("DELETE", "/account", &Value::Null).await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.json["acr_values"], json!(["phr", "phrh"]));
        assert_eq!(refused.json["detail"], "Closing your account cannot be undone.");
    }
    let wanted = json!({ "acr_values": "phr phrh", "max_age": 60 });
    let unmet = login.call("POST", "/step-up/ceremonies", &wanted).await;
    assert_eq!((unmet.status.as_u16(), &unmet.json["enrol"]), (403, &json!(["webauthn"])));
    assert_eq!(alice.get("/accounts").await.status, 200);
}

/// With the login of one customer: another login, able to close the account.
pub(super) async fn with_passkey(bank: &Open, login: &Customer) -> Customer {
    let alice = login.confirmed(&bank.app("alice").await).await;
    let key = SecurityKey::copied();
    let begun = json!({ "method": "webauthn", "name": "Laptop" });
    let begun = alice.call("POST", "/step-up/enrolments", &begun).await;
    assert_eq!(begun.status, 201, "{}", begun.text);
    let credential = key.create_with("none", b"\xa0", &begun.json["prompt"]["publicKey"]);
    let page = format!("/step-up/enrolments/{}", begun.json["id"].as_str().unwrap());
    let done = alice.call("POST", &page, &json!({ "credential": credential })).await;
    assert_eq!(done.status, 201, "{}", done.text);

    let refused = login.call("DELETE", "/account", &Value::Null).await;
    let (page, factor) = login.begin(&refused, "webauthn").await;
    let asked = login.call("POST", &format!("{page}/factors/{factor}"), &Value::Null).await;
    let credential = key.get(&asked.json["prompt"]["publicKey"]);
    login.prove(&page, &json!({ "factor": factor, "credential": credential })).await
}

async fn with_a_passkey_it_can_and_every_token_ends(bank: Open) {
    let other = if bank.is_in_memory() { None } else { Some(bank.beside().await) };
    let login = bank.login("alice").await;
    let alice = with_passkey(&bank, &login).await;
    let bob = bank.login("bob").await;
    assert_eq!(
        bob.confirmed(&bank.app("bob").await).await.pay("alice", json!(1)).await.status,
        200
    );
    bank.wait(1);

    let closed = alice.call("DELETE", "/account", &Value::Null).await;
    assert_eq!((closed.status.as_u16(), closed.text.as_str()), (204, ""));
    // Another instance has not heard of it, and asks the ledger.
    for url in [Some(&bank), other.as_ref()].into_iter().flatten().map(|bank| &bank.url) {
        for customer in [login.at(url), alice.at(url)] {
            customer.is_refused_everywhere().await;
        }
    }

    let answer = bank.nobody().login("alice", "correct horse").await;
    assert_eq!(answer.json["detail"], "The name or the password is wrong.");
    let refused = bob.confirmed(&bank.app("bob").await).await.pay("alice", json!(1)).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json["detail"].as_str()),
        (422, Some("There is no such recipient."))
    );
    let told = bank.mail_to("alice@example.com").await;
    assert!(told.iter().any(|mail| mail.contains("your account is closed")), "{told:?}");
}

#[tokio::test]
async fn what_failed_half_way_can_be_asked_for_again_in_axum() {
    can_be_asked_for_again(Framework::Axum).await;
}

#[tokio::test]
async fn what_failed_half_way_can_be_asked_for_again_in_poem() {
    can_be_asked_for_again(Framework::Poem).await;
}

async fn can_be_asked_for_again(framework: Framework) {
    let bank = Setup::sqlite(framework).open().await;
    let alice = with_passkey(&bank, &bank.login("alice").await).await;
    let mut database = bank.database().await;
    let close = async || alice.call("DELETE", "/account", &Value::Null).await.status;

    // While her factors cannot be removed she has not left.
    let away = "ALTER TABLE stepup_records RENAME TO away";
    sqlx::query(away).execute(&mut database).await.unwrap();
    assert_eq!(close().await, 503);
    let back = "ALTER TABLE away RENAME TO stepup_records";
    sqlx::query(back).execute(&mut database).await.unwrap();
    assert_eq!(alice.get("/accounts").await.status, 200);
    assert_eq!(alice.methods().await, ["email", "totp", "webauthn"]);

    // While she cannot leave she has no factors any more, and can still ask.
    let stays = "CREATE TRIGGER stays BEFORE UPDATE OF closed_at ON customers
                 BEGIN SELECT RAISE(ABORT, 'stays'); END";
    sqlx::query(stays).execute(&mut database).await.unwrap();
    assert_eq!(close().await, 503);
    assert!(alice.methods().await.is_empty());
    sqlx::query("DROP TRIGGER stays").execute(&mut database).await.unwrap();
    assert_eq!(close().await, 204);
    assert_eq!(close().await, 401);
}
