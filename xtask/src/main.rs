//! `cargo xtask`: the project's chores.

mod step;
mod tools;

use std::process::ExitCode;

use step::{Step, With as _, cargo};

const HELP: &str = "\
cargo xtask test     installs what is missing, then checks and tests everything
cargo xtask deny     licences, sources and banned crates (cargo-deny)
cargo xtask help     this
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (chore, rest) = (args.next(), args.next());
    let done = match (chore.as_deref(), rest) {
        (Some("test"), None) => test(),
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

/// Everything that has to hold before a change lands.
fn test() -> Result<(), String> {
    tools::component("rustfmt", "fmt")?;
    tools::component("clippy", "clippy")?;
    tools::cargo_tool("cargo-nextest", "nextest")?;
    tools::program("curl")?;
    let steps = [
        Step::new("formatted", cargo(["fmt", "--all", "--check"])),
        Step::new(
            "no lint",
            cargo(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]),
        ),
        Step::new("tests", cargo(["nextest", "run", "--workspace", "--profile", profile()])),
        Step::new("documented examples", cargo(["test", "--workspace", "--doc", "--quiet"])),
        Step::new(
            "documentation",
            cargo(["doc", "--workspace", "--no-deps", "--quiet"])
                .with("RUSTDOCFLAGS", "-D warnings"),
        ),
    ];
    steps.into_iter().try_for_each(Step::run)?;
    deny()
}

/// Not the advisories: their database lies where a build machine need not reach.
fn deny() -> Result<(), String> {
    tools::cargo_tool("cargo-deny", "deny")?;
    Step::new("dependencies", cargo(["deny", "check", "bans", "licenses", "sources"])).run()
}

fn profile() -> &'static str {
    if std::env::var_os("CI").is_some() { "ci" } else { "default" }
}
