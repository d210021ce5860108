//! Which token is sent.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::HeaderValue;
use stepup_client::{AccessToken, BoxFuture, SourceError, StepUp, StepUpError, TokenSource};

use crate::double::{Double, MFA, asks, done, levels, refused};
use crate::scripted::{Scripted, builder, client, post, ready, stepped_up, with};

#[tokio::test]
async fn r_9470_16_tokens_are_kept_side_by_side() {
    let api = Double::start(levels);
    let stepper = Scripted::obliging();
    let client = client(&api, &stepper);
    for (path, sent) in [
        ("/accounts", &["base"][..]),
        ("/mfa", &["base", "mfa"]),
        // From now on it is known what is asked for here.
        ("/mfa", &["mfa"]),
        ("/phr", &["base", "phr"]),
        ("/phr", &["phr"]),
        // Not the strongest that there is, but the one that suffices.
        ("/mfa", &["mfa"]),
        ("/mfa/other", &["base", "mfa"]),
        ("/accounts", &["base"]),
    ] {
        let before = api.seen().len();
        assert_eq!(post(&client, &api.url(path)).await, Ok(200), "{path}");
        assert_eq!(api.tokens()[before..], *sent, "{path}");
    }
    assert_eq!(stepper.prompts(), 2);
}

#[tokio::test]
async fn a_token_that_is_over_is_not_sent() {
    let api = Double::start(levels);
    let stepper =
        Scripted::new(|_| ready(Ok(stepped_up("mfa").expires_in(Duration::from_millis(300)))));
    let client = client(&api, &stepper);
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(api.tokens(), ["base", "mfa", "mfa"]);
    tokio::time::sleep(Duration::from_millis(310)).await;
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(api.tokens(), ["base", "mfa", "mfa", "base", "mfa"]);
}

/// Withdrawn before its time: back to the login's token, and from there to another step-up.
#[tokio::test]
async fn b4_a_kept_token_that_is_no_longer_good_is_dropped() {
    let step_ups = AtomicUsize::new(0);
    let stepper = Scripted::new(move |_| {
        ready(match step_ups.fetch_add(1, Ordering::SeqCst) {
            1 => Err(StepUpError::Cancelled),
            number => Ok(stepped_up(&format!("mfa-{number}"))),
        })
    });
    let withdrawn = AtomicUsize::new(0);
    let api = Double::start(move |seen| match seen.token.as_deref() {
        Some("mfa-0") if withdrawn.fetch_add(1, Ordering::SeqCst) > 0 => {
            refused(r#"Bearer error="invalid_token""#)
        }
        _ => levels(seen),
    });
    let client = client(&api, &stepper);
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert!(post(&client, &api.url("/mfa")).await.is_err());
    assert_eq!(api.tokens(), ["base", "mfa-0", "mfa-0", "base"]);
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(api.tokens()[4..], ["base", "mfa-2"]);
}

/// Whatever else it says, in whichever letters.
#[tokio::test]
async fn a_token_that_is_refused_in_other_letters_is_dropped() {
    let says = b"Bearer error=\"invalid_token\", error_description=\"ung\xc3\xbcltig\"";
    let calls = AtomicUsize::new(0);
    let api = Double::start(move |seen| match seen.token.as_deref() {
        Some("mfa") if calls.fetch_add(1, Ordering::SeqCst) == 1 => {
            let mut answer = refused("Bearer");
            let line = HeaderValue::from_bytes(says).unwrap();
            answer.headers_mut().insert("www-authenticate", line);
            answer
        }
        _ => levels(seen),
    });
    let client = client(&api, &Scripted::obliging());
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(api.tokens(), ["base", "mfa", "mfa", "base", "mfa"]);
}

/// Withdrawn, and tried elsewhere: what was asked there is remembered, and why.
#[tokio::test]
async fn b4_a_token_that_is_refused_where_it_is_tried_is_followed_by_a_step_up() {
    let step_ups = AtomicUsize::new(0);
    let stepper = Scripted::new(move |_| {
        let number = step_ups.fetch_add(1, Ordering::SeqCst);
        ready(Ok(stepped_up(&format!("mfa-{number}"))))
    });
    let api = Double::start(|seen| match (seen.path.as_str(), seen.token.as_deref()) {
        ("/mfa/other", Some("mfa-0")) => {
            let mut answer = refused(r#"Bearer error="invalid_token""#);
            *answer.body_mut() = r#"{"detail":"The token was withdrawn."}"#.into();
            answer
        }
        _ => levels(seen),
    });
    let client = client(&api, &stepper);
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(post(&client, &api.url("/mfa/other")).await, Ok(200));
    assert_eq!(api.tokens(), ["base", "mfa-0", "base", "mfa-0", "mfa-1"]);
    assert_eq!(stepper.asked()[1].reason(), Some("Confirm the transfer."));
}

/// Nothing is any good: it ends all the same.
#[tokio::test]
async fn b4_an_api_that_takes_no_stepped_up_token_is_asked_twice() {
    let api = Double::start(|seen| match seen.token.as_deref() {
        Some("base") => asks(MFA),
        _ => refused(r#"Bearer error="invalid_token""#),
    });
    let stepper = Scripted::obliging();
    assert_eq!(post(&client(&api, &stepper), &api.url("/mfa")).await, Ok(401));
    assert_eq!((api.tokens(), stepper.prompts()), (vec!["base".into(), "mfa".into()], 1));
}

/// A token from before was too weak for what the same address asks now.
#[tokio::test]
async fn b4_an_address_that_asks_for_more_than_before() {
    let calls = AtomicUsize::new(0);
    let api = Double::start(move |seen| match seen.token.as_deref() {
        _ if calls.fetch_add(1, Ordering::SeqCst) < 2 => levels(seen),
        Some("phr") => done(),
        _ => asks(crate::double::PHR),
    });
    let stepper = Scripted::obliging();
    let client = client(&api, &stepper);
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(api.tokens(), ["base", "mfa", "mfa", "phr"]);
}

/// An old token that turned out not to do is not the end: the user has not been asked yet.
#[tokio::test]
async fn a_kept_token_that_no_longer_suffices_is_followed_by_a_step_up() {
    let step_ups = AtomicUsize::new(0);
    let stepper = Scripted::new(move |_| {
        let number = step_ups.fetch_add(1, Ordering::SeqCst);
        ready(Ok(stepped_up(&format!("mfa-{number}"))))
    });
    let api = Double::start(|seen| match (seen.path.as_str(), seen.token.as_deref()) {
        ("/mfa/other", Some("mfa-0")) => asks(MFA),
        _ => levels(seen),
    });
    let client = client(&api, &stepper);
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(post(&client, &api.url("/mfa/other")).await, Ok(200));
    assert_eq!(api.tokens(), ["base", "mfa-0", "base", "mfa-0", "mfa-1"]);
}

/// Alice's login, with another token each time.
struct Renewed(AtomicUsize);

impl TokenSource for Renewed {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, SourceError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(AccessToken::bearer(format!("base-{number}")))))
    }

    fn session(&self) -> Option<String> {
        Some("alice".to_owned())
    }
}

/// The same login, renewed, is no younger (R-9470-14).
#[tokio::test]
async fn r_9470_14_a_renewed_token_is_no_step_up() {
    let api = Double::start(levels);
    let stepper = Scripted::obliging();
    let source = Renewed(AtomicUsize::new(0));
    let step_up = StepUp::builder(source, stepper.clone()).origin(api.url("/")).build().unwrap();
    let client = with(step_up);
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(post(&client, &api.url("/accounts")).await, Ok(200));
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(stepper.prompts(), 1);
    // The one in between went to the stepper.
    assert_eq!(api.tokens(), ["base-0", "mfa", "base-2", "mfa"]);
    assert_eq!(stepper.asked()[0].base_token().expose(), "base-1");
}

#[tokio::test]
async fn nobody_is_logged_in() {
    let api = Double::start(levels);
    let source = || std::future::ready(Err(SourceError::new("nobody is logged in")));
    let step_up = StepUp::builder(source, Scripted::obliging()).origin(api.url("/"));
    let error = post(&with(step_up.build().unwrap()), &api.url("/")).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no token to send: nobody is logged in");
    assert!(api.seen().is_empty());
}

#[tokio::test]
async fn after_a_logout_nothing_is_left() {
    let api = Double::start(levels);
    let stepper = Scripted::obliging();
    let step_up = builder(&api, &stepper).build().unwrap();
    let client = with(step_up.clone());
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    step_up.forget();
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(api.tokens(), ["base", "mfa", "base", "mfa"]);
    assert_eq!(stepper.prompts(), 2);
}

/// The scheme goes with the token.
#[tokio::test]
async fn tokens_are_sent_in_their_scheme() {
    let api = Double::start(|seen| match seen.token.as_deref() {
        Some("bound") => asks(MFA),
        _ => done(),
    });
    let stepper =
        Scripted::new(|_| ready(Ok(stepup_client::SteppedUp::new(AccessToken::dpop("bound-too")))));
    let step_up = StepUp::builder(AccessToken::dpop("bound"), stepper).origin(api.url("/"));
    assert_eq!(post(&with(step_up.build().unwrap()), &api.url("/")).await, Ok(200));
    assert_eq!(api.tokens(), ["bound", "bound-too"]);
    for seen in api.seen() {
        assert!(seen.headers.contains("DPoP bound"), "{seen:?}");
    }
}
