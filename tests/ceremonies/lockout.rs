//! O30: whoever guesses without end keeps nobody else out.

use stepup_authority::EventKind;
use stepup_tests::authority::{Service, Setup, TotpApp, User};

use crate::scene::{granted, is, other_code, said, setups, token, wrong_codes};

stepup_tests::on_every_store!(o30_one_burned_factor_leaves_the_others_to_their_owner);

/// Guesses until nothing is heard any more; how many were.
async fn burn(user: &User<'_>, ceremony: &str, factor: &str, codes: &[String]) -> usize {
    for (heard, code) in codes.iter().enumerate() {
        match user.prove(ceremony, factor, code).await.status.as_u16() {
            403 => {}
            410 | 429 => return heard,
            other => panic!("{other}"),
        }
    }
    panic!("{} wrong answers were heard, and more would be", codes.len())
}

async fn o30_one_burned_factor_leaves_the_others_to_their_owner(setup: Setup) {
    let service = setup.start().await;
    let owner = service.login("alice").await;
    let app = owner.enrol_totp().await;
    let stepped_up = owner.step_up(&app).await;
    let email = stepped_up.enrol_email("alice@example.com").await;
    let number = stepped_up.enrol_text("+4915112345678").await;
    let (recovery, codes) = stepped_up.enrol_recovery().await;
    let attacker = service.login("alice").await;
    let wrong: Vec<_> = wrong_codes(&app, service.now()).take(9).collect();
    let by_mail = async || {
        let ceremony = owner.begin_mfa().await.id;
        assert_eq!(owner.prompt(&ceremony, &email).await.status, 200);
        let answer = owner.prove(&ceremony, &email, &service.outbox.last_code()).await;
        assert_eq!(granted(&answer)["acr"], "mfa");
        service.wait(30);
    };
    let ceremony = attacker.begin_mfa().await.id;
    assert_eq!(burn(&attacker, &ceremony, &app.factor, &wrong).await, 5);
    assert_eq!(service.events.count(EventKind::Locked), 1);
    by_mail().await;

    // Five more, of which two are kept for the address, whoever guesses at what.
    let ceremony = attacker.begin_mfa().await.id;
    assert_eq!(attacker.prompt(&ceremony, &number).await.status, 200);
    let wrong = vec![other_code(&service.outbox.last_code()); 9];
    assert_eq!(burn(&attacker, &ceremony, &number, &wrong).await, 3);
    by_mail().await;

    // The whole budget of what can be guessed, used up: the codes on paper have their own.
    service.wait(600);
    let ceremony = attacker.begin_mfa().await.id;
    assert_eq!(attacker.prompt(&ceremony, &email).await.status, 200);
    let wrong = vec![other_code(&service.outbox.last_code()); 9];
    assert_eq!(burn(&attacker, &ceremony, &email, &wrong).await, 2);
    let ceremony = owner.begin_mfa().await.id;
    let answer = owner.prove(&ceremony, &app.factor, &app.code(service.now())).await;
    assert_eq!(said(&answer), is(429, "factor-locked"));
    let answer = owner.prove(&ceremony, &recovery, &codes[0]).await;
    assert_eq!(granted(&answer)["acr"], "mfa");

    // And no lock is for ever.
    service.wait(900);
    let ceremony = owner.begin_mfa().await.id;
    let answer = owner.prove(&ceremony, &app.factor, &app.code(service.now())).await;
    assert_eq!(granted(&answer)["acr"], "mfa");
}

/// Who attacks all of somebody's factors from one login locks what can be guessed. The codes on
/// paper, which cannot, they lock for that login alone.
#[tokio::test]
async fn o30_who_guesses_at_everything_leaves_the_recovery_codes_to_other_logins() {
    for setup in setups() {
        let service = setup.start().await;
        let owner = service.login("alice").await;
        let app = owner.enrol_totp().await;
        let stepped_up = owner.step_up(&app).await;
        let email = stepped_up.enrol_email("alice@example.com").await;
        let number = stepped_up.enrol_text("+4915112345678").await;
        let (recovery, codes) = stepped_up.enrol_recovery().await;
        let on_paper: Vec<_> = (0..9).map(|n| format!("0000-0000-0000-000{n}")).collect();
        for code in codes.iter().take(4) {
            let (owner, attacker) = (service.login("alice").await, service.login("alice").await);
            let locked = async |user: &User<'_>, factor: &str, codes: &[String]| {
                let ceremony = user.begin_mfa().await.id;
                if [&email, &number].map(String::as_str).contains(&factor) {
                    assert_eq!(user.prompt(&ceremony, factor).await.status, 200);
                }
                let heard = burn(user, &ceremony, factor, codes).await;
                // Nor in another ceremony of that login.
                let ceremony = user.begin_mfa().await.id;
                (heard, burn(user, &ceremony, factor, codes).await)
            };
            let wrong: Vec<_> = wrong_codes(&app, service.now()).take(9).collect();
            assert_eq!(locked(&attacker, &app.factor, &wrong).await, (5, 0));
            assert_eq!(locked(&attacker, &recovery, &on_paper).await, (5, 0));
            for factor in [&number, &email] {
                let ceremony = attacker.begin_mfa().await.id;
                assert_eq!(attacker.prompt(&ceremony, factor).await.status, 200);
                let wrong = vec![other_code(&service.outbox.last_code()); 9];
                burn(&attacker, &ceremony, factor, &wrong).await;
            }
            let ceremony = owner.begin_mfa().await.id;
            let answer = owner.prove(&ceremony, &app.factor, &app.code(service.now())).await;
            assert_eq!(said(&answer), is(429, "factor-locked"));
            let answer = owner.prove(&ceremony, &recovery, code).await;
            assert_eq!(granted(&answer)["acr"], "mfa");
            // Hers are counted too.
            let ceremony = attacker.begin_mfa().await.id;
            let answer = attacker.prove(&ceremony, &recovery, &codes[9]).await;
            assert_eq!(said(&answer), is(429, "factor-locked"));
            assert_eq!(locked(&owner, &recovery, &on_paper).await, (5, 0));
            service.wait(900);
        }
    }
}

/// Five wrong answers in each window, until so many were heard.
async fn guess_slowly(service: &Service, app: &TotpApp, total: usize) {
    for round in 0..total / 5 {
        let attacker = service.login("alice").await;
        let ceremony = attacker.begin_mfa().await.id;
        for code in wrong_codes(app, service.now()).take(5) {
            let answer = attacker.prove(&ceremony, &app.factor, &code).await;
            assert_eq!(said(&answer), is(403, "wrong-answer"), "{round}");
        }
        service.wait(900);
    }
}

/// O30, NIST SP 800-63B-4 §3.2.2: a hundred wrong ones in a row, and that factor is disabled.
#[tokio::test]
async fn o30_after_a_hundred_in_a_row_one_factor_is_disabled_and_no_other() {
    for setup in setups() {
        let service = setup.start().await;
        let owner = service.login("alice").await;
        let app = owner.enrol_totp().await;
        let email = owner.step_up(&app).await.enrol_email("alice@example.com").await;
        guess_slowly(&service, &app, 95).await;
        assert_eq!(service.events.count(EventKind::Disabled), 0);
        // A right one begins the row anew.
        service.login("alice").await.step_up(&app).await;
        guess_slowly(&service, &app, 100).await;
        assert_eq!(service.events.count(EventKind::Disabled), 1);
        let owner = service.login("alice").await;
        let ceremony = owner.begin_mfa().await;
        assert_eq!(ceremony.factors.as_array().unwrap().len(), 1, "{}", ceremony.factors);
        let answer = owner.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
        assert_eq!(said(&answer), is(403, "factor-disabled"));
        assert_eq!(owner.prompt(&ceremony.id, &email).await.status, 200);
        let answer = owner.prove(&ceremony.id, &email, &service.outbox.last_code()).await;
        assert!(token(&answer).is_some());
    }
}

/// O30: a stolen session that begins ceremonies without end is refused; its owner's is not.
#[tokio::test]
async fn o30_one_session_that_begins_without_end_does_not_keep_the_others_out() {
    for setup in setups() {
        let service = setup.start().await;
        let owner = service.login("alice").await;
        let app = owner.enrol_totp().await;
        let attacker = service.login("alice").await;
        let wanted = || serde_json::json!({ "acr_values": "mfa" });
        for _ in 0..100 {
            attacker.try_begin(wanted()).await;
        }
        assert_eq!(said(&attacker.try_begin(wanted()).await), is(429, "too-many-ceremonies"));
        let answer = owner.try_begin(wanted()).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        owner.step_up(&app).await;
    }
}
