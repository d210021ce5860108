//! A mail server: `smtp-server`, run by Node.js.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::child::Child;

/// Longer than Node.js needs to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail server on a port of this machine, without TLS, that hands over what it is given.
pub struct Smtp {
    port: u16,
    lines: Receiver<Line>,
    /// Heard while something else was waited for.
    messages: Vec<Message>,
    input: ChildStdin,
    _process: Child,
}

/// How it treats the next messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Takes them.
    Accept,
    /// Does not know the recipient (550), and will not tomorrow.
    Refuse,
    /// Cannot just now (451).
    Defer,
    /// Says nothing more from the recipient on.
    Hang,
    /// Takes the message, and loses the connection before it says so.
    Drop,
}

/// A message as it came.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// `MAIL FROM`.
    pub from: String,
    /// `RCPT TO`, each.
    pub to: Vec<String>,
    /// The user name, if one was given.
    pub user: Option<String>,
    /// Decoded.
    pub subject: String,
    /// The plain text, decoded, with `\n` at the end of lines.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Port(u16),
    Mode(String),
    Message(Message),
    Error(String),
}

impl Smtp {
    /// The one password that it takes, for any user name; without one it takes messages too.
    pub const PASSWORD: &'static str = "known-to-everybody";

    /// One that takes messages.
    pub fn start() -> Self {
        let folder = folder();
        assert!(
            folder.join("node_modules").is_dir(),
            "{}: the packages are not installed; `cargo xtask test` does it",
            folder.display(),
        );
        let mut command = Command::new("node");
        command.arg(folder.join("server.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Child::start(&mut command);
        let input = process.0.stdin.take().expect("its input is ours");
        let output = BufReader::new(process.0.stdout.take().expect("its output is ours"));
        let (say, lines) = channel();
        // A thread, because a pipe cannot be read with a time limit.
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).expect("a line of the server's");
                if say.send(line).is_err() {
                    return;
                }
            }
        });
        let mut smtp = Self { port: 0, lines, messages: Vec::new(), input, _process: process };
        match smtp.hear() {
            Line::Port(port) => smtp.port = port,
            _ => panic!("the mail server does not say where it is"),
        }
        smtp
    }

    /// On 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From the next message on.
    pub fn set_mode(&mut self, mode: Mode) {
        let name = format!("{mode:?}").to_lowercase();
        writeln!(self.input, "{}", json!({ "mode": name })).expect("the mail server listens");
        loop {
            match self.hear() {
                Line::Mode(now) if now == name => return,
                Line::Message(message) => self.messages.push(message),
                Line::Error(error) => panic!("the mail server: {error}"),
                Line::Mode(_) | Line::Port(_) => panic!("the mail server says something else"),
            }
        }
    }

    /// The next message, which is waited for.
    pub fn next_message(&mut self) -> Message {
        if !self.messages.is_empty() {
            return self.messages.remove(0);
        }
        match self.hear() {
            Line::Message(message) => message,
            Line::Error(error) => panic!("the mail server: {error}"),
            Line::Mode(_) | Line::Port(_) => panic!("the mail server says something else"),
        }
    }

    /// All that came and were not looked at yet. What a client was told is taken is among them.
    pub fn messages(&mut self) -> Vec<Message> {
        // Its own lines stand in order: once it answers, all before has been heard.
        writeln!(self.input, "{{}}").expect("the mail server listens");
        loop {
            match self.hear() {
                Line::Mode(_) => return std::mem::take(&mut self.messages),
                Line::Message(message) => self.messages.push(message),
                Line::Error(error) => panic!("the mail server: {error}"),
                Line::Port(_) => panic!("the mail server says something else"),
            }
        }
    }

    fn hear(&mut self) -> Line {
        let line = self.lines.recv_timeout(PATIENCE);
        line.unwrap_or_else(|error| panic!("the mail server says nothing: {error}"))
    }
}

fn folder() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut folders = above.map(|folder| folder.join("tests/mail/node"));
    folders.find(|folder| folder.is_dir()).expect("it is part of the project")
}
