//! The example as a process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A server that ends with the test.
pub(crate) struct Server {
    child: Child,
    /// What it printed before it began to listen.
    pub(crate) lines: Vec<String>,
    pub(crate) address: String,
}

impl Server {
    /// On a free port. The secret is that of `--introspect`.
    #[expect(clippy::zombie_processes, reason = "waited for when dropped")]
    pub(crate) fn start(args: &[&str], secret: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_resource-server"))
            .args(args)
            .args(["--port", "0"])
            .env("INTROSPECTION_SECRET", secret)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut output = BufReader::new(child.stdout.take().expect("its output is ours")).lines();
        let mut lines = Vec::new();
        loop {
            let line = output.next().expect("it goes on until it listens").expect("it prints text");
            if let Some(address) = line.strip_prefix("listening on ") {
                return Self { child, lines, address: address.to_owned() };
            }
            lines.push(line);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
