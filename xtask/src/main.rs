//! `cargo xtask`: the project's chores.

mod documents;
mod fuzz;
mod node;
mod page;
mod step;
mod tools;

use std::process::{Command, ExitCode};

use step::{Step, With as _, cargo};

const HELP: &str = "\
cargo xtask test     installs what is missing, then checks and tests everything
cargo xtask shown    tries what README.md and docs/*.md show; `shown docs/bank.md` that one alone
cargo xtask page     builds the page of examples/bank, which is committed
cargo xtask fuzz 60  every fuzz target for so many seconds (cargo-fuzz)
cargo xtask deny     licences, sources and banned crates (cargo-deny)
cargo xtask help     this
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (chore, rest) = (args.next(), args.next());
    let done = match (chore.as_deref(), rest) {
        (Some("test"), None) => test(),
        (Some("shown"), document) => shown(document.as_deref()),
        (Some("page"), None) => page::build(),
        (Some("fuzz"), seconds) => fuzz::fuzz(seconds.as_deref().unwrap_or("60")),
        (Some("deny"), None) => deny(),
        (Some("help" | "--help") | None, None) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("unknown chore\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("\nxtask: {what}");
            ExitCode::FAILURE
        }
    }
}

/// Everything that has to hold before a change lands. Nothing is left out here: what plain
/// `cargo test` ignores is run too.
fn test() -> Result<(), String> {
    tools::component("rustfmt", "fmt")?;
    tools::component("clippy", "clippy")?;
    tools::cargo_tool("cargo-nextest", "nextest")?;
    tools::program("curl")?;
    tools::program("redis-server")?;
    tools::nginx()?;
    tools::program("chromium")?;
    tools::postgresql()?;
    node::packages()?;
    Step::new("formatted", cargo(["fmt", "--all", "--check"])).run()?;
    Step::new("no lint, with all features", clippy(&["--workspace", "--all-features"])).run()?;
    for features in FEATURES {
        let libraries = [&LIBRARIES[..], &["--features", features]].concat();
        Step::new(format!("no lint, with the features [{features}]"), clippy(&libraries)).run()?;
    }
    for features in AUTHORITY_FEATURES {
        let authority = ["-p", "stepup-authority", "--features", features];
        let what = format!("no lint in the authority, with the features [{features}]");
        Step::new(what, clippy_library(&authority)).run()?;
    }
    for features in CLIENT_FEATURES {
        let client = ["-p", "stepup-client", "--no-default-features", "--features", features];
        let what = format!("no lint in the client, with the features [{features}]");
        Step::new(what, clippy_library(&client)).run()?;
    }
    node::check()?;
    page::check()?;
    let all = nextest(&["--all-features", "--run-ignored", "all"]);
    Step::new("tests, with all features", all).run()?;
    // What a feature may not change (P2): the rows are the same, to the byte.
    let answers = nextest(&["--test", "wire", "--test", "hostile", "--test", "start"]);
    Step::new("answers, without the feature `danger`", answers).run()?;
    let steps = [
        Step::new(
            "documented examples",
            cargo(["test", "--workspace", "--all-features", "--doc", "--quiet"]),
        ),
        Step::new(
            "documentation",
            cargo(["doc", "--workspace", "--all-features", "--no-deps", "--quiet"])
                .with("RUSTDOCFLAGS", "-D warnings"),
        ),
    ];
    steps.into_iter().try_for_each(Step::run)?;
    shown(None)?;
    fuzz::fuzz("10")?;
    deny()
}

/// Documents and what is so. The Rust in them is a test of its own, above.
fn shown(document: Option<&str>) -> Result<(), String> {
    tools::program("curl")?;
    tools::openssl()?;
    documents::check(document)
}

/// The crates that others depend on, which choose their features.
const LIBRARIES: [&str; 6] = ["-p", "stepup-core", "-p", "stepup-axum", "-p", "stepup-poem"];
/// None, and each by itself.
const FEATURES: [&str; 5] = ["", "discovery", "introspection", "danger", "authority"];
/// Likewise, of the one whose stores and senders are features.
const AUTHORITY_FEATURES: [&str; 15] = [
    "",
    "sqlite",
    "postgres",
    "redis",
    "smtp",
    "text",
    "webauthn",
    "push",
    "device",
    "twilio",
    "okta",
    "auth0",
    "firebase",
    "oidc",
    "conformance",
];

/// Of the client.
const CLIENT_FEATURES: [&str; 4] = ["", "middleware", "authority", "oauth"];

fn clippy(what: &[&str]) -> Command {
    let mut clippy = cargo(["clippy", "--all-targets", "--quiet"]);
    clippy.args(what).args(["--", "-D", "warnings"]);
    clippy
}

/// Without its tests, which are compiled with all features and are most of the time.
fn clippy_library(what: &[&str]) -> Command {
    let mut clippy = cargo(["clippy", "--lib", "--quiet"]);
    clippy.args(what).args(["--", "-D", "warnings"]);
    clippy
}

fn nextest(what: &[&str]) -> Command {
    let mut nextest = cargo(["nextest", "run", "--workspace", "--profile", profile()]);
    nextest.args(what);
    nextest
}

/// Not the advisories: their database lies where a build machine need not reach.
fn deny() -> Result<(), String> {
    tools::cargo_tool("cargo-deny", "deny")?;
    Step::new("dependencies", cargo(["deny", "check", "bans", "licenses", "sources"])).run()
}

fn profile() -> &'static str {
    if std::env::var_os("CI").is_some() { "ci" } else { "default" }
}
