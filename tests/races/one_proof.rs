//! One right answer by a factor that is no code, a thousand times at once, in two processes.

use std::time::Instant;

use stepup_tests::authority::Kept;

use crate::doubles::Doubles;
use crate::one_token::{CONNECTIONS, REQUESTS, tokens};
use crate::passed_on::answers_at_okta;
use crate::person::Asked;
use crate::server::Server;
use crate::storm::{counts, release};
use crate::strong::{Owner, doubles};

crate::on_both_stores! {
    o20_f5_one_answer_makes_one_token
    o10_f5_o26_a_right_answer_at_a_provider_makes_one_token
    o8_f5_a_sign_in_in_many_ceremonies_makes_one_token
    o23_f5_of_copies_that_counted_alike_one_makes_a_token
}

/// A key that counts nothing, a sign-in at Firebase, and a code that the provider redeems as often
/// as it is asked to: nothing but the authority keeps them from being good twice.
async fn o20_f5_one_answer_makes_one_token(kept: Kept) {
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    for method in ["webauthn", "firebase", "oidc"] {
        one_token(method, &servers, &doubles).await;
    }
}

const PROVIDED: [&str; 7] =
    ["twilio-sms", "twilio-push", "okta-totp", "okta-sms", "okta-push", "auth0-otp", "auth0-sms"];

/// What a provider looks at, and takes once or as often as it is asked.
async fn o10_f5_o26_a_right_answer_at_a_provider_makes_one_token(kept: Kept) {
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    for method in PROVIDED {
        one_token(method, &servers, &doubles).await;
        let answers = answers_at_okta(&doubles);
        let expected = if matches!(method, "okta-totp" | "okta-sms") { 1..=4 } else { 0..=0 };
        assert!(expected.contains(&answers), "{method}: Okta was given {answers} answers");
    }
    doubles.are_content();
}

async fn one_token(method: &'static str, servers: &[Server], doubles: &Doubles) {
    let asked = Owner::new(&servers[0], method, doubles).await.asked(&servers[1]).await;
    let begin = Instant::now();
    // Who asks after what is answered elsewhere is heard each time, and writes.
    let connections = if method.ends_with("push") { CONNECTIONS / 4 } else { CONNECTIONS };
    let answers = release(servers, connections, vec![asked.proof(); REQUESTS]).await;
    println!("{method}: {:?} in {:?}", counts(&answers), begin.elapsed());
    let tokens = tokens(&answers);
    assert_eq!(tokens.len(), 1, "{method}: {:?}", counts(&answers));
    assert_eq!(asked.has_one_token(servers).await, tokens[0], "{method}");
}

/// A hundred ceremonies of one user, ten requests to each, with one ID token.
async fn o8_f5_a_sign_in_in_many_ceremonies_makes_one_token(kept: Kept) {
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    let owner = Owner::new(&servers[0], "firebase", &doubles).await;
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
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    let owner = Owner::new(&servers[0], "webauthn", &doubles).await;
    one_token_in_all(&in_many(&owner, &servers, 7).await, &servers).await;
}

async fn in_many(owner: &Owner<'_>, servers: &[Server], count: u32) -> Vec<Asked> {
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
