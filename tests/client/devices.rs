//! Logins on another device, at authorization servers that are broken or out of reach.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepup_client::{AccessToken, Challenge, DeviceStepper, Dialects, StepUp, StepUpError};

use crate::servers::{LIMIT, answer, but, device_code, step_up};

/// RFC 8628 §3.5.
#[tokio::test]
async fn r_8628_a_client_that_is_too_quick_slows_down() {
    let polls = Mutex::new(Vec::new());
    let server = but(move |_, seen| {
        if seen.path != "/token" {
            return None;
        }
        let mut polls = polls.lock().unwrap();
        polls.push(Instant::now());
        let error = |code| Some(answer(400, &json!({ "error": code })));
        match polls.as_slice() {
            [_] => error("authorization_pending"),
            [_, _] => error("slow_down"),
            [.., before, now] if *now - *before < Duration::from_secs(5) => error("invalid_grant"),
            _ => None,
        }
    });
    assert_eq!(step_up(DeviceStepper::new(server.client(), |_| {}), LIMIT).await, Ok(200));
    assert_eq!(server.asked("/token"), 3);
}

/// The user is still at it, and there is no code but theirs.
#[tokio::test]
async fn r_8628_a_server_that_is_down_for_a_moment_ends_no_login() {
    for (status, body) in [
        (503, Value::Null),
        (503, json!({ "error": "temporarily_unavailable" })),
        (429, Value::Null),
    ] {
        let polls = Mutex::new(Vec::new());
        let server = but(move |_, seen| {
            if seen.path != "/token" {
                return None;
            }
            let mut polls = polls.lock().unwrap();
            polls.push(Instant::now());
            match polls.as_slice() {
                [_] => Some(answer(status, &body)),
                [.., before, now] if *now - *before < Duration::from_secs(2) => {
                    Some(answer(400, &json!({ "error": "invalid_grant" })))
                }
                _ => None,
            }
        });
        let stepper = DeviceStepper::new(server.client(), |_| {});
        assert_eq!(step_up(stepper, LIMIT).await, Ok(200), "{status}");
        assert_eq!((server.asked("/device"), server.asked("/token")), (1, 2));
    }
}

/// Whatever the server allows.
#[tokio::test]
async fn b4_a_device_is_asked_after_no_more_than_once_a_second() {
    let server = but(|_, seen| {
        let pending = || answer(400, &json!({ "error": "authorization_pending" }));
        (seen.path == "/token").then(pending)
    });
    let stepper = DeviceStepper::new(server.client(), |_| {});
    assert_eq!(step_up(stepper, Duration::from_millis(2500)).await, Err(StepUpError::TimedOut));
    assert!((1..=2).contains(&server.asked("/token")), "{}", server.asked("/token"));
}

#[tokio::test]
async fn r_8628_a_code_ends_with_its_time() {
    let server = but(|issuer, seen| (seen.path == "/device").then(|| device_code(issuer, 1, 1)));
    let stepper = DeviceStepper::new(server.client(), |_| {});
    assert_eq!(step_up(stepper, LIMIT).await, Err(StepUpError::TimedOut));
    assert_eq!(server.asked("/token"), 0);
}

/// The user is sent to no less safe a place than the program goes to itself.
#[tokio::test]
async fn r_8628_an_address_in_the_open_is_not_shown() {
    let server =
        but(|_, seen| (seen.path == "/device").then(|| device_code("http://evil.example", 0, 60)));
    let stepper = DeviceStepper::new(server.client(), |_| panic!("nothing to show"));
    assert!(matches!(step_up(stepper, LIMIT).await, Err(StepUpError::Unusable(_))));
}

/// RFC 9470 §4. `max_age` may be lied about: what was got is the API's to judge.
#[tokio::test]
async fn r_9470_10_the_challenge_goes_into_the_request_as_it_is() {
    const CONTEXT: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    const CLAIMS: &str =
        "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19";
    let entra = format!(r#"error="insufficient_claims", claims="{CLAIMS}""#);
    for (said, expected) in [
        (
            r#"error="insufficient_user_authentication", acr_values="mfa phr", max_age=300"#,
            &[("scope", "accounts"), ("acr_values", "mfa phr"), ("max_age", "300")][..],
        ),
        (
            r#"error="insufficient_user_authentication", scope="pay accounts""#,
            &[("scope", "accounts pay")],
        ),
        (&entra, &[("scope", "accounts"), ("claims", CONTEXT)]),
    ] {
        let server = but(|_, _| None);
        let client = server.client().resource("https://api.example");
        let stepper = DeviceStepper::new(client, |_| {});
        let login = AccessToken::bearer("base");
        let client = StepUp::builder(login, stepper).origin("https://api.example").build().unwrap();
        let dialects = Dialects::default().entra();
        let asked = Challenge::from_line(&format!("Bearer {said}"), dialects).unwrap().unwrap();
        client.step_up("https://api.example/x", &asked).await.unwrap();
        let form = server.form("/device");
        let form: Vec<_> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
        let whole = [&[("client_id", "desktop")], expected, &[("resource", "https://api.example")]];
        assert_eq!(form, whole.concat());
    }
}
