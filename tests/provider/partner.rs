//! The programs of `node/`: each answers one line of JSON with one, and ends with its test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

/// Longer than any of its own time limits: past this it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Partner {
    script: &'static str,
    process: Child,
    input: ChildStdin,
    lines: Receiver<String>,
}

impl Partner {
    pub(crate) fn start(script: &'static str, args: &[&str]) -> Self {
        let folder = folder();
        assert!(
            folder.join("node_modules").is_dir(),
            "{}: the packages are not installed; `cargo xtask test` does it",
            folder.display(),
        );
        let mut process = Command::new("node")
            .arg(folder.join(script))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("Node.js (`node`) does not start: {error}"));
        let input = process.stdin.take().expect("its input is ours");
        let output = BufReader::new(process.stdout.take().expect("its output is ours"));
        let (say, lines) = channel();
        // A thread, because a pipe cannot be read with a time limit.
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    return;
                }
            }
        });
        Self { script, process, input, lines }
    }

    pub(crate) fn hear(&mut self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|error| panic!("{} says nothing: {error}", self.script));
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"))
    }

    pub(crate) fn ask(&mut self, line: &Value) -> Value {
        writeln!(self.input, "{line}").unwrap_or_else(|error| panic!("{}: {error}", self.script));
        self.hear()
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn folder() -> PathBuf {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut folders = above.map(|folder| folder.join("tests/provider/node"));
    folders.find(|folder| folder.is_dir()).expect("it is part of the project")
}
