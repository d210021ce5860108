//! O6, O12, C13: what is no code.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::authority::{Service, Setup, User};

use crate::scene::{JSON, exchange, granted, is, said, send, setups, token};

/// Ways to write six digits that are not these six digits.
fn encodings(code: &str) -> Vec<Value> {
    let digits: Vec<u32> = code.chars().map(|digit| digit.to_digit(10).unwrap()).collect();
    let in_script = |zero: char| -> String {
        digits.iter().map(|digit| char::from_u32(zero as u32 + digit).unwrap()).collect()
    };
    let spaced = |space: &str| code.chars().map(String::from).collect::<Vec<_>>().join(space);
    let number: u32 = code.parse().unwrap();
    let texts = [
        format!(" {code}"),
        format!("{code} "),
        format!("\t{code}"),
        format!("{code}\n"),
        format!("\r\n{code}"),
        format!("{code}\0"),
        format!("\0{code}"),
        format!("\u{feff}{code}"),
        format!("\u{200b}{code}"),
        format!("{code}\u{a0}"),
        format!("{code}\u{fe0f}"),
        spaced(" "),
        spaced("-"),
        spaced("\u{200d}"),
        format!("{} {}", &code[..3], &code[3..]),
        format!("{}-{}", &code[..3], &code[3..]),
        format!("+{code}"),
        format!("-{code}"),
        format!("+{}", &code[1..]),
        code[1..].to_owned(),
        code[..5].to_owned(),
        code[..1].to_owned(),
        format!("0{code}"),
        format!("000000{code}"),
        format!("{code}{code}"),
        format!("{code}.0"),
        format!("{code}e0"),
        format!("{number:#x}"),
        format!("\"{code}\""),
        format!("[\"{code}\"]"),
        format!("{code},{code}"),
        format!("%3{}{}", digits[0], &code[1..]),
        format!("&#4{};{}", 8 + digits[0], &code[1..]),
        in_script('\u{ff10}'),
        in_script('\u{660}'),
        in_script('\u{6f0}'),
        in_script('\u{966}'),
        in_script('\u{1d7ce}'),
        in_script('\u{1d7f6}'),
        String::new(),
    ];
    let values = [json!(number), json!(f64::from(number)), json!([code]), json!({ "code": code })];
    texts.into_iter().map(Value::from).chain(values).collect()
}

/// Answers in a ceremony of its own, when no earlier answer counts any more.
async fn alone<'a>(service: &'a Service, needs_code: bool, factor: &str) -> (User<'a>, String) {
    service.wait(900);
    let user = service.login("alice").await;
    let ceremony = user.begin_mfa().await.id;
    if needs_code {
        assert_eq!(user.prompt(&ceremony, factor).await.status, 200);
    }
    (user, ceremony)
}

/// Of one right code in all these spellings one is right: the one that was shown.
#[tokio::test]
async fn o12_of_forty_encodings_of_one_code_none_is_right_and_each_is_counted() {
    for setup in setups() {
        let limits = stepup_authority::Limits::default().sends_per_user(100);
        let service = setup.with(|builder| builder.limits(limits)).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let email = alice.step_up(&app).await.enrol_email("alice@example.com").await;
        assert!(encodings("081804").len() >= 40);
        for at in 0..encodings("081804").len() {
            for factor in [&app.factor, &email] {
                let (user, ceremony) = alone(&service, factor == &email, factor).await;
                let code = if factor == &email {
                    service.outbox.last_code()
                } else {
                    app.code(service.now())
                };
                let value = encodings(&code).swap_remove(at);
                let body = json!({ "factor": factor, "code": value });
                let answer = user.prove_with(&ceremony, &body).await;
                assert_eq!(said(&answer), is(400, "malformed-answer"), "{value}");
                assert_eq!(answer.json()["attempts_left"], 4, "{value}");
                let right = user.prove(&ceremony, factor, &code).await;
                assert_eq!(right.status, 200, "that one was right, and no other used it: {value}");
                let again = user.begin_mfa().await.id;
                let answer = user.prove_with(&again, &body).await;
                assert_eq!(token(&answer), None, "{value}");
            }
        }
    }
}

/// Recovery codes are typed from paper, so case, hyphens and look-alikes do not matter: of all
/// spellings of one code one succeeds.
#[tokio::test]
async fn o12_of_forty_encodings_of_a_recovery_code_one_is_right() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let (recovery, codes) = alice.step_up(&app).await.enrol_recovery().await;
        let code = &codes[4];
        let bare = code.replace('-', "");
        let typed = bare.replace('0', "O").replace('1', "l");
        let hyphened = bare.chars().map(|letter| format!("{letter}-")).collect::<String>();
        let mut spellings = vec![
            typed.to_lowercase(),
            code.clone(),
            bare.clone(),
            bare.to_lowercase(),
            typed,
            hyphened,
            format!("{code} "),
            format!(" {code}"),
            format!("{code}\n"),
            format!("{bare}0"),
            bare[1..].to_owned(),
            format!("{bare}{bare}"),
            code.replace('-', " "),
        ];
        for cut in 1..16 {
            spellings.push(format!("{}-{}", &bare[..cut], &bare[cut..]));
            spellings.push(format!("{}--{}", &bare[..cut], bare[cut..].to_lowercase()));
        }
        assert!(spellings.len() >= 40);
        let mut right = 0;
        for spelling in spellings {
            let (user, ceremony) = alone(&service, false, &recovery).await;
            let answer = user.prove(&ceremony, &recovery, &spelling).await;
            right += usize::from(answer.status == 200);
            let expected = [200, 400, 403].contains(&answer.status.as_u16());
            assert!(expected, "{spelling}: {}", answer.json());
        }
        assert_eq!(right, 1);
    }
}

#[tokio::test]
async fn o6_many_codes_in_one_request_are_no_code_and_count_once() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let right = app.code(service.now());
        let many: Vec<_> = (0..500).map(|number| format!("{number:06}")).collect();
        let many = [&many[..], std::slice::from_ref(&right)].concat();
        let ceremony = alice.begin_mfa().await.id;
        let factor = &app.factor;
        for (value, left) in [(json!(many), 4), (json!([right]), 3)] {
            let body = json!({ "factor": factor, "code": value });
            let answer = alice.prove_with(&ceremony, &body).await;
            assert_eq!(said(&answer), is(400, "malformed-answer"));
            assert_eq!(answer.json()["attempts_left"], left, "one request, one answer");
        }
        // With a member twice it is no answer of anybody's: nothing is looked at, nor counted.
        let path = format!("/step-up/ceremonies/{ceremony}/proof");
        for body in [
            format!(r#"{{"factor":"{factor}","code":"{right}","code":"000000"}}"#),
            format!(r#"{{"factor":"{factor}","code":"000000","code":"{right}"}}"#),
            format!(r#"{{"factor":"{factor}","code":"{right}","c\u006fde":"000000"}}"#),
            format!(r#"[{{"factor":"{factor}","code":"{right}"}}]"#),
            format!(r#"{{"factor":"{factor}","code":"{right}"}}{{"factor":"{factor}"}}"#),
        ] {
            let answer = send(&service, &alice, ("POST", &path), &[JSON], &body).await;
            assert_eq!(said(&answer), is(400, "malformed-request"), "{body}");
        }
        let twice = [("factor", factor.as_str()), ("code", &right), ("code", "000000")];
        let answer = exchange(&service, &alice, &ceremony, &twice).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]),
            (400, &json!("invalid_request"))
        );
        let brackets = [("factor", factor.as_str()), ("code[]", &right), ("code[1]", "000000")];
        let answer = exchange(&service, &alice, &ceremony, &brackets).await;
        assert_eq!((answer.status.as_u16(), token(&answer)), (400, None));
        assert_eq!(service.events.count(EventKind::Failed), 3, "the last had no code: counted");
        assert_eq!(granted(&alice.prove(&ceremony, factor, &right).await)["acr"], "mfa");
    }
}

fn nothings() -> [Value; 10] {
    [
        json!(""),
        json!(null),
        json!([]),
        json!({}),
        json!(0),
        json!(true),
        json!(false),
        json!("null"),
        json!([null]),
        json!("undefined"),
    ]
}

/// C13: answers to what nobody asked yet, and answers that are nothing.
#[tokio::test]
async fn c13_nothing_is_no_answer_even_where_nothing_was_asked() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let stepped_up = alice.step_up(&app).await;
        let email = stepped_up.enrol_email("alice@example.com").await;
        let number = stepped_up.enrol_text("+4915112345678").await;
        let (recovery, _) = stepped_up.enrol_recovery().await;
        let missing = |factor: &str| json!({ "factor": factor });
        for value in nothings().into_iter().map(Some).chain([None, Some(json!("000000"))]) {
            let body = |factor: &str| match &value {
                Some(value) => json!({ "factor": factor, "code": value }),
                None => missing(factor),
            };
            let (user, ceremony) = alone(&service, false, "").await;
            for factor in [&email, &number] {
                let answer = user.prove_with(&ceremony, &body(factor)).await;
                assert_eq!(said(&answer), is(409, "no-code-sent"), "{value:?}");
            }
            // A code that could not be sent is one that nobody can answer.
            service.outbox.set_down(true);
            assert_eq!(said(&user.prompt(&ceremony, &email).await), is(503, "not-sent"));
            service.outbox.set_down(false);
            for factor in [&email, &app.factor, &recovery] {
                let answer = user.prove_with(&ceremony, &body(factor)).await;
                let is_code = value == Some(json!("000000")) && factor != &recovery;
                let expected = if is_code { 403 } else { 400 };
                assert_eq!(answer.status, expected, "{value:?}: {}", answer.json());
            }
        }
    }
}

/// C13: the same for an enrolment, which nothing but its own code finishes.
#[tokio::test]
async fn c13_nothing_finishes_an_enrolment() {
    for setup in setups() {
        let framework = setup.framework;
        for details in [
            json!({ "method": "totp" }),
            json!({ "method": "email", "email": "alice@example.com" }),
        ] {
            for value in nothings() {
                let service = Setup::new(framework).start().await;
                let alice = service.login("alice").await;
                let begun = alice.enrol(details.clone()).await;
                let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
                for body in [json!({ "code": value }), json!({})] {
                    let answer = alice.call("POST", &path, &body).await;
                    assert_eq!(said(&answer), is(400, "malformed-answer"), "{value}");
                }
                let factors = alice.get("/step-up/factors").await.json();
                assert_eq!(factors["factors"], json!([]));
            }
        }
    }
}
