//! Authorities that are broken or mean ill.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use serde_json::{Value, json};
use stepup_client::{AccessToken, Answer, AuthorityStepper, Error, StepUp, StepUpError, Trouble};
use stepup_tests::Log;
use tracing_subscriber::filter::LevelFilter;

use crate::bank::Person;
use crate::double::{Double, Seen, asks, levels};
use crate::scripted::{post, with};

const TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl";

fn answer(status: u16, body: &Value) -> Response {
    Response::builder().status(status).body(Body::from(body.to_string())).unwrap()
}

fn problem(status: u16, name: &str, mut more: Value) -> Response {
    more["type"] = format!("https://stepup.example/problems/{name}").into();
    answer(status, &more)
}

fn begun(hint: &str) -> Value {
    let factor = json!({ "id": "f_1", "method": "totp", "level": "mfa", "hint": hint });
    json!({ "id": "c_1", "expires_in": 300, "factors": [factor] })
}

/// An API, and the authority beside it as a test wants it.
fn bank(authority: impl Fn(&Seen) -> Response + Send + Sync + 'static) -> Double {
    Double::start(move |seen| match seen.path.strip_prefix("/step-up") {
        Some(_) => authority(seen),
        None => levels(seen),
    })
}

async fn step_up(bank: &Double, person: &Person) -> StepUpError {
    let stepper = AuthorityStepper::new(&bank.url(""), person.clone()).unwrap();
    let client = StepUp::builder(AccessToken::bearer(TOKEN), stepper).origin(bank.url("/"));
    let client = with(client.build().unwrap());
    let page = bank.url("/mfa");
    let call = tokio::time::timeout(Duration::from_secs(20), post(&client, &page));
    match call.await.expect("it ends by itself") {
        Err(Error::StepUp { error, .. }) => error,
        other => panic!("{other:?}"),
    }
}

fn nobody() -> Person {
    Person::with("totp", |_, _| panic!("nobody is asked"))
}

/// B10: what an authority says goes into errors and logs as a plain sentence, or not at all.
#[tokio::test]
async fn b10_no_text_of_an_authority_commands_a_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut shown = String::new();
    for detail in [
        "no\nERROR forged: all is lost",
        "\u{1b}]0;forged\u{7}",
        "Go to https://forged.example/",
        "\u{202e}degrof",
        &format!("forged {TOKEN}"),
    ] {
        for (status, name) in [(403, "forged"), (503, "forged"), (500, "")] {
            let detail = detail.to_owned();
            let bank = bank(move |_| problem(status, name, json!({ "detail": detail })));
            let error = step_up(&bank, &nobody()).await;
            assert!(error.to_string().contains("nothing that can be shown"), "{error}");
            shown += &format!("{error} {error:?} ");
        }
    }
    let enrol = json!({ "enrol": ["totp", "forged\n", TOKEN, "\u{1b}[2Jforged", 7, ""] });
    let bank = bank(move |_| problem(403, "unmet-authentication-requirements", enrol.clone()));
    assert_eq!(step_up(&bank, &nobody()).await, StepUpError::Unmet { enrol: vec!["totp".into()] });
    assert!(!shown.contains(['\n', '\u{1b}', '\u{202e}']), "{shown:?}");
    shown += &log.text();
    assert!(shown.contains("the step-up failed"), "{shown}");
    assert!(!shown.contains("forged") && !shown.contains(TOKEN), "{shown}");
}

#[tokio::test]
async fn a_plain_sentence_of_an_authority_is_told() {
    let detail = "The bank is closed; come back on Monday.";
    let bank = bank(move |_| problem(403, "closed", json!({ "detail": detail })));
    assert_eq!(step_up(&bank, &nobody()).await, StepUpError::Refused(detail.into()));
}

#[tokio::test]
async fn each_refusal_of_an_authority_is_told_apart() {
    let unreadable = "the authority says nothing that can be shown";
    for (status, name, expected) in [
        (401, "invalid-token", StepUpError::LoggedOut),
        (403, "denied", StepUpError::Denied),
        (404, "odd", StepUpError::Refused(unreadable.into())),
        (410, "ceremony-over", StepUpError::TimedOut),
        (429, "too-many-ceremonies", StepUpError::TooMany { retry_after: None }),
        (503, "unavailable", StepUpError::Offline(unreadable.into())),
    ] {
        let bank = bank(move |_| problem(status, name, json!({})));
        assert_eq!(step_up(&bank, &nobody()).await, expected);
    }
}

/// Nor does the person see what is no text: marks of direction are no reason to lose a factor.
#[tokio::test]
async fn b5_a_hint_is_shown_as_plain_text() {
    let bank = bank(|seen| match seen.path.as_str() {
        "/step-up/ceremonies" => answer(201, &begun("\u{1b}[2J\u{200f}אב")),
        _ => answer(200, &json!({ "prompt": {} })),
    });
    let person = Person::with("totp", |question, _| {
        assert_eq!(question.offer().hint(), "[2Jאב");
        Answer::Cancel
    });
    assert_eq!(step_up(&bank, &person).await, StepUpError::Cancelled);
    assert_eq!(person.questions(), 1);
}

/// What was begun for somebody who left is neither gone on with nor cancelled: their token is gone.
#[tokio::test]
async fn b9_a_logout_leaves_no_ceremony() {
    let bank = bank(|seen| match seen.path.as_str() {
        "/step-up/ceremonies" => answer(201, &begun("")),
        path if path.ends_with("/proof") => answer(503, &Value::Null),
        _ => answer(200, &json!({ "prompt": {} })),
    });
    let person = Person::with("totp", |_, _| Answer::code("123456"));
    let stepper = AuthorityStepper::new(&bank.url(""), person).unwrap();
    let client = StepUp::builder(AccessToken::bearer(TOKEN), stepper).origin(bank.url("/"));
    let step_up = client.build().unwrap();
    let (client, page) = (with(step_up.clone()), bank.url("/mfa"));
    assert!(post(&client, &page).await.unwrap_err().to_string().contains("interrupted"));
    step_up.forget();
    step_up.cancel().await;
    assert!(post(&client, &page).await.unwrap_err().to_string().contains("interrupted"));
    let asked = bank.seen().into_iter().filter(|seen| seen.path.starts_with("/step-up"));
    let asked: Vec<_> = asked.map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    let anew = ["", "/c_1/factors/f_1", "/c_1/proof"];
    let anew = anew.map(|page| format!("POST /step-up/ceremonies{page}"));
    assert_eq!(asked, [anew.clone(), anew].concat());
}

/// What is asked for goes to the authority word for word, and for something else there is another
/// ceremony.
#[tokio::test]
async fn what_is_asked_is_repeated() {
    let bank = Double::start(|seen| match (seen.path.as_str(), seen.method.as_str()) {
        ("/step-up/ceremonies", _) => answer(201, &begun("")),
        (path, "POST") if path.ends_with("/proof") => answer(503, &Value::Null),
        (path, "POST") if path.starts_with("/step-up") => answer(200, &json!({ "prompt": {} })),
        (path, _) if path.starts_with("/step-up") => {
            let mut state = begun("");
            state["status"] = "pending".into();
            answer(200, &state)
        }
        ("/phr", _) => asks(r#"acr_values="phr""#),
        _ => asks(r#"acr_values="mfa phr", max_age=60, amr_values="hwk pin""#),
    });
    let person = Person::with("totp", |_, _| Answer::code("123456"));
    let stepper = AuthorityStepper::new(&bank.url(""), person).unwrap();
    let stepper = stepper.without("webauthn").without("push");
    let client = StepUp::builder(AccessToken::bearer(TOKEN), stepper).origin(bank.url("/"));
    let client = with(client.build().unwrap());
    assert!(post(&client, &bank.url("/mfa")).await.is_err());
    assert!(post(&client, &bank.url("/phr")).await.is_err());
    let seen = bank.seen();
    let begun = seen.iter().filter(|seen| seen.path == "/step-up/ceremonies");
    let begun: Vec<Value> = begun.map(|seen| serde_json::from_str(&seen.body).unwrap()).collect();
    let mfa = json!({ "acr_values": "mfa phr", "max_age": 60, "amr_values": "hwk pin" });
    let mut wanted = [mfa, json!({ "acr_values": "phr" })];
    wanted.iter_mut().for_each(|one| one["without"] = "webauthn push".into());
    assert_eq!(begun, wanted);
}

/// The token of the login goes to the address that was configured, and no answer fills the memory.
#[tokio::test]
async fn b9_no_authority_leads_elsewhere_or_goes_on_for_ever() {
    let trap = Double::start(|_| answer(201, &begun("")));
    let to = trap.url("/step-up/ceremonies");
    let leading = bank(move |_| {
        let mut answer = answer(307, &Value::Null);
        answer.headers_mut().insert("location", to.parse().unwrap());
        answer
    });
    assert!(matches!(step_up(&leading, &nobody()).await, StepUpError::Unusable(_)));
    assert!(trap.seen().is_empty());
    let long = bank(|_| answer(201, &begun(&"x".repeat(256 * 1024))));
    assert!(matches!(step_up(&long, &nobody()).await, StepUpError::Unusable(_)));
}

/// O-push: nothing is sent a second time unless the person wants it.
#[tokio::test]
async fn b8_what_lapsed_is_sent_again_by_the_person_alone() {
    let lapsing = || {
        bank(|seen| match seen.path.as_str() {
            "/step-up/ceremonies" => answer(201, &begun("")),
            path if path.ends_with("/proof") => problem(409, "prompt-over", json!({})),
            _ => answer(200, &json!({ "prompt": { "number": 42 } })),
        })
    };
    let prompts = |bank: &Double| {
        bank.seen().iter().filter(|seen| seen.path.ends_with("/factors/f_1")).count()
    };
    // Who does not want it again is not asked again.
    let bank = lapsing();
    let person = Person::with("totp", |_, _| Answer::Wait).choosing(1);
    assert_eq!(step_up(&bank, &person).await, StepUpError::Cancelled);
    assert_eq!((prompts(&bank), person.told()), (2, vec![Trouble::Over; 2]));
    assert_eq!(bank.seen().last().unwrap().method, "DELETE");
    // What says yes by itself is stopped.
    let bank = lapsing();
    let person = Person::with("totp", |_, _| Answer::Wait);
    assert_eq!(step_up(&bank, &person).await, StepUpError::TooMany { retry_after: None });
    assert_eq!(prompts(&bank), 20);
    assert_eq!(bank.seen().last().unwrap().method, "DELETE");
}

/// Nor is a wait that is answered with a no to it gone on with by itself.
#[tokio::test]
async fn b8_what_waits_and_is_wrong_asks_the_person() {
    for (status, name) in [(403, "wrong-answer"), (400, "malformed-answer")] {
        let bank = bank(move |seen| match seen.path.as_str() {
            "/step-up/ceremonies" => answer(201, &begun("")),
            path if path.ends_with("/proof") => problem(status, name, json!({})),
            _ => answer(200, &json!({ "prompt": { "number": 42 } })),
        });
        let person = Person::with("totp", |_, _| Answer::Wait).choosing(1);
        assert_eq!(step_up(&bank, &person).await, StepUpError::Cancelled);
        assert_eq!(person.told(), vec![Trouble::WrongElsewhere; 2], "{name}");
    }
}

/// The factor cannot be used, and is the one to use in its place.
#[tokio::test]
async fn b4_an_authority_that_goes_round_in_circles_is_left() {
    let bank = bank(|seen| match seen.path.as_str() {
        "/step-up/ceremonies" => answer(201, &begun("")),
        _ => problem(409, "factor-locked", begun("")),
    });
    let person = nobody();
    assert_eq!(step_up(&bank, &person).await, StepUpError::TooMany { retry_after: None });
    assert_eq!((person.told().len(), bank.seen().len()), (20, 23));
    assert!(matches!(person.told().first(), Some(Trouble::Unusable { .. })));
}

/// An answer elsewhere is asked after as often as the authority likes, though it shows something
/// else each time.
#[tokio::test]
async fn b8_a_poll_has_its_pace() {
    for (retry_after, at_most) in [("", 3), ("3", 2)] {
        let polls = std::sync::atomic::AtomicUsize::default();
        let bank = bank(move |seen| match seen.path.as_str() {
            "/step-up/ceremonies" => answer(201, &begun("")),
            path if path.ends_with("/proof") => {
                let number = polls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                let mut answer = answer(202, &json!({ "prompt": { "expires_in": 60 - number } }));
                if let Ok(retry_after) = retry_after.parse::<u64>() {
                    answer.headers_mut().insert("retry-after", retry_after.into());
                }
                answer
            }
            _ => answer(200, &json!({ "prompt": {} })),
        });
        let person = Person::with("totp", |_, _| Answer::Wait);
        let stepper = AuthorityStepper::new(&bank.url(""), person.clone()).unwrap();
        let client = StepUp::builder(AccessToken::bearer(TOKEN), stepper).origin(bank.url("/"));
        let client = with(client.time_limit(Duration::from_millis(4900)).build().unwrap());
        assert!(post(&client, &bank.url("/mfa")).await.is_err());
        let polls = bank.seen().iter().filter(|seen| seen.path.ends_with("/proof")).count();
        assert!((2..=at_most).contains(&polls), "{polls} with {retry_after:?}");
        assert!(person.questions() >= 2, "what is shown anew is seen");
    }
}
