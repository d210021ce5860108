//! Wrong answers that a provider counts too, and locks its user for.

use std::collections::BTreeMap;

use stepup_tests::authority::{Kept, TotpApp};

use crate::doubles::Doubles;
use crate::person::{Asked, Person, now};
use crate::server::Server;
use crate::storm::{counts, release};
use crate::strong::doubles;

crate::on_both_stores! { o7_o30_of_wrong_answers_in_200_ceremonies_four_reach_okta }

const CEREMONIES: usize = 200;

/// With a fifth Okta would lock the account. It is asked nothing more, here, there, and after a
/// restart of both; and what the authority keeps by itself is still a way in.
async fn o7_o30_of_wrong_answers_in_200_ceremonies_four_reach_okta(kept: Kept) {
    let doubles = doubles().await;
    let mut servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    let person = Person::log_in(&servers[0]).await;
    let mut shown = BTreeMap::new();
    for method in ["okta-totp", "okta-sms", "totp"] {
        shown.insert(method, person.enrol(&servers[0], method).await);
    }
    let mut guesses = Vec::new();
    for number in 0..CEREMONIES {
        let method = if number == 0 { "okta-sms" } else { "okta-totp" };
        let guess = person.begin_for(&servers[number % 2], method, "000000").await;
        if method == "okta-sms" {
            guess.prompted(&servers[1]).await;
        }
        guesses.push(guess);
    }
    let twice = || guesses.iter().chain(&guesses).map(Asked::proof);
    let (mut wrong, mut passed_on) = (0, 0);
    for round in 0..3 {
        let mut answers = release(&servers, CEREMONIES, twice()).await;
        // Of many at once in one session five are heard: so those as well, one at a time.
        for server in &servers {
            for guess in [&guesses[0], &guesses[7], &guesses[8]] {
                answers.push(guess.prove(server).await);
            }
        }
        println!("{:?}", counts(&answers));
        for answer in &answers {
            let expected = [403, 410, 429].contains(&answer.status);
            assert!(expected, "{} {}", answer.status, answer.body);
        }
        wrong += answers.iter().filter(|answer| answer.status == 403).count();
        passed_on += answers_at_okta(&doubles);
        assert_eq!((wrong, passed_on, doubles.okta.wrong(&at_okta(&person))), (4, 4, 4));
        if round == 1 {
            servers.iter_mut().for_each(Server::restart);
        }
    }
    doubles.are_content();

    let app = TotpApp::scan(shown["totp"]["secret"].as_str().expect("a secret"));
    let other = person.begin_for(&servers[0], "totp", &app.code(now())).await;
    assert_eq!(other.prove(&servers[1]).await.status, 200);
}

/// Those that Okta was asked to look at since the last time.
pub fn answers_at_okta(doubles: &Doubles) -> usize {
    let asked = doubles.okta.http.asked();
    asked.iter().filter(|asked| asked.body.contains("passCode")).count()
}

fn at_okta(person: &Person) -> String {
    format!("00u{}", person.name)
}
