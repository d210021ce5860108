#![cfg(test)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use serde_json::{Value, json};
use stepup_core::Timestamp;

use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

/// Answers one request with this, and returns it.
fn server(answer: impl Into<Vec<u8>>) -> (Url, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let answer = answer.into();
    let request = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let read = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                // The client may hang up before it has read all.
                let _ = stream.write_all(&answer);
                return text;
            }
        }
    });
    (url, request)
}

fn answer(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

fn client() -> ProviderClient {
    ProviderClient::new().unwrap()
}

async fn replied(head: &str) -> Reply {
    let (url, _) = server(answer(head, "{}"));
    client().get(url).send().await.unwrap()
}

#[tokio::test]
async fn a_form_is_a_form_and_json_is_json() {
    let (url, request) = server(answer("201 Created\r\nx-a: 7", "{\"a\":1}"));
    let url = below(&url, &["v2", "a b/c", "ü"]);
    let call = client().post(url).basic("AC1", "tok:en").form(&[("To", "+49"), ("B", "ü&=1 2")]);
    let reply = call.send().await.unwrap();
    assert_eq!((reply.status, reply.is_success(), reply.header("x-a")), (201, true, Some("7")));
    assert_eq!(reply.json::<Value>(), Some(json!({ "a": 1 })));
    let request = request.join().unwrap();
    assert!(request.starts_with("POST /v2/a%20b%2Fc/%C3%BC HTTP/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\nTo=%2B49&B=%C3%BC%26%3D1+2"), "{request}");
    let head = request.to_ascii_lowercase();
    for line in [
        "authorization: basic quMxonrvazplbg==".to_ascii_lowercase(),
        "accept: application/json".to_owned(),
        "content-type: application/x-www-form-urlencoded".to_owned(),
    ] {
        assert!(head.lines().any(|sent| sent == line), "{request}");
    }

    let (url, request) = server(answer("200 OK", ""));
    let call = client().post(url).header("authorization", "SSWS t").json(&json!({ "a": "b" }));
    assert_eq!(call.send().await.unwrap().json::<Value>(), None);
    let request = request.join().unwrap();
    assert!(request.ends_with("\r\n\r\n{\"a\":\"b\"}"), "{request}");
    assert!(request.contains("authorization: SSWS t\r\n"), "{request}");
    assert!(request.contains("content-type: application/json\r\n"), "{request}");
}

#[tokio::test]
async fn s14_nothing_goes_where_a_provider_points_to() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let to = elsewhere.local_addr().unwrap();
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let reply = replied(&format!("{status}\r\nlocation: http://{to}/")).await;
        assert!(!reply.is_success() && (300..400).contains(&reply.status));
    }
    assert!(elsewhere.accept().is_err(), "it was followed");
}

#[tokio::test]
async fn an_answer_is_as_long_as_it_may_be() {
    let longest = format!("\"{}\"", "x".repeat(64 * 1024 - 2));
    let (url, _) = server(answer("200 OK", &longest));
    assert_eq!(client().get(url).send().await.unwrap().json::<String>().unwrap().len(), 65_534);
    let (url, _) = server(answer("200 OK", &format!("{longest} ")));
    assert_eq!(client().get(url).send().await.err(), Some(Unreached::WithinBounds));
}

/// In less than a factor has, also where the beginning of an answer comes and no more.
#[tokio::test]
async fn who_does_not_answer_is_not_waited_for() {
    let began = Instant::now();
    for beginning in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            stream.write_all(beginning.as_bytes()).unwrap();
            // Until the client hangs up.
            while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {}
        });
        let soon = Instant::now() + Duration::from_millis(200);
        let error = client().get(url).by(soon).send().await.err();
        assert_eq!(error, Some(Unreached::InTime), "{beginning:?}");
    }
    assert!(began.elapsed() < PATIENCE);
    assert!(PATIENCE < Duration::from_secs(5));
    let call = client().get(Url::parse("http://127.0.0.1:1").unwrap());
    assert!(call.deadline <= Instant::now() + PATIENCE);
    assert!(call.by(Instant::now() + 2 * PATIENCE).deadline <= Instant::now() + PATIENCE);
}

#[tokio::test]
async fn nobody_there_is_said_without_the_url() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/secret", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = client().get(url).send().await.err().unwrap();
    assert_eq!(error, Unreached::AtAll);
    assert_eq!(error.reason(), "the provider cannot be reached");
}

/// RFC 9110 §10.2.3: seconds or a date; whatever it says, a second at least and a day at most.
#[tokio::test]
async fn a_wait_is_of_either_form_and_within_bounds() {
    const DATE: &str = "date: Tue, 14 Nov 2023 22:13:10 GMT\r\n";
    for (date, value, seconds) in [
        ("", "7", Some(7)),
        ("", "0", Some(1)),
        ("", "86401", Some(86_400)),
        ("", "99999999999999999999999", Some(86_400)),
        ("", "", None),
        ("", "-1", None),
        ("", "soon", None),
        ("", "1.5", None),
        ("", "Tue, 14 Nov 2023 22:13:50 GMT", Some(30)),
        (DATE, "Tue, 14 Nov 2023 22:13:50 GMT", Some(40)),
        ("", "Tue, 14 Nov 2023 20:00:00 GMT", Some(1)),
        ("", "Tue, 14 Nov 2029 20:00:00 GMT", Some(86_400)),
    ] {
        let reply = replied(&format!("429 Busy\r\n{date}retry-after: {value}")).await;
        assert_eq!(reply.retry_after(NOW), seconds, "{value}");
    }
    assert_eq!(replied("429 Busy").await.retry_after(NOW), None);
    let twice = replied("429 Busy\r\nretry-after: 1\r\nretry-after: 2").await;
    assert_eq!(twice.retry_after(NOW), None);
    for (date, value, seconds) in [
        ("", "1700000030", Some(30)),
        (DATE, "1700000030", Some(40)),
        ("", "1600000000", Some(1)),
        ("", "1800000000", Some(86_400)),
        ("", "x", None),
    ] {
        let reply = replied(&format!("429 Busy\r\n{date}x-rate-limit-reset: {value}")).await;
        assert_eq!(reply.until("x-rate-limit-reset", NOW), seconds, "{value}");
    }
}

#[test]
fn p3_urls_are_https_or_of_this_machine() {
    for url in ["https://a.example", "https://a.example/", "http://127.0.0.1:8", "http://[::1]:8"] {
        assert!(base_url(url, "https://x.example").is_ok(), "{url}");
    }
    assert!(provider_url("https://a.example/realms/x").is_some());
    for url in [
        "",
        "a.example",
        "http://a.example",
        "http://localhost.evil.example",
        "http://10.0.0.1",
        "ftp://localhost",
        "https://a.example/v1?x",
        "https://a.example#x",
        "https://u:secret@a.example",
        "https://u@a.example",
    ] {
        assert!(provider_url(url).is_none(), "{url}");
        let error = base_url(url, "https://x.example").unwrap_err().to_string();
        assert!(error.contains("`https://x.example`") && !error.contains("secret"), "{error}");
    }
    assert!(base_url("https://a.example/v1", "https://x.example").is_err());
    let base = Url::parse("https://a.example/realms/x/").unwrap();
    assert_eq!(below(&base, &["b", "c d"]).as_str(), "https://a.example/realms/x/b/c%20d");
    assert_eq!(below(&base, &["..", "b"]).as_str(), "https://a.example/realms/x/b");
}

#[tokio::test]
async fn what_cannot_be_a_header_is_not_sent() {
    let call = client().get(Url::parse("http://127.0.0.1:1").unwrap());
    assert_eq!(call.header("user-agent", "a\r\nb: c").send().await.err(), Some(Unreached::AtAll));
}
