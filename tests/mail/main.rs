//! The mail server of the tests keeps what it promises them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use stepup_tests::servers::smtp::{Message, Mode, Smtp};

struct Client {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Client {
    fn of(smtp: &Smtp) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", smtp.port())).unwrap();
        let mut client = Self { answers: BufReader::new(stream.try_clone().unwrap()), stream };
        assert_eq!(client.answer(), "220");
        client
    }

    /// The code of an answer; empty when the connection has ended.
    fn answer(&mut self) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            if self.answers.read_line(&mut line).unwrap_or_default() == 0 {
                return String::new();
            }
            if line.get(3..4) != Some("-") {
                return line.get(..3).unwrap_or_default().to_owned();
            }
        }
    }

    fn say(&mut self, line: &str) -> String {
        write!(self.stream, "{line}\r\n").unwrap();
        self.answer()
    }

    /// What it is told after the recipient, and after the message.
    fn send(&mut self, text: &str) -> (String, String) {
        assert_eq!(self.say("EHLO test"), "250");
        assert_eq!(self.say("MAIL FROM:<authority@example.com>"), "250");
        let recipient = self.say("RCPT TO:<alice@example.com>");
        if recipient != "250" {
            return (recipient, String::new());
        }
        assert_eq!(self.say("DATA"), "354");
        (recipient, self.say(&format!("{text}\r\n.")))
    }
}

const TEXT: &str = "Subject: =?utf-8?q?Your_code_=E2=80=93_now?=\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\r\nIt is 123=\r\n456.\r\n=E2=82=AC";

fn message() -> Message {
    Message {
        from: "authority@example.com".to_owned(),
        to: vec!["alice@example.com".to_owned()],
        user: None,
        subject: "Your code – now".to_owned(),
        text: "It is 123456.\n€".to_owned(),
    }
}

#[test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
fn f12_the_mail_server_fails_as_it_is_told() {
    let mut smtp = Smtp::start();
    let ok = || ("250".to_owned(), "250".to_owned());
    assert_eq!(Client::of(&smtp).send(TEXT), ok());
    assert_eq!(smtp.next_message(), message());
    for (mode, code) in [(Mode::Refuse, "550"), (Mode::Defer, "451")] {
        smtp.set_mode(mode);
        assert_eq!(Client::of(&smtp).send(TEXT), (code.to_owned(), String::new()));
        assert_eq!(smtp.messages(), [], "{mode:?}");
    }
    smtp.set_mode(Mode::Drop);
    assert_eq!(Client::of(&smtp).send(TEXT), ("250".to_owned(), String::new()));
    assert_eq!(smtp.next_message(), message(), "it came all the same");
    smtp.set_mode(Mode::Hang);
    let mut client = Client::of(&smtp);
    let patience = std::time::Duration::from_millis(300);
    client.stream.set_read_timeout(Some(patience)).unwrap();
    assert_eq!(client.send(TEXT), (String::new(), String::new()));
    smtp.set_mode(Mode::Accept);
    assert_eq!(Client::of(&smtp).send(TEXT), ok());
    assert_eq!(Client::of(&smtp).send("Subject: two\r\n\r\n2"), ok());
    let subjects: Vec<_> = smtp.messages().into_iter().map(|message| message.subject).collect();
    assert_eq!(subjects, ["Your code – now", "two"]);
}
