//! What customers do, in Chromium: the tests themselves are in `page/test`, and each has a bank of
//! its own, the program.

use std::path::Path;
use std::process::Command;

use crate::support::process::Bank;

fn run(framework: &str, tests: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    assert!(
        page.join("node_modules").is_dir(),
        "{}: the packages are not installed; `cargo xtask test` does it",
        page.display(),
    );
    let bank = Bank::start(&["--store", "memory", "--framework", framework]);
    let mut node = Command::new("node");
    // Passkeys are of a name, not of an address.
    let origin = bank.url.replace("127.0.0.1", "localhost");
    node.arg(format!("test/{tests}.mjs")).arg(origin).current_dir(page);
    let output = node.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
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

/// The page is the same in both.
#[test]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
fn the_page_is_accessible_in_each_of_its_looks() {
    run("axum", "looks");
}
