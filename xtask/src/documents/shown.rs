//! What documents show, by how it begins, and how it is tried.

use std::process::Command;

use super::served::Served;
use super::{one_file, read};

pub(super) enum Shown {
    /// As a command, whose output is what is shown below it.
    Run,
    By(fn(&str) -> Result<(), String>),
    /// In this file: it takes more than a shell.
    Elsewhere(&'static str),
}

use Shown::{By, Elsewhere, Run};

pub(super) const SHOWN: &[(&str, Shown)] = &[
    ("cargo run -p bank", By(the_bank_opens)),
    ("export STEPUP_SEALING_KEY=", By(the_bank_opens_with_that_key)),
    // The same by processes: who has no Docker checks everything too.
    ("docker compose ", Elsewhere("examples/bank/tests/deployed.rs")),
    // What runs this, and the part of it that needs Rust alone.
    ("cargo xtask test", Elsewhere("xtask/src/main.rs")),
    ("cargo run -p resource-server -- --demo", By(the_demo_answers)),
    // At a provider that is there.
    (
        "cargo run -p resource-server -- --issuer ",
        Elsewhere("examples/resource-server/tests/provider.rs"),
    ),
    // The one file of docs/bank.md, with all that is called of it.
    ("cargo run", By(one_file::runs)),
    ("token=$(curl ", Elsewhere(ONE_FILE)),
    ("curl -i -X POST localhost:3000/", Elsewhere(ONE_FILE)),
    ("curl -s localhost:3000/step-up/", Elsewhere(ONE_FILE)),
    ("STEPUP_TOKEN=$token stepup call ", Elsewhere(ONE_FILE)),
    ("POST /step-up/enrolments ", Elsewhere(ONE_FILE)),
    ("HTTP/1.1 401 Unauthorized", By(a_weak_login_is_answered)),
    ("stepup explain ", Run),
    // Somebody has to type a code.
    ("export STEPUP_TOKEN=", Elsewhere("stepup-cli/tests/cli/ceremonies.rs")),
    ("stepup call POST ", Elsewhere("stepup-cli/tests/cli/ceremonies.rs")),
    ("openssl rand -base64 32", Run),
    ("cargo tree ", Run),
    ("POST /transfers ", Elsewhere("tests/journey/story.rs")),
    ("GET /transfers/step-up ", Elsewhere("tests/preflight/questions.rs")),
    ("UPDATE stepup_epoch ", Elsewhere("tests/stores/postgres/garbage.rs")),
];

const ONE_FILE: &str = "xtask/src/documents/one_file.rs";

/// What a command of the shell prints, where it ends well.
pub(super) fn output_of(command: &str) -> Result<String, String> {
    let output = Command::new("sh").args(["-c", command]).output();
    let output = output.map_err(|error| format!("sh: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{command}` ends with {}: {said}", output.status))
}

fn same(is: &str, shown: &str) -> Result<(), String> {
    if is == shown { Ok(()) } else { Err(format!("shown is\n{shown}\nand it is\n{is}")) }
}

pub(super) fn run(command: &str, output: Option<&str>) -> Result<(), String> {
    // It need not be installed.
    let printed = match command.strip_prefix("stepup ") {
        Some(rest) => output_of(&format!("cargo run --quiet -p stepup-cli -- {rest}"))?,
        None => output_of(command)?,
    };
    output.map_or(Ok(()), |shown| same(&printed, shown))
}

/// With what is said of it around the command: where it is, who can sign in, its files and options.
fn the_bank_opens(command: &str) -> Result<(), String> {
    let bank = Served::start(command, &[])?;
    let help = output_of(&format!("{command} -- --help"))?;
    if !help.contains("[default: 3000]") {
        return Err(format!("it is not at port 3000:\n{help}"));
    }
    let options = read("docs/bank.md")?;
    let options = options.lines().filter_map(|line| line.strip_prefix("| `"));
    same(&names_of_options(help.lines()), &names_of_options(options))?;
    for said in ["the bank is at http://localhost:", "sign in as alice with the password `"] {
        bank.said(said)?;
    }
    for file in ["bank.db", "bank.db.sealing-key"] {
        if !bank.has_made(file) {
            return Err(format!("{file} is not there"));
        }
    }
    let page = bank.page("/")?;
    if !page.contains("<title>") {
        return Err(format!("it has no page:\n{page}"));
    }
    bank.stop()
}

fn names_of_options<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let options = lines.map(str::trim).filter(|line| line.starts_with("--"));
    let names = options.filter_map(|option| option.split([' ', '`']).next());
    names.collect::<Vec<_>>().join(" ")
}

fn the_bank_opens_with_that_key(command: &str) -> Result<(), String> {
    let key = output_of(&format!("{command}; printf %s \"$STEPUP_SEALING_KEY\""))?;
    let bank = Served::start("cargo run -p bank", &[("STEPUP_SEALING_KEY", &key)])?;
    if bank.has_made("bank.db.sealing-key") {
        return Err("it made a key of its own".to_owned());
    }
    bank.stop()
}

/// The calls that it prints, each below the status that it promises.
fn the_demo_answers(command: &str) -> Result<(), String> {
    let server = Served::start(command, &[])?;
    let mut calls = 0;
    for (says, call) in server.said.iter().zip(server.said.iter().skip(1)) {
        if let (Some((_, promised)), true) = (says.rsplit_once("-> "), call.starts_with("curl ")) {
            let answer = output_of(&format!("{call} --silent"))?;
            if answer.split(' ').nth(1) != Some(promised) {
                return Err(format!("{says}\n{answer}"));
            }
            calls += 1;
        }
    }
    if calls < 4 {
        return Err(format!("it prints {calls} calls:\n{}", server.said.join("\n")));
    }
    server.stop()
}

/// An answer to a password alone is what the demonstration's is, on another address.
fn a_weak_login_is_answered(shown: &str) -> Result<(), String> {
    let server = Served::start("cargo run -p resource-server -- --demo", &[])?;
    let mut lines = server.said.iter().skip_while(|line| !line.starts_with("# A password alone"));
    let call = lines.nth(1).ok_or("it prints no call with a password alone")?;
    let answer = output_of(&format!("{call} --silent"))?.replace("\r\n", "\n");
    let answer = answer.replace(&server.address, "https://api.example");
    // Where tokens come from is published by the demonstration, and need not be.
    let metadata = "https://api.example/.well-known/oauth-protected-resource";
    let answer = answer.replace(&format!(" resource_metadata=\"{metadata}\","), "");

    let (head, body) = answer.split_once("\n\n").ok_or("it has no end of headers")?;
    let (shown, shown_body) = shown.split_once("\n\n").unwrap_or((shown, ""));
    for line in shown.trim_end().replace("\n    ", " ").lines() {
        if !head.lines().any(|header| header == line) {
            return Err(format!("`{line}` is not in\n{head}"));
        }
    }
    if !shown_body.is_empty() {
        same(&without_spaces(body), &without_spaces(shown_body))?;
    }
    server.stop()
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}
