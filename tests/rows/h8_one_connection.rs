//! H8: requests that share a connection share nothing else (CVE-2025-26620).

use std::net::SocketAddr;

use bytes::Bytes;
use futures_util::future::join_all;
use h2::client::SendRequest;
use http::{HeaderValue, Request};
use stepup_core::Algorithm;
use stepup_tests::{Framework, Issuer, NOW, Served, Token, clock, gate};
use tokio::net::TcpStream;

/// So many requests, over both frameworks.
const REQUESTS: usize = 100_000;
/// So many at a time in one connection.
const WAVE: usize = 100;

/// One of those whose requests alternate.
struct Caller {
    name: &'static str,
    line: Option<HeaderValue>,
    status: u16,
    /// What an answer to this caller begins with.
    body: &'static str,
}

fn callers(issuer: &Issuer) -> Vec<Caller> {
    let alice = issuer.token(&Token::new());
    let of = |name: &str| Token::new().with("sub", name);
    let (head, signature) = alice.rsplit_once('.').expect("a token");
    // As long as hers, and under her signature.
    let other = issuer.token(&of("clara"));
    let (other_head, _) = other.rsplit_once('.').expect("a token");
    let forged = format!("{other_head}.{signature}");
    let spoilt = format!("{head}.{}{}", &signature[1..], &signature[..1]);
    let weak = issuer.token(&of("bob").with("acr", "single-factor"));
    let expired = issuer.token(&of("eve").with("exp", NOW));
    let line = |token: String| HeaderValue::try_from(format!("Bearer {token}")).expect("a value");
    let refused = |name, token: Option<String>| Caller {
        name,
        line: token.map(line),
        status: 401,
        body: "{\"type\":",
    };
    let admitted = |name, token, body| Caller { name, line: Some(line(token)), status: 200, body };
    vec![
        admitted("stepped up", alice, "alice Some(Level(mfa))"),
        refused("weak", Some(weak)),
        admitted("another, stepped up", issuer.token(&of("carol")), "carol Some(Level(mfa))"),
        refused("nobody", None),
        refused("a forged payload", Some(forged)),
        refused("expired", Some(expired)),
        refused("a spoilt signature", Some(spoilt)),
    ]
}

async fn connect(address: SocketAddr) -> SendRequest<Bytes> {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("no delay");
    let (client, connection) = h2::client::handshake(stream).await.expect("it speaks HTTP/2");
    tokio::spawn(async { connection.await.expect("the connection lasts") });
    client
}

/// Sends one request and checks that the answer is this caller's own.
async fn ask(client: SendRequest<Bytes>, caller: &Caller) {
    let mut client = client.ready().await.expect("the connection lasts");
    let mut request = Request::get("http://api.example/both");
    if let Some(line) = &caller.line {
        request = request.header("authorization", line);
    }
    let request = request.body(()).expect("a request");
    let (answer, _) = client.send_request(request, true).expect("it is sent");
    let (head, mut body) = answer.await.expect("it is answered").into_parts();
    let first = body.data().await.expect("there is a body").expect("it arrives");
    body.flow_control().release_capacity(first.len()).expect("it was taken");
    assert_eq!(head.status, caller.status, "{}", caller.name);
    assert!(first.starts_with(caller.body.as_bytes()), "{}: {first:?}", caller.name);
}

#[test]
fn h8_interleaved_requests_of_one_connection_are_judged_each_by_itself() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let callers = callers(&issuer);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime can be made");
    for framework in Framework::ALL {
        let served = Served::api(framework, &gate(&issuer, &clock()));
        let sent = REQUESTS / Framework::ALL.len();
        runtime.block_on(async {
            let client = connect(served.address()).await;
            let turns: Vec<_> = callers.iter().cycle().take(sent).collect();
            for wave in turns.chunks(WAVE) {
                join_all(wave.iter().map(|caller| ask(client.clone(), caller))).await;
            }
        });
        let admitted = callers.iter().cycle().take(sent).filter(|caller| caller.status == 200);
        assert_eq!(served.ran(), admitted.count(), "{framework:?}");
    }
}
