//! Right uses of the attribute and the adapters, which compile and run with this test, and wrong
//! ones, with what the compiler says of them. The letter and number in a case's first lines is its
//! row in `docs/threats.md`.
//!
//! `TRYBUILD=overwrite cargo test -p stepup-tests --test ui` writes the messages anew; read them.

use std::fs;
use std::io::Write;
use std::process::Command;

/// The messages are worded by the compiler, too.
const RUSTC: &str = "1.95";

macro_rules! right_uses {
    ($($framework:ident { $($name:ident)* })*) => {
        $(mod $framework {
            pub mod pass {
                $(pub mod $name;)*
            }
        })*

        #[test]
        fn right_uses_run() {
            $($($framework::pass::$name::main();)*)*
        }

        #[test]
        fn no_right_use_is_left_out() {
            $(assert_eq!(
                files(concat!("ui/", stringify!($framework), "/pass")),
                [$(concat!(stringify!($name), ".rs")),*],
            );)*
        }
    };
}

right_uses! {
    axum { guarded_routes keys named_requirements what_only_guarded_routes_refuse }
    poem { guarded_routes keys named_requirements open_api what_only_guarded_routes_refuse }
}

#[test]
fn mistakes_do_not_compile() {
    if told_by_this_compiler("mistakes_do_not_compile") {
        let cases = trybuild::TestCases::new();
        cases.compile_fail("ui/axum/fail/*.rs");
        cases.compile_fail("ui/poem/fail/*.rs");
    }
}

fn files(directory: &str) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("the directory is there");
    let names = entries.map(|entry| entry.expect("a file").file_name().into_string());
    let mut names: Vec<_> = names.map(|name| name.expect("a plain name")).collect();
    names.sort();
    names
}

/// Whether this is the compiler whose words are on record; says so if not, past the harness, which
/// keeps what a passing test prints to itself.
fn told_by_this_compiler(test: &str) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&output.stdout);
    let told = version.starts_with(&format!("rustc {RUSTC}."));
    if !told {
        let line = format!("\nLEFT OUT: ui {test}: for rustc {RUSTC}, not {}\n", version.trim());
        std::io::stderr().write_all(line.as_bytes()).expect("stderr is open");
    }
    told
}
