#![cfg(test)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use super::*;
use crate::factor::{Destination, Outgoing};

const SERVICE: &str = "MG0123456789abcdef0123456789ABCDEF";

fn text() -> Text {
    let mut outgoing = Outgoing::new(Destination::new("+4915112345678"), "123456");
    outgoing.id = "sending-1".to_owned();
    Text::new(&outgoing, "123456 + ü & more=1%")
}

/// Answers one request with this, and returns it.
fn server(answer: impl Into<Vec<u8>>) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = answer.into();
    let request = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let read = stream.read(&mut buffer).unwrap();
            request.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&request).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.unwrap().parse().unwrap() {
                    // The client may hang up before it has read all.
                    let _ = stream.write_all(&answer);
                    return text;
                }
            }
        }
    });
    (url, request)
}

fn answer(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}

fn sender(from: &str, url: &str) -> TwilioSender {
    TwilioSender::new("AC1", "tok:en", from).unwrap().base_url(url).unwrap()
}

async fn answered(answer: impl Into<Vec<u8>>) -> (Result<(), String>, String) {
    let (url, request) = server(answer);
    let sent = sender("+15005550006", &url).send(&text()).await;
    (sent.map_err(|error| error.to_string()), request.join().unwrap())
}

#[tokio::test]
async fn a_message_is_a_form_as_the_provider_reads_it() {
    let (sent, request) = answered(answer("201 Created", "{\"sid\":\"SM1\"}")).await;
    assert_eq!(sent, Ok(()));
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /2010-04-01/Accounts/AC1/Messages.json HTTP/1.1\r\n"), "{head}");
    for line in [
        // AC1:tok:en
        "authorization: Basic QUMxOnRvazplbg==",
        "content-type: application/x-www-form-urlencoded",
        "i-twilio-idempotency-token: sending-1",
        "accept: application/json",
    ] {
        assert!(head.lines().any(|sent| sent == line), "{head}");
    }
    assert_eq!(
        body,
        "To=%2B4915112345678&From=%2B15005550006&Body=123456+%2B+%C3%BC+%26+more%3D1%25",
    );
}

#[tokio::test]
async fn a_messaging_service_is_known_by_its_sid() {
    let (url, request) = server(answer("201 Created", "{}"));
    sender(SERVICE, &url).send(&text()).await.unwrap();
    let request = request.join().unwrap();
    assert!(request.contains(&format!("&MessagingServiceSid={SERVICE}&Body=")), "{request}");
    assert!(!request.contains("From="), "{request}");
    assert!(
        !is_service("MGM Bank") && !is_service(SERVICE.trim_end_matches('F')) && !is_service("+1")
    );
}

/// O13: of what the provider says, a number at most.
#[tokio::test]
async fn o13_what_was_not_sent_is_said_without_the_users_data() {
    let problem = |code: &str| {
        format!("{{\"code\":{code},\"message\":\"+4915112345678 123456\",\"status\":400}}")
    };
    let answers = "nothing was sent: the provider of text messages answers ";
    for (status, body, said) in [
        (
            "400 Bad Request",
            problem("21211"),
            "400, error 21211: the number takes no text messages",
        ),
        ("400 Bad Request", problem("21999"), "400, error 21999"),
        ("401 Unauthorized", problem("20003"), "401, error 20003: account or token are wrong"),
        ("429 Too Many Requests", problem("20429"), "429, error 20429: too many requests"),
        ("429 Too Many Requests", String::new(), "429"),
        ("500 Internal Server Error", "<html>+4915112345678".to_owned(), "500"),
        ("503 Service Unavailable", problem("\"+4915112345678\""), "503"),
        ("503 Service Unavailable", problem("-1"), "503"),
        ("400 Bad Request", problem("4915112345678"), "400"),
    ] {
        let (sent, _) = answered(answer(status, &body)).await;
        assert_eq!(sent, Err(format!("{answers}{said}")), "{body}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_long_answer_not_read() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n",
        elsewhere.local_addr().unwrap()
    );
    let (sent, _) = answered(redirect).await;
    assert!(sent.unwrap_err().ends_with("answers 307"));
    assert!(elsewhere.accept().is_err(), "it was followed");
    let long = format!("{{\"code\":21211,\"message\":\"{}\"}}", "x".repeat(LONGEST));
    let (sent, _) = answered(answer("400 Bad Request", &long)).await;
    assert!(sent.unwrap_err().ends_with("answers 400"));
}

#[tokio::test]
async fn nobody_there_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = sender("+15005550006", &url).send(&text()).await.unwrap_err();
    let said = "nothing was sent: the provider of text messages cannot be reached";
    assert_eq!(error.to_string(), said);
}

#[test]
fn p3_what_cannot_be_used_is_refused() {
    let sender = || TwilioSender::new("AC1", "token", "+15005550006").unwrap();
    assert_eq!(
        sender().messages.as_str(),
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    );
    for url in [
        "",
        "api.twilio.com",
        "http://api.twilio.com",
        "http://10.0.0.1",
        "ftp://localhost",
        "https://api.twilio.com/v1",
        "https://api.twilio.com?x",
        "https://api.twilio.com#x",
        "https://u:secret@api.twilio.com",
        "http://localhost.evil.example",
    ] {
        let error = sender().base_url(url).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
    }
    for url in ["https://api.dublin.ie1.twilio.com", "http://127.0.0.1:8", "http://[::1]:8/"] {
        assert!(sender().base_url(url).is_ok(), "{url}");
    }
    for (account, token, from) in [
        ("", "t", "+1"),
        ("AC1/../AC2", "t", "+1"),
        ("AC:1", "t", "+1"),
        ("AC1", "", "+1"),
        ("AC1", "t", ""),
    ] {
        assert!(TwilioSender::new(account, token, from).is_err(), "{account} {from}");
    }
}

#[test]
fn o13_no_token_or_account_in_debug() {
    let debug = format!("{:?}", TwilioSender::new("AC1234", "secret", "+15005550006").unwrap());
    assert_eq!(debug, "TwilioSender { host: Some(\"api.twilio.com\"), .. }");
}
