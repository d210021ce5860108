//! The one file that is a whole service, run as docs/bank.md shows: its commands in their order,
//! with what their reader types.

use std::fs;
use std::net::TcpListener;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use super::blocks::{Block, blocks};
use super::served::Served;
use super::shown::output_of;
use super::{empty_crate, read};

const DOCUMENT: &str = "docs/bank.md";

pub(super) fn runs(_: &str) -> Result<(), String> {
    let blocks = blocks(&read(DOCUMENT)?);
    let manifest = blocks.iter().find(|block| block.language == "toml");
    let file = blocks.iter().position(|block| block.text.contains("async fn main()"));
    let (Some(manifest), Some(file)) = (manifest, file) else {
        return Err("there is no such file".to_owned());
    };
    let port = a_free_port()?;
    let here = |text: &str| text.replace(":3000", &format!(":{port}"));
    let after = blocks.get(file..).unwrap_or_default();
    let shell = after.iter().filter(|block| block.language == "sh");
    let commands: Vec<_> = shell.flat_map(Block::commands).map(|line| here(&line)).collect();
    let [key, _, login, transfer, enrol, answer, call, ..] = commands.as_slice() else {
        return Err(format!("its commands are {commands:#?}"));
    };
    let output = after.iter().find(|block| block.language == "text");
    let output = here(&output.ok_or("what the last of them says is not shown")?.text);

    let text = after.first().map(|block| here(&block.text)).unwrap_or_default();
    let program = empty_crate::program("bank-in-one-file", manifest, &text)?;
    let key = output_of(&format!("{key}; printf %s \"$STEPUP_SEALING_KEY\""))?;
    let bank = Served::run(Command::new(program), &[("STEPUP_SEALING_KEY", &key)])?;

    let token = output_of(&format!("{login}; printf %s \"$token\""))?;
    let with_token = |command: &str| output_of(&format!("token='{token}'; {command}"));
    has(&with_token(transfer)?, "401 Unauthorized")?;
    has(&with_token(transfer)?, "acr_values=\"mfa phr phrh\", max_age=\"300\"")?;
    let enrolment = with_token(enrol)?;
    let id = between(&enrolment, "\"id\":\"", "\"")?;
    let secret = between(&enrolment, "secret=", "&")?;
    let answer = answer.replace("ID", id).replace("CODE", &code(secret, 0)?);
    has(&with_token(&answer)?, "\"factor\":")?;
    // The next one: a code is good once.
    let code = code(secret, 1)?;
    let stepup = call.replace("stepup call", "cargo run --quiet -p stepup-cli -- call");
    // By a pipe that does not end: the end of the input gives a step-up up.
    let typed =
        format!("pipe=$(mktemp -u); mkfifo $pipe; exec 3<>$pipe; rm $pipe; echo {code} >&3");
    let said = with_token(&format!("{typed}; {stepup} <&3 2>&1"))?;
    for line in output.lines() {
        has(&said, line.trim_end_matches(" 123456"))?;
    }
    bank.stop()
}

fn has(said: &str, wanted: &str) -> Result<(), String> {
    if said.contains(wanted) { Ok(()) } else { Err(format!("`{wanted}` is not in\n{said}")) }
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Result<&'a str, String> {
    let rest = text.split_once(begin).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| Some(rest.split_once(end)?.0));
    found.ok_or_else(|| format!("no `{begin}` in\n{text}"))
}

fn a_free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
    Ok(listener.map_err(|error| error.to_string())?.port())
}

/// What an authenticator app shows so many half minutes from now (RFC 6238).
fn code(secret: &str, from_now: u64) -> Result<String, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
    let counter = (now.as_secs() / 30).saturating_add(from_now).to_be_bytes();
    let file = std::env::temp_dir().join(format!("stepup-counter-{}", std::process::id()));
    fs::write(&file, counter).map_err(|error| format!("{}: {error}", file.display()))?;
    let mac = output_of(&format!(
        "key=$(printf %s {secret} | base32 -d | od -An -v -tx1 | tr -d ' \\n')
        openssl dgst -sha1 -mac HMAC -macopt hexkey:$key -r {0}; rm {0}",
        file.display()
    ))?;
    let digit = mac.get(39..40).unwrap_or_default();
    let at = usize::from_str_radix(digit, 16).map_err(|_| format!("no code: {mac}"))?;
    let word = mac.get(at.saturating_mul(2)..).and_then(|rest| rest.get(..8)).unwrap_or_default();
    let word = u32::from_str_radix(word, 16).map_err(|_| format!("no code: {mac}"))?;
    Ok(format!("{:06}", (word & 0x7fff_ffff) % 1_000_000))
}
