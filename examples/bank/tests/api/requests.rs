//! What is no request that the bank takes.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::everywhere;
use crate::support::Open;

everywhere!(
    what_another_website_can_send_is_refused
    half_a_body_is_waited_for_ten_seconds
    other_methods_are_refused_with_those_that_there_are
);

/// Says these bytes, and hears what is answered.
async fn raw(bank: &Open, said: &str) -> TcpStream {
    let mut caller = TcpStream::connect(bank.url.trim_start_matches("http://")).await.unwrap();
    caller.write_all(said.as_bytes()).await.unwrap();
    caller
}

async fn heard(mut caller: TcpStream) -> String {
    let mut heard = vec![0; 4096];
    let length = caller.read(&mut heard).await.unwrap();
    String::from_utf8(heard[..length].to_vec()).unwrap()
}

async fn what_another_website_can_send_is_refused(bank: Open) {
    let body = r#"{"user":"alice","password":"correct horse"}"#;
    let length = body.len();
    let post = async |kind: &str| {
        let head = format!("POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}");
        heard(raw(&bank, &format!("{head}\r\n{kind}\r\n{body}")).await).await
    };
    for kind in [
        "",
        "content-type: text/plain\r\n",
        "content-type: application/x-www-form-urlencoded\r\n",
        "content-type: text/plain; application/json\r\n",
    ] {
        let answer = post(kind).await;
        assert!(answer.starts_with("HTTP/1.1 415 "), "{kind}{answer}");
        assert!(answer.contains("application/problem+json"), "{kind}{answer}");
    }
    for kind in ["application/json", "Application/JSON; charset=utf-8"] {
        let answer = post(&format!("content-type: {kind}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{kind}{answer}");
    }
}

async fn half_a_body_is_waited_for_ten_seconds(bank: Open) {
    let head = "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 40\r\n\r\n{\"user\":";
    let caller = raw(&bank, head).await;
    // Until it waits for the rest.
    tokio::time::sleep(Duration::from_millis(200)).await;
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let answer = heard(caller).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let waited = begun.elapsed().as_secs();
    assert!((9..=10).contains(&waited), "{waited}");
}

async fn other_methods_are_refused_with_those_that_there_are(bank: Open) {
    for (method, path, allowed) in [
        ("GET", "/login", "POST"),
        ("GET", "/logout", "POST"),
        ("DELETE", "/accounts", "GET,HEAD"),
        ("PUT", "/transfers", "POST"),
        ("GET", "/profile/email", "PUT"),
        ("POST", "/account", "DELETE"),
        ("POST", "/", "GET,HEAD"),
        ("POST", "/assets/app.js", "GET,HEAD"),
    ] {
        let refused = bank.nobody().send(method, path, &[], String::new()).await;
        assert_eq!(refused.status, 405, "{method} {path}");
        assert_eq!(refused.headers["allow"], allowed, "{method} {path}");
    }
}
