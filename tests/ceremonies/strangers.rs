//! Messages to what belongs to somebody else: anybody can begin to enrol it. That keeps its owner
//! from nothing (O30), and tells nothing of them (C12).

use serde_json::{Value, json};
use stepup_authority::Limits;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::scene::setups;
use crate::sends::{phone, seconds};

/// O30: throw-away accounts that enrol numbers without end keep no owner from their codes.
#[tokio::test]
async fn o30_enrolments_leave_a_country_its_owners_codes() {
    for setup in setups() {
        let limits = Limits::default().sends_per_prefix(10);
        let service = setup.with(|builder| builder.limits(limits)).start().await;
        let owner = service.login("alice").await;
        let number = owner.enrol_text("+4915112345678").await;
        let day = 24 * 60 * 60;
        service.wait(day);
        let midnight = day - service.now() % day;
        let mut begun = 0;
        for stranger in 0..20 {
            let stranger = service.login(&format!("stranger {stranger}")).await;
            for third in 0..3 {
                let number = format!("+49171{begun:06}{third}");
                let answer = stranger.try_enrol(phone(&number)).await;
                if answer.status == 201 {
                    begun += 1;
                } else {
                    assert_eq!(seconds(&answer), midnight);
                }
            }
        }
        assert_eq!(begun, 5);
        let owner = service.login("alice").await;
        for message in 0..5 {
            let ceremony = owner.begin_mfa().await.id;
            assert_eq!(owner.prompt(&ceremony, &number).await.status, 200, "{message}");
            let answer = owner.prove(&ceremony, &number, &service.outbox.last_code()).await;
            assert_eq!(answer.status, 200, "{}", answer.json());
            service.wait(250);
        }
        // What a country costs in a day is bounded all the same.
        let ceremony = owner.begin_mfa().await.id;
        assert_eq!(seconds(&owner.prompt(&ceremony, &number).await), midnight - 5 * 250);
    }
}

/// C12: whoever enrols an address hears the same whatever its owner did lately.
#[tokio::test]
async fn c12_how_often_an_owner_stepped_up_is_told_to_nobody() {
    for framework in Framework::ALL {
        for (of_owner, of_nobody) in [
            (json!({ "method": "email", "email": "alice@example.com" }), "alise@example.com"),
            (phone("+4915112345678"), "+4915112345679"),
        ] {
            let mut heard = Vec::new();
            for step_ups in 0..=3 {
                heard.push(heard_of(Setup::new(framework), &of_owner, &of_owner, step_ups).await);
            }
            let mut unknown = of_owner.clone();
            let named = if unknown["email"].is_string() { "email" } else { "phone" };
            unknown[named] = of_nobody.into();
            heard.push(heard_of(Setup::new(framework), &of_owner, &unknown, 3).await);
            let statuses: Vec<_> = heard[0].iter().map(|(status, ..)| *status).collect();
            assert_eq!(statuses, [201, 429, 429, 201, 429, 429, 429, 201], "else it tells nothing");
            for answers in &heard {
                assert_eq!(answers, &heard[0]);
            }
        }
    }
}

/// All that somebody hears who enrols an address or number over and over, whose owner had so many
/// codes sent to hers just before.
async fn heard_of(
    setup: Setup,
    of_owner: &Value,
    enrolled: &Value,
    step_ups: u32,
) -> Vec<(u16, String, Value)> {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let factor = alice.enrol_sent(of_owner.clone()).await;
    service.wait(600);
    let ceremony = alice.begin_mfa().await.id;
    for message in 0..3 {
        if message >= 3 - step_ups {
            assert_eq!(alice.prompt(&ceremony, &factor).await.status, 200);
        }
        service.wait(if message == 2 { 1 } else { 30 });
    }
    let mut heard = Vec::new();
    for wait in [0, 1, 28, 1, 10, 30, 529, 1] {
        service.wait(wait);
        let bob = service.login("bob").await;
        let answer = bob.try_enrol(enrolled.clone()).await;
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("id");
        heard.push((answer.status.as_u16(), format!("{:?}", answer.headers), body));
    }
    heard
}
