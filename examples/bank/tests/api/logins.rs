//! Passwords cannot be guessed, and nothing tells which names there are.

use futures_util::future::join_all;
use serde_json::json;

use super::everywhere;
use crate::support::{Answer, Open};

everywhere!(
    a_wrong_name_and_a_wrong_password_are_answered_alike
    ten_wrong_passwords_lock_a_name_for_a_quarter_of_an_hour
    of_many_guesses_at_once_ten_are_heard
    a_password_is_not_tried_with_many_names
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
    assert_eq!(statuses(&answers, 401) + statuses(&answers, 429), 25, "{answers:?}");
}

async fn a_password_is_not_tried_with_many_names(bank: Open) {
    let nobody = bank.nobody();
    for number in 0..60 {
        assert_eq!(nobody.login(&format!("user-{number}"), "hunter2").await.status, 401);
    }
    let refused = nobody.login("bob", "correct horse").await;
    assert_eq!(
        (refused.status.as_u16(), refused.headers["retry-after"].as_bytes()),
        (429, b"60".as_slice())
    );
    bank.wait(60);
    bank.login("bob").await;
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
