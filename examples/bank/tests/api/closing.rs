//! A customer leaves: that takes a passkey, and nothing is left that would let them in.

use bank::Framework;
use serde_json::{Value, json};
use stepup_tests::authority::SecurityKey;

use super::everywhere;
use crate::support::{Customer, Open, Setup};

everywhere!(
    without_a_passkey_an_account_cannot_be_closed
    with_a_passkey_it_can_and_every_token_ends
    a_session_that_ended_earns_no_token_anywhere
    nothing_is_kept_that_need_not_be
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

async fn a_session_that_ended_earns_no_token_anywhere(bank: Open) {
    let other = if bank.is_in_memory() { None } else { Some(bank.beside().await) };
    let app = bank.app("alice").await;
    let login = bank.login("alice").await;
    let challenge = login.pay("bob", json!(1)).await;
    let (page, factor) = login.begin(&challenge, "totp").await;
    assert_eq!(login.call("POST", "/logout", &Value::Null).await.status, 204);
    for url in [Some(&bank), other.as_ref()].into_iter().flatten().map(|bank| &bank.url) {
        let refused = login.at(url).exchange(&page, &factor, &app).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(!refused.text.contains("access_token\":"), "{}", refused.text);
    }
    // The code was not looked at, and is good where there is a session.
    let again = bank.login("alice").await;
    let (page, factor) = again.begin(&again.pay("bob", json!(1)).await, "totp").await;
    let exchanged = again.exchange(&page, &factor, &app).await;
    assert_eq!(exchanged.status, 200, "{}", exchanged.text);
}

async fn nothing_is_kept_that_need_not_be(bank: Open) {
    if bank.is_in_memory() {
        return;
    }
    let alice = with_passkey(&bank, &bank.login("alice").await).await;
    assert_eq!(alice.call("DELETE", "/account", &Value::Null).await.status, 204);
    let mut database = bank.database().await;
    let kept: (String, String, String, Option<String>, i64) = sqlx::query_as(
        "SELECT name, email, password_hash, demo_totp_secret,
         (SELECT COUNT(*) FROM known_addresses) FROM customers WHERE username = 'alice'",
    )
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert_eq!(kept, ("Alice Archer".to_owned(), String::new(), String::new(), None, 0));
    let users = bank.nobody().get("/demo").await.json["users"].clone();
    let users: Vec<_> = users.as_array().unwrap().iter().map(|user| &user["user"]).collect();
    assert_eq!(users, ["bob"]);
}

#[tokio::test]
async fn what_failed_half_way_is_done_at_the_next_start_in_axum() {
    is_done_at_the_next_start(Framework::Axum).await;
}

#[tokio::test]
async fn what_failed_half_way_is_done_at_the_next_start_in_poem() {
    is_done_at_the_next_start(Framework::Poem).await;
}

async fn is_done_at_the_next_start(framework: Framework) {
    let bank = Setup::sqlite(framework).open().await;
    let alice = with_passkey(&bank, &bank.login("alice").await).await;
    let mut database = bank.database().await;

    // While she cannot leave she keeps her factors.
    let stays = "CREATE TRIGGER stays BEFORE UPDATE OF closed_at ON customers
                 BEGIN SELECT RAISE(ABORT, 'stays'); END";
    sqlx::query(stays).execute(&mut database).await.unwrap();
    assert_eq!(alice.call("DELETE", "/account", &Value::Null).await.status, 503);
    assert_eq!(alice.methods().await, ["email", "totp", "webauthn"]);
    sqlx::query("DROP TRIGGER stays").execute(&mut database).await.unwrap();

    // Once she has left nobody comes in, also while something is left of her.
    let sealed = "CREATE TRIGGER sealed BEFORE UPDATE OF email ON customers
                  BEGIN SELECT RAISE(ABORT, 'sealed'); END";
    sqlx::query(sealed).execute(&mut database).await.unwrap();
    assert_eq!(alice.call("DELETE", "/account", &Value::Null).await.status, 204);
    alice.is_refused_everywhere().await;
    assert_eq!(bank.nobody().login("alice", "correct horse").await.status, 401);
    sqlx::query("DROP TRIGGER sealed").execute(&mut database).await.unwrap();
    let hash = "SELECT password_hash FROM customers WHERE username = 'alice'";
    let kept: String = sqlx::query_scalar(hash).fetch_one(&mut database).await.unwrap();
    assert!(kept.starts_with("$argon2id$"));
    drop(database);
    let bank = bank.reopen().await;
    let mut database = bank.database().await;
    let kept: String = sqlx::query_scalar(hash).fetch_one(&mut database).await.unwrap();
    assert_eq!(kept, "");
}
