//! Money is sent once, and never more than there is.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::closing::with_passkey;
use super::everywhere;
use crate::support::{Answer, Open};

everywhere!(
    what_cannot_be_sent_is_said
    a_recipient_is_known_by_name_before_money_is_sent
    what_became_of_a_transfer_can_be_asked
    a_repeat_under_the_same_key_is_the_same_transfer
    a_repeat_is_answered_after_the_recipient_left
    transfers_at_once_never_overdraw
    transfers_in_both_directions_at_once_are_all_made
);

async fn what_cannot_be_sent_is_said(bank: Open) {
    let alice = bank.login("alice").await.confirmed(&bank.app("alice").await).await;
    for (to, amount, name, says) in [
        ("bob", json!("2400.01"), "not-enough-money", "not enough money"),
        ("bob", json!("999999999.99"), "not-enough-money", "not enough money"),
        ("carol", json!(1), "unknown-recipient", "no such recipient"),
        ("bo\0b", json!(1), "unknown-recipient", "no such recipient"),
        ("Bob", json!(1), "unknown-recipient", "no such recipient"),
        ("alice", json!(1), "own-account", "to yourself"),
        ("bob", json!(0), "malformed-amount", "no sum"),
        ("bob", json!(-5), "malformed-amount", "no sum"),
        ("bob", json!("5,00"), "malformed-amount", "no sum"),
        ("bob", json!("0.001"), "malformed-amount", "no sum"),
        ("bob", json!(0.3), "malformed-amount", "no sum"),
        ("bob", json!(null), "malformed-amount", "no sum"),
    ] {
        let refused = alice.pay(to, amount.clone()).await;
        assert_eq!(refused.status, 422, "{to} {amount}: {}", refused.text);
        assert_eq!(refused.headers["content-type"], "application/problem+json");
        assert_eq!(refused.json["status"], 422);
        assert_eq!(refused.json["title"], "Unprocessable Entity");
        assert_eq!(refused.json["type"], format!("https://bank.example/problems/{name}"));
        assert!(refused.json["detail"].as_str().unwrap().contains(says), "{}", refused.text);
    }
    for body in [
        "{",
        "[]",
        "[\"bob\",\"1\"]",
        "{\"to\":\"bob\"}",
        "\"bob\"",
        "{\"to\":{\"bob\":1}}",
        "{\"to\":\"bob\",\"amount\":1,\"ammount\":2}",
    ] {
        let refused = alice.send("POST", "/transfers", &[], body.to_owned()).await;
        assert_eq!(refused.status, 422, "{body}: {}", refused.text);
        assert!(
            refused.text.contains("column") && !refused.text.contains("bob"),
            "{}",
            refused.text
        );
    }
    assert_eq!(alice.balance().await, "2400.00");
    assert_eq!(alice.pay("bob", json!(2400)).await.json["balance"], "0.00");
}

async fn a_recipient_is_known_by_name_before_money_is_sent(bank: Open) {
    let alice = bank.login("alice").await;
    let bob = alice.get("/recipients/bob").await;
    assert_eq!(
        (bob.status.as_u16(), &bob.json),
        (200, &json!({ "user": "bob", "name": "Bob Baker" }))
    );
    for nobody in ["carol", "Bob", "bo%00b", "b%C3%B6b", "b%FFb", "b%2Fb", &"b".repeat(65)] {
        let unknown = alice.get(&format!("/recipients/{nobody}")).await;
        assert_eq!(unknown.status, 404, "{nobody}: {}", unknown.text);
        let kind = "https://bank.example/problems/unknown-recipient";
        assert_eq!(unknown.json["type"], kind, "{nobody}");
    }
    assert_eq!(bank.nobody().get("/recipients/bob").await.status, 401);
}

async fn what_became_of_a_transfer_can_be_asked(bank: Open) {
    let alice = bank.login("alice").await.confirmed(&bank.app("alice").await).await;
    let order = json!({ "to": "bob", "amount": 25 }).to_string();
    let unknown = "https://bank.example/problems/unknown-transfer";
    assert_eq!(alice.get("/transfers/once").await.json["type"], unknown);
    let sent = alice.send("POST", "/transfers", &[("idempotency-key", "once")], order).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let asked = alice.get("/transfers/once").await;
    assert_eq!((asked.status.as_u16(), &asked.json), (200, &sent.json));
    // Also with a login alone, and by nobody but her.
    assert_eq!(bank.login("alice").await.get("/transfers/once").await.status, 200);
    let bob = bank.login("bob").await;
    for key in ["once", "o%00ce", "%C3%B6nce", "%FFnce", &"k".repeat(65)] {
        let refused = bob.get(&format!("/transfers/{key}")).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json["type"]),
            (404, &json!(unknown)),
            "{key}"
        );
    }
    assert_eq!(bank.nobody().get("/transfers/once").await.status, 401);
}

async fn a_repeat_under_the_same_key_is_the_same_transfer(bank: Open) {
    let alice = bank.login("alice").await.confirmed(&bank.app("alice").await).await;
    let order = |amount: u32| json!({ "to": "bob", "amount": amount }).to_string();
    let longest = "k".repeat(64);
    let pay = async |key: &str, amount| {
        alice.send("POST", "/transfers", &[("idempotency-key", key)], order(amount)).await
    };
    let first = pay(&longest, 100).await;
    assert_eq!(first.status, 200, "{}", first.text);
    bank.wait(10);
    let repeat = pay(&longest, 100).await;
    assert_eq!((repeat.status.as_u16(), &repeat.json), (200, &first.json));
    assert_eq!(pay(&longest, 101).await.status, 422);
    assert_eq!(pay("another", 100).await.status, 200);
    for key in ["", &format!("{longest}k")] {
        assert_eq!(pay(key, 1).await.status, 422, "{key:?}");
    }
    let two = [("idempotency-key", "a"), ("idempotency-key", "b")];
    assert_eq!(alice.send("POST", "/transfers", &two, order(1)).await.status, 422);
    assert_eq!(alice.balance().await, "2200.00");

    // Of another customer's it is another transfer.
    let bob = bank.login("bob").await.confirmed(&bank.app("bob").await).await;
    let order = json!({ "to": "alice", "amount": 100 }).to_string();
    let sent = bob.send("POST", "/transfers", &[("idempotency-key", &longest)], order).await;
    assert_eq!(sent.status, 200);
    assert_eq!(alice.balance().await, "2300.00");
}

async fn a_repeat_is_answered_after_the_recipient_left(bank: Open) {
    let bob = bank.login("bob").await.confirmed(&bank.app("bob").await).await;
    let pay = async |key: &str| {
        let order = json!({ "to": "alice", "amount": 25 }).to_string();
        bob.send("POST", "/transfers", &[("idempotency-key", key)], order).await
    };
    let sent = pay("once").await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let alice = with_passkey(&bank, &bank.login("alice").await).await;
    assert_eq!(alice.call("DELETE", "/account", &Value::Null).await.status, 204);
    let repeat = pay("once").await;
    assert_eq!((repeat.status.as_u16(), &repeat.json), (200, &sent.json));
    let new = pay("again").await;
    assert_eq!(new.json["type"], "https://bank.example/problems/unknown-recipient", "{}", new.text);
    assert_eq!(bob.balance().await, "790.50");
}

async fn transfers_at_once_never_overdraw(bank: Open) {
    let alice = bank.login("alice").await.confirmed(&bank.app("alice").await).await;
    // Ten of 500 from 2,400: four go through.
    let all = join_all((0..10).map(|_| alice.pay("bob", json!(500)))).await;
    let sent = all.iter().filter(|answer| answer.status == 200).count();
    let refused = all.iter().filter(|answer| answer.status == 422).count();
    assert_eq!((sent, refused), (4, 6), "{all:?}");
    assert_eq!(alice.balance().await, "400.00");
    // Each says what it left, and not what others did since.
    let left = |answer: &Answer| answer.json["balance"].as_str().map(str::to_owned);
    let mut left: Vec<_> = all.iter().filter_map(left).collect();
    left.sort_unstable();
    assert_eq!(left, ["1400.00", "1900.00", "400.00", "900.00"]);

    // And ten under one key are one.
    let order = json!({ "to": "bob", "amount": 25 }).to_string();
    let headers = [("idempotency-key", "once")];
    let send = |_| alice.send("POST", "/transfers", &headers, order.clone());
    let all = join_all((0..10).map(send)).await;
    assert!(all.iter().all(|answer| answer.status == 200), "{all:?}");
    let moments: HashSet<_> = all.iter().map(|answer| answer.json["at"].to_string()).collect();
    assert_eq!((moments.len(), alice.balance().await.as_str()), (1, "375.00"));
}

async fn transfers_in_both_directions_at_once_are_all_made(bank: Open) {
    let alice = bank.login("alice").await.confirmed(&bank.app("alice").await).await;
    let bob = bank.login("bob").await.confirmed(&bank.app("bob").await).await;
    let (there, back) = tokio::join!(
        join_all((0..8).map(|_| alice.pay("bob", json!(3)))),
        join_all((0..8).map(|_| bob.pay("alice", json!(2)))),
    );
    assert!(there.iter().chain(&back).all(|answer| answer.status == 200), "{there:?} {back:?}");
    assert_eq!(alice.balance().await, "2392.00");
    assert_eq!(bob.balance().await, "823.50");
}
