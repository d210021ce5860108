//! Step-ups that wait for what does not come, and those that wait for their turn behind them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use stepup_client::{AccessToken, Challenge, Dialects, Error, StepUp, StepUpError};

use crate::double::{Double, PHR, levels};
use crate::scripted::{Scripted, builder, post, stepped_up, with};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

fn phr() -> Challenge {
    let line = format!(r#"Bearer error="insufficient_user_authentication", {PHR}"#);
    Challenge::from_line(&line, Dialects::default()).unwrap().unwrap()
}

/// As in a `select!` whose other branch goes on, or a stream whose loop does.
#[tokio::test]
async fn a_call_that_nobody_polls_holds_up_no_other() {
    let api = Double::start(levels);
    let (go, gone) = tokio::sync::watch::channel(false);
    let stepper = Scripted::new(move |asked| {
        let (level, mut gone) = (asked.challenge().acr_values()[0].clone(), gone.clone());
        Box::pin(async move {
            gone.wait_for(|gone| *gone).await.unwrap();
            Ok(stepped_up(&level))
        })
    });
    let step_up = builder(&api, &stepper).build().unwrap();
    let (client, url, other) = (with(step_up.clone()), api.url("/mfa"), api.url("/phr"));
    let mut held = Box::pin(post(&client, &url));
    while stepper.prompts() == 0 {
        assert!((&mut held).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    go.send_replace(true);
    let asked = phr();
    let behind = tokio::time::timeout(PATIENCE, step_up.step_up(&other, &asked)).await;
    assert_eq!(behind.expect("it has its turn"), Ok(()));
    assert_eq!(stepper.asked()[1].challenge(), &asked);
    assert_eq!(held.await, Ok(200));
}

/// The token is given for the call, and not for its step-up.
fn of_a_source_that_hangs(api: &Double, stepper: &Scripted) -> StepUp {
    let given = Arc::new(AtomicUsize::new(0));
    let source = move || {
        let is_first = given.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if !is_first {
                std::future::pending::<()>().await;
            }
            Ok(AccessToken::bearer("base"))
        }
    };
    let limited = StepUp::builder(source, stepper.clone()).origin(api.url("/"));
    limited.time_limit(Duration::from_secs(1)).build().unwrap()
}

async fn ended(call: impl Future<Output = Result<u16, Error>>) -> StepUpError {
    match tokio::time::timeout(PATIENCE, call).await.expect("it ends") {
        Err(Error::StepUp { error, .. }) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_login_whose_token_does_not_come_ends_with_the_time() {
    let (api, stepper) = (Double::start(levels), Scripted::obliging());
    let client = with(of_a_source_that_hangs(&api, &stepper));
    assert_eq!(ended(post(&client, &api.url("/mfa"))).await, StepUpError::TimedOut);
    assert_eq!(stepper.prompts(), 0);
}

type End = fn(&StepUp);

#[tokio::test]
async fn who_waits_for_a_token_hears_the_logout_and_the_cancel() {
    let ends: [(End, StepUpError); 2] = [
        (StepUp::forget, StepUpError::LoggedOut),
        (|step_up| assert!(step_up.cancel().now_or_never().is_some()), StepUpError::Cancelled),
    ];
    for (end, expected) in ends {
        let (api, stepper) = (Double::start(levels), Scripted::obliging());
        let step_up = of_a_source_that_hangs(&api, &stepper);
        let (client, url) = (with(step_up.clone()), api.url("/mfa"));
        let ending = async {
            api.counter().wait_for(|count| *count == 1).await.unwrap();
            // Long enough to read a 401 and wait for the token.
            tokio::time::sleep(Duration::from_millis(300)).await;
            end(&step_up);
        };
        let (error, ()) = tokio::join!(ended(post(&client, &url)), ending);
        assert_eq!((error, stepper.prompts()), (expected, 0));
    }
}

/// Nobody was asked: it is none of the five of a minute.
#[tokio::test]
async fn cli_05_a_step_up_that_asked_nobody_is_not_counted() {
    let (api, stepper) = (Double::start(levels), Scripted::obliging());
    let given = AtomicUsize::new(0);
    let source = move || {
        // The second is for the first call's step-up.
        let is_there = given.fetch_add(1, Ordering::SeqCst) != 1;
        let error = stepup_client::SourceError::new("it could not be renewed");
        std::future::ready(if is_there { Ok(AccessToken::bearer("base")) } else { Err(error) })
    };
    let step_up = StepUp::builder(source, stepper.clone()).origin(api.url("/"));
    let client = with(step_up.step_ups_per_minute(1).build().unwrap());
    let error = post(&client, &api.url("/mfa")).await.unwrap_err();
    assert!(matches!(error, Error::NoToken(_)), "{error:?}");
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
}
