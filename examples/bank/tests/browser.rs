//! What customers do, in Chromium: the tests themselves are in `page/test`, and each has a bank of
//! its own.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract;
use axum::routing::post;
use bank::{Bank, Framework, Options};
use clap::Parser as _;
use stepup_axum::{Clock, SystemClock, Timestamp};
use tokio::net::TcpListener;

use crate::support::process;

fn node(tests: &str, arguments: &[&str]) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    assert!(
        page.join("node_modules").is_dir(),
        "{}: the packages are not installed; `cargo xtask test` does it",
        page.display(),
    );
    let mut node = Command::new("node");
    node.arg(format!("test/{tests}.mjs")).args(arguments).current_dir(page);
    let output = node.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for facts in said.lines().filter_map(|line| line.split_once("facts: ")) {
        println!("{}: {}", arguments.join(" "), facts.1);
    }
}

/// Against the program.
fn run(framework: &str, tests: &str) {
    let bank = process::Bank::start(&["--store", "memory", "--framework", framework]);
    // Passkeys are of a name, not of an address.
    node(tests, &[&bank.url.replace("127.0.0.1", "localhost")]);
}

/// Goes on as time does, so many seconds ahead of it.
#[derive(Debug, Default)]
struct Ahead(AtomicU64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(Duration::from_secs(self.0.load(Ordering::SeqCst)))
    }
}

/// Against a bank whose clock the tests move.
async fn run_ahead(framework: Framework, tests: &'static str) {
    let clock = Arc::new(Ahead::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let options = Options::parse_from(["bank", "--store", "memory"]);
    let bank = Bank::open(&options, &origin, clock.clone()).await.unwrap();
    tokio::spawn(bank::serve(bank, framework, listener, std::future::pending()));

    let moved = async move |extract::Path(seconds): extract::Path<u64>| {
        clock.0.fetch_add(seconds, Ordering::SeqCst);
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let clock = format!("http://{}", listener.local_addr().unwrap());
    let control = Router::new().route("/{seconds}", post(moved));
    tokio::spawn(async { axum::serve(listener, control).await });
    tokio::task::spawn_blocking(move || node(tests, &[&origin, &clock])).await.unwrap();
}

#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn what_a_customer_does_in_axum() {
    run("axum", "story");
}

#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn what_a_customer_does_in_poem() {
    run("poem", "story");
}

#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn a_tab_that_plays_the_phone_in_axum() {
    run("axum", "phone");
}

#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn a_tab_that_plays_the_phone_in_poem() {
    run("poem", "phone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn what_time_does_in_axum() {
    run_ahead(Framework::Axum, "time").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn what_time_does_in_poem() {
    run_ahead(Framework::Poem, "time").await;
}

#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn what_the_first_page_costs_in_axum() {
    run("axum", "facts");
}

#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn what_the_first_page_costs_in_poem() {
    run("poem", "facts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn what_is_said_where_an_answer_is_lost() {
    run_ahead(Framework::Axum, "doubt").await;
}

#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn what_is_looked_at_before_it_is_done() {
    run("axum", "review");
}

#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn ways_to_confirm_on_their_way_in_and_customers_on_their_way_out() {
    run("axum", "ways");
}

/// The page is the same in both.
#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn the_page_is_accessible_in_each_of_its_looks() {
    run("axum", "looks");
}
