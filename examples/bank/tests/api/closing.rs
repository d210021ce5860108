//! A customer leaves: that takes a passkey, and nothing is left that would let them in.

use serde_json::{Value, json};
use stepup_tests::authority::SecurityKey;

use super::everywhere;
use crate::support::{Customer, Open};

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
async fn with_passkey(bank: &Open, login: &Customer) -> Customer {
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
    for customer in [&login, &alice] {
        for path in ["/accounts", "/step-up/factors"] {
            let answer = customer.get(path).await;
            assert_eq!(answer.status, 401, "{path}: {}", answer.text);
            let challenge = answer.headers["www-authenticate"].to_str().unwrap();
            assert!(challenge.contains("invalid_token"), "{challenge}");
        }
    }
    // Another instance has not heard of it, and asks the ledger.
    if let Some(other) = &other {
        for customer in [&login, &alice] {
            assert_eq!(customer.at(&other.url).get("/accounts").await.status, 403);
        }
        assert_eq!(login.at(&other.url).methods().await, [""; 0]);
        let sent = alice.at(&other.url).pay("bob", json!(1)).await;
        assert_eq!(sent.status, 403, "{}", sent.text);
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
