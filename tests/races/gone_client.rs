//! A client that goes away half-way.

use std::time::{Duration, Instant};

use stepup_tests::authority::Kept;

use crate::client::Connection;
use crate::person::{Asked, METHODS};
use crate::server::{Patience, Server};

crate::on_both_stores! { f16_a_client_that_goes_away_loses_no_grant_and_gets_no_second }

const ROUNDS: usize = 200;

/// It hangs up after part of its request, or some time after all of it, then comes back and asks.
async fn f16_a_client_that_goes_away_loses_no_grant_and_gets_no_second(kept: Kept) {
    let servers = Server::pair(&kept.place().await, Patience::Long);
    let begin = Instant::now();
    let mut longest = Duration::ZERO;
    for _ in 0..4 {
        let asked = Asked::new(&servers[0], "totp").await;
        let begin = Instant::now();
        assert_eq!(asked.prove(&servers[0]).await.status, 200);
        longest = longest.max(begin.elapsed());
    }
    let (mut granted, mut cut) = (0, 0);
    let mut tokens = Vec::new();
    for round in 0..ROUNDS {
        let turn = u32::try_from(round / 4).expect("a small number");
        let method = if turn % 10 == 9 { "recovery" } else { METHODS[round % 3] };
        let asked = Asked::new(&servers[0], method).await;
        let at = &servers[round % 2];
        let proof = asked.proof();
        let mut connection = Connection::open(at.api).await.expect("it listens");
        let is_cut = round % 4 == 3;
        if is_cut {
            let part = proof.len() * (round % 50) / 50;
            connection.send(&proof[..part]).await.expect("it reads");
        } else {
            connection.send(&proof).await.expect("it reads");
            tokio::time::sleep(longest * (turn * 7 % 50) / 50).await;
        }
        drop(connection);

        let is_granted = comes_back(&asked, &servers[(round + turn as usize) % 2]).await;
        assert!(!(is_granted && is_cut), "half of a request proved something");
        granted += usize::from(is_granted);
        cut += usize::from(is_cut);
        tokens.push(asked.has_one_token(&servers).await);
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), ROUNDS);
    println!("{ROUNDS} in {:?}: {cut} were cut, {granted} granted before", begin.elapsed());
    assert!(granted > 0, "no request went on without its client");
    assert!(granted < ROUNDS - cut, "every request was answered before its client went");
}

/// Until it has its token: whether that was granted before it came back.
async fn comes_back(asked: &Asked, at: &Server) -> bool {
    for attempt in 0..5 {
        let state = asked.state(at).await;
        assert_eq!(state.status, 200, "{}", state.body);
        if state.body["status"] == "verified" {
            return attempt == 0;
        }
        let again = asked.prove(at).await;
        match again.status {
            200 => return false,
            // The first request was not done yet, and now is.
            409 => {}
            _ => panic!("a grant is lost: {} {}", again.status, again.body),
        }
    }
    panic!("there is no token");
}
