//! F8: an issuer that hangs slows nobody whose key is known.

use std::sync::Arc;
use std::time::{Duration, Instant};

use stepup_core::{Gate, ManualClock};
use stepup_tests::{Conduct, LoopbackIssuer, NOW, Token, clock};
use tokio::runtime::Builder;

use crate::scene::{DUE, KEYS, builder, key, verify};
use crate::still::until;

const ROUNDS: usize = 9;
const REQUESTS: usize = 1000;

/// A gate with a token that it knows.
struct Known {
    idp: LoopbackIssuer,
    clock: Arc<ManualClock>,
    gate: Gate,
    token: String,
}

impl Known {
    async fn begin() -> Self {
        let (key, clock) = (key("key-1"), clock());
        let idp = LoopbackIssuer::start(&[&key]);
        let gate = builder(&idp, &clock).discover().await.unwrap();
        let token = key.token(&Token::new().with("iss", idp.url()).with("exp", NOW + 1_000_000));
        assert_eq!(verify(&gate, &token).await, Ok("alice".to_owned()));
        Self { idp, clock, gate, token }
    }

    async fn time(&self) -> Duration {
        let begun = Instant::now();
        let verified = verify(&self.gate, &self.token).await;
        let taken = begun.elapsed();
        assert_eq!(verified, Ok("alice".to_owned()));
        taken
    }
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

/// A round measures both in turns, so that whatever else the machine does hits both; of the rounds
/// the one in the middle counts.
#[test]
fn f8_a_known_token_is_not_slowed_by_a_millisecond_while_keys_hang() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (well, ill) = (Known::begin().await, Known::begin().await);
        ill.idp.answers(KEYS, Conduct::Hang);
        let mut slower = Vec::new();
        for round in 1..=ROUNDS {
            ill.clock.advance(DUE);
            ill.time().await;
            until("a fetch hangs", || ill.idp.requests(KEYS) > 1).await;
            let (mut with, mut without) = (Vec::new(), Vec::new());
            for request in 0..REQUESTS {
                without.push(well.time().await);
                with.push(ill.time().await);
                if request % 50 == 0 {
                    tokio::task::yield_now().await;
                }
            }
            slower.push(p99(with).saturating_sub(p99(without)));
            assert!(well.idp.requests(KEYS) == 1, "round {round}");
        }
        slower.sort_unstable();
        assert!(slower[ROUNDS / 2] < Duration::from_millis(1), "{slower:?}");
    });
}
