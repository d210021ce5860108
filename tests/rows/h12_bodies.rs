//! H12: nobody's body is read before they are known (RUSTSEC-2022-0055).

use std::io::Write;
use std::net::TcpStream;

use stepup_core::Algorithm;
use stepup_tests::{Framework, Issuer, Served, Token, clock, gate};

use crate::raw;

const GIB: u64 = 1 << 30;
const MOST: u64 = 64 << 10;
/// What hyper lets a client send of a body unasked, and what stands around it.
const WINDOW: u64 = (1 << 20) + MOST;

fn head(framing: &str, token: Option<&str>) -> String {
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n"));
    format!(
        "POST /body HTTP/1.1\r\nhost: api.example\r\ncontent-type: application/json\r\n\
         {}{framing}\r\n\r\n",
        token.unwrap_or_default()
    )
}

/// Sends the body for as long as the server takes it, and says how much of it went out.
fn pump(mut stream: &TcpStream, chunked: bool) -> u64 {
    let piece = vec![b' '; 64 << 10];
    let piece = if chunked { [b"10000\r\n", &piece[..], b"\r\n"].concat() } else { piece };
    let mut sent = 0;
    while sent < GIB && stream.write_all(&piece).is_ok() {
        sent += 64 << 10;
    }
    sent
}

#[test]
fn h12_a_gigabyte_without_a_token_is_not_read() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let weak = issuer.token(&Token::new().with("acr", "single-factor"));
    let length = format!("content-length: {GIB}");
    let waits = format!("{length}\r\nexpect: 100-continue");
    for framework in Framework::ALL {
        for (framing, chunked) in
            [(length.as_str(), false), (&waits, false), ("transfer-encoding: chunked", true)]
        {
            for token in [None, Some(weak.as_str()), Some("a.b.c")] {
                let name = format!("{framework:?}: {framing}, {token:?}");
                let served = Served::api(framework, &gate(&issuer, &clock()));

                // A client that waits for its answer.
                let mut stream = raw::connect(served.address());
                stream.write_all(head(framing, token).as_bytes()).expect("it reads a head");
                let (status, _) = raw::answer(&stream).expect(&name);
                assert_eq!(status, 401, "{name}");
                assert!(pump(&stream, chunked) < GIB, "{name}: it took all");
                assert!(served.bytes_read() <= MOST, "{name}: {}", served.bytes_read());

                // And one that does not.
                let served = Served::api(framework, &gate(&issuer, &clock()));
                let mut stream = raw::connect(served.address());
                stream.write_all(head(framing, token).as_bytes()).expect("it reads a head");
                assert!(pump(&stream, chunked) < GIB, "{name}: it took all");
                assert!(served.bytes_read() <= MOST, "{name}: {}", served.bytes_read());
                assert_eq!(served.ran(), 0, "{name}");
            }
        }
    }
}

/// In HTTP/2 a client may send as much as the server's window holds before anybody asks for it.
/// None of it is asked for, so no more comes.
#[test]
fn h12_in_http_2_no_more_than_the_window_is_taken() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    for framework in Framework::ALL {
        let served = Served::api(framework, &gate(&issuer, &clock()));
        let status = runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(served.address()).await.expect("a server");
            let (client, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
            tokio::spawn(connection);
            let mut client = client.ready().await.expect("HTTP/2");
            let request = http::Request::post("http://api.example/body")
                .header("content-type", "application/json")
                .header("content-length", GIB)
                .body(())
                .expect("a request");
            let (answer, mut body) = client.send_request(request, false).expect("it is sent");
            let piece = bytes::Bytes::from(vec![b' '; 16 << 10]);
            let mut sent = 0;
            while sent < GIB {
                body.reserve_capacity(piece.len());
                match std::future::poll_fn(|cx| body.poll_capacity(cx)).await {
                    Some(Ok(room)) => {
                        let piece = piece.slice(..room.min(piece.len()));
                        sent += piece.len() as u64;
                        if body.send_data(piece, false).is_err() {
                            break;
                        }
                    }
                    _ => break,
                }
            }
            assert!(sent < GIB, "{framework:?}: it took all");
            answer.await.expect("an answer").status()
        });
        assert_eq!((status.as_u16(), served.ran()), (401, 0), "{framework:?}");
        assert!(served.bytes_read() <= WINDOW, "{framework:?}: {}", served.bytes_read());
    }
}

/// Who is let in is read: the meter above is no stopped one.
#[test]
fn h12_with_a_token_it_is_read() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let good = issuer.token(&Token::new());
    for framework in Framework::ALL {
        let served = Served::api(framework, &gate(&issuer, &clock()));
        let body = format!("{{\"a\":\"{}\"}}", "a".repeat(1 << 20));
        let framing = format!("content-length: {}\r\nconnection: close", body.len());
        let status = raw::status(served.address(), head(&framing, Some(&good)) + &body);
        assert_eq!((status, served.ran()), (200, 1), "{framework:?}");
        assert!(served.bytes_read() > 1 << 20, "{framework:?}");
    }
}
