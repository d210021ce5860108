//! A store whose answer to a commit gets lost.

use std::time::Instant;

use stepup_tests::Framework;
use stepup_tests::authority::Kept;

use crate::person::{Asked, METHODS};
use crate::proxy::{Lost, Proxy};
use crate::server::{Patience, Server};

crate::on_both_stores! { f14_f15_the_answer_to_a_commit_is_lost }

/// Through each framework.
const ROUNDS: usize = 60;

/// What the commits of an answer have in them and no other request of the store has: of the one
/// that counts it, and of the one that grants the token.
const CHARGE: &[u8] = br#""state":{"pending":{"guesses":1"#;
const SETTLE: &[u8] = br#""state":{"proved":"#;

async fn f14_f15_the_answer_to_a_commit_is_lost(kept: Kept) {
    let place = kept.place().await;
    let proxy = Proxy::before(&place).await;
    // One goes through the proxy, the other does not.
    let mut begin = Instant::now();
    for framework in Framework::ALL {
        let other = Framework::ALL[usize::from(framework == Framework::ALL[0])];
        let servers = [(&proxy.place, framework), (&place, other)]
            .map(|(place, framework)| Server::start(place, framework, Patience::Long));
        for round in 0..ROUNDS {
            let (marker, lost) = [
                (SETTLE, Lost::Answer),
                (SETTLE, Lost::Request),
                (CHARGE, Lost::Answer),
                (CHARGE, Lost::Request),
            ][round % 4];
            let turn = round / 4;
            let method = if turn % 10 == 9 { "recovery" } else { METHODS[turn % 3] };
            let asked = Asked::new(&servers[0], method).await;
            proxy.lose_once(marker, lost);
            let answer = asked.prove(&servers[0]).await;
            assert!(proxy.has_lost(), "nothing was lost: {}", answer.body);
            assert_eq!(answer.status, 503, "{}", answer.body);

            // The same process retries over another connection.
            let state = asked.state(&servers[0]).await;
            assert_eq!(state.status, 200, "{}", state.body);
            if (marker, lost) == (SETTLE, Lost::Answer) {
                assert_eq!(state.body["status"], "verified", "{}", state.body);
            } else {
                assert_eq!(state.body["status"], "pending", "{}", state.body);
                let wrong = asked.prove_wrongly(&servers[round % 2]).await;
                let left = if (marker, lost) == (CHARGE, Lost::Request) { 4 } else { 3 };
                assert_eq!(wrong.status, 403, "{}", wrong.body);
                assert_eq!(wrong.body["attempts_left"], left, "{}", wrong.body);
                let right = asked.prove(&servers[0]).await;
                assert_eq!(right.status, 200, "{}", right.body);
                assert_eq!(right.token_id(), asked.state(&servers[1]).await.token_id());
            }
            asked.has_one_token(&servers).await;
        }
        println!("{ROUNDS} in {:?} through {framework:?}", begin.elapsed());
        begin = Instant::now();
    }
}
