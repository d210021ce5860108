//! What an API says to the person.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;

use crate::double::{Double, MFA, Seen, asks, done};
use crate::scripted::{Scripted, client, post};

/// A problem's text is for a person, and worth no wait.
#[tokio::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    fn dripping(seen: &Seen) -> Response {
        if seen.token.as_deref() != Some("base") {
            return done();
        }
        let pieces = futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Some((Ok::<_, std::io::Error>("x"), ()))
        });
        let (parts, _) = asks(MFA).into_parts();
        Response::from_parts(parts, Body::from_stream(pieces))
    }
    let api = Double::start(dripping);
    let stepper = Scripted::obliging();
    let began = Instant::now();
    assert_eq!(post(&client(&api, &stepper), &api.url("/")).await, Ok(200));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(stepper.asked()[0].reason(), None);
}

/// Nor is one that comes faster than anybody can read taken in for as long as that is waited for.
#[tokio::test]
async fn a_body_without_end_is_not_taken_in() {
    let sent = Arc::new(AtomicUsize::new(0));
    let of_api = sent.clone();
    let api = Double::start(move |seen| {
        if seen.token.as_deref() != Some("base") {
            return done();
        }
        let sent = of_api.clone();
        let pieces = std::iter::repeat_with(move || {
            sent.fetch_add(1 << 16, Ordering::SeqCst);
            Ok::<_, std::io::Error>(vec![b' '; 1 << 16])
        });
        let (parts, _) = asks(MFA).into_parts();
        Response::from_parts(parts, Body::from_stream(futures_util::stream::iter(pieces)))
    });
    let stepper = Scripted::obliging();
    assert_eq!(post(&client(&api, &stepper), &api.url("/")).await, Ok(200));
    // What lies in the buffers between the two is more than what was read.
    let sent = sent.load(Ordering::SeqCst);
    assert!(sent < 16 << 20, "{sent} bytes");
}

/// What the person is told is the API's sentence, and no address of its.
#[tokio::test]
async fn the_reason_reaches_the_person() {
    let api = Double::start(crate::double::levels);
    let stepper = Scripted::obliging();
    assert_eq!(post(&client(&api, &stepper), &api.url("/mfa")).await, Ok(200));
    let asked = &stepper.asked()[0];
    assert_eq!(asked.reason(), Some("Confirm the transfer."));
    assert_eq!(asked.base_token().expose(), "base");
    assert_eq!(asked.challenge().scheme(), "Bearer");
    assert_eq!(asked.origin(), api.url(""));
}
