use std::sync::Arc;

use clap::Parser as _;
use futures_util::future::join_all;
use stepup_axum::SystemClock;
use tokio::task::JoinHandle;

use super::*;
use crate::Options;
use crate::passwords::every_turn;

/// New to alice.
const ADDRESS: &str = "203.0.113.7";

async fn bank() -> Bank {
    let options = Options::parse_from(["bank", "--store", "memory"]);
    Bank::open(&options, "http://localhost:3000", Arc::new(SystemClock)).await.unwrap()
}

/// How alice's login ends: the status, and when to try again.
async fn login(bank: &Bank, password: &str) -> (u16, Option<String>) {
    let who = Credentials { user: "alice".to_owned(), password: password.to_owned() };
    let Err(problem) = bank.log_in(who, ADDRESS).await else { return (200, None) };
    let response = problem.response();
    let retry_after = response.headers().get("retry-after");
    let retry_after = retry_after.map(|seconds| seconds.to_str().unwrap().to_owned());
    (response.status().as_u16(), retry_after)
}

fn soon() -> Option<String> {
    Some("1".to_owned())
}

/// Waits for as many attempts from there to be counted.
async fn until_counted(bank: &Bank, count: i64) {
    let counter = Counter::of_address(ADDRESS).name;
    for _ in 0..1000 {
        if bank.ledger.attempts(&counter, 0, i64::MAX).await.unwrap().count == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("there are not {count} attempts");
}

#[tokio::test]
async fn whoever_has_no_turn_is_told_to_come_again_soon_and_counts_as_nobody() {
    let bank = bank().await;
    let turns = every_turn().await;
    let ten = join_all((0..10).map(|_| login(&bank, "correct horse")));
    let one_more = async {
        until_counted(&bank, 10).await;
        login(&bank, "correct horse").await
    };
    let (ten, one_more) = tokio::join!(ten, one_more);
    for answer in ten {
        assert_eq!(answer, (503, soon()));
    }
    assert_eq!(one_more, (429, soon()));
    drop(turns);
    for _ in 0..10 {
        assert_eq!(login(&bank, "wrong").await, (401, None));
    }
    let (status, retry_after) = login(&bank, "correct horse").await;
    assert!(status == 429 && retry_after != soon(), "{retry_after:?}");
}

#[tokio::test]
async fn who_hangs_up_is_heard_to_the_end() {
    let bank = bank().await;
    let turns = every_turn().await;
    let login = || {
        let bank = bank.clone();
        tokio::spawn(async move { login(&bank, "correct horse").await })
    };
    let ten: Vec<_> = (0..10).map(|_| login()).collect();
    until_counted(&bank, 10).await;
    ten.iter().for_each(JoinHandle::abort);
    drop(turns);
    // They were right: none of them keeps anybody out.
    until_counted(&bank, 0).await;
}

#[test]
fn a_home_is_one_address() {
    for (address, counts_as) in [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ] {
        assert_eq!(network(address.parse().unwrap()), counts_as);
    }
}

/// Nobody is told that they signed out who did not.
#[tokio::test]
async fn who_has_no_session_is_told() {
    let bank = bank().await;
    let Err(problem) = bank.log_out(None).await else { panic!("there was one") };
    assert_eq!(problem.status, StatusCode::CONFLICT);
    assert!(bank.log_out(Some("s-1")).await.is_ok());
}

#[tokio::test]
async fn who_leaves_while_their_password_is_looked_at_is_not_let_in() {
    let bank = bank().await;
    let turns = every_turn().await;
    let login = {
        let bank = bank.clone();
        tokio::spawn(async move { login(&bank, "correct horse").await })
    };
    until_counted(&bank, 1).await;
    assert!(bank.close_account("alice").await.is_ok());
    drop(turns);
    assert_eq!(login.await.unwrap(), (401, None));
    assert!(!bank.ledger.knows_address("alice", ADDRESS, 0).await.unwrap());
}

/// Whoever was locked out by it would be so until then.
#[tokio::test]
async fn what_a_clock_wrote_that_was_ahead_locks_nobody_out() {
    let bank = bank().await;
    let counters = [Counter::of_user("alice", None).name, Counter::of_address(ADDRESS).name];
    let counters = counters.each_ref().map(String::as_str);
    for _ in 0..MOST_OF_ADDRESS {
        let id = bank.ledger.count_attempt(&counters, bank.now() + 2 * SKEW, 0).await.unwrap();
        bank.ledger.fail_attempt(&id).await.unwrap();
    }
    assert_eq!(login(&bank, "wrong").await, (401, None));
    assert_eq!(login(&bank, "correct horse").await, (200, None));
    // By a little they are.
    for _ in 0..MOST_OF_USER {
        let id = bank.ledger.count_attempt(&counters[..1], bank.now() + SKEW / 2, 0).await.unwrap();
        bank.ledger.fail_attempt(&id).await.unwrap();
    }
    let who = Credentials { user: "alice".to_owned(), password: "correct horse".to_owned() };
    let Err(problem) = bank.log_in(who, "203.0.113.8").await else { panic!("she is let in") };
    assert_eq!(problem.status, StatusCode::TOO_MANY_REQUESTS);
}
