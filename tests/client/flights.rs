//! B8: many calls at once are one prompt.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest_middleware::ClientWithMiddleware;
use stepup_client::{AccessToken, Error, StepUp, StepUpError};

use crate::double::{Double, asks, levels};
use crate::scripted::{Scripted, builder, client, post, ready, stepped_up, with};

const CALLS: usize = 50;
/// By then an answer that came has been read.
const SOON: Duration = Duration::from_millis(200);

/// A stepper that answers once the API has seen so many requests.
fn after(api: &Double, requests: usize) -> Scripted {
    let counter = api.counter();
    Scripted::new(move |asked| {
        let mut counter = counter.clone();
        let level = asked.challenge().acr_values().first().cloned().unwrap();
        Box::pin(async move {
            counter.wait_for(|count| *count >= requests).await.unwrap();
            Ok(stepped_up(&level))
        })
    })
}

#[tokio::test]
async fn b8_fifty_calls_at_once_are_one_prompt() {
    let api = Double::start(levels);
    let stepper = after(&api, CALLS);
    let client = client(&api, &stepper);
    let calls = (0..CALLS).map(|call| post_to(&client, api.url(&format!("/mfa/{call}"))));
    assert_eq!(join_all(calls).await, vec![Ok(200); CALLS]);
    assert_eq!(stepper.prompts(), 1);
    // Each was refused once and ran once.
    assert_eq!((api.count("base"), api.count("mfa")), (CALLS, CALLS));
    let ran = api.seen().into_iter().filter(|seen| seen.token.as_deref() == Some("mfa"));
    assert_eq!(ran.map(|seen| seen.path).collect::<HashSet<_>>().len(), CALLS);
    assert!(api.seen().iter().all(|seen| seen.body == "once"));
}

#[tokio::test]
async fn b8_fifty_calls_of_which_ten_need_more_are_two_prompts() {
    let api = Double::start(levels);
    let stepper = after(&api, CALLS);
    let client = client(&api, &stepper);
    let calls = (0..CALLS).map(|call| {
        let path = if call % 5 == 0 { "/phr" } else { "/mfa" };
        post_to(&client, api.url(&format!("{path}/{call}")))
    });
    assert_eq!(join_all(calls).await, vec![Ok(200); CALLS]);
    assert!((1..=2).contains(&stepper.prompts()), "{}", stepper.prompts());
    assert_eq!(api.seen().len(), 2 * CALLS);
}

/// Of two flights the second finds that the first brought what it needs.
#[tokio::test]
async fn b8_who_waits_takes_what_another_brought() {
    let api = Double::start(levels);
    let (go, gone) = tokio::sync::watch::channel(false);
    let stepper = Scripted::new(move |asked| {
        let mut gone = gone.clone();
        let level = asked.challenge().acr_values().first().cloned().unwrap();
        Box::pin(async move {
            gone.wait_for(|gone| *gone).await.unwrap();
            Ok(stepped_up(&level))
        })
    });
    let client = client(&api, &stepper);
    let strong = tokio::spawn(post_to_of(client.clone(), api.url("/phr")));
    while stepper.prompts() == 0 {
        tokio::task::yield_now().await;
    }
    let weak = tokio::spawn(post_to_of(client, api.url("/mfa")));
    api.counter().wait_for(|count| *count == 2).await.unwrap();
    tokio::time::sleep(SOON).await;
    go.send_replace(true);
    assert_eq!((strong.await.unwrap(), weak.await.unwrap()), (Ok(200), Ok(200)));
    assert_eq!((stepper.prompts(), api.count("phr")), (1, 2));
}

#[tokio::test]
async fn b8_a_no_is_told_to_all_who_wait() {
    let api = Double::start(levels);
    let counter = api.counter();
    let stepper = Scripted::new(move |_| {
        let mut counter = counter.clone();
        Box::pin(async move {
            counter.wait_for(|count| *count >= CALLS).await.unwrap();
            // All that were answered are read before the user says no.
            tokio::time::sleep(SOON).await;
            Err(StepUpError::Cancelled)
        })
    });
    let client = client(&api, &stepper);
    let calls = join_all((0..CALLS).map(|_| post_to(&client, api.url("/mfa")))).await;
    for call in calls {
        assert!(
            matches!(call, Err(Error::StepUp { error: StepUpError::Cancelled, .. })),
            "{call:?}"
        );
    }
    assert_eq!((stepper.prompts(), api.seen().len()), (1, CALLS));
}

/// A challenge that arrives late is of the same moment as those that the user said no to.
#[tokio::test]
async fn b8_who_said_no_is_not_asked_again_by_calls_that_were_on_their_way() {
    let (go, gone) = tokio::sync::watch::channel(false);
    let api = Double::start_slowly(move |seen| {
        let (is_late, mut gone) = (seen.path.ends_with("/late"), gone.clone());
        let answer = levels(seen);
        Box::pin(async move {
            if is_late {
                gone.wait_for(|gone| *gone).await.unwrap();
            }
            answer
        })
    });
    let answers = AtomicUsize::new(0);
    let stepper = Scripted::new(move |_| match answers.fetch_add(1, Ordering::SeqCst) {
        0 => ready(Err(StepUpError::Cancelled)),
        _ => ready(Ok(stepped_up("mfa"))),
    });
    let client = client(&api, &stepper);
    let late = tokio::spawn(post_to_of(client.clone(), api.url("/mfa/late")));
    api.counter().wait_for(|count| *count == 1).await.unwrap();
    let is_no = |call| matches!(call, Err(Error::StepUp { error: StepUpError::Cancelled, .. }));
    assert!(is_no(post(&client, &api.url("/mfa")).await));
    go.send_replace(true);
    assert!(is_no(late.await.unwrap()));
    assert_eq!(stepper.prompts(), 1);
    // What the user does next is another matter.
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(stepper.prompts(), 2);
}

/// Though somebody has not yet heard of the no that came before.
#[tokio::test]
async fn b8_a_step_up_that_is_over_is_joined_by_nobody() {
    let api = Double::start(levels);
    let (go, gone) = tokio::sync::watch::channel(false);
    let stepper = Scripted::new(move |_| {
        let mut gone = gone.clone();
        Box::pin(async move {
            gone.wait_for(|gone| *gone).await.unwrap();
            Err(StepUpError::Cancelled)
        })
    });
    let client = client(&api, &stepper);
    let url = api.url("/mfa");
    let mut busy = Box::pin(post(&client, &url));
    assert!(tokio::time::timeout(SOON, &mut busy).await.is_err());
    let other = tokio::spawn(post_to_of(client.clone(), url.clone()));
    tokio::time::sleep(SOON).await;
    go.send_replace(true);
    assert!(other.await.unwrap().is_err());
    assert_eq!(stepper.prompts(), 1);
    assert!(post(&client, &url).await.is_err());
    assert_eq!(stepper.prompts(), 2);
    assert!(busy.await.is_err());
}

#[tokio::test]
async fn b8_an_api_that_always_asks_prompts_once_for_fifty_calls() {
    let api = Double::start(|_| asks(r#"acr_values="mfa""#));
    let stepper = after(&api, CALLS);
    let client = client(&api, &stepper);
    let calls = join_all((0..CALLS).map(|_| post_to(&client, api.url("/mfa")))).await;
    assert!(calls.iter().all(|call| matches!(call, Err(Error::StillAsked { .. }))), "{calls:?}");
    assert_eq!(stepper.prompts(), 1);
    // Who heard late that it was in vain does not try again.
    assert!(api.seen().len() <= 2 * CALLS);
}

/// The one that began the step-up is given up; the other still gets its token.
#[tokio::test]
async fn a_step_up_outlives_the_call_that_began_it() {
    let api = Double::start(levels);
    let (go, gone) = tokio::sync::watch::channel(false);
    let stepper = Scripted::new(move |_| {
        let mut gone = gone.clone();
        Box::pin(async move {
            gone.wait_for(|gone| *gone).await.unwrap();
            Ok(stepped_up("mfa"))
        })
    });
    let client = client(&api, &stepper);
    let call = || tokio::spawn(post_to_of(client.clone(), api.url("/mfa")));
    let first = call();
    while stepper.prompts() == 0 {
        tokio::task::yield_now().await;
    }
    let second = call();
    api.counter().wait_for(|count| *count == 2).await.unwrap();
    // Long enough to read a 401 and join.
    tokio::time::sleep(SOON).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    go.send_replace(true);
    assert_eq!(second.await.unwrap(), Ok(200));
    assert_eq!(stepper.prompts(), 1);
}

/// For stacks that are not `reqwest`.
#[tokio::test]
async fn b8_calls_of_another_stack_share_the_step_up() {
    let api = Double::start(levels);
    let stepper = after(&api, CALLS);
    let step_up = builder(&api, &stepper).build().unwrap();
    let http = reqwest::Client::new();
    let call = async |path: String| {
        let request = http::Request::post(api.url(&path)).body("once").unwrap();
        step_up.call(request, |request| send(&http, request)).await.unwrap().status().as_u16()
    };
    let calls = join_all((0..CALLS).map(|number| call(format!("/mfa/{number}")))).await;
    assert_eq!(calls, vec![200; CALLS]);
    assert_eq!((stepper.prompts(), api.seen().len()), (1, 2 * CALLS));
    // And with the middleware.
    assert_eq!(post(&with(step_up), &api.url("/mfa/0")).await, Ok(200));
    assert_eq!(stepper.prompts(), 1);
}

async fn send(
    http: &reqwest::Client,
    request: http::Request<&'static str>,
) -> reqwest::Result<http::Response<Vec<u8>>> {
    let response = http.execute(request.try_into()?).await?;
    let mut answer = http::Response::builder().status(response.status());
    answer.headers_mut().unwrap().extend(response.headers().clone());
    Ok(answer.body(response.bytes().await?.to_vec()).unwrap())
}

async fn post_to(client: &ClientWithMiddleware, url: String) -> Result<u16, Error> {
    post(client, &url).await
}

async fn post_to_of(client: ClientWithMiddleware, url: String) -> Result<u16, Error> {
    post(&client, &url).await
}

/// People are asked one thing at a time, whoever asks.
#[tokio::test]
async fn two_apis_do_not_ask_at_once() {
    let (one, other) = (Double::start(levels), Double::start(levels));
    let asking = Arc::new(AtomicUsize::new(0));
    let stepper = Scripted::new(move |_| {
        let asking = asking.clone();
        Box::pin(async move {
            assert_eq!(asking.fetch_add(1, Ordering::SeqCst), 0, "two at once");
            tokio::time::sleep(SOON).await;
            asking.fetch_sub(1, Ordering::SeqCst);
            Ok(stepped_up("mfa"))
        })
    });
    let both = StepUp::builder(AccessToken::bearer("base"), stepper.clone());
    let client = with(both.origin(one.url("/")).origin(other.url("/")).build().unwrap());
    let (one, other) = (one.url("/mfa"), other.url("/mfa"));
    let calls = tokio::join!(post(&client, &one), post(&client, &other));
    assert_eq!(calls, (Ok(200), Ok(200)));
    assert_eq!(stepper.prompts(), 2, "a token is for the origin that asked");
}
