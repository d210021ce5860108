//! A process that serves an authority.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepup_tests::Framework;
use stepup_tests::authority::{Kept, Place};

use crate::client::{Answer, call, request};
use crate::doubles::Doubles;

pub struct Server {
    /// What starts another in its place.
    command: Command,
    process: Child,
    /// Where users call.
    pub api: SocketAddr,
    control: SocketAddr,
}

/// How long requests wait for the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// As long as the most that can be set, so that a busy machine refuses nothing.
    Long,
    /// As long as it is unless set.
    Usual,
}

impl Server {
    pub fn start(place: &Place, framework: Framework, patience: Patience) -> Self {
        Self::run(command(place, framework, patience))
    }

    /// With the factors that only users enrol, and those that a provider keeps.
    pub fn of_all_factors(place: &Place, framework: Framework, doubles: &Doubles) -> Self {
        let mut command = command(place, framework, Patience::Long);
        for (name, at) in doubles.places() {
            command.args(["--provider", &format!("{name}={at}")]);
        }
        Self::run(command)
    }

    fn run(mut command: Command) -> Self {
        let (process, api, control) = spawn(&mut command);
        Self { command, process, api, control }
    }

    /// One in each framework.
    pub fn pair(place: &Place, patience: Patience) -> [Self; 2] {
        Framework::ALL.map(|framework| Self::start(place, framework, patience))
    }

    pub fn pair_of_all_factors(place: &Place, doubles: &Doubles) -> [Self; 2] {
        Framework::ALL.map(|framework| Self::of_all_factors(place, framework, doubles))
    }

    /// `kill -9`
    pub fn kill(&mut self) {
        self.process.kill().expect("it may be killed");
        self.process.wait().expect("it was started here");
    }

    /// Another process in its place, on other ports.
    pub fn restart(&mut self) {
        self.kill();
        (self.process, self.api, self.control) = spawn(&mut self.command);
    }

    /// It ends with the commit of this number from now, before or after that.
    pub async fn dies(&self, when: &str, commits: u32) {
        self.ask("POST", "/arm", &json!({ "when": when, "commits": commits })).await;
    }

    /// It was killed, by itself.
    pub async fn was_killed(&mut self) {
        let begin = Instant::now();
        let ended = loop {
            if let Some(status) = self.process.try_wait().expect("it was started here") {
                break status;
            }
            assert!(begin.elapsed() < Duration::from_secs(10), "it goes on");
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        let signal = std::os::unix::process::ExitStatusExt::signal(&ended);
        assert_eq!(signal, Some(9), "{ended}");
    }

    /// What only tests may do.
    pub async fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = call(self.control, &request(method, path, "", body)).await;
        let Answer { status, body } = answer.expect("it answers");
        assert_eq!(status, 200, "{method} {path}");
        body
    }

    /// The code that it sent last to this address or number.
    pub async fn code_sent_to(&self, to: &str) -> String {
        let sent = self.ask("GET", "/outbox", &Value::Null).await;
        let mut sent = sent.as_array().expect("a list").iter().rev();
        let sent = sent.find(|sent| sent["to"] == to).expect("something was sent");
        sent["code"].as_str().expect("a code").to_owned()
    }
}

fn command(place: &Place, framework: Framework, patience: Patience) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_authority_server"));
    command.args(["--store", &place.url, "--namespace", &place.namespace]);
    command.args(["--framework", &format!("{framework:?}").to_lowercase()]);
    command.args(["--open-ceremonies", "1000"]);
    if patience == Patience::Long {
        command.args(["--patience", "10"]);
    }
    command
}

fn spawn(command: &mut Command) -> (Child, SocketAddr, SocketAddr) {
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("built");
    let output = BufReader::new(process.stdout.take().expect("it is piped"));
    let addresses = |line: String| {
        let (api, control) = line.split_once(' ')?;
        Some((api.parse().ok()?, control.parse().ok()?))
    };
    let (api, control) = output
        .lines()
        .map_while(Result::ok)
        .find_map(addresses)
        .expect("it prints where it serves");
    (process, api, control)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whatever ends a test closes its end of the pipe, and no process stays behind.
#[tokio::test]
async fn a_process_ends_with_its_test() {
    let (kept, doubles) = (Kept::sqlite(), crate::strong::doubles().await);
    let mut server = Server::of_all_factors(&kept.place().await, Framework::Axum, &doubles);
    let answer = call(server.api, &request("POST", "/single", "", &Value::Null)).await;
    assert_eq!(answer.expect("it answers").status, 401);
    drop(server.process.stdin.take());
    assert!(server.process.wait().expect("it was started here").success());
}
