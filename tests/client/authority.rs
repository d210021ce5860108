//! Against an authority: each factor, each store, both frameworks.

use std::time::Duration;

use futures_util::future::join_all;
use stepup_authority::EventKind;
use stepup_client::{Answer, Error, StepUpError, Trouble};
use stepup_core::Level;
use stepup_tests::authority::{Setup, TotpApp};

use crate::bank::{Bank, Network, Person};
use crate::elsewhere::Elsewhere;
use crate::scripted::{post, with};

stepup_tests::on_every_store!(
    a_code_of_an_app
    a_code_by_mail_after_two_wrong_ones
    a_code_on_paper
    b8_fifty_calls_are_one_ceremony
    b8_fifty_calls_of_which_ten_need_more_are_two_ceremonies_at_most
    a_ceremony_that_is_given_up_is_cancelled
    a_ceremony_that_lost_the_network_is_gone_on_with
    a_token_that_was_lost_is_fetched_again
    a_ceremony_that_nobody_waited_for_is_gone_on_with
    a_ceremony_that_is_cancelled_from_outside_is_over
    an_answer_on_another_device_is_waited_for
    a_no_on_another_device_is_a_no
    what_nobody_can_reach_is_said
    guessing_ends
);

/// A person with an authenticator app, who types its code.
fn at_their_app(bank: &Bank, app: &TotpApp) -> Person {
    let (clock, app) = (bank.service.clock.clone(), app.clone());
    Person::with("totp", move |_, _| {
        Answer::code(app.code(stepup_core::Clock::now(&*clock).as_secs()))
    })
}

async fn a_code_of_an_app(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    let person = at_their_app(&bank, &app);
    let client = bank.client(&alice.token, &person);
    assert_eq!(post(&client, &bank.page("/mfa_fresh")).await, Ok(200));
    assert_eq!((person.questions(), bank.ran()), (1, 1));
    // The same token does for what asks for no more.
    assert_eq!(post(&client, &bank.page("/mfa")).await, Ok(200));
    assert_eq!(post(&client, &bank.page("/mfa_fresh")).await, Ok(200));
    assert_eq!((person.questions(), bank.ran()), (1, 3));
    let reason = person.reasons().remove(0).expect("the API says why");
    assert!(reason.starts_with("This needs a stronger sign-in"), "{reason}");
}

async fn a_code_by_mail_after_two_wrong_ones(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    alice.enrol_email("alice@example.com").await;
    bank.service.wait(600);
    let outbox = bank.service.outbox.clone();
    let person = Person::with("email", move |question, before| {
        assert!(question.offer().hint().contains("@example.com"));
        let right = outbox.last_code();
        let wrong = if right == "000000" { "000001" } else { "000000" };
        Answer::code(if before < 2 { wrong.to_owned() } else { right })
    });
    let client = bank.client(&alice.token, &person);
    assert_eq!(post(&client, &bank.page("/mfa_fresh")).await, Ok(200));
    let wrong = |left| Trouble::Wrong { attempts_left: Some(left) };
    assert_eq!(person.told(), [wrong(4), wrong(3)]);
    assert_eq!((person.questions(), bank.ran()), (3, 1));
    let sent = bank.service.outbox.sent().len();
    assert_eq!(sent, 2, "at enrolment and once more");
}

async fn a_code_on_paper(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    let (_, codes) = alice.step_up(&app).await.enrol_recovery().await;
    let person = Person::with("recovery", move |_, before| Answer::code(codes[before].clone()));
    let client = bank.client(&alice.token, &person);
    assert_eq!(post(&client, &bank.page("/mfa_fresh")).await, Ok(200));
    assert_eq!((person.questions(), bank.ran()), (1, 1));
}

async fn b8_fifty_calls_are_one_ceremony(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    let person = at_their_app(&bank, &app);
    let client = bank.client(&alice.token, &person);
    let page = bank.page("/mfa_fresh");
    let calls = join_all((0..50).map(|_| post(&client, &page))).await;
    assert_eq!(calls, vec![Ok(200); 50]);
    assert_eq!((person.questions(), bank.ran()), (1, 50));
    assert_eq!(bank.service.events.count(EventKind::Begun), 1);
}

async fn b8_fifty_calls_of_which_ten_need_more_are_two_ceremonies_at_most(setup: Setup) {
    let device = Elsewhere::reaching(Level::PHR, &[Some(true)]);
    let of_bank = device.clone();
    let bank = Bank::open(setup.with(move |builder| builder.factor(of_bank))).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    device.enrol(&alice.step_up(&app).await).await;
    // The code of a moment is good once.
    bank.service.wait(30);
    let clock = bank.service.clock.clone();
    let person = Person::with("totp", move |question, _| match question.offer().method() {
        "totp" => Answer::code(app.code(stepup_core::Clock::now(&*clock).as_secs())),
        _ => Answer::Wait,
    });
    let client = bank.client(&alice.token, &person);
    bank.service.events.clear();
    let (mfa, phr) = (bank.page("/mfa"), bank.page("/phr"));
    let calls = (0..50).map(|call| post(&client, if call % 5 == 2 { &phr } else { &mfa }));
    assert_eq!(join_all(calls).await, vec![Ok(200); 50]);
    assert!((1..=2).contains(&person.questions()), "{}", person.questions());
    assert_eq!((bank.service.events.count(EventKind::Begun), bank.ran()), (person.questions(), 50));
}

async fn a_ceremony_that_is_given_up_is_cancelled(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    alice.enrol_totp().await;
    let person = Person::with("totp", |_, _| Answer::Cancel);
    let client = bank.client(&alice.token, &person);
    let error = post(&client, &bank.page("/mfa_fresh")).await.unwrap_err();
    let cancelled = matches!(error, Error::StepUp { error: StepUpError::Cancelled, .. });
    assert!(cancelled, "{error:?}");
    assert_eq!(bank.service.events.count(EventKind::Cancelled), 1);
    assert_eq!(bank.ran(), 0);
    assert!(post(&client, &bank.page("/mfa_fresh")).await.is_err());
    assert_eq!(bank.service.events.count(EventKind::Begun), 2, "another, and not the same");
}

async fn a_ceremony_that_lost_the_network_is_gone_on_with(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    alice.enrol_email("alice@example.com").await;
    bank.service.wait(600);
    let (outbox, network) = (bank.service.outbox.clone(), bank.network());
    let person = Person::with("email", move |_, before| {
        network(if before == 0 { Network::Down } else { Network::Up });
        Answer::code(outbox.last_code())
    });
    let client = bank.client(&alice.token, &person);
    let error = post(&client, &bank.page("/mfa_fresh")).await.unwrap_err();
    assert!(matches!(error, Error::StepUp { error: StepUpError::Offline(_), .. }), "{error:?}");
    bank.network()(Network::Up);
    assert_eq!(post(&client, &bank.page("/mfa_fresh")).await, Ok(200));
    // The same ceremony, and the code that was sent before.
    assert_eq!(bank.service.events.count(EventKind::Begun), 1);
    assert_eq!(bank.service.outbox.sent().len(), 2);
    assert_eq!((person.questions(), bank.ran()), (2, 1));
}

async fn a_token_that_was_lost_is_fetched_again(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    let (network, clock) = (bank.network(), bank.service.clock.clone());
    let person = Person::with("totp", move |_, _| {
        network(Network::Deaf);
        Answer::code(app.code(stepup_core::Clock::now(&*clock).as_secs()))
    });
    let client = bank.client(&alice.token, &person);
    let error = post(&client, &bank.page("/mfa_fresh")).await.unwrap_err();
    assert!(matches!(error, Error::StepUp { error: StepUpError::Offline(_), .. }), "{error:?}");
    bank.network()(Network::Up);
    assert_eq!(post(&client, &bank.page("/mfa_fresh")).await, Ok(200));
    assert_eq!((person.questions(), bank.ran()), (1, 1));
    assert_eq!(bank.service.events.count(EventKind::Proved), 1);
}

async fn a_ceremony_that_nobody_waited_for_is_gone_on_with(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    alice.enrol_email("alice@example.com").await;
    bank.service.wait(600);
    let outbox = bank.service.outbox.clone();
    let person = Person::slowly("email", move |_, before| {
        let code = Answer::code(outbox.last_code());
        Box::pin(async move { if before == 0 { std::future::pending().await } else { code } })
    });
    let client = bank.client(&alice.token, &person);
    let page = bank.page("/mfa_fresh");
    let mut call = Box::pin(post(&client, &page));
    while person.questions() == 0 {
        let waited = tokio::time::timeout(Duration::from_millis(20), &mut call).await;
        assert!(waited.is_err(), "{waited:?}");
    }
    drop(call);
    assert_eq!(post(&client, &page).await, Ok(200));
    assert_eq!(bank.service.events.count(EventKind::Begun), 1);
    assert_eq!(bank.service.outbox.sent().len(), 2);
}

/// While the person is asked, and when the call has gone already.
async fn a_ceremony_that_is_cancelled_from_outside_is_over(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    alice.enrol_totp().await;
    let person = Person::slowly("totp", |_, _| Box::pin(std::future::pending()));
    let step_up = bank.step_up(&alice.token, &person);
    let (client, page) = (with(step_up.clone()), bank.page("/mfa_fresh"));
    for is_dropped in [false, true] {
        let questions = person.questions();
        let mut call = Box::pin(post(&client, &page));
        while person.questions() == questions {
            let waited = tokio::time::timeout(Duration::from_millis(20), &mut call).await;
            assert!(waited.is_err(), "{waited:?}");
        }
        if is_dropped {
            drop(call);
            step_up.cancel().await;
        } else {
            let (call, ()) = tokio::join!(call, step_up.cancel());
            let cancelled =
                matches!(call, Err(Error::StepUp { error: StepUpError::Cancelled, .. }));
            assert!(cancelled, "{call:?}");
        }
    }
    let events = &bank.service.events;
    assert_eq!((events.count(EventKind::Begun), events.count(EventKind::Cancelled)), (2, 2));
    assert_eq!(bank.ran(), 0);
    // There is nothing left to cancel.
    step_up.cancel().await;
    assert_eq!(events.count(EventKind::Cancelled), 2);
}

async fn an_answer_on_another_device_is_waited_for(setup: Setup) {
    let device = Elsewhere::reaching(Level::MFA, &[None, Some(true)]);
    let of_bank = device.clone();
    let bank = Bank::open(setup.with(move |builder| builder.factor(of_bank))).await;
    let alice = bank.service.login("alice").await;
    device.enrol(&alice).await;
    let person = Person::with("elsewhere", |question, _| {
        assert_eq!(question.shown()["number"], 42);
        Answer::Wait
    });
    let client = bank.client(&alice.token, &person);
    assert_eq!(post(&client, &bank.page("/mfa_fresh")).await, Ok(200));
    assert_eq!((person.questions(), bank.ran()), (1, 1));
}

async fn a_no_on_another_device_is_a_no(setup: Setup) {
    let device = Elsewhere::reaching(Level::MFA, &[Some(false)]);
    let of_bank = device.clone();
    let bank = Bank::open(setup.with(move |builder| builder.factor(of_bank))).await;
    let alice = bank.service.login("alice").await;
    device.enrol(&alice).await;
    let person = Person::with("elsewhere", |_, _| Answer::Wait);
    let client = bank.client(&alice.token, &person);
    let error = post(&client, &bank.page("/mfa_fresh")).await.unwrap_err();
    assert!(matches!(error, Error::StepUp { error: StepUpError::Denied, .. }), "{error:?}");
    assert_eq!((bank.service.events.count(EventKind::Denied), bank.ran()), (1, 0));
}

async fn what_nobody_can_reach_is_said(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let person = Person::with("totp", |_, _| Answer::Cancel);
    let client = bank.client(&alice.token, &person);
    let error = post(&client, &bank.page("/mfa_fresh")).await.unwrap_err();
    let Error::StepUp { error: StepUpError::Unmet { enrol }, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(enrol.contains(&"totp".to_owned()), "{enrol:?}");
    assert_eq!((person.questions(), bank.ran()), (0, 0));
}

async fn guessing_ends(setup: Setup) {
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    let app = alice.enrol_totp().await;
    let clock = bank.service.clock.clone();
    let person = Person::with("totp", move |_, _| {
        Answer::code(app.wrong_code(stepup_core::Clock::now(&*clock).as_secs()))
    });
    let client = bank.client(&alice.token, &person);
    let error = post(&client, &bank.page("/mfa_fresh")).await.unwrap_err();
    let over = matches!(error, Error::StepUp { error: StepUpError::TooMany { .. }, .. });
    assert!(over, "{error:?}");
    assert_eq!((person.questions(), bank.ran()), (5, 0));
}
