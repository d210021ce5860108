//! Passwords cannot be guessed, and nothing tells which names there are.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::everywhere;
use crate::support::process::Bank;
use crate::support::{Answer, Open, Setup};

everywhere!(
    a_wrong_name_and_a_wrong_password_are_answered_alike
    ten_wrong_passwords_lock_a_name_for_a_quarter_of_an_hour
    of_many_guesses_at_once_ten_are_heard
    of_many_right_ones_at_once_none_waits_for_long
    who_guesses_many_names_is_refused_and_nobody_else
    guesses_from_elsewhere_keep_nobody_out_where_they_have_been
    names_that_nobody_can_have_are_not_looked_up
    a_logout_ends_one_session_at_every_instance
    a_logout_is_kept_for_longer_than_any_clock_is_wrong
    what_is_no_login_is_refused
);

fn statuses(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

async fn a_wrong_name_and_a_wrong_password_are_answered_alike(bank: Open) {
    let nobody = bank.nobody();
    let wrong = nobody.login("alice", "correct hors").await;
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.headers["content-type"], "application/problem+json");
    assert_eq!(wrong.headers["cache-control"], "no-store");
    assert_eq!(wrong.headers["www-authenticate"], "Form realm=\"bank\"");
    assert_eq!(wrong.json["detail"], "The name or the password is wrong.");
    for (user, password) in [
        ("carol", "correct horse"),
        ("Alice", "correct horse"),
        ("alice ", "correct horse"),
        ("", ""),
        ("alice", ""),
        (&"a".repeat(65), "correct horse"),
        ("alice", &"p".repeat(1025)),
    ] {
        let answer = nobody.login(user, password).await;
        assert_eq!((answer.status, &answer.json), (wrong.status, &wrong.json), "{user}");
    }
}

async fn ten_wrong_passwords_lock_a_name_for_a_quarter_of_an_hour(bank: Open) {
    let nobody = bank.nobody();
    for _ in 0..9 {
        assert_eq!(nobody.login("alice", "wrong").await.status, 401);
    }
    // A right one makes up for them.
    bank.login("alice").await;
    for _ in 0..10 {
        assert_eq!(nobody.login("alice", "wrong").await.status, 401);
        bank.wait(1);
    }
    let refused = nobody.login("alice", "correct horse").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["retry-after"], "890");
    assert_eq!(refused.headers["content-type"], "application/problem+json");
    // Neither that nor others' names make it longer.
    bank.login("bob").await;
    bank.wait(889);
    assert_eq!(nobody.login("alice", "correct horse").await.headers["retry-after"], "1");
    bank.wait(1);
    bank.login("alice").await;
}

async fn of_many_guesses_at_once_ten_are_heard(bank: Open) {
    let nobody = bank.nobody();
    let answers = join_all((0..25).map(|_| nobody.login("alice", "wrong"))).await;
    // Those that are refused may keep others from being heard, and never let more be.
    assert!(statuses(&answers, 401) <= 10, "{answers:?}");
    let refused = statuses(&answers, 429) + statuses(&answers, 503);
    assert_eq!(statuses(&answers, 401) + refused, 25, "{answers:?}");
}

/// Those that are being looked at are not wrong ones.
async fn of_many_right_ones_at_once_none_waits_for_long(bank: Open) {
    let of_one_user = join_all((0..25).map(|number| {
        let address = format!("203.0.113.{number}");
        let bank = &bank;
        async move { from(bank, &address, "alice", "correct horse").await }
    }));
    for answer in of_one_user.await {
        match answer.status.as_u16() {
            200 => {}
            429 | 503 => assert_eq!(answer.headers["retry-after"], "1", "{}", answer.text),
            status => panic!("{status}: {}", answer.text),
        }
    }
    // A moment later nothing is left of it.
    assert_eq!(from(&bank, "198.51.100.1", "alice", "correct horse").await.status, 200);
}

/// A login from an address, as the proxy tells it.
async fn from(bank: &Open, address: &str, user: &str, password: &str) -> Answer {
    let body = json!({ "user": user, "password": password }).to_string();
    bank.nobody().send("POST", "/login", &[("x-real-ip", address)], body).await
}

async fn who_guesses_many_names_is_refused_and_nobody_else(bank: Open) {
    for number in 0..60 {
        let guess = from(&bank, "203.0.113.7", &format!("user-{number}"), "hunter2").await;
        assert_eq!(guess.status, 401);
    }
    let refused = from(&bank, "203.0.113.7", "bob", "correct horse").await;
    assert_eq!(
        (refused.status.as_u16(), refused.headers["retry-after"].as_bytes()),
        (429, b"900".as_slice())
    );
    assert_eq!(from(&bank, "203.0.113.8", "bob", "correct horse").await.status, 200);
    // Nor whoever lives there.
    bank.wait(900);
    assert_eq!(from(&bank, "203.0.113.7", "bob", "correct horse").await.status, 200);
    for number in 0..60 {
        let guess = from(&bank, "203.0.113.7", &format!("user-{number}"), "hunter2").await;
        assert_eq!(guess.status, 401);
    }
    assert_eq!(from(&bank, "203.0.113.7", "alice", "correct horse").await.status, 429);
    assert_eq!(from(&bank, "203.0.113.7", "bob", "correct horse").await.status, 200);
}

async fn guesses_from_elsewhere_keep_nobody_out_where_they_have_been(bank: Open) {
    let home = "2001:db8:0:1::2";
    assert_eq!(from(&bank, home, "alice", "correct horse").await.status, 200);
    for number in 0..10 {
        let guess = from(&bank, &format!("203.0.113.{number}"), "alice", "wrong").await;
        assert_eq!(guess.status, 401);
    }
    assert_eq!(from(&bank, "198.51.100.1", "alice", "correct horse").await.status, 429);
    assert_eq!(from(&bank, "2001:db8:0:1::3", "alice", "correct horse").await.status, 200);
    // Which lets nobody else guess on.
    assert_eq!(from(&bank, "198.51.100.1", "alice", "wrong").await.status, 429);
    // Where she has been nobody guesses longer either.
    for _ in 0..10 {
        assert_eq!(from(&bank, home, "alice", "wrong").await.status, 401);
    }
    assert_eq!(from(&bank, home, "alice", "correct horse").await.status, 429);

    // After three months she is new there.
    bank.wait(90 * 24 * 60 * 60);
    for number in 0..10 {
        let guess = from(&bank, &format!("203.0.113.{number}"), "alice", "wrong").await;
        assert_eq!(guess.status, 401);
    }
    assert_eq!(from(&bank, home, "alice", "correct horse").await.status, 429);
}

/// PostgreSQL would answer the first with an error.
async fn names_that_nobody_can_have_are_not_looked_up(bank: Open) {
    for user in ["al\0ice", "al ice", "älice"] {
        for _ in 0..12 {
            assert_eq!(bank.nobody().login(user, "wrong").await.status, 401, "{user}");
        }
    }
}

async fn a_logout_ends_one_session_at_every_instance(bank: Open) {
    let other = if bank.is_in_memory() { None } else { Some(bank.beside().await) };
    let login = bank.login("alice").await;
    let confirmed = login.confirmed(&bank.app("alice").await).await;
    let elsewhere = bank.login("alice").await;
    let left = login.call("POST", "/logout", &Value::Null).await;
    assert_eq!((left.status.as_u16(), left.text.as_str()), (204, ""));
    for url in [Some(&bank), other.as_ref()].into_iter().flatten().map(|bank| &bank.url) {
        login.at(url).is_refused_everywhere().await;
        confirmed.at(url).is_refused_everywhere().await;
        assert_eq!(elsewhere.at(url).get("/accounts").await.status, 200);
    }
    assert_eq!(login.call("POST", "/logout", &Value::Null).await.status, 401);
    assert_eq!(bank.nobody().call("POST", "/logout", &Value::Null).await.status, 401);
}

async fn a_logout_is_kept_for_longer_than_any_clock_is_wrong(bank: Open) {
    if bank.is_in_memory() {
        return;
    }
    let kept = async || {
        let count = sqlx::query_scalar("SELECT COUNT(*) FROM logouts");
        let count: i64 = count.fetch_one(&mut bank.database().await).await.unwrap();
        count
    };
    let leave = async || {
        let alice = bank.login("alice").await;
        assert_eq!(alice.call("POST", "/logout", &Value::Null).await.status, 204);
    };
    leave().await;
    bank.wait(24 * 60 * 60);
    leave().await;
    assert_eq!(kept().await, 2);
    bank.wait(24 * 60 * 60);
    leave().await;
    bank.wait(2 * 60 * 60);
    leave().await;
    assert_eq!(kept().await, 2);
}

async fn what_is_no_login_is_refused(bank: Open) {
    let nobody = bank.nobody();
    for (body, status) in [
        (json!({ "user": "alice" }).to_string(), 422),
        (json!({ "user": ["alice"], "password": "correct horse" }).to_string(), 422),
        ("user=alice&password=correct+horse".to_owned(), 422),
        (format!("{}{}", " ".repeat(16 * 1024), "{}"), 413),
    ] {
        let answer = nobody.send("POST", "/login", &[], body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn what_was_typed_as_a_name_is_not_kept() {
    let bank = Setup::sqlite(bank::Framework::Axum).open().await;
    // A password in the wrong field is one.
    assert_eq!(bank.nobody().login("correct-horse", "alice").await.status, 401);
    let kept: Vec<(String, String)> = sqlx::query_as("SELECT id, counter FROM login_attempts")
        .fetch_all(&mut bank.database().await)
        .await
        .unwrap();
    assert_eq!(kept.len(), 2);
    assert!(!format!("{kept:?}").contains("horse"), "{kept:?}");
}

#[tokio::test]
async fn the_log_says_what_became_of_each_and_nothing_that_was_typed() {
    for framework in ["axum", "poem"] {
        let bank = Bank::start(&["--store", "memory", "--framework", framework]);
        let alice = bank.nobody();
        for _ in 0..10 {
            assert_eq!(alice.login("correct-horse", "typed").await.status, 401);
        }
        assert_eq!(alice.login("correct-horse", "typed").await.status, 429);
        assert_eq!(alice.login("Correct Horse", "typed").await.status, 401);
        alice.logged_in("alice").await;
        assert_eq!(alice.login("alice", "typed").await.status, 401);
        let log = bank.log();
        for (line, times) in [
            (r#" INFO login refused counter="user" from="127.0.0.1""#, 10),
            (r#" WARN login locked counter="user" from="127.0.0.1" retry_after="#, 1),
            (r#" INFO login refused counter="none" from="127.0.0.1""#, 1),
            (r#" INFO login succeeded user="alice" from="127.0.0.1""#, 1),
            (r#" INFO login refused counter="user at known address" from="127.0.0.1""#, 1),
        ] {
            assert_eq!(log.matches(line).count(), times, "{line}\n{log}");
        }
        for typed in ["correct-horse", "Correct Horse", "typed"] {
            assert!(!log.contains(typed), "{log}");
        }
    }
}
