//! The program: what it says when it starts, what it leaves behind, and how it ends.

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepup_axum::{Clock as _, ManualClock, SystemClock};
use stepup_tests::authority::TotpApp;
use stepup_tests::servers::smtp::Smtp;

use crate::support::Customer;
use crate::support::folder::Folder;
use crate::support::process::{Bank, failing};

#[test]
fn it_says_where_everything_is_and_leaves_files_for_its_owner_alone() {
    for framework in ["axum", "poem"] {
        let bank = Bank::start(&["--framework", framework]);
        let folder = bank.folder().canonicalize().unwrap();
        let origin = bank.url.replace("127.0.0.1", "localhost");
        for line in [
            format!("customers and money are in {}/bank.db; delete it", folder.display()),
            "transfer needs level mfa, at most 300 s ago".to_owned(),
            "change_email needs level mfa, at most 60 s ago".to_owned(),
            "close_account needs level phr, at most 60 s ago".to_owned(),
            format!("the bank is at {origin}/ and a phone for it at {origin}/phone"),
            "sign in as alice with the password `correct horse`; authenticator app: ".to_owned(),
            "sign in as bob with the password `correct horse`; authenticator app: ".to_owned(),
            format!("mail is not sent but shown at {origin}/demo/outbox"),
        ] {
            let log = bank.log();
            assert_eq!(log.matches(&line).count(), 1, "{line}\n{log}");
        }
        for file in ["bank.db", "bank.db.sealing-key"] {
            let rights = fs::metadata(folder.join(file)).unwrap().permissions().mode();
            assert_eq!(rights & 0o777, 0o600, "{file}");
        }
        let (ended, folder) = bank.stop("TERM");
        assert!(ended.success(), "{ended}");
        // No `-wal` and no `-shm`: what is copied is all there is.
        assert_eq!(left_in(&folder), ["bank.db", "bank.db.sealing-key", "log"]);
    }
}

#[tokio::test]
async fn it_starts_again_on_what_it_left_and_what_was_enrolled_is_good() {
    let bank = Bank::start(ORIGIN);
    let before = secrets(&bank.log());
    let (ended, folder) = bank.stop("INT");
    assert!(ended.success() && before.len() == 2, "{ended} {before:?}");
    let again = Bank::start_in(folder, ORIGIN, &[]);
    assert_eq!(secrets(&again.log()), before);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let alice = Customer::new(&again.url, clock, &client).logged_in("alice").await;
    let sent = alice.confirmed(&TotpApp::scan(&before[0])).await.pay("bob", json!(1)).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
}

/// Factors and passkeys are good at one origin: at another a password alone would enrol new ones.
#[test]
fn at_another_origin_it_does_not_open() {
    let (_, folder) = Bank::start(ORIGIN).stop("TERM");
    let moved = |to: &Path| {
        for file in ["bank.db", "bank.db.sealing-key"] {
            fs::copy(folder.path().join(file), to.join(file)).unwrap();
        }
    };
    let at_another_port = ["--port", "0"];
    let elsewhere = ["--origin", "https://bank.example", "--demo"];
    let by_itself = ["--port", "0", "--ledger", "sqlite:bank.db"];
    for (arguments, give) in [
        // Where it would listen elsewhere than it says, nobody would find it.
        (&at_another_port[..], "--port 3000, or another place with --store"),
        (&elsewhere, "--origin http://localhost:3000, or another place with --store"),
        (&by_itself, "--port 3000, or other places with --store and --ledger"),
    ] {
        assert_eq!(
            failing(arguments, &[], moved),
            format!(
                "bank: the ledger is of a bank at http://localhost:3000, where alone its customers \
                 can confirm anything: give {give}"
            )
        );
    }
}

/// Of the demo users' apps.
fn secrets(log: &str) -> Vec<String> {
    let lines = log.lines().filter_map(|line| line.split_once("authenticator app: "));
    lines.map(|(_, secret)| secret.to_owned()).collect()
}

/// Whoever makes the tables, the key and the demo users: the others find them.
#[test]
fn several_may_start_at_once_on_a_new_file() {
    for _ in 0..4 {
        let folder = Folder::new();
        let store = format!("sqlite:{}", folder.path().join("bank.db").display());
        let arguments = [&["--store", &store], ORIGIN].concat();
        let banks = std::thread::scope(|scope| {
            let starting = [(); 4].map(|()| scope.spawn(|| Bank::start(&arguments)));
            starting.map(|bank| bank.join().unwrap())
        });
        let said = banks.each_ref().map(|bank| secrets(&bank.log()));
        assert!(said.iter().all(|secrets| *secrets == said[0]), "{said:?}");
    }
}

#[test]
fn in_memory_it_leaves_nothing() {
    let (ended, folder) = Bank::start(&["--store", "memory"]).stop("TERM");
    assert!(ended.success());
    assert_eq!(left_in(&folder), ["log"]);
}

fn left_in(folder: &Folder) -> Vec<String> {
    let files = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
#[ignore = "needs Node.js and npm packages; `cargo xtask test` runs it"]
async fn with_a_mail_server_mail_goes_there_and_is_not_shown() {
    let mut server = Smtp::start();
    let bank = Bank::start(&["--smtp", &format!("smtp://127.0.0.1:{}", server.port())]);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let clock = Arc::new(ManualClock::at(SystemClock.now()));
    let alice = Customer::new(&bank.url, clock, &client).logged_in("alice").await;
    let refused = alice.call("PUT", "/profile/email", &Value::Null).await;
    let (page, factor) = alice.begin(&refused, "email").await;
    let prompt = format!("{page}/factors/{factor}");
    assert_eq!(alice.call("POST", &prompt, &Value::Null).await.status, 200);
    // The first mail of all: nobody was told of the factors that were there from the start.
    let mail = server.next_message();
    assert_eq!((mail.to, mail.subject), (vec!["alice@example.com".to_owned()], CODE.to_owned()));
    assert!(!bank.log().contains("/demo/outbox"), "{}", bank.log());
    let shown = reqwest::get(format!("{}/demo/outbox", bank.url)).await.unwrap().status();
    assert_eq!(shown, 404);
}

/// Arguments, environment, what is in the folder, and the words that are said.
type Row<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a dyn Fn(&Path), &'a [&'a str]);

#[test]
fn each_thing_that_keeps_it_from_opening_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().port().to_string();
    let no_database = |folder: &Path| fs::write(folder.join("bank.db"), "x".repeat(4096)).unwrap();
    let key = |folder: &Path, rights: u32| {
        let key = folder.join("bank.db.sealing-key");
        fs::write(&key, "secret").unwrap();
        fs::set_permissions(key, Permissions::from_mode(rights)).unwrap();
    };
    let (no_key, open_key) =
        (|folder: &Path| key(folder, 0o600), |folder: &Path| key(folder, 0o640));
    let nothing = |_: &Path| {};
    let rows: [Row<'_>; 22] = [
        (&["--port", &taken], &[], &nothing, &["port ", "cannot be used", "another with --port"]),
        (
            &["--store", "sqlite:/nowhere/bank.db"],
            &[],
            &nothing,
            &["/nowhere/bank.db", "cannot be made"],
        ),
        (&["--store", "sqlite:/"], &[], &nothing, &["cannot be"]),
        (&[], &[], &no_database, &["store cannot be used", "not a database", "--store"]),
        (&[], &[], &no_key, &["bank.db.sealing-key cannot be used", "base64"]),
        (
            &[],
            &[],
            &open_key,
            &["others on this machine may read it", "chmod 600 bank.db.sealing-key"],
        ),
        (&[], &[("STEPUP_SEALING_KEY", "secret")], &nothing, &["sealing key is not the base64"]),
        (
            &["--store", "redis://127.0.0.1:1/", "--ledger", "sqlite:bank.db"],
            &[],
            &nothing,
            &["no STEPUP_SEALING_KEY", "openssl rand"],
        ),
        (&["--store", "postgres://localhost/b"], &[], &nothing, &["no STEPUP_SEALING_KEY"]),
        (
            &["--store", "redis://127.0.0.1:1/", "--ledger", "sqlite:bank.db"],
            KEY,
            &nothing,
            &["store cannot be used", "--store"],
        ),
        (
            &["--store", "redis://redis.example/", "--ledger", "sqlite:bank.db"],
            KEY,
            &nothing,
            &["another machine", "rediss://"],
        ),
        (
            &["--store", "redis://127.0.0.1:1/"],
            KEY,
            &nothing,
            &["cannot be in Redis", "--ledger postgres://"],
        ),
        (
            &["--store", "memory", "--ledger", "sqlite:bank.db"],
            &[],
            &nothing,
            &["--store memory has forgotten", "--store sqlite:PATH"],
        ),
        (&["--bind", "0.0.0.0"], &[], &nothing, &["whoever reaches 0.0.0.0", "give --demo"]),
        (
            &["--store", "postgres://u:hunter2@127.0.0.1:1/b"],
            KEY,
            &nothing,
            &["store cannot be used"],
        ),
        (
            &["--ledger", "postgres://u:hunter2@127.0.0.1:1/b"],
            &[],
            &nothing,
            &["ledger's database", "--ledger"],
        ),
        (
            &["--ledger", "redis://127.0.0.1/"],
            &[],
            &nothing,
            &["cannot be in Redis", "sqlite:PATH"],
        ),
        (&["--smtp", "mail.example"], &[], &nothing, &["mail server's URL", "smtps://"]),
        (
            &["--smtp", "smtp://u:hunter2@127.0.0.1:1"],
            &[],
            &nothing,
            &["127.0.0.1:1 cannot be reached", "refused", "/demo/outbox"],
        ),
        (
            &["--origin", "http://bank.example", "--demo"],
            &[],
            &nothing,
            &["http://bank.example", "not https"],
        ),
        (&["--origin", "https://127.0.0.1"], &[], &nothing, &["127.0.0.1"]),
        (
            &["--origin", "https://bank.example"],
            &[],
            &nothing,
            &["whoever reaches https://bank.example", "give --demo"],
        ),
    ];
    for (arguments, environment, prepare, words) in rows {
        let said = failing(arguments, environment, prepare);
        assert!(said.starts_with("bank: "), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?}: {word} is not in: {said}");
        }
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn where_others_reach_it_it_opens_if_that_is_meant() {
    let bank = Bank::start(&["--origin", "https://bank.example", "--demo"]);
    assert!(bank.log().contains("the bank is at https://bank.example/"), "{}", bank.log());
    assert_eq!(bank.stop("INT").0.code(), Some(0));
}

#[test]
fn who_cannot_wait_says_it_twice() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        says_it_twice(signal, code);
    }
}

fn says_it_twice(signal: &str, code: i32) {
    let bank = Bank::start(&["--store", "memory"]);
    let address = bank.url.trim_start_matches("http://");
    let mut half = TcpStream::connect(address).unwrap();
    half.write_all(
        b"POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
          content-length: 9\r\n\r\n{",
    )
    .unwrap();
    // Whoever is answered came after it.
    let mut other = TcpStream::connect(address).unwrap();
    other
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("ready"), "{answer}");

    bank.signal(signal);
    let begun = Instant::now();
    while !bank.log().contains("finishing what was begun") {
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", bank.log());
    }
    assert_eq!(bank.stop(signal).0.code(), Some(code), "{signal}");
}

const ORIGIN: &[&str] = &["--origin", "http://localhost:3000"];

const CODE: &str = "Your confirmation code";

const KEY: &[(&str, &str)] =
    &[("STEPUP_SEALING_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")];
