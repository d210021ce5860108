//! A terminal, and a person who sees it.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Screen {
    script: Child,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Screen {
    /// `stepup` with these arguments, in a terminal of this kind.
    pub(crate) fn open(kind: &str, arguments: &str, token: &str) -> Self {
        let line = format!("{} {arguments}", env!("CARGO_BIN_EXE_stepup"));
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        script.env("STEPUP_TOKEN", token).env("TERM", kind);
        let script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut script = script.expect("`script` of util-linux");
        let (mut output, shown) = (script.stdout.take().unwrap(), Arc::default());
        let all: Arc<Mutex<Vec<u8>>> = Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut some = [0; 1024];
            while let Ok(read @ 1..) = output.read(&mut some) {
                all.lock().unwrap().extend_from_slice(&some[..read]);
            }
        });
        Self { script, shown }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.shown.lock().unwrap().clone()).unwrap()
    }

    /// Waits until this stands on it so many times.
    pub(crate) async fn shows(&self, part: &str, times: usize) {
        let shown = async {
            while self.text().matches(part).count() < times {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let shown = tokio::time::timeout(PATIENCE, shown).await;
        assert!(shown.is_ok(), "no {part:?} in {:?}", self.text());
    }

    pub(crate) fn is_typed(&mut self, keys: &[u8]) {
        self.script.stdin.as_mut().unwrap().write_all(keys).unwrap();
    }

    /// Its window is closed.
    pub(crate) fn close(mut self) {
        self.script.kill().unwrap();
        self.script.wait().unwrap();
    }

    /// The exit code, and all that was shown.
    pub(crate) async fn ended(mut self) -> (i32, String) {
        let ended = async {
            loop {
                if let Some(status) = self.script.try_wait().unwrap() {
                    return status.code().expect("no signal ended it");
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let code = tokio::time::timeout(PATIENCE, ended).await.expect("it ends");
        (code, self.text())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}
