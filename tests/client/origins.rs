//! B5, B9, B10: where tokens go, and where they do not.

use axum::body::Body;
use axum::response::Response;
use stepup_client::{AccessToken, Error, StepUp};
use stepup_tests::Log;
use tracing_subscriber::filter::LevelFilter;

use crate::double::{Double, MFA, asks, done, levels, refused};
use crate::scripted::{Scripted, builder, client, post, with};

fn redirect(status: u16, to: String) -> Response {
    Response::builder().status(status).header("location", to).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn b5_a_foreign_api_gets_no_token_and_no_step_up() {
    let (ours, theirs) = (Double::start(levels), Double::start(|_| asks(MFA)));
    let stepper = Scripted::obliging();
    let step_up = builder(&ours, &stepper).build().unwrap();
    assert_eq!(post(&with(step_up.clone()), &theirs.url("/mfa")).await, Ok(401));
    let request = http::Request::post(theirs.url("/mfa")).body(()).unwrap();
    let sent = step_up.call(request, |request| {
        assert!(!request.headers().contains_key("authorization"));
        let answer = http::Response::builder().status(401).body(Vec::new());
        std::future::ready(Ok::<_, std::io::Error>(answer.unwrap()))
    });
    assert_eq!(sent.await.unwrap().status(), 401);
    assert_eq!((theirs.tokens(), stepper.prompts()), (vec![String::new()], 0));
    let challenge = stepup_client::Challenge::from_line(
        r#"Bearer error="insufficient_user_authentication""#,
        Default::default(),
    );
    let ahead = step_up.step_up(&theirs.url("/"), &challenge.unwrap().unwrap()).await;
    assert_eq!(ahead, Err(Error::ForeignOrigin));
    assert_eq!(stepper.prompts(), 0);
}

/// Whatever the challenge names, the stepper hears of no address.
#[tokio::test]
async fn b5_no_address_of_a_challenge_is_followed() {
    let trap = Double::start(|_| done());
    let evil = trap.url("/authorize");
    let line = format!(
        r#"Bearer authorization_uri="{evil}", resource_metadata="{evil}", authority="{evil}", error_uri="{evil}", error="insufficient_user_authentication", acr_values="mfa""#
    );
    let api = Double::start(move |seen| match seen.token.as_deref() {
        Some("base") => refused(&line),
        _ => done(),
    });
    let stepper = Scripted::obliging();
    assert_eq!(post(&client(&api, &stepper), &api.url("/")).await, Ok(200));
    assert!(!format!("{:?}", stepper.asked()).contains("authorize"));
    assert!(trap.seen().is_empty());
}

/// Of the login's token and of another: not even the first step is taken, so there is no second one
/// at which the token might be back.
#[tokio::test]
async fn b9_no_token_follows_a_redirect() {
    for status in [301, 302, 303, 307, 308] {
        for token in ["base", "mfa"] {
            let trap = Double::start(|_| asks(MFA));
            let to = trap.url("/1");
            let api = Double::start(move |seen| match seen.token.as_deref() {
                Some("base") if token != "base" => asks(MFA),
                _ => redirect(status, to.clone()),
            });
            let stepper = Scripted::obliging();
            let step_up = builder(&api, &stepper).build().unwrap();
            // Whatever the builder was told before.
            let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(9));
            let client = step_up.client(http).unwrap().build();
            assert_eq!(post(&client, &api.url("/")).await, Ok(status), "{token}");
            assert_eq!(client.get(api.url("/")).send().await.unwrap().status(), status);
            assert!(trap.seen().is_empty(), "{status}");
            assert_eq!(api.tokens().last().unwrap(), token);
        }
    }
}

#[tokio::test]
async fn b9_a_stepped_up_token_goes_to_the_origin_that_asked() {
    let (one, other) = (Double::start(levels), Double::start(levels));
    let stepper = Scripted::obliging();
    let both = StepUp::builder(AccessToken::bearer("base"), stepper.clone());
    let client = with(both.origin(one.url("/")).origin(other.url("/")).build().unwrap());
    assert_eq!(post(&client, &one.url("/mfa")).await, Ok(200));
    assert_eq!(post(&client, &other.url("/accounts")).await, Ok(200));
    assert_eq!((other.tokens(), stepper.prompts()), (vec!["base".into()], 1));
    // Though the token of the first would do, as far as anybody can tell.
    assert_eq!(post(&client, &other.url("/mfa")).await, Ok(200));
    assert_eq!((other.tokens().len(), stepper.prompts()), (3, 2));
}

/// Whoever sets `Authorization` means it.
#[tokio::test]
async fn a_request_with_a_token_of_its_own_is_left_alone() {
    let api = Double::start(levels);
    let stepper = Scripted::obliging();
    let request = client(&api, &stepper).post(api.url("/mfa")).bearer_auth("own");
    assert_eq!(request.send().await.unwrap().status(), 401);
    assert_eq!((api.tokens(), stepper.prompts()), (vec!["own".into()], 0));
    // By whichever stack.
    let request = http::Request::post(api.url("/mfa")).header("authorization", "Bearer own");
    let step_up = builder(&api, &stepper).build().unwrap();
    let sent = step_up.call(request.body(()).unwrap(), |request| {
        assert_eq!(request.headers()["authorization"], "Bearer own");
        let answer = http::Response::builder().status(401).body(Vec::new());
        std::future::ready(Ok::<_, std::io::Error>(answer.unwrap()))
    });
    assert_eq!((sent.await.unwrap().status().as_u16(), stepper.prompts()), (401, 0));
}

/// A proxy would read it: what goes to this machine does not leave it.
#[tokio::test]
async fn b9_a_token_for_this_machine_goes_through_no_proxy() {
    let (api, proxy) = (Double::start(levels), Double::start(|_| done()));
    let step_up = builder(&api, &Scripted::obliging()).build().unwrap();
    let through = reqwest::Proxy::all(proxy.url("")).unwrap();
    let client = step_up.client(reqwest::Client::builder().proxy(through)).unwrap().build();
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!((api.seen().len(), proxy.seen().len()), (2, 0));
}

/// B10: with everything logged that there is to log, and in every `Debug`.
#[tokio::test]
async fn b10_no_token_is_logged_or_shown() {
    let (secret, more_secret) = ("bAsE-SeCrEt", "mFa-SeCrEt");
    let api = Double::start(move |seen| match seen.token.as_deref() {
        Some(token) if token == secret => asks(MFA),
        _ if seen.path == "/done" => done(),
        _ => asks(MFA),
    });
    let stepper = Scripted::new(move |_| {
        crate::scripted::ready(Ok(crate::scripted::stepped_up(more_secret)))
    });
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let step_up = StepUp::builder(AccessToken::bearer(secret), stepper.clone());
    let builder = step_up.origin(api.url("/"));
    let mut shown = format!("{builder:?}");
    let step_up = builder.build().unwrap();
    let client = with(step_up.clone());
    assert_eq!(post(&client, &api.url("/done")).await, Ok(200));
    let error = post(&client, &api.url("/never")).await.unwrap_err();
    shown += &format!("{step_up:?} {error} {error:?} {:?}", stepper.asked());
    shown += &log.text();
    assert!(shown.contains("a step-up begins"), "{shown}");
    assert_eq!((api.count(secret), api.count(more_secret)), (2, 3));
    for secret in [secret, more_secret] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
