//! The program, and a person who reads and types.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::mpsc;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::UnboundedReceiver<String>,
    stderr: Arc<Mutex<String>>,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Started with nothing but what a test says: no token, no browser.
pub(crate) fn stepup(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stepup"));
    command.args(arguments).env_remove("STEPUP_TOKEN").env("BROWSER", "/nonexistent");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Process {
    pub(crate) fn start(arguments: &[&str], token: &str) -> Self {
        Self::of(stepup(arguments).env("STEPUP_TOKEN", token))
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stderr.take().unwrap());
        let (say, lines) = mpsc::unbounded_channel();
        let stderr = Arc::new(Mutex::new(String::new()));
        let all = stderr.clone();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                all.lock().unwrap().push_str(&format!("{line}\n"));
                let _ = say.send(line);
            }
        });
        let input = child.stdin.take();
        Self { child, input, lines, stderr }
    }

    /// The next line that contains this.
    pub(crate) async fn hear(&mut self, part: &str) -> String {
        let heard = async {
            while let Some(line) = self.lines.recv().await {
                if line.contains(part) {
                    return Some(line);
                }
            }
            None
        };
        let line = tokio::time::timeout(PATIENCE, heard).await.ok().flatten();
        line.unwrap_or_else(|| panic!("no {part:?} in\n{}", self.stderr.lock().unwrap()))
    }

    pub(crate) fn types(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Ctrl-D.
    pub(crate) fn hangs_up(&mut self) {
        drop(self.input.take());
    }

    /// Ctrl-C.
    pub(crate) fn interrupts(&self) {
        self.is_sent("INT");
    }

    pub(crate) fn is_sent(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    /// What every process of this machine can read of it.
    pub(crate) fn in_the_process_list(&self) -> String {
        let line = std::fs::read(format!("/proc/{}/cmdline", self.child.id())).unwrap();
        String::from_utf8(line).unwrap()
    }

    pub(crate) async fn ended(mut self) -> Ended {
        let mut output = self.child.stdout.take().unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut stdout = Vec::new();
            output.read_to_end(&mut stdout).map(|_| stdout)
        });
        let stdout = tokio::time::timeout(PATIENCE, read).await.expect("it ends").unwrap().unwrap();
        let code = self.child.wait().unwrap().code().expect("no signal ended it");
        while self.lines.recv().await.is_some() {}
        let stderr = self.stderr.lock().unwrap().clone();
        Ended { code, stdout: String::from_utf8(stdout).unwrap(), stderr }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A run that nobody types anything into.
pub(crate) async fn run(command: &mut Command) -> Ended {
    let mut process = Process::of(command);
    process.hangs_up();
    process.ended().await
}
