//! A server that is started as a document says, and ended by Ctrl-C.

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::shown::output_of;
use crate::node::path;
use crate::step::cargo;

/// It may have to be compiled first.
const UNTIL_IT_LISTENS: Duration = Duration::from_secs(40 * 60);
const UNTIL_IT_ENDS: Duration = Duration::from_secs(20);

pub(super) struct Served {
    process: Child,
    /// Empty before, and gone afterwards.
    folder: PathBuf,
    /// What it said before it listened.
    pub(super) said: Vec<String>,
    pub(super) address: String,
}

impl Served {
    /// `cargo run …` as shown, but on a free port: 3000 is the reader's.
    pub(super) fn start(command: &str, variables: &[(&str, &str)]) -> Result<Self, String> {
        let words = command.strip_prefix("cargo run ").ok_or("this is no `cargo run`")?;
        let (package, arguments) = words.split_once(" -- ").unwrap_or((words, ""));
        let mut run = cargo(["run", "--manifest-path"]);
        run.arg(checkout()?.join("Cargo.toml")).args(package.split(' ')).arg("--");
        run.args(arguments.split_whitespace()).args(["--port", "0"]);
        Self::run(run, variables)
    }

    /// In a folder of its own: the bank in the checkout is the reader's.
    pub(super) fn run(mut run: Command, variables: &[(&str, &str)]) -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("stepup-shown-{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        run.current_dir(&folder);
        run.env_remove("STEPUP_SEALING_KEY").env("NO_COLOR", "1").envs(variables.iter().copied());
        run.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = run.spawn().map_err(|error| format!("it does not start: {error}"))?;
        let (says, lines) = channel();
        hear(process.stdout.take(), says.clone());
        hear(process.stderr.take(), says);
        let mut served = Self { process, folder, said: Vec::new(), address: String::new() };
        served.wait_for_the_address(&lines)?;
        Ok(served)
    }

    fn wait_for_the_address(&mut self, lines: &Receiver<String>) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            let left = UNTIL_IT_LISTENS.saturating_sub(begin.elapsed());
            let Ok(line) = lines.recv_timeout(left) else {
                return Err(format!("it does not listen:\n{}", self.said.join("\n")));
            };
            if let Some((_, address)) = line.split_once("listening on ") {
                address.trim().clone_into(&mut self.address);
                return Ok(());
            }
            self.said.push(line);
        }
    }

    /// Whether it said this before it listened.
    pub(super) fn said(&self, what: &str) -> Result<(), String> {
        if self.said.iter().any(|line| line.contains(what)) {
            return Ok(());
        }
        Err(format!("it does not say `{what}`:\n{}", self.said.join("\n")))
    }

    /// What it answers at this path, with a status below 400.
    pub(super) fn page(&self, page: &str) -> Result<String, String> {
        output_of(&format!("curl --fail --silent --show-error '{}{page}'", self.address))
    }

    pub(super) fn has_made(&self, file: &str) -> bool {
        self.folder.join(file).is_file()
    }

    /// By Ctrl-C, after which it ends well.
    pub(super) fn stop(mut self) -> Result<(), String> {
        output_of(&format!("kill -s INT {}", self.process.id()))?;
        let begin = Instant::now();
        while begin.elapsed() < UNTIL_IT_ENDS {
            let ended = self.process.try_wait().map_err(|error| error.to_string())?;
            match ended.as_ref().map(ExitStatus::success) {
                Some(true) => return Ok(()),
                Some(false) => return Err(format!("Ctrl-C ends it with {ended:?}")),
                None => thread::sleep(Duration::from_millis(20)),
            }
        }
        Err(format!("Ctrl-C does not end it in {UNTIL_IT_ENDS:?}"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// To the end, also when nobody listens any more: a full pipe would stop it.
fn hear(stream: Option<impl Read + Send + 'static>, says: Sender<String>) {
    thread::spawn(move || {
        let lines = stream.into_iter().flat_map(|stream| BufReader::new(stream).lines());
        for line in lines.map_while(Result::ok) {
            let _ = says.send(line);
        }
    });
}

/// As `cargo` names it, so that nothing is compiled for another name.
pub(super) fn checkout() -> Result<PathBuf, String> {
    let checkout = path("");
    Path::canonicalize(&checkout).map_err(|error| format!("{}: {error}", checkout.display()))
}
