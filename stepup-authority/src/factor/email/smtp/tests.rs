#![cfg(test)]

use super::*;
use crate::factor::{Destination, Outgoing};

const FROM: &str = "Bänk <no-reply@bank.example>";

fn mailer() -> SmtpMailer {
    SmtpMailer::new("smtp://127.0.0.1", FROM).unwrap()
}

fn mail(to: &str, subject: &str, text: &str, id: &str) -> Mail {
    let mut outgoing = Outgoing::new(Destination::new(to), "123456");
    outgoing.id = id.to_owned();
    Mail::new(&outgoing, subject, text)
}

fn formatted(mail: &Mail) -> Option<String> {
    Some(String::from_utf8(mailer().message(mail)?.formatted()).unwrap())
}

fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn a_message_is_one_plain_text_to_one_address() {
    let mail = mail("alice@example.com", "Your code", "It is 123456\nBye\n", "sending-1");
    let message = formatted(&mail).unwrap();
    for (name, value) in [
        ("To", "alice@example.com"),
        ("Subject", "Your code"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Auto-Submitted", "auto-generated"),
        ("From", "=?utf-8?b?QsOkbms=?= <no-reply@bank.example>"),
    ] {
        assert_eq!(header(&message, name), Some(value), "{message}");
    }
    assert!(header(&message, "Date").is_some() && header(&message, "Cc").is_none());
    assert!(message.trim_end().ends_with("\r\n\r\nIt is 123456\r\nBye"), "{message:?}");
    let envelope = mailer().message(&mail).unwrap().envelope().clone();
    assert_eq!(
        envelope.to().iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["alice@example.com"]
    );
}

#[test]
fn what_is_not_ascii_arrives_as_it_was() {
    let message = formatted(&mail("a@example.com", "Bestätigung ✓", "Größe €\n", "1")).unwrap();
    assert!(message.is_ascii(), "{message}");
    let encoded = header(&message, "Subject").unwrap();
    let words = encoded.strip_prefix("=?utf-8?b?").and_then(|rest| rest.strip_suffix("?="));
    let subject = base64_simd::STANDARD.decode_to_vec(words.unwrap()).unwrap();
    assert_eq!(subject, "Bestätigung ✓".as_bytes());
    let (_, body) = message.split_once("\r\n\r\n").unwrap();
    match header(&message, "Content-Transfer-Encoding").unwrap() {
        "base64" => {
            let body = base64_simd::STANDARD.decode_to_vec(body.replace("\r\n", "")).unwrap();
            assert_eq!(String::from_utf8(body).unwrap().replace("\r\n", "\n"), "Größe €\n");
        }
        "quoted-printable" => assert_eq!(body, "Gr=C3=B6=C3=9Fe =E2=82=AC\r\n"),
        other => panic!("{other}"),
    }
}

#[test]
fn a_sending_has_one_message_id() {
    let id = |sending: &str| {
        let message = formatted(&mail("a@example.com", "s", "t", sending)).unwrap();
        header(&message, "Message-ID").unwrap().to_owned()
    };
    assert_eq!(id("sending-1"), id("sending-1"));
    assert_ne!(id("sending-1"), id("sending-2"));
    assert_ne!(id(""), id(""));
    for sending in ["a>\r\nBcc: b@evil.example", "ü@<>", "sending-1", ""] {
        let id = id(sending);
        let name = id.strip_prefix('<').and_then(|id| id.strip_suffix("@bank.example>")).unwrap();
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }
}

/// O18: nothing that a mail is made of becomes a header or another address.
#[test]
fn o18_no_header_is_injected() {
    for to in [
        "a@example.com\r\nBcc: b@evil.example",
        "a@example.com, b@evil.example",
        "Alice <a@example.com>",
        "a@example.com\n",
        "",
    ] {
        assert!(formatted(&mail(to, "s", "t", "1")).is_none(), "{to:?}");
    }
    for subject in ["s\r\nBcc: b@evil.example", "s\nBcc: b@evil.example", "s\rBcc: x", "s\0"] {
        assert!(formatted(&mail("a@example.com", subject, "t", "1")).is_none(), "{subject:?}");
    }
    let message = formatted(&mail("a@example.com", "s", ".\r\nBcc: b@evil.example", "1")).unwrap();
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("evil"), "{head}");
}

#[test]
fn p3_a_server_is_refused_that_codes_would_reach_in_the_clear() {
    for (url, what) in [
        ("mail.example", "is no URL"),
        ("", "is no URL"),
        ("smtp:", "has no host"),
        ("smtp:///", "has no host"),
        ("smtp://[::1]", "has an IPv6 address"),
        ("https://mail.example", "is of another scheme"),
        ("smtp://u:secret@mail.example?tls=none", "has more than"),
        ("smtp://u:secret@mail.example?tls=opportunistic", "has more than"),
        ("smtps://u:secret@mail.example/ehlo", "has more than"),
        ("smtps://u:secret@mail.example#x", "has more than"),
        ("smtps://secret@mail.example", "has a user without a password"),
        ("smtps://:secret@mail.example", "has a user without a password"),
        ("smtps://u:%ff@mail.example", "cannot be used"),
    ] {
        let error = SmtpMailer::new(url, FROM).unwrap_err().to_string();
        assert!(error.starts_with(&format!("the mail server's URL {what}")), "{url}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
    for from in ["", "Bank", "a@b@c", "a@example.com\r\nBcc: b@evil.example"] {
        assert!(SmtpMailer::new("smtp://localhost", from).is_err(), "{from:?}");
    }
}

/// What lettre made of a URL is seen in its `Debug` alone.
#[test]
fn p3_beyond_the_loopback_there_is_tls() {
    for (url, tls, port) in [
        ("smtps://mail.example", "Wrapper", 465),
        ("smtps://localhost", "Wrapper", 465),
        ("smtps://u:p@mail.example:4650", "Wrapper", 4650),
        ("smtp://u:p@mail.example", "Required", 587),
        ("smtp://mail.example:25", "Required", 25),
        ("smtp://localhost.evil.example", "Required", 587),
        ("smtp://127.0.0.1.evil.example", "Required", 587),
        ("smtp://10.0.0.1", "Required", 587),
        ("smtp://u:p@localhost:2525", "None", 2525),
        ("smtp://LOCALHOST", "None", 25),
        ("smtp://127.0.0.2/", "None", 25),
    ] {
        let debug = format!("{:?}", server(url).unwrap_or_else(|error| panic!("{url}: {error}")));
        assert!(debug.contains(&format!("tls: {tls}")), "{url}: {debug}");
        assert!(debug.contains(&format!("port: {port},")), "{url}: {debug}");
    }
}

/// A server that takes connections and says nothing, or nothing kind.
#[tokio::test]
async fn what_the_server_says_is_not_repeated() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let refuses = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"554 5.7.1 no mail for <alice@example.com> 123456\r\n").await.unwrap();
        let _ = stream.read(&mut [0; 64]).await;
    });
    let mailer = SmtpMailer::new(&url, FROM).unwrap();
    let mail = mail("alice@example.com", "s", "123456", "1");
    let error = mailer.send(&mail).await.unwrap_err().to_string();
    assert_eq!(error, "nothing was sent: the mail server answers 554");
    refuses.await.unwrap();
    // Nobody listens there any more.
    let error = mailer.send(&mail).await.unwrap_err().to_string();
    assert_eq!(error, "nothing was sent: the mail server cannot be reached");
}

#[test]
fn o13_no_password_in_debug_and_no_runtime_needed_to_make_one() {
    let mailer = SmtpMailer::new("smtps://user:secret@mail.example", FROM).unwrap();
    let debug = format!("{mailer:?}");
    assert!(!debug.contains("secret") && !debug.contains("user"), "{debug}");
}
