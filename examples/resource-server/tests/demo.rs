//! The example as a person uses it: a process, and calls pasted into a shell.

#![expect(clippy::expect_used, reason = "a test")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use stepup_core::Algorithm;
use stepup_tests::{Issuer, Token};

/// A server that ends with the test.
struct Server {
    child: Child,
    /// What it printed before it began to listen.
    lines: Vec<String>,
    address: String,
}

impl Server {
    #[expect(clippy::zombie_processes, reason = "waited for when dropped")]
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_resource-server"))
            .args(args)
            .args(["--port", "0"])
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

fn no_curl() -> bool {
    let missing = Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err();
    if missing {
        // Past the harness, which keeps what a passing test prints to itself.
        let line = b"\nLEFT OUT: the calls of the example, because `curl` is not installed\n";
        std::io::stderr().write_all(line).expect("stderr is open");
    }
    missing
}

fn status(call: &str) -> String {
    let call = format!("{call} --silent --output /dev/null --write-out '%{{http_code}}'");
    let output = Command::new("sh").args(["-c", &call]).output().expect("a shell");
    String::from_utf8(output.stdout).expect("a status")
}

#[test]
fn the_printed_calls_do_what_they_say() {
    if no_curl() {
        return;
    }
    for framework in ["axum", "poem"] {
        let server = Server::start(&["--demo", "--framework", framework]);
        let mut calls = 0;
        for pair in server.lines.windows(2) {
            if let [says, call] = pair
                && call.starts_with("curl ")
            {
                let (_, promised) = says.rsplit_once("-> ").expect("it says what comes back");
                assert_eq!(status(call), promised, "{framework}: {says}");
                calls += 1;
            }
        }
        assert_eq!(calls, 5, "{framework}: {:?}", server.lines);
    }
}

#[test]
fn every_route_guards_as_it_says() {
    if no_curl() {
        return;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let issuer = Issuer::new(Algorithm::Rs256);
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(issuer.jwks().as_bytes()).expect("a key set");
    let path = file.path().to_str().expect("a path");
    let token = |acr: &str, age: u64| {
        let claims = Token::new()
            .with("aud", "orders")
            .with("iat", now)
            .with("exp", now + 600)
            .with("auth_time", now - age)
            .with("acr", acr);
        issuer.token(&claims)
    };
    for framework in ["axum", "poem"] {
        let args = ["--issuer", "https://idp.example", "--audience", "orders", "--jwks-file", path];
        let server = Server::start(&[&args[..], &["--framework", framework]].concat());
        for (method, route, token, expected) in [
            ("GET", "/open", None, "200"),
            ("GET", "/healthz", None, "200"),
            ("GET", "/me", None, "401"),
            ("GET", "/me", Some(token("single-factor", 9999)), "200"),
            ("POST", "/mfa", Some(token("single-factor", 0)), "401"),
            ("POST", "/mfa", Some(token("mfa", 9999)), "200"),
            ("POST", "/fresh", Some(token("mfa", 9999)), "401"),
            ("POST", "/fresh", Some(token("mfa", 60)), "200"),
            ("POST", "/phr", Some(token("mfa", 0)), "401"),
            ("POST", "/phr", Some(token("phrh", 0)), "200"),
            ("GET", "/mfa", Some(token("mfa", 0)), "405"),
        ] {
            let header =
                token.map_or(String::new(), |token| format!("-H 'Authorization: Bearer {token}'"));
            let call = format!("curl -X {method} {}{route} {header}", server.address);
            assert_eq!(status(&call), expected, "{framework}: {method} {route}");
        }
    }
}

#[test]
fn what_is_missing_is_said() {
    for (args, expected) in [
        (&["--issuer", "https://idp.example"][..], "--audience <ID>"),
        (&["--issuer", "i", "--audience", "a", "--jwks-file", "/no/such/file"], "/no/such/file: "),
        (&["--demo", "--framework", "rocket"], "[possible values: axum, poem]"),
        (&["--issuer", "", "--audience", "a", "--jwks-file", "/dev/null"], "no JSON Web Key Set"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_resource-server")).args(args).output();
        let output = output.expect("the example starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(expected), "{args:?}: {said}");
    }
}
