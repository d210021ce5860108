//! The example as a person uses it: a process, and calls pasted into a shell.

#![expect(clippy::expect_used, reason = "a test")]

mod server;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use server::Server;
use stepup_core::Algorithm;
use stepup_tests::{Issuer, Token};

fn no_curl() -> bool {
    let missing = Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err();
    if missing {
        // Past the harness, which keeps what a passing test prints to itself.
        let line = b"\nLEFT OUT: the calls of the example, because `curl` is not installed\n";
        std::io::stderr().write_all(line).expect("stderr is open");
    }
    missing
}

fn status_of(call: &str) -> String {
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
        let server = Server::start(&["--demo", "--framework", framework], "");
        let mut calls = 0;
        for pair in server.lines.windows(2) {
            if let [says, call] = pair
                && call.starts_with("curl ")
            {
                let (_, promised) = says.rsplit_once("-> ").expect("it says what comes back");
                assert_eq!(status_of(call), promised, "{framework}: {says}");
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
        let server = Server::start(&[&args[..], &["--framework", framework]].concat(), "");
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
            assert_eq!(status_of(&call), expected, "{framework}: {method} {route}");
        }
    }
}

/// A route that the issuer cannot reach stops the start, with what to do, or is left out.
#[test]
fn a_route_out_of_reach_is_left_out_on_request_alone() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let jwks = Issuer::new(Algorithm::Rs256).jwks();
    file.write_all(jwks.as_bytes()).expect("a key set");
    let path = file.path().to_str().expect("a path");
    for framework in ["axum", "poem"] {
        let args = [
            "--issuer",
            "https://securetoken.google.com/orders",
            "--audience",
            "orders",
            "--profile",
            "firebase",
            "--jwks-file",
            path,
            "--framework",
            framework,
        ];
        let (status, said) = run(&args);
        let expected = format!("resource_server::{framework}_app::phr::phr (");
        assert!(!status && said.contains(&expected), "{said}");
        assert!(said.contains("\nHere that is --level LEVEL=ACR or --without ROUTE.\n"), "{said}");

        let (status, said) =
            run(&[&args[..], &["--without", "phr", "--resource", "http://a"]].concat());
        assert!(!status && said.contains("\nHere that is --resource URL.\n"), "{said}");

        let server = Server::start(&[&args[..], &["--without", "phr"]].concat(), "");
        let guarded = ["guarded: mfa (level mfa)", "guarded: fresh (level mfa, at most 300 s ago)"];
        assert_eq!(server.lines, guarded);
        if !no_curl() {
            let post = |route| status_of(&format!("curl -X POST {}{route}", server.address));
            assert_eq!([post("/phr"), post("/mfa")], ["404", "401"]);
        }
        let server = Server::start(&[&args[..], &["--level", "phr=phr"]].concat(), "");
        assert_eq!(server.lines.len(), 3, "{:?}", server.lines);
    }
}

/// Whether it ended well, and what it said.
fn run(args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_resource-server"));
    let command = command.args(args).env_remove("INTROSPECTION_SECRET");
    let output = command.output().expect("the example starts");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_is_wrong_is_said() {
    let with = |more: &[&'static str]| {
        [&["--issuer", "https://10.0.0.1", "--audience", "a"], more].concat()
    };
    for (args, expected) in [
        (vec!["--issuer", "https://idp.example"], "--audience <ID>"),
        (
            vec!["--issuer", "", "--audience", "a", "--jwks-file", "/dev/null"],
            "no JSON Web Key Set",
        ),
        (vec!["--demo", "--framework", "rocket"], "[possible values: axum, poem]"),
        (vec!["--demo", "--profile", "okta"], "cannot be used with"),
        (with(&["--jwks-file", "/no/such/file"]), "/no/such/file: "),
        (with(&["--profile", "keycloack"]), "a similar value exists: 'keycloak'"),
        (with(&["--profile", "none"]), "[possible values: rfc9068, oidc, okta, "),
        (with(&["--level", "gold=c1"]), "take one of single-factor, mfa, phr, phrh"),
        (with(&["--level", "mfa"]), "write LEVEL=ACR, for example mfa=c1"),
        (with(&["--jwks-file", "f", "--introspect", "me"]), "cannot be used with"),
        (
            with(&["--introspect", "me"]),
            "needs the secret of that client in the environment variable INTROSPECTION_SECRET",
        ),
        (with(&[]), "Here that is --private-network."),
        (vec!["--issuer", "http://idp.example", "--audience", "a"], "it is not https"),
        (vec!["--issuer", "http://10.0.0.1", "--audience", "a"], "it is not https"),
    ] {
        let (status, said) = run(&args);
        assert!(!status && said.contains(expected), "{args:?}: {said}");
    }
}
