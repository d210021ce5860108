//! How it is called, and what it ends with.

use std::process::Command;

use crate::process::{Ended, run, stepup};
use crate::raw::{Raw, answer};

const TOKEN: &str = "s3cret-token";
const AUTHORITY: [&str; 2] = ["--authority", "http://127.0.0.1:1"];

fn call(arguments: &[&str]) -> Command {
    stepup(&[&["call"], arguments, &AUTHORITY].concat())
}

async fn with_token(arguments: &[&str]) -> Ended {
    run(call(arguments).env("STEPUP_TOKEN", TOKEN)).await
}

fn assert_says_no_token(ended: &Ended) {
    assert!(!ended.stderr.contains("s3cret") && !ended.stdout.contains("s3cret"), "{ended:?}");
}

#[tokio::test]
async fn a_token_is_never_an_argument() {
    let server = Raw::answering(answer("200 OK", "", ""));
    for arguments in [
        &["--token", TOKEN][..],
        &["--token=s3cret-token"],
        &["-H", "Authorization: Bearer s3cret-token"],
        &["--header", "proxy-authorization: s3cret-token"],
    ] {
        let ended = run(&mut call(&[&["GET", &server.url], arguments].concat())).await;
        assert_eq!(ended.code, 2, "{arguments:?}");
        assert!(ended.stderr.contains("never an argument"), "{ended:?}");
        assert!(ended.stderr.contains("STEPUP_TOKEN"), "it says what to do: {ended:?}");
        assert_says_no_token(&ended);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn where_a_token_may_come_from() {
    let server = Raw::answering(answer("200 OK", "", "good"));
    let file = std::env::temp_dir().join(format!("stepup-cli-{}", std::process::id()));
    std::fs::write(&file, "of-a-file\n").unwrap();
    let file = file.to_str().unwrap();
    let from = |arguments: &[&str]| call(&[&["GET", server.url.as_str()], arguments].concat());
    for (command, expected) in [
        (from(&[]).env("STEPUP_TOKEN", "of-the-environment"), "of-the-environment"),
        (from(&["--token-file", file]).env("STEPUP_TOKEN", "x"), "of-a-file"),
        (&mut from(&["--token-command", "echo of-a-command"]), "of-a-command"),
    ] {
        assert_eq!(run(command).await.code, 0);
        let seen = server.seen().pop().unwrap();
        assert!(seen.contains(&format!("authorization: bearer {expected}\r\n")), "{seen}");
    }
    std::fs::remove_file(file).unwrap();
    for arguments in [
        &[][..],
        &["--token-file", file],
        &["--token-command", "false"],
        &["--token-command", "echo x; false"],
        &["--token-command", "echo"],
        &["--token-command", "echo two words"],
        &["--token-file", file, "--token-command", "echo x"],
    ] {
        let ended = run(&mut from(arguments)).await;
        assert_eq!(ended.code, 2, "{arguments:?} {ended:?}");
    }
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn the_request_is_what_the_line_says() {
    let server = Raw::answering(answer("200 OK", "", ""));
    let url = format!("{}/a?b=c", server.url);
    let ended = with_token(&["put", &url, "-H", "X-One: 1", "-d", "{\"a\":1}"]).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    let seen = server.seen().pop().unwrap();
    for part in ["put /a?b=c http/1.1", "x-one: 1", "content-type: application/json"] {
        assert!(seen.contains(part), "{seen}");
    }
    assert!(seen.contains("content-length: 7"), "{seen}");
}

#[tokio::test]
async fn each_end_has_its_exit_code() {
    let found = Raw::answering(answer("200 OK", "", "body"));
    let ended = with_token(&["GET", &found.url, "-i"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.starts_with("HTTP/1.1 200 OK\r\n"), "{ended:?}");

    let missing = Raw::answering(answer("404 Not Found", "", "where?"));
    let ended = with_token(&["GET", &missing.url]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (4, "where?"));
    assert!(ended.stderr.contains("404 Not Found"), "{ended:?}");

    let ended = with_token(&["GET", "http://127.0.0.1:1/"]).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{ended:?}");
    assert!(ended.stderr.contains("nobody could be reached at http://127.0.0.1:1"), "{ended:?}");
    assert_says_no_token(&ended);

    let weird = Raw::answering(answer("401 Unauthorized", "www-authenticate: Bearer a=\"\r\n", ""));
    let ended = with_token(&["GET", &weird.url]).await;
    assert_eq!(ended.code, 5, "{ended:?}");
    let expected = format!("{} sends a malformed challenge", weird.url);
    assert!(ended.stderr.contains(&expected), "{ended:?}");
}

#[tokio::test]
async fn a_wrong_line_says_what_is_wrong() {
    for (arguments, expected) in [
        (&["call", "GET", "https://api.example"][..], "--authority"),
        (&["call", "GET", "https://a", "--issuer", "https://b"], "--client-id"),
        (&["call", "GET", "https://a", "--device", "--authority", "https://b"], "--issuer"),
        (&["call", "G T", "https://a", "--authority", "https://b"], "no method"),
        (&["call", "GET", "api.example", "--authority", "https://b"], "https://"),
        (&["call", "GET", "https://a", "--authority", "http://b.example"], "https://"),
        (&["call", "GET", "https://a", "--authority", "https://b", "-H", "x"], "NAME: VALUE"),
        (&["call", "GET", "https://a", "--authority", "https://b", "--timeout", "0"], "1 to 3600"),
        (&["call", "GET", "https://a", "--authority", "b"], "--authority: `b`"),
        (&["call", "GET", "https://a", "--authority", "https://b", "-d", "@/none"], "/none cannot"),
        (&["explain", "api.example"], "begins with https://"),
        (&["explain"], "URL|HEADER"),
        (&[], "Usage"),
    ] {
        let ended = run(stepup(arguments).env("STEPUP_TOKEN", TOKEN)).await;
        assert_eq!(ended.code, 2, "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains(expected), "{arguments:?}: {ended:?}");
    }
}

#[tokio::test]
async fn the_help_tells_the_exit_codes() {
    for arguments in [&["--help"][..], &["call", "--help"], &["explain", "--help"]] {
        let ended = run(&mut stepup(arguments)).await;
        assert_eq!(ended.code, 0);
        assert!(ended.stdout.contains("130  interrupted"), "{}", ended.stdout);
        assert!(!ended.stdout.contains("--token "), "{}", ended.stdout);
    }
}
