//! One right code, a thousand times at once, in two processes.

use std::time::Instant;

use stepup_tests::authority::Kept;

use crate::client::Answer;
use crate::person::{Asked, METHODS};
use crate::server::{Patience, Server};
use crate::storm::{counts, release};

crate::on_both_stores! {
    o10_f5_o26_a_right_code_makes_one_token
    o8_f5_a_code_in_many_ceremonies_makes_one_token
}

pub const REQUESTS: usize = 1000;
pub const CONNECTIONS: usize = 200;

/// The names of all tokens in these answers. Whatever is none refuses: finished (409), over (410),
/// used (403), too many answers under way (429), or not asked after anew so soon (202).
pub fn tokens(answers: &[Answer]) -> Vec<String> {
    for answer in answers {
        let expected = [200, 202, 403, 409, 410, 429].contains(&answer.status);
        assert!(expected, "{} {}", answer.status, answer.body);
        assert_eq!(answer.status == 200, answer.token_id().is_some(), "{}", answer.body);
    }
    answers.iter().filter_map(Answer::token_id).collect()
}

async fn o10_f5_o26_a_right_code_makes_one_token(kept: Kept) {
    let servers = Server::pair(&kept.place().await, Patience::Long);
    for method in METHODS {
        let asked = Asked::new(&servers[0], method).await;
        let begin = Instant::now();
        let answers = release(&servers, CONNECTIONS, vec![asked.proof(); REQUESTS]).await;
        println!("{method}: {:?} in {:?}", counts(&answers), begin.elapsed());
        let tokens = tokens(&answers);
        assert_eq!(tokens.len(), 1, "{method}: {:?}", counts(&answers));
        assert_eq!(asked.has_one_token(&servers).await, tokens[0], "{method}");
    }
}

/// A hundred ceremonies of one user, ten requests to each.
async fn o8_f5_a_code_in_many_ceremonies_makes_one_token(kept: Kept) {
    let servers = Server::pair(&kept.place().await, Patience::Long);
    for method in ["totp", "recovery"] {
        let first = Asked::new(&servers[0], method).await;
        let mut ceremonies = vec![first.clone()];
        while ceremonies.len() < REQUESTS / 10 {
            let at = &servers[ceremonies.len() % 2];
            ceremonies.push(first.person.begin_for(at, method, first.code()).await);
        }
        let requests = ceremonies.iter().cycle().take(REQUESTS).map(Asked::proof);
        let begin = Instant::now();
        let answers = release(&servers, CONNECTIONS, requests).await;
        println!("{method}: {:?} in {:?}", counts(&answers), begin.elapsed());
        let mut tokens = tokens(&answers);
        assert_eq!(tokens.len(), 1, "{method}: {:?}", counts(&answers));
        for asked in &ceremonies {
            tokens.extend(asked.state(&servers[0]).await.token_id());
            tokens.extend(asked.state(&servers[1]).await.token_id());
        }
        assert_eq!(tokens.len(), 3, "the one, and fetched from each");
        tokens.dedup();
        assert_eq!(tokens.len(), 1, "{tokens:?}");
    }
}
