//! The TypeScript client in Chromium, against an authority that is one (B6 to B10): the tests
//! themselves are in `clients/typescript/test/browser`.

mod bank;
mod control;
mod pages;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::bank::Bank;

fn client() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/typescript")
}

/// When the newest file below this folder was written.
fn newest(folder: &Path) -> Option<SystemTime> {
    let files = fs::read_dir(folder).ok()?.map(|entry| entry.unwrap());
    let written = files.filter_map(|file| match file.file_type().unwrap().is_dir() {
        true => newest(&file.path()),
        false => file.metadata().unwrap().modified().ok(),
    });
    written.max()
}

/// These tests of the client, against a bank of their own.
async fn run(tests: &str) {
    let folder = client();
    let is_ready = folder.join("node_modules").is_dir();
    assert!(
        is_ready && newest(&folder.join("dist")) > newest(&folder.join("src")),
        "{}: it is not built, or was changed since; `cargo xtask test` does it",
        folder.display(),
    );
    let bank = Bank::start().await;
    let mut node = Command::new("node");
    node.arg(format!("test/browser/{tests}.mjs")).arg(&bank.origin).current_dir(folder);
    let output = tokio::task::spawn_blocking(move || node.output()).await.unwrap();
    let output = output.expect("node starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn each_factor_and_what_may_go_wrong_with_it() {
    run("factors").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn the_dialog_is_accessible_in_each_of_its_looks() {
    run("looks").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
async fn b6_b7_b9_what_a_page_gives_away() {
    run("leaks").await;
}
