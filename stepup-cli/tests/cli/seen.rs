//! What a person sees on a terminal.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stepup_authority::EventKind;
use stepup_core::Level;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::bank::Bank;
use crate::elsewhere::Elsewhere;

const CTRL_C: &[u8] = b"\x03";

/// Something turns while it waits, and Ctrl-C leaves a line that is empty.
#[tokio::test]
async fn a_terminal_shows_that_it_goes_on_and_is_left_whole() {
    let phone = Elsewhere::reaching(Level::MFA, &[None]);
    let of_bank = phone.clone();
    let setup = Setup::new(Framework::Axum).with(move |builder| builder.factor(of_bank));
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    phone.enrol(&alice).await;
    let (stepup, url) = (env!("CARGO_BIN_EXE_stepup"), &bank.url);
    let line = format!("{stepup} call POST {url}/mfa --authority {url}");
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    terminal.env("STEPUP_TOKEN", &alice.token).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut terminal = terminal.spawn().expect("`script` of util-linux");
    let (mut output, shown) = (terminal.stdout.take().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let all = shown.clone();
    std::thread::spawn(move || {
        let mut some = [0; 1024];
        while let Ok(read @ 1..) = output.read(&mut some) {
            all.lock().unwrap().extend_from_slice(&some[..read]);
        }
    });
    let screen = || String::from_utf8(shown.lock().unwrap().clone()).unwrap();
    let turning = async {
        while !["|", "/", "-"].iter().all(|it| screen().contains(&format!("\r{it} Waiting for"))) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), turning).await.expect("it turns");
    terminal.stdin.as_mut().unwrap().write_all(CTRL_C).unwrap();
    let ended = async {
        loop {
            if let Some(status) = terminal.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let status = tokio::time::timeout(Duration::from_secs(60), ended).await.expect("it ends");
    assert_eq!(status.code(), Some(130), "{}", screen());
    assert!(screen().ends_with("\r\u{1b}[K"), "{:?}", screen());
    assert_eq!(bank.service.events.count(EventKind::Cancelled), 1);
}
