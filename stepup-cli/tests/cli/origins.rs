//! Where tokens go, and what servers can do to a terminal.

use std::process::Command;

use crate::process::{Ended, run, stepup};
use crate::raw::{Raw, answer};

const TOKEN: &str = "s3cret-token";

async fn call(url: &str, more: &[&str]) -> Ended {
    let arguments = ["call", "get", url, "--authority", "http://127.0.0.1:1"];
    run(stepup(&[&arguments[..], more].concat()).env("STEPUP_TOKEN", TOKEN)).await
}

fn leading_to(address: &str) -> Raw {
    Raw::answering(answer("302 Found", &format!("location: {address}\r\n"), ""))
}

#[tokio::test]
async fn b9_a_redirect_elsewhere_leaves_the_token_behind() {
    let elsewhere = Raw::answering(answer("200 OK", "", "elsewhere"));
    let api = leading_to(&elsewhere.url);
    let ended = call(&api.url, &[]).await;
    assert_eq!((ended.code, elsewhere.seen().len()), (4, 0), "not followed: {}", ended.stderr);
    let ended = call(&api.url, &["--location"]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "elsewhere"), "{}", ended.stderr);
    assert!(api.seen()[1].contains(&format!("authorization: bearer {TOKEN}")));
    let [seen] = &elsewhere.seen()[..] else { panic!("one request") };
    assert!(!seen.contains("authorization") && !seen.contains(TOKEN), "{seen}");
}

/// Nor is it back at the next step, elsewhere or at home.
#[tokio::test]
async fn b9_the_token_stays_behind_for_good() {
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let leads = move |to: &str| answer(status, &format!("location: {to}\r\n"), "");
        let (home, back) = (std::sync::Arc::new(std::sync::OnceLock::<String>::new()), "/back");
        let of_elsewhere = home.clone();
        let elsewhere = Raw::start(move |head| match head {
            head if head.starts_with("get /1") => leads("/2"),
            _ => leads(&format!("{}{back}", of_elsewhere.get().unwrap())),
        });
        let to = format!("{}/1", elsewhere.url);
        let api = Raw::start(move |head| match head {
            head if head.starts_with("get /back") => answer("200 OK", "", "back"),
            _ => leads(&to),
        });
        home.set(api.url.clone()).unwrap();
        let ended = call(&api.url, &["-L", "-H", "x-key: s3cret-token"]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (0, "back"), "{}", ended.stderr);
        let [first, last] = &api.seen()[..] else { panic!("{status}: {:?}", api.seen()) };
        assert!(first.contains(&format!("authorization: bearer {TOKEN}")), "{first}");
        let elsewhere = elsewhere.seen();
        assert_eq!(elsewhere.len(), 2, "{elsewhere:?}");
        for seen in elsewhere.iter().chain([last]) {
            assert!(!seen.contains(TOKEN), "{status}: {seen}");
        }
    }
}

/// B4: after `POST`, `303`, `GET` it is the `GET` that is challenged, and the `POST` has run.
#[tokio::test]
async fn b4_what_has_run_is_not_sent_again_after_a_redirect() {
    let api = Raw::start(|head| match head {
        head if head.starts_with("post /transfers") => {
            answer("303 See Other", "location: /transfers\r\n", "")
        }
        head if head.starts_with("get /transfers") => {
            let header = "www-authenticate: Bearer error=\"insufficient_user_authentication\"\r\n";
            answer("401 Unauthorized", header, "")
        }
        _ => answer("500 Down", "", ""),
    });
    let arguments = ["call", "post", &format!("{}/transfers", api.url), "-L", "-d", "{}"];
    let more = ["--authority", &api.url];
    let ended = run(stepup(&[&arguments[..], &more].concat()).env("STEPUP_TOKEN", TOKEN)).await;
    assert_eq!(ended.code, 3, "the authority is down: {}", ended.stderr);
    let seen = api.seen().into_iter().map(|head| head.lines().next().unwrap().to_owned());
    let expected = ["post /transfers", "get /transfers", "post /step-up/ceremonies"];
    assert!(seen.eq(expected.map(|line| format!("{line} http/1.1"))), "{:?}", api.seen());
    // Across origins nothing that may change anything is sent on.
    let elsewhere = Raw::answering(answer("200 OK", "", "elsewhere"));
    let to = format!("location: {}\r\n", elsewhere.url);
    let api = Raw::answering(answer("307 Temporary Redirect", &to, ""));
    let arguments = ["call", "post", &api.url, "-L", "-d", "{}"];
    let ended = run(stepup(&[&arguments[..], &more].concat()).env("STEPUP_TOKEN", TOKEN)).await;
    assert_eq!((ended.code, elsewhere.seen().len()), (4, 0), "{}", ended.stderr);
}

#[tokio::test]
async fn redirects_have_an_end() {
    let api = leading_to("/again");
    let ended = call(&api.url, &["-L"]).await;
    assert_eq!((ended.code, api.seen().len()), (4, 11), "{}", ended.stderr);
}

/// B5: what comes from elsewhere is none of the API's challenges.
#[tokio::test]
async fn b5_a_challenge_from_elsewhere_begins_nothing() {
    let challenge = "www-authenticate: Bearer error=\"insufficient_user_authentication\"\r\n";
    let elsewhere = Raw::answering(answer("401 Unauthorized", challenge, ""));
    let ended = call(&leading_to(&elsewhere.url).url, &["-L"]).await;
    assert_eq!(ended.code, 4, "{}", ended.stderr);
    assert!(!ended.stderr.contains("asks for"), "{}", ended.stderr);
}

#[tokio::test]
async fn b5_what_a_server_says_commands_no_terminal() {
    let challenge = "content-type: application/problem+json\r\n\
        www-authenticate: Bearer error=\"insufficient_user_authentication\"\r\n";
    let detail = r#"{"detail":"\u001b]0;owned\u0007 \u202eexe"}"#;
    let server = Raw::answering(answer("401 Unauthorized", challenge, detail));
    let explained = run(&mut stepup(&["explain", &server.url])).await;
    assert_eq!(explained.code, 0, "{}", explained.stderr);
    let escaped = r"\u{1b}]0;owned\u{7} \u{202e}exe";
    assert!(explained.stdout.contains(escaped), "{}", explained.stdout);
    // Of the bytes beyond ASCII, which headers may have, some are commands as well.
    let head = b"HTTP/1.1 401 Unauthorized\r\nconnection: close\r\nwww-authenticate: Bearer \
        error=\"insufficient_user_authentication\", acr_values=\"\x9b31m\"\r\n\r\n";
    let header = run(&mut stepup(&["explain", &Raw::answering(*head).url])).await;
    assert!(header.stdout.contains(r"\u{9b}31m"), "{}", header.stdout);
    let argument = run(&mut stepup(&["explain", "Bearer realm=\"\u{202e}a\""])).await;
    let called = call(&server.url, &[]).await;
    assert!(called.stderr.contains("asks for a login."), "{}", called.stderr);
    for ended in [&explained, &header, &argument, &called] {
        let shown = format!("{}{}", ended.stdout, ended.stderr);
        let is_command = |one: char| one == '\u{202e}' || one.is_control() && one != '\n';
        assert!(!shown.contains(is_command), "{shown:?}");
    }
}

/// In a pipe the bytes are the server's, on a terminal they are made harmless.
#[tokio::test]
async fn b5_a_body_commands_no_terminal() {
    let server = Raw::answering(answer("200 OK", "x-a: b\r\n", "\u{1b}[2Jgone\tnow\n"));
    let piped = call(&server.url, &["-i"]).await;
    assert!(piped.stdout.ends_with("x-a: b\r\n\r\n\u{1b}[2Jgone\tnow\n"), "{:?}", piped.stdout);
    let stepup = env!("CARGO_BIN_EXE_stepup");
    let line = format!("{stepup} call GET {} --authority http://127.0.0.1:1", server.url);
    let mut terminal = Command::new("script");
    terminal.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    let shown = terminal.env("STEPUP_TOKEN", TOKEN).stdin(std::process::Stdio::null()).output();
    let shown = String::from_utf8(shown.expect("`script` of util-linux").stdout).unwrap();
    assert!(shown.contains(r"\u{1b}[2Jgone"), "{shown:?}");
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
}

/// A proxy would read it: what goes to this machine does not leave it.
#[tokio::test]
async fn b9_a_token_for_this_machine_goes_through_no_proxy() {
    let (api, proxy) = (Raw::answering(answer("200 OK", "", "")), Raw::answering(""));
    for arguments in [
        &["explain", &api.url][..],
        &["call", "get", &api.url, "--authority", "http://127.0.0.1:1"],
    ] {
        let mut command = stepup(arguments);
        command.env("STEPUP_TOKEN", TOKEN).env_remove("NO_PROXY").env_remove("no_proxy");
        let ended = run(command.env("HTTP_PROXY", &proxy.url).env("http_proxy", &proxy.url)).await;
        assert_eq!(ended.code, 0, "{}", ended.stderr);
    }
    assert_eq!((api.seen().len(), proxy.seen()), (2, Vec::new()));
}

#[tokio::test]
async fn a_token_passes_no_open_network() {
    for command in [&["call", "GET"][..], &["explain"]] {
        let mut arguments = command.to_vec();
        arguments.push("http://api.example/x");
        if command.len() > 1 {
            arguments.extend(["--authority", "https://bank.example"]);
        }
        let ended = run(stepup(&arguments).env("STEPUP_TOKEN", TOKEN)).await;
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.stderr.contains("https"), "{}", ended.stderr);
    }
}
