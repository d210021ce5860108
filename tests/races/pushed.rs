//! A device that is asked: many answers of its, and many who ask after them, at once.

use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use stepup_authority::device::{Asked as Question, Device, DeviceError, Refusal};
use stepup_core::Timestamp;
use stepup_tests::authority::Kept;

use crate::client::{Answer, call, request};
use crate::one_token::{CONNECTIONS, REQUESTS, tokens};
use crate::person::{Asked, Person, now};
use crate::server::Server;
use crate::storm::{counts, release};
use crate::strong::doubles;

crate::on_both_stores! {
    r_push_02_f5_a_yes_is_counted_once_and_makes_one_token
    r_push_02_of_right_and_wrong_numbers_at_once_one_is_counted
    o2_o24_wrong_numbers_in_200_ceremonies_share_one_budget
}

const ANSWERS: usize = 200;

/// A user, and their device.
struct Phone {
    person: Person,
    device: Device,
}

impl Phone {
    /// Somebody new, who enrolled it.
    async fn new(at: &Server) -> Self {
        let person = Person::log_in(at).await;
        let begin = json!({ "method": "push" });
        let begun = person.post(at, "/step-up/enrolments", &begin).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        let uri = begun.body["pairing_uri"].as_str().expect("a URI");
        let (device, pairing) = Device::pair(uri, "Telephone").expect("a pairing URI");
        let answer = call(at.api, &sent(&pairing)).await.expect("it answers");
        device.paired(&received(&answer)).expect("it is paired");
        let path = format!("/step-up/enrolments/{}", begun.body["id"].as_str().expect("an id"));
        let done = person.post(at, &path, &json!({})).await;
        assert_eq!(done.status, 201, "{}", done.body);
        Self { person, device }
    }

    async fn begin(&self, at: &Server) -> Asked {
        let mut asked = self.person.begin_for(at, "push", "").await;
        // What is typed is typed on the device: the client says nothing, and asks.
        asked.answer = json!({});
        asked
    }

    /// The one thing that it is asked.
    async fn question(&self, at: &Server) -> Question {
        let poll = self.device.poll(Timestamp::from_secs(now())).expect("it signs");
        let answer = call(at.api, &sent(&poll)).await.expect("it answers");
        let mut asked = self.device.asked(&received(&answer)).expect("it is told");
        assert_eq!(asked.len(), 1);
        asked.remove(0)
    }

    fn approval(&self, question: &Question, number: &str) -> Vec<u8> {
        sent(&self.device.approve(question, number).expect("it signs"))
    }

    /// What came of each of its answers.
    fn said(&self, answers: &[Answer]) -> Vec<Result<(), DeviceError>> {
        answers.iter().map(|answer| self.device.answered(&received(answer))).collect()
    }
}

/// A device's request, as it goes over the wire.
fn sent(from: &Request<Bytes>) -> Vec<u8> {
    let body = serde_json::from_slice(from.body()).unwrap_or_default();
    let plain = request(from.method().as_str(), from.uri().path(), "", &body);
    let Some(authorization) = from.headers().get("authorization") else { return plain };
    let authorization = authorization.to_str().expect("text");
    let plain = String::from_utf8(plain).expect("text");
    plain.replacen("\r\n", &format!("\r\nauthorization: {authorization}\r\n"), 1).into_bytes()
}

fn received(answer: &Answer) -> Response<Bytes> {
    let body = Bytes::from(answer.body.to_string());
    Response::builder().status(answer.status).body(body).expect("a status")
}

const ANSWERED: Result<(), DeviceError> = Err(DeviceError::Refused(Refusal::Answered));
const WRONG_NUMBER: Result<(), DeviceError> = Err(DeviceError::Refused(Refusal::WrongNumber));

fn number(prompt: &Value) -> String {
    prompt["number"].as_str().expect("a number").to_owned()
}

/// This one, but for so much.
fn other(number: &str, by: usize) -> String {
    let number: usize = number.parse().expect("six digits");
    format!("{:06}", (number + by) % 1_000_000)
}

async fn r_push_02_f5_a_yes_is_counted_once_and_makes_one_token(kept: Kept) {
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    let phone = Phone::new(&servers[0]).await;
    let asked = phone.begin(&servers[1]).await;
    let number = number(&asked.prompted(&servers[0]).await);
    let yes = phone.approval(&phone.question(&servers[1]).await, &number);
    let answers = release(&servers, ANSWERS, vec![yes; ANSWERS]).await;
    let said = phone.said(&answers);
    let count = |of| said.iter().filter(|one| **one == of).count();
    assert_eq!((count(Ok(())), count(ANSWERED)), (1, ANSWERS - 1), "{:?}", counts(&answers));

    let begin = Instant::now();
    let answers = release(&servers, CONNECTIONS, vec![asked.proof(); REQUESTS]).await;
    println!("{:?} in {:?}", counts(&answers), begin.elapsed());
    let tokens = tokens(&answers);
    assert_eq!(tokens.len(), 1, "{:?}", counts(&answers));
    assert_eq!(asked.has_one_token(&servers).await, tokens[0]);
}

async fn r_push_02_of_right_and_wrong_numbers_at_once_one_is_counted(kept: Kept) {
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    let mut rights = 0;
    for _ in 0..8 {
        let phone = Phone::new(&servers[0]).await;
        let asked = phone.begin(&servers[1]).await;
        let number = number(&asked.prompted(&servers[1]).await);
        let question = phone.question(&servers[0]).await;
        let answers = (0..ANSWERS).map(|by| phone.approval(&question, &other(&number, by % 2)));
        let answers = release(&servers, ANSWERS, answers).await;
        let said = phone.said(&answers);
        let count = |of| said.iter().filter(|one| **one == of).count();
        let (right, wrong) = (count(Ok(())), count(WRONG_NUMBER));
        assert_eq!((right + wrong, count(ANSWERED)), (1, ANSWERS - 1), "{:?}", counts(&answers));
        // Of many polls at once in one session five are heard, and a busy store may write and not be
        // heard: none is told more than was decided, and afterwards each server says what that was.
        let polls = release(&servers, ANSWERS, vec![asked.proof(); ANSWERS]).await;
        let told = polls.iter().filter(|poll| poll.status == 403).count();
        let granted = polls.iter().filter(|poll| poll.token_id().is_some()).count();
        assert!(granted <= right && told <= wrong, "{:?}", counts(&polls));
        for server in &servers {
            asked.prove(server).await;
            let state = asked.state(server).await;
            let expected = if right == 1 { "verified" } else { "expired" };
            assert_eq!(
                state.body["status"],
                expected,
                "{}, after {:?}",
                state.body,
                counts(&polls)
            );
            assert_eq!(state.token_id().is_some(), right == 1, "{}", state.body);
        }
        rights += right;
    }
    println!("{rights} of 8 were right");
}

/// Whoever has the login and the device of a user guesses at numbers: three are looked at, however
/// many ceremonies there are, and none twice.
async fn o2_o24_wrong_numbers_in_200_ceremonies_share_one_budget(kept: Kept) {
    let doubles = doubles().await;
    let servers = Server::pair_of_all_factors(&kept.place().await, &doubles);
    let phone = Phone::new(&servers[0]).await;
    let mut ceremonies = Vec::new();
    for place in 0..ANSWERS {
        ceremonies.push(phone.begin(&servers[place % 2]).await);
    }
    let prompt = |asked: &Asked| asked.person.request("POST", &asked.prompt_path(), &Value::Null);
    let (mut looked_at, mut told) = (0, 0);
    for round in 0..5 {
        let prompts = release(&servers, ANSWERS, ceremonies.iter().map(prompt)).await;
        let asking = prompts.iter().position(|prompt| prompt.status == 200);
        let refused = prompts.iter().filter(|prompt| prompt.status == 429).count();
        assert_eq!(refused, ANSWERS - usize::from(round < 3), "{:?}", counts(&prompts));
        if let Some(asking) = asking {
            let number = number(&prompts[asking].body["prompt"]);
            let question = phone.question(&servers[round % 2]).await;
            let guesses = (1..=ANSWERS).map(|by| phone.approval(&question, &other(&number, by)));
            let said = phone.said(&release(&servers, ANSWERS, guesses).await);
            looked_at += said.iter().filter(|said| **said == WRONG_NUMBER).count();
            assert!(said.iter().all(|said| [WRONG_NUMBER, ANSWERED].contains(said)), "{said:?}");
        }
        let mut polls = release(&servers, ANSWERS, ceremonies.iter().map(Asked::proof)).await;
        // Of many at once in one session five are heard: the one that was asked may not be among
        // them.
        for server in &servers {
            polls.push(ceremonies[asking.unwrap_or(0)].prove(server).await);
        }
        assert!(polls.iter().all(|poll| poll.token_id().is_none()), "{:?}", counts(&polls));
        told += polls.iter().filter(|poll| poll.status == 403).count();
        assert_eq!((looked_at, told), ((round + 1).min(3), (round + 1).min(3)));
    }
}
