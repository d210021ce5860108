//! The emulator, started with its test and ended with it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;

/// Longer than its own time limit.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) struct Emulator {
    process: Child,
    address: String,
}

impl Emulator {
    pub(crate) fn start() -> Self {
        let folder = folder();
        assert!(
            folder.join("node_modules").is_dir(),
            "{}: the packages are not installed; `cargo xtask test` does it",
            folder.display(),
        );
        let mut process = Command::new("node")
            .arg(folder.join("emulator.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("Node.js (`node`) does not start: {error}"));
        let output = BufReader::new(process.stdout.take().expect("its output is ours"));
        let (say, lines) = channel();
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).try_for_each(|line| say.send(line))
        });
        let line = lines.recv_timeout(PATIENCE).expect("the emulator starts");
        let state: Value = serde_json::from_str(&line).expect("JSON");
        let url = state["url"].as_str().expect("an address");
        let address = url.strip_prefix("http://").expect("plain http").to_owned();
        Self { process, address }
    }

    /// A request with its status and JSON. HTTP/1.0, so that the answer ends where the connection
    /// does.
    pub(crate) fn call(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nhost: {}\r\n{headers}content-length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        )
        .expect("it hears");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("HTTP");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), serde_json::from_str(body).unwrap_or(Value::Null))
    }
}

impl Drop for Emulator {
    /// It has to end what it started itself.
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn folder() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut folders = above.map(|folder| folder.join("tests/emulator/node"));
    folders.find(|folder| folder.is_dir()).expect("it is part of the project")
}
