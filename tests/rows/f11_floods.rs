//! F11: requests that are too much. Whatever the server's own limits leave is refused by the
//! guard, quickly, and others are served meanwhile.

use std::io::Write;
use std::net::TcpStream;

use stepup_core::{Algorithm, MAX_TOKEN_BYTES};
use stepup_tests::{Framework, Issuer, Served, Token, clock, gate};

use crate::raw;

/// More than hyper takes of a head, and less than anybody would mind.
const MOST: u64 = 1 << 20;

fn serve(work: impl Fn(&str, &Served, &str)) {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let good = format!("Bearer {}", issuer.token(&Token::new()));
    for framework in Framework::ALL {
        let served = Served::api(framework, &gate(&issuer, &clock()));
        let name = format!("{framework:?}");
        work(&name, &served, &good);
        assert_eq!(served.ran(), 0, "{name}");
        let control = raw::request("POST", "/mfa", &[("authorization", &good)]);
        assert_eq!(raw::status(served.address(), control), 200, "{name}: the control");
        assert_eq!(served.ran(), 1, "{name}: the control");
    }
}

/// A head that the server itself refuses is a 431, or a connection that ends while it is sent.
const TOO_MUCH: [u16; 2] = [431, 0];

#[test]
fn f11_a_huge_token_is_refused_by_the_guard_or_before_it() {
    serve(|name, served, good| {
        for (what, token, expected) in [
            ("one byte too long", "a".repeat(MAX_TOKEN_BYTES + 1), &[401][..]),
            ("64 KiB", "a".repeat(64 << 10), &[401]),
            ("300 000 dots", ".".repeat(300_000), &[401]),
            ("a good one and dots", format!("{}{}", &good[7..], ".".repeat(300_000)), &[401]),
            ("a million dots", ".".repeat(1_000_000), &TOO_MUCH),
            ("10 MiB", "a".repeat(10 << 20), &TOO_MUCH),
        ] {
            let before = served.bytes_read();
            let line = format!("Bearer {token}");
            let request = raw::request("POST", "/mfa", &[("authorization", &line)]);
            let status = raw::status(served.address(), request);
            assert!(expected.contains(&status), "{name}: {what}: {status}");
            let read = served.bytes_read() - before;
            assert!(read <= MOST, "{name}: {what}: {read} bytes were read");
        }
    });
}

#[test]
fn f11_ten_thousand_headers_are_refused() {
    serve(|name, served, good| {
        let many = |count: usize| {
            let lines = (0..count).map(|n| format!("x-{n}: {n}\r\n"));
            raw::request("POST", "/mfa", &[]).replacen(
                "host:",
                &format!("{}host:", lines.collect::<String>()),
                1,
            )
        };
        let twice = |count: usize| {
            let lines = format!("authorization: {good}\r\n").repeat(count);
            raw::request("POST", "/mfa", &[]).replacen("host:", &format!("{lines}host:"), 1)
        };
        for (what, request, expected) in [
            ("ninety", many(90), &[401][..]),
            ("ninety tokens", twice(90), &[400]),
            ("ten thousand", many(10_000), &TOO_MUCH),
            ("ten thousand tokens", twice(10_000), &TOO_MUCH),
        ] {
            let before = served.bytes_read();
            let status = raw::status(served.address(), request);
            assert!(expected.contains(&status), "{name}: {what}: {status}");
            let read = served.bytes_read() - before;
            assert!(read <= MOST, "{name}: {what}: {read} bytes were read");
        }
    });
}

/// Heads and bodies that never end hold up nobody but those who send them.
#[test]
fn f11_slow_requests_wait_alone() {
    serve(|name, served, good| {
        let begun = |text: &str| {
            let mut stream = raw::connect(served.address());
            stream.write_all(text.as_bytes()).expect("it is taken");
            stream
        };
        let head = "POST /body HTTP/1.1\r\nhost: api.example\r\ncontent-type: application/json\r\n";
        let heads: Vec<TcpStream> =
            (0..100).map(|n| begun(&format!("{head}x-{n}: {}", "a".repeat(n)))).collect();
        // Of a body there are a hundred bytes to come, and one comes.
        let length = "content-length: 100\r\n\r\n{";
        let bodies: Vec<TcpStream> = (0..100).map(|_| begun(&format!("{head}{length}"))).collect();
        for body in &bodies {
            let (status, _) = raw::answer(body).expect("the guard waits for no body");
            assert_eq!(status, 401, "{name}");
        }
        let admitted = begun(&format!("{head}authorization: {good}\r\n{length}"));
        for _ in 0..10 {
            let status = raw::status(served.address(), raw::request("POST", "/mfa", &[]));
            assert_eq!(status, 401, "{name}: others are served meanwhile");
        }
        drop((heads, admitted));
    });
}
