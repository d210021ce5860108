//! A bank on SQLite opens again with everything in it.

use bank::Framework;
use serde_json::json;

use crate::support::Setup;

#[tokio::test]
async fn a_restart_keeps_everything_in_axum() {
    keeps_everything(Framework::Axum).await;
}

#[tokio::test]
async fn a_restart_keeps_everything_in_poem() {
    keeps_everything(Framework::Poem).await;
}

async fn keeps_everything(framework: Framework) {
    let bank = Setup::sqlite(framework).open().await;
    let app = bank.app("alice").await;
    let alice = bank.login("alice").await.confirmed(&app).await;
    assert_eq!(alice.pay("bob", json!(25)).await.status, 200);
    let email = json!({ "email": "alice@new.example" });
    let bob = bank.login("bob").await;
    let challenge = bob.call("PUT", "/profile/email", &email).await;
    let bob = bob.step_up(&challenge, &bank.app("bob").await).await;
    assert_eq!(bob.call("PUT", "/profile/email", &email).await.status, 200);
    let (statement, mails) =
        (alice.get("/accounts").await.json, bank.mail_to("bob@example.com").await);
    let (refused, token) = (bank.nobody().login("alice", "wrong").await, alice.token.clone());
    assert_eq!(refused.status, 401);

    let bank = bank.reopen().await;
    // The token that was stepped up, the factors, the money, the mail.
    let alice = bank.nobody().with_token(&token.unwrap());
    assert_eq!(alice.get("/accounts").await.json, statement);
    assert_eq!(alice.pay("bob", json!(25)).await.json["balance"], "2350.00");
    assert_eq!(alice.methods().await, ["email", "totp"]);
    let again = bank.login("alice").await.confirmed(&app).await;
    assert_eq!(again.pay("bob", json!(25)).await.json["balance"], "2325.00");
    let kept = bank.mail_to("bob@example.com").await;
    assert!(mails.iter().all(|mail| kept.contains(mail)), "{kept:?}");
    let bob = bank.login("bob").await;
    assert_eq!(bob.get("/accounts").await.json["email"], "alice@new.example");
    assert_eq!(bob.methods().await, ["totp"]);
}
