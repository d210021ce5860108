//! The bank as a process.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use stepup_axum::{Clock as _, ManualClock, SystemClock};

use super::Customer;
use super::folder::Folder;

/// Longer than it takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends with the test.
pub(crate) struct Bank {
    child: Child,
    folder: Option<Folder>,
    /// Where it listens.
    pub(crate) url: String,
}

fn command(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bank"));
    for of_ours in ["STEPUP_SEALING_KEY", "BANK_STORE", "BANK_LEDGER", "BANK_SMTP"] {
        command.env_remove(of_ours);
    }
    command.current_dir(folder).env("NO_COLOR", "1");
    command.envs(environment.iter().copied()).args(arguments).stdin(Stdio::null());
    command
}

/// What it says that does not open for these.
pub(crate) fn failing(
    arguments: &[&str],
    environment: &[(&str, &str)],
    prepare: impl Fn(&Path),
) -> String {
    let folder = Folder::new();
    prepare(folder.path());
    let port = if arguments.contains(&"--port") { &[][..] } else { &["--port", "0"] };
    let log = folder.path().join("log");
    let mut command = command(folder.path(), &[arguments, port].concat(), environment);
    let mut child = command.stderr(File::create(&log).unwrap()).spawn().unwrap();
    let ended = ended(&mut child);
    let said = fs::read_to_string(log).unwrap();
    assert_eq!(ended.code(), Some(1), "{arguments:?}: {said}");
    let lines: Vec<_> =
        said.lines().filter(|line| !line.contains(" INFO ") && !line.contains(" WARN ")).collect();
    lines.join("\n")
}

/// How it ended, which it does soon.
fn ended(child: &mut Child) -> ExitStatus {
    let begun = Instant::now();
    loop {
        if let Some(ended) = child.try_wait().unwrap() {
            return ended;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it goes on");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Bank {
    /// On a free port, in a folder of its own.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_in(Folder::new(), arguments, &[])
    }

    pub(crate) fn start_in(
        folder: Folder,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let log = File::create(folder.path().join("log")).unwrap();
        let port = if arguments.contains(&"--port") { &[][..] } else { &["--port", "0"] };
        let mut command = command(folder.path(), &[arguments, port].concat(), environment);
        let child = command.stderr(log).spawn().unwrap();
        let mut bank = Self { child, folder: Some(folder), url: String::new() };
        let begun = Instant::now();
        while bank.url.is_empty() {
            let log = bank.log();
            assert!(begun.elapsed() < PATIENCE, "it does not open: {log}");
            assert!(bank.child.try_wait().unwrap().is_none(), "it ended: {log}");
            if let Some((_, rest)) = log.split_once("listening on ")
                && let Some((url, _)) = rest.split_once('\n')
            {
                bank.url = url.to_owned();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bank
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    /// What it said, without the colours that a terminal would have.
    pub(crate) fn log(&self) -> String {
        let log = fs::read_to_string(self.folder().join("log")).unwrap();
        let mut parts = log.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
    }

    /// Somebody who has not logged in.
    pub(crate) fn nobody(&self) -> Customer {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Customer::new(&self.url, Arc::new(ManualClock::at(SystemClock.now())), &client)
    }

    /// Of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// By the name of a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// How it ended, and its folder.
    pub(crate) fn stop(mut self, signal: &str) -> (ExitStatus, Folder) {
        self.signal(signal);
        let ended = ended(&mut self.child);
        (ended, self.folder.take().unwrap())
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
