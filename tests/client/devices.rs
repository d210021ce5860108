//! Logins on another device, at authorization servers that are broken or out of reach.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepup_client::{DeviceStepper, StepUpError};

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
