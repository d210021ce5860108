//! Many at once.

use futures_util::future::{join, join_all};
use stepup_authority::EventKind;
use stepup_authority::device::Refusal;
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, refused, start};

stepup_tests::on_every_store!(
    r_push_02_of_many_answers_at_once_one_counts
    o24_of_many_ceremonies_at_once_one_asks
);

async fn r_push_02_of_many_answers_at_once_one_counts(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let asking = Asking::begin(&alice).await;
    let asked = phone.asked().await;
    let yes = || phone.type_in(&asked, &asking.number);
    let wrong_number = asking.wrong_number();
    let wrong = || phone.type_in(&asked, &wrong_number);
    let answers = join_all((0..6).map(async |_| join(yes(), wrong()).await)).await;
    let answers: Vec<_> = answers.into_iter().flat_map(|(yes, wrong)| [yes, wrong]).collect();
    let count = |answer| answers.iter().filter(|one| **one == answer).count();
    let (right, wrong) = (count(Ok(())), count(refused(Refusal::WrongNumber)));
    assert_eq!((right + wrong, count(refused(Refusal::Answered))), (1, 11), "{answers:?}");
    let polls = join_all((0..4).map(|_| asking.poll(&alice))).await;
    let tokens = polls.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(tokens, right);
    assert_eq!(service.events.count(EventKind::Proved), right);
    assert_eq!(service.events.count(EventKind::Failed), wrong);
}

async fn o24_of_many_ceremonies_at_once_one_asks(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let phone = Phone::of(&service, &alice, "Telephone").await;
    let mut sessions = Vec::new();
    for _ in 0..5 {
        let session = service.login("alice").await;
        let begun = session.begin_mfa().await;
        sessions.push((session, begun.id));
    }
    let prompts =
        join_all(sessions.iter().map(|(session, id)| session.prompt(id, &phone.factor))).await;
    let mut statuses: Vec<u16> = prompts.iter().map(|prompt| prompt.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 429, 429, 429, 429]);
    let prompt = prompts.iter().find(|prompt| prompt.status == 200).unwrap().json();
    let number = prompt["prompt"]["number"].as_str().unwrap();
    assert_eq!(phone.type_in(&phone.asked().await, number).await, Ok(()));
}
