//! A process that is killed half-way through an answer.

use std::time::{Duration, Instant};

use stepup_tests::authority::Kept;

use crate::client::Connection;
use crate::person::{Asked, METHODS};
use crate::server::{Patience, Server};
use crate::strong::{Owner, doubles};

crate::on_both_stores! {
    f3_kill_9_between_proof_and_issue
    f3_kill_9_between_proof_and_issue_of_a_passkey
    f3_kill_9_between_proof_and_issue_of_a_code_at_okta
}

/// Where it is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    /// The right answer was counted and found right; nothing says so yet.
    BeforeSettling,
    /// The token is granted; its client has not got it.
    AfterSettling,
    /// A wrong answer was counted; nobody has looked at it yet.
    AfterCharging,
    /// From outside, wherever it is.
    Anywhere,
}

const POINTS: [Point; 4] =
    [Point::AfterSettling, Point::BeforeSettling, Point::AfterCharging, Point::Anywhere];

async fn f3_kill_9_between_proof_and_issue(kept: Kept) {
    let servers = Server::pair(&kept.place().await, Patience::Long);
    // Recovery codes seldom, for making them takes long.
    let method = |turn| if turn % 10 == 9 { "recovery" } else { METHODS[turn % 3] };
    kill_9(servers, 200, async |at, turn| Asked::new(at, method(turn)).await, || {}).await;
}

async fn f3_kill_9_between_proof_and_issue_of_a_passkey(kept: Kept) {
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    let asked = async |at: &Server, _| Owner::new(at, "webauthn", &doubles).await.asked(at).await;
    kill_9(servers, 40, asked, || {}).await;
}

/// Okta takes a code once, whoever has heard of it: then the next one is right.
async fn f3_kill_9_between_proof_and_issue_of_a_code_at_okta(kept: Kept) {
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    let asked = async |at: &Server, _| Owner::new(at, "okta-totp", &doubles).await.asked(at).await;
    kill_9(servers, 24, asked, || doubles.okta.codes_change()).await;
    doubles.are_content();
}

/// Each point with each factor, and in each process.
async fn kill_9(
    mut servers: [Server; 2],
    rounds: usize,
    asked: impl AsyncFn(&Server, usize) -> Asked,
    next_code: impl Fn(),
) {
    let (begin, mut restarts) = (Instant::now(), Duration::ZERO);
    let (mut tokens, mut fetched) = (Vec::new(), 0);
    for round in 0..rounds {
        let point = POINTS[round % POINTS.len()];
        let turn = round / POINTS.len();
        let victim = (round + turn) % 2;
        let asked = asked(&servers[victim], turn).await;
        let answered = kill(&mut servers[victim], &asked, point, round).await;

        // The other process goes on; the client retries there, and where it was.
        let state = asked.state(&servers[1 - victim]).await;
        let restarting = Instant::now();
        servers[victim].restart();
        restarts += restarting.elapsed();
        assert_eq!(state.status, 200, "{point:?}: {}", state.body);
        let is_verified = state.body["status"] == "verified";
        match point {
            Point::AfterSettling => assert!(is_verified, "{}", state.body),
            Point::BeforeSettling | Point::AfterCharging => assert!(!is_verified),
            Point::Anywhere => fetched += usize::from(is_verified),
        }
        if is_verified {
            let id = state.token_id();
            assert!(answered.is_none() || answered == id, "{answered:?} {id:?}");
        } else {
            assert_eq!(state.body["status"], "pending", "{}", state.body);
            assert_eq!(answered, None, "the client has a token that was not granted");
            next_code();
            proves_now(&asked, point, &servers[victim], &servers[1 - victim]).await;
        }
        tokens.push(asked.has_one_token(&servers).await);
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), rounds, "no two ceremonies have the same token");
    let each = restarts / u32::try_from(rounds).expect("a small number");
    let of = rounds / POINTS.len();
    println!("{rounds} kills in {:?}, a restart takes {each:?}", begin.elapsed());
    println!("killed anywhere: {fetched} of {of} had granted the token by then");
}

/// Nothing is granted yet: what was counted still is, and the right answer is still good.
async fn proves_now(asked: &Asked, point: Point, at: &Server, other: &Server) {
    // What was killed anywhere may have asked the store for something that it does only now.
    let is_late = |status| point == Point::Anywhere && status == 409;
    let wrong = asked.prove_wrongly(at).await;
    if is_late(wrong.status) {
        return;
    }
    assert_eq!(wrong.status, 403, "{point:?}: {}", wrong.body);
    let left = wrong.body["attempts_left"].as_u64();
    match point {
        // Five, less the one that the killed process counted, less this one.
        Point::BeforeSettling | Point::AfterCharging => assert_eq!(left, Some(3)),
        _ => assert!(matches!(left, Some(3 | 4)), "{left:?}"),
    }
    let right = asked.prove(other).await;
    if is_late(right.status) {
        return;
    }
    assert_eq!(right.status, 200, "{point:?}: {}", right.body);
    assert_eq!(right.token_id(), asked.state(at).await.token_id());
}

/// Answers, and kills who is about to reply: the token's name, if the client got it all the same.
async fn kill(server: &mut Server, asked: &Asked, point: Point, round: usize) -> Option<String> {
    let mut proof = asked.proof();
    match point {
        Point::BeforeSettling => server.dies("before", 2).await,
        Point::AfterSettling => server.dies("after", 2).await,
        Point::AfterCharging => {
            server.dies("after", 1).await;
            proof = asked.person.request("POST", &asked.proof_path(), &asked.wrong());
        }
        Point::Anywhere => {}
    }
    let mut connection = Connection::open(server.api).await.expect("it listens");
    connection.send(&proof).await.expect("it reads");
    if point == Point::Anywhere {
        // Between at once and later than it takes.
        let turn = u64::try_from(round / POINTS.len()).expect("a small number");
        tokio::time::sleep(Duration::from_micros(turn * 37 % 50 * 400)).await;
        server.kill();
        return connection.answer().await.ok().and_then(|answer| answer.token_id());
    }
    server.was_killed().await;
    let answer = connection.answer().await;
    assert!(answer.is_err(), "{point:?}: {answer:?}");
    None
}
