//! The TypeScript client in Chromium and in Node, against an authority and a provider that are
//! ones (B6 to B10): the tests themselves are in `clients/typescript/test/browser`.

mod bank;
mod control;
mod desk;
mod pages;
#[path = "../provider/partner.rs"]
mod partner;
mod provided;
mod serving;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use stepup_tests::Framework;
use stepup_tests::authority::Kept;

use crate::bank::Bank;
use crate::provided::Provided;

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

/// These tests of the client, which are told where to go.
async fn run(tests: &str, places: &[&str]) {
    let folder = client();
    let is_ready = folder.join("node_modules").is_dir();
    assert!(
        is_ready && newest(&folder.join("dist")) > newest(&folder.join("src")),
        "{}: it is not built, or was changed since; `cargo xtask test` does it",
        folder.display(),
    );
    let mut node = Command::new("node");
    node.arg(format!("test/browser/{tests}.mjs")).args(places).current_dir(folder);
    let output = tokio::task::spawn_blocking(move || node.output()).await.unwrap();
    let output = output.expect("node starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

/// With a bank of their own.
async fn at_a_bank(tests: &str, framework: Framework, kept: Kept) {
    let bank = Bank::start(framework, kept).await;
    run(tests, &[&bank.origin]).await;
}

macro_rules! tests {
    ($($(#[$about:meta])* $name:ident: $body:expr;)*) => {$(
        $(#[$about])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[ignore = "needs Chromium and npm packages; `cargo xtask test` runs it"]
        async fn $name() {
            $body.await;
        }
    )*};
}

tests! {
    each_factor_and_what_may_go_wrong_with_it_in_axum:
        at_a_bank("factors", Framework::Axum, Kept::sqlite());
    each_factor_and_what_may_go_wrong_with_it_in_poem:
        at_a_bank("factors", Framework::Poem, Kept::sqlite());
    /// Needs `redis-server` besides.
    each_factor_and_what_may_go_wrong_with_it_on_redis:
        at_a_bank("factors", Framework::Axum, Kept::redis());
    each_factor_in_node_and_in_axum: at_a_bank("node", Framework::Axum, Kept::sqlite());
    each_factor_in_node_and_in_poem: at_a_bank("node", Framework::Poem, Kept::sqlite());
    b8_one_prompt_for_all_that_need_the_same:
        at_a_bank("prompts", Framework::Axum, Kept::sqlite());
    a_service_worker_that_steps_up: at_a_bank("worker", Framework::Axum, Kept::sqlite());
    the_dialog_is_accessible_in_each_of_its_looks:
        at_a_bank("looks", Framework::Axum, Kept::sqlite());
    the_dialog_for_everybody: at_a_bank("everybody", Framework::Axum, Kept::sqlite());
    pages_that_do_odd_things_with_the_dialog:
        at_a_bank("pages", Framework::Axum, Kept::sqlite());
    b4_redirects_come_to_an_end: at_a_bank("redirects", Framework::Axum, Kept::sqlite());
    b6_b7_b9_what_a_page_gives_away: at_a_bank("leaks", Framework::Axum, Kept::sqlite());
    b7_a_provider_in_a_window_and_in_its_place_in_axum: at_a_provider(Framework::Axum);
    b7_a_provider_in_a_window_and_in_its_place_in_poem: at_a_provider(Framework::Poem);
}

/// A page of the bank's, an API of another origin, and a certified provider of a third.
async fn at_a_provider(framework: Framework) {
    let bank = Bank::start(framework, Kept::sqlite()).await;
    let provided = Provided::start(framework, &bank.origin).await;
    let Provided { issuer, api, login, .. } = &provided;
    run("provider", &[&bank.origin, issuer, api, login]).await;
}
