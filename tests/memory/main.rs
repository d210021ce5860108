//! T30: what a hostile request makes the service allocate. All of it counts, given back or not, so
//! there is no less than at the peak. Alone in its program, because that is what is counted.

use std::alloc::System;
use std::io::{Read, Write};
use std::net::TcpStream;

use http::Request;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use stepup_core::Algorithm;
use stepup_tests::{Api, Framework, Issuer, Payload, Served, Token, block_on, clock, gate};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MOST: usize = 1 << 20;

/// Sends this and says how much was allocated for it.
fn allocated(api: &Api, line: &str) -> (u16, usize) {
    let request = Request::post("/mfa_fresh").header("authorization", line);
    let request = request.body(Payload::NONE).expect("a request");
    let region = Region::new(ALLOCATOR);
    let answer = block_on(api.call(request));
    let bytes = region.change().bytes_allocated;
    assert_eq!(answer.ran, usize::from(answer.status == 200));
    (answer.status.as_u16(), bytes)
}

/// The same through the framework's own server, which has limits of its own.
fn allocated_by_a_server(served: &Served, line: &str) -> usize {
    let request = format!("POST /mfa_fresh HTTP/1.1\r\nhost: a\r\nauthorization: {line}\r\n\r\n");
    let mut first = [0; 16];
    let mut stream = TcpStream::connect(served.address()).expect("it listens");
    let region = Region::new(ALLOCATOR);
    // It may hang up before it has read all.
    let _ = stream.write_all(request.as_bytes()).and_then(|()| stream.read_exact(&mut first));
    assert!(!first.starts_with(b"HTTP/1.1 2"), "it was let in");
    region.change().bytes_allocated
}

#[test]
fn t30_a_huge_token_allocates_next_to_nothing() {
    let issuer = Issuer::new(Algorithm::Es256);
    let good = issuer.token(&Token::new());
    // Signed, so that nothing but its length speaks against it.
    let padded = |bytes: usize| issuer.token(&Token::new().with("x", "x".repeat(bytes * 3 / 4)));
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate(&issuer, &clock()));
        let served = Served::api(framework, &gate(&issuer, &clock()));
        for _ in 0..2 {
            let (status, bytes) = allocated(&api, &format!("Bearer {good}"));
            assert!(status == 200 && bytes > 0 && bytes < MOST, "{framework:?}: {bytes}");
        }
        for size in [8 << 10, 64 << 10, 1_000_000, 1 << 20, 10 << 20] {
            for (name, token) in [
                ("letters", "A".repeat(size)),
                ("dots", ".".repeat(size)),
                ("signed", padded(size)),
                ("three parts", format!("{0}.{0}.{0}", "A".repeat(size / 3))),
                ("behind a good one", format!("{good}{}", "A".repeat(size))),
                ("dots behind a good one", format!("{good}{}", ".".repeat(size))),
                ("equals signs", format!("{good}{}", "=".repeat(size))),
                ("spaces in front", format!("{}{}", " ".repeat(size), "A".repeat(9 << 10))),
            ] {
                let (status, bytes) = allocated(&api, &format!("Bearer {token}"));
                let name = format!("{framework:?}: {size} bytes of {name}");
                assert_eq!(status, 401, "{name}");
                assert!(bytes < MOST, "{name}: {bytes} bytes were allocated");
                let bytes = allocated_by_a_server(&served, &format!("Bearer {token}"));
                println!("{name}: {bytes} bytes were allocated by the server");
                assert!(bytes < MOST, "{name}: {bytes} bytes were allocated by the server");
            }
        }
    }
}
