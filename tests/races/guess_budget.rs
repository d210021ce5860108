//! Wrong answers of one user, wherever they are given.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stepup_tests::authority::Kept;

use crate::client::Answer;
use crate::person::{Asked, Person};
use crate::server::{Patience, Server};
use crate::storm::{counts, release};

crate::on_both_stores! { o2_o7_200_parallel_ceremonies_share_one_budget }

const CEREMONIES: usize = 200;

/// How many codes were looked at, by factor.
#[derive(Debug, Default)]
struct Evaluated(BTreeMap<(String, String), usize>);

impl Evaluated {
    /// An answer that is said to be wrong, or none, was looked at; any other must refuse to look.
    fn count(&mut self, guess: &Asked, answer: &Answer) {
        let kind = answer.body["type"].as_str().unwrap_or_default();
        if kind.ends_with("/wrong-answer") || kind.ends_with("/malformed-answer") {
            let factor = (guess.method.clone(), guess.factor.clone());
            *self.0.entry(factor).or_default() += 1;
        } else {
            let refused = [410, 429].contains(&answer.status);
            assert!(refused, "{} {}", answer.status, answer.body);
        }
    }

    fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// Nobody guesses recovery codes (80 bits): they have a budget of their own.
    fn guessable(&self) -> usize {
        let guessable = self.0.iter().filter(|((method, _), _)| method != "recovery");
        guessable.map(|(_, count)| count).sum()
    }

    fn check(&self) {
        assert!(self.guessable() <= 10, "{self:?}");
        assert!(self.0.values().all(|count| *count <= 5), "{self:?}");
    }
}

/// 200 ceremonies, five guesses in each, at four factors that share a budget and at recovery codes.
async fn o2_o7_200_parallel_ceremonies_share_one_budget(kept: Kept) {
    let mut servers = Server::pair(&kept.place().await, Patience::Long);
    let person = Person::log_in(&servers[0]).await;
    for method in ["totp", "totp", "email", "sms", "recovery"] {
        person.enrol(&servers[0], method).await;
    }
    let mut guesses = Vec::new();
    for number in 0..CEREMONIES {
        let (ceremony, factors) = person.begin(&servers[number % 2]).await;
        // A code is sent to an address, and to a number, once in half a minute: in one ceremony.
        let guessed: &[_] = match number {
            0 => &["email"; 5],
            1 => &["sms"; 5],
            _ => &["totp", "other totp", "totp", "other totp", "recovery"],
        };
        for (place, method) in guessed.iter().enumerate() {
            let guess = guess(&person, &ceremony, &factors, method, place);
            if number < 2 && place == 0 {
                let path = guess.prompt_path();
                let sent = person.post(&servers[0], &path, &Value::Null).await;
                assert_eq!(sent.status, 200, "{}", sent.body);
            }
            guesses.push(guess);
        }
    }
    let answers = release(&servers, CEREMONIES, guesses.iter().map(Asked::proof)).await;
    let mut evaluated = Evaluated::default();
    for (guess, answer) in guesses.iter().zip(&answers) {
        evaluated.count(guess, answer);
    }
    println!("{:?}, evaluated {}", counts(&answers), evaluated.all());
    evaluated.check();

    // What may be left of it, one at a time; then nothing, here, there, and after a restart of both.
    let mut before = evaluated.all();
    for round in 0..4 {
        for (number, server) in servers.iter().enumerate() {
            let (ceremony, factors) = person.begin(server).await;
            for method in ["totp", "other totp", "recovery"] {
                let guess = guess(&person, &ceremony, &factors, method, round + number);
                evaluated.count(&guess, &guess.prove(server).await);
            }
            for guess in [&guesses[0], &guesses[5]] {
                evaluated.count(guess, &guess.prove(server).await);
            }
        }
        evaluated.check();
        if round > 2 {
            assert_eq!(evaluated.all(), before, "{evaluated:?}");
        }
        before = evaluated.all();
        if round == 2 {
            servers.iter_mut().for_each(Server::restart);
        }
    }
    println!("in the end {:?}", evaluated.0.values());
    assert_eq!((evaluated.guessable(), evaluated.all()), (10, 15), "{evaluated:?}");
}

/// Every other one is not even a code.
fn guess(person: &Person, ceremony: &str, factors: &Value, method: &str, place: usize) -> Asked {
    let (method, skipped) = match method {
        "other totp" => ("totp", 1),
        method => (method, 0),
    };
    let factors = factors.as_array().expect("a list").iter();
    let factor = factors.filter(|factor| factor["method"] == method).nth(skipped);
    let code = match (place % 2, method) {
        (0, "recovery") => "0000-0000-0000-0000",
        (0, _) => "000000",
        _ => "12345",
    };
    Asked {
        person: person.clone(),
        ceremony: ceremony.to_owned(),
        method: method.to_owned(),
        factor: factor.expect("it is offered")["id"].as_str().expect("an id").to_owned(),
        answer: json!({ "code": code }),
    }
}
