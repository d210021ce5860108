use std::task::{Context, Poll, Waker};

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, PgConnection};
use stepup_tests::Log;
use stepup_tests::servers::postgres::Postgres;

use super::*;
use crate::money::Cents;

/// What a customer begins with, in cents.
const BALANCE: i64 = 100_000;

impl Ledger {
    /// Nobody is answered while this is held: in memory there is one connection.
    pub(crate) async fn held(&self) -> PoolConnection<Any> {
        self.pool.acquire().await.unwrap()
    }

    /// What is in memory, also when this one is closed.
    pub(crate) fn that_stays_open(&self) -> Self {
        Self { pool: self._in_memory.clone().unwrap(), _in_memory: None }
    }
}

async fn add(ledger: &Ledger, username: &str) {
    let accounts = [(username, "current", Cents(BALANCE))];
    let (name, email) = (username, "before@example.com");
    let new = NewCustomer { username, name, email, password_hash: "hash", accounts: &accounts };
    assert!(ledger.add(&new).await.unwrap());
}

async fn count(outside: &mut PgConnection, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(outside).await.unwrap()
}

/// Sooner than the server itself ends what is open for long.
async fn until(outside: &mut PgConnection, query: &'static str, expected: i64) {
    for _ in 0..200 {
        if count(outside, query).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never {expected}: {query}");
}

/// Of whom hangs up nothing is left open in a connection that others write over next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL; `cargo xtask test` runs it"]
async fn who_hangs_up_leaves_nothing_begun() {
    let server = Postgres::start();
    let ledger = Ledger::open(&Place::Postgres(server.url())).await.unwrap();
    add(&ledger, "alice").await;
    add(&ledger, "bob").await;
    let mut outside = PgConnection::connect(&server.url()).await.unwrap();
    let (sender, recipient) = ("alice".to_owned(), "bob".to_owned());
    let transfer = Transfer { sender, recipient, amount: 1, at: 1 };
    let mut logouts = 0;
    for steps in 0..200 {
        let key = steps.to_string();
        let mut going = Box::pin(ledger.transfer(&transfer, &key));
        // In small steps at the beginning, and to the end at last.
        for _ in 0..=steps * steps / 8 {
            if let Poll::Ready(made) = going.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                made.unwrap();
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(going);
        for _ in 0..ledger.pool.size() {
            ledger.sign_out(&logouts.to_string(), 1, 0).await.unwrap();
            logouts += 1;
            let seen = count(&mut outside, "SELECT COUNT(*) FROM logouts").await;
            assert_eq!(
                seen, logouts,
                "whoever signed out is let in elsewhere, after {steps} steps"
            );
        }
        let left = "SELECT COUNT(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";
        until(&mut outside, left, 0).await;
    }
    let made = count(&mut outside, "SELECT COUNT(*) FROM transfers").await;
    assert!((1..200).contains(&made), "{made}");
    for (balance, left) in [
        ("SELECT balance FROM accounts WHERE owner = 'alice'", BALANCE - made),
        ("SELECT balance FROM accounts WHERE owner = 'bob'", BALANCE + made),
    ] {
        assert_eq!(count(&mut outside, balance).await, left);
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `cargo xtask test` runs it"]
async fn nothing_takes_long_and_what_is_answered_is_on_disk() {
    let server = Postgres::start_with(&["synchronous_commit=off"]);
    let ledger = Ledger::open(&Place::Postgres(server.url())).await.unwrap();
    for (setting, expected) in [
        ("statement_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "5s"),
        ("synchronous_commit", "on"),
    ] {
        let is: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(setting)
            .fetch_one(&ledger.pool)
            .await
            .unwrap();
        assert_eq!(is, expected, "{setting}");
    }
}

#[tokio::test(start_paused = true)]
async fn tables_that_take_long_are_told_of_and_waited_for() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    let _logged = tracing::subscriber::set_default(subscriber);
    let made = async |after| {
        told_if_slow(async {
            tokio::time::sleep(after).await;
            after
        })
        .await
    };
    for (after, told) in [(SOON / 2, 0), (SOON * 90, 1)] {
        assert_eq!(made(after).await, after);
        assert_eq!(log.text().matches("the ledger's tables are not made yet").count(), told);
    }
}

/// Whoever leaves while their address is changed has left, and no address of theirs is kept.
#[tokio::test]
#[ignore = "needs PostgreSQL; `cargo xtask test` runs it"]
async fn an_address_that_changes_while_its_owner_leaves_is_not_kept() {
    let server = Postgres::start();
    let ledger = Ledger::open(&Place::Postgres(server.url())).await.unwrap();
    add(&ledger, "alice").await;
    let mut outside = PgConnection::connect(&server.url()).await.unwrap();
    let mut leaves = PgConnection::connect(&server.url()).await.unwrap();
    let mut leaving = leaves.begin().await.unwrap();
    let close = "UPDATE customers SET closed_at = 1 WHERE username = 'alice'";
    sqlx::query(close).execute(&mut *leaving).await.unwrap();
    let changing = {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.set_email("alice", "new@example.com", 1, 0, 5).await })
    };
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    until(&mut outside, waits, 1).await;
    leaving.commit().await.unwrap();
    let stays = changing.await.unwrap();
    assert!(matches!(stays, Err(Stays::Closed)), "{stays:?}");
    assert_eq!(count(&mut outside, "SELECT COUNT(*) FROM former_addresses").await, 0);
}

/// Changes that begin at once find one after the other how often the address was left.
#[tokio::test]
#[ignore = "needs PostgreSQL; `cargo xtask test` runs it"]
async fn of_changes_at_once_none_is_one_too_many() {
    let server = Postgres::start();
    let ledger = Ledger::open(&Place::Postgres(server.url())).await.unwrap();
    add(&ledger, "alice").await;
    let mut outside = PgConnection::connect(&server.url()).await.unwrap();
    let mut holds = PgConnection::connect(&server.url()).await.unwrap();
    let mut holding = holds.begin().await.unwrap();
    let hold = "UPDATE customers SET email = email WHERE username = 'alice'";
    sqlx::query(hold).execute(&mut *holding).await.unwrap();
    let changing = ["first@example.com", "second@example.com", "third@example.com"].map(|to| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.set_email("alice", to, 1, 0, 2).await })
    });
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    until(&mut outside, waits, 3).await;
    holding.commit().await.unwrap();
    let mut outcomes = Vec::new();
    for change in changing {
        outcomes.push(change.await.unwrap());
    }
    let set = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let stays = |outcome: &&Result<(), Stays>| matches!(outcome, Err(Stays::LeftTooOften));
    assert_eq!((set, outcomes.iter().filter(stays).count()), (2, 1), "{outcomes:?}");
    assert_eq!(count(&mut outside, "SELECT COUNT(*) FROM former_addresses").await, 2);
}

/// A login that was under way when its customer left, and what else was cut short.
#[tokio::test]
async fn what_is_left_of_who_left_is_found() {
    let ledger = Ledger::open(&Place::Memory).await.unwrap();
    add(&ledger, "alice").await;
    assert!(ledger.keep_address("alice", "203.0.113.7", 1, 0).await.unwrap());
    ledger.close_account("alice", 1).await.unwrap();
    assert!(!ledger.keep_address("alice", "203.0.113.8", 1, 0).await.unwrap());
    ledger.clear_away("alice").await.unwrap();
    assert!(ledger.not_cleared_away().await.unwrap().is_empty());
    for left in [
        "INSERT INTO known_addresses (username, address, at) VALUES ('alice', '203.0.113.9', 1)",
        "INSERT INTO former_addresses (username, email, left_at) VALUES ('alice', 'a@b.example', 1)",
    ] {
        sqlx::query(left).execute(&ledger.pool).await.unwrap();
        assert_eq!(ledger.not_cleared_away().await.unwrap(), ["alice"], "{left}");
        ledger.clear_away("alice").await.unwrap();
        assert!(ledger.not_cleared_away().await.unwrap().is_empty(), "{left}");
    }
}
