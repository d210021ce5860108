//! One right answer by a factor that is no code, a thousand times at once, in two processes.

use std::time::Instant;

use stepup_tests::authority::Kept;

use crate::one_token::{CONNECTIONS, REQUESTS, tokens};
use crate::person::Asked;
use crate::provider::Provider;
use crate::server::Server;
use crate::storm::{counts, release};
use crate::strong::Owner;

crate::on_both_stores! {
    o20_f5_one_answer_makes_one_token
    o8_f5_a_sign_in_in_many_ceremonies_makes_one_token
    o23_f5_of_copies_that_counted_alike_one_makes_a_token
}

/// A key that counts nothing, a sign-in at Firebase, and a code that the provider redeems as often
/// as it is asked to: nothing but the authority keeps them from being good twice.
async fn o20_f5_one_answer_makes_one_token(kept: Kept) {
    let provider = Provider::start().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &provider);
    for method in ["webauthn", "firebase", "oidc"] {
        let asked = Owner::new(&servers[0], method, &provider).await.asked(&servers[1]).await;
        let begin = Instant::now();
        let answers = release(&servers, CONNECTIONS, vec![asked.proof(); REQUESTS]).await;
        println!("{method}: {:?} in {:?}", counts(&answers), begin.elapsed());
        let tokens = tokens(&answers);
        assert_eq!(tokens.len(), 1, "{method}: {:?}", counts(&answers));
        assert_eq!(asked.has_one_token(&servers).await, tokens[0], "{method}");
    }
}

/// A hundred ceremonies of one user, ten requests to each, with one ID token.
async fn o8_f5_a_sign_in_in_many_ceremonies_makes_one_token(kept: Kept) {
    let provider = Provider::start().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &provider);
    let owner = Owner::new(&servers[0], "firebase", &provider).await;
    let mut ceremonies = in_many(&owner, &servers, 0).await;
    // Of a sign-in after all of them asked.
    let last = ceremonies[ceremonies.len() - 1].answer.clone();
    for asked in &mut ceremonies {
        asked.answer = last.clone();
    }
    one_token_in_all(&ceremonies, &servers).await;
}

/// As many devices with one key, each with a ceremony of its own and the same count.
async fn o23_f5_of_copies_that_counted_alike_one_makes_a_token(kept: Kept) {
    let provider = Provider::start().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &provider);
    let owner = Owner::new(&servers[0], "webauthn", &provider).await;
    one_token_in_all(&in_many(&owner, &servers, 7).await, &servers).await;
}

async fn in_many(owner: &Owner, servers: &[Server], count: u32) -> Vec<Asked> {
    let mut ceremonies = Vec::new();
    for place in 0..REQUESTS / 10 {
        let at = &servers[place % servers.len()];
        ceremonies.push(owner.asked_by_a_key_that_counts(at, count).await);
    }
    ceremonies
}

async fn one_token_in_all(ceremonies: &[Asked], servers: &[Server]) {
    let requests = ceremonies.iter().cycle().take(REQUESTS).map(Asked::proof);
    let begin = Instant::now();
    let answers = release(servers, CONNECTIONS, requests).await;
    println!("{:?} in {:?}", counts(&answers), begin.elapsed());
    let mut tokens = tokens(&answers);
    assert_eq!(tokens.len(), 1, "{:?}", counts(&answers));
    for asked in ceremonies {
        for server in servers {
            tokens.extend(asked.state(server).await.token_id());
        }
    }
    assert_eq!(tokens.len(), 1 + servers.len(), "the one, and fetched from each");
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "{tokens:?}");
}
