//! Step-ups that nobody finishes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use stepup_client::{AccessToken, Error, StepUp, StepUpError};

use crate::double::{Double, levels, refused};
use crate::scripted::{Scripted, builder, client, post, ready, stepped_up, with};

/// Counts how many are under way.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn endless(count: &Arc<AtomicUsize>) -> Scripted {
    let count = count.clone();
    Scripted::new(move |_| {
        let under_way = UnderWay::new(&count);
        Box::pin(async move {
            std::future::pending::<()>().await;
            drop(under_way);
            Ok(stepped_up("mfa"))
        })
    })
}

#[tokio::test]
async fn a_call_that_is_given_up_gives_its_step_up_up() {
    let api = Double::start(levels);
    let under_way = Arc::default();
    let stepper = endless(&under_way);
    let client = client(&api, &stepper);
    let url = api.url("/mfa");
    // The second one has its turn.
    for prompts in [1, 2] {
        let mut call = Box::pin(post(&client, &url));
        while stepper.prompts() < prompts {
            let waited = tokio::time::timeout(Duration::from_millis(20), &mut call).await;
            assert!(waited.is_err(), "{waited:?}");
        }
        assert_eq!(under_way.load(Ordering::SeqCst), 1);
        drop(call);
        let ended = async {
            while under_way.load(Ordering::SeqCst) > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), ended).await.expect("it is given up");
        assert_eq!(stepper.prompts(), prompts);
    }
}

/// By whoever has the client in hand, while others wait for their turn.
#[tokio::test]
async fn a_step_up_that_is_cancelled_ends_for_those_who_wait_for_it() {
    let api = Double::start(levels);
    let under_way = Arc::default();
    let stepper = endless(&under_way);
    let step_up = builder(&api, &stepper).build().unwrap();
    let client = with(step_up.clone());
    let (url, count) = (api.url("/mfa"), &under_way);
    let cancelling = async {
        api.counter().wait_for(|count| *count == 2).await.unwrap();
        // Long enough to read a 401 and join.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(count.load(Ordering::SeqCst), 1);
        step_up.cancel().await;
    };
    let calls = tokio::join!(post(&client, &url), post(&client, &url), cancelling);
    for call in [calls.0, calls.1] {
        let error = call.unwrap_err();
        let cancelled = matches!(error, Error::StepUp { error: StepUpError::Cancelled, .. });
        assert!(cancelled, "{error:?}");
    }
    assert_eq!((stepper.prompts(), stepper.cancelled()), (1, 1));
    assert_eq!((api.tokens(), under_way.load(Ordering::SeqCst)), (vec!["base".into(); 2], 0));
}

/// A token that is brought to somebody who is gone is nobody's.
#[tokio::test]
async fn b9_a_logout_ends_what_is_under_way() {
    let api = Double::start(levels);
    let client = Arc::new(OnceLock::<StepUp>::new());
    let of_stepper = client.clone();
    let stepper = Scripted::new(move |_| {
        let client = of_stepper.clone();
        Box::pin(async move {
            client.get().unwrap().forget();
            Ok(stepped_up("mfa"))
        })
    });
    let step_up = builder(&api, &stepper).build().unwrap();
    client.set(step_up.clone()).unwrap();
    for _ in 0..2 {
        let error = post(&with(step_up.clone()), &api.url("/mfa")).await.unwrap_err();
        let logged_out = matches!(error, Error::StepUp { error: StepUpError::LoggedOut, .. });
        assert!(logged_out, "{error:?}");
    }
    // Nor was it kept for the next one.
    assert_eq!((api.tokens(), stepper.prompts()), (vec!["base".into(); 2], 2));
}

#[tokio::test]
async fn b9_who_waits_at_a_logout_is_not_left_waiting() {
    let api = Double::start(levels);
    let under_way = Arc::default();
    let stepper = endless(&under_way);
    let given = Arc::new(AtomicUsize::new(0));
    let of_source = given.clone();
    let source = move || {
        of_source.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(AccessToken::bearer("base")))
    };
    let step_up = StepUp::builder(source, stepper.clone()).origin(api.url("/")).build().unwrap();
    let client = with(step_up.clone());
    let (one, other, count) = (api.url("/mfa"), api.url("/phr"), &under_way);
    let logging_out = async {
        api.counter().wait_for(|count| *count == 2).await.unwrap();
        // Long enough to read a 401 and join.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(count.load(Ordering::SeqCst), 1);
        step_up.forget();
    };
    let calls = tokio::join!(post(&client, &one), post(&client, &other), logging_out);
    for call in [calls.0, calls.1] {
        let error = call.unwrap_err();
        let is_over = matches!(
            error,
            Error::StepUp { error: StepUpError::LoggedOut, .. } | Error::NoToken(_)
        );
        assert!(is_over, "{error:?}");
    }
    assert_eq!((stepper.prompts(), under_way.load(Ordering::SeqCst)), (1, 0));
    // For two calls and one step-up: nobody asks for who comes next.
    assert_eq!(given.load(Ordering::SeqCst), 3);
}

/// The next sending would be with the token of whoever is logged in by then.
#[tokio::test]
async fn b9_what_began_before_a_logout_sends_nothing_after_it() {
    let client = Arc::new(OnceLock::<StepUp>::new());
    let of_api = client.clone();
    let mfa = AtomicUsize::new(0);
    let api = Double::start(move |seen| match seen.token.as_deref() {
        Some("mfa") if mfa.fetch_add(1, Ordering::SeqCst) > 0 => {
            of_api.get().unwrap().forget();
            refused(r#"Bearer error="invalid_token""#)
        }
        _ => levels(seen),
    });
    let stepper = Scripted::obliging();
    client.set(builder(&api, &stepper).build().unwrap()).unwrap();
    let http = with(client.get().unwrap().clone());
    assert_eq!(post(&http, &api.url("/mfa")).await, Ok(200));
    let error = post(&http, &api.url("/mfa")).await.unwrap_err();
    assert!(matches!(error, Error::NoToken(_)), "{error:?}");
    assert_eq!(api.tokens(), ["base", "mfa", "mfa"]);
}

#[tokio::test]
async fn a_step_up_takes_no_longer_than_its_time_limit() {
    let api = Double::start(levels);
    let under_way = Arc::default();
    let stepper = endless(&under_way);
    let limit = Duration::from_millis(300);
    let client = with(builder(&api, &stepper).time_limit(limit).build().unwrap());
    let call = tokio::time::timeout(Duration::from_secs(10), async {
        post(&client, &api.url("/mfa")).await.unwrap_err()
    });
    let error = call.await.expect("it ends by itself");
    let timed_out = matches!(&error, Error::StepUp { error: StepUpError::TimedOut, .. });
    assert!(timed_out, "{error:?}");
    assert_eq!(stepper.asked()[0].time_limit(), limit);
    assert_eq!((api.seen().len(), under_way.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn what_failed_once_may_go_well_the_next_time() {
    let api = Double::start(levels);
    let attempts = AtomicUsize::new(0);
    let errors = [StepUpError::Offline("no route".into()), StepUpError::Cancelled];
    let stepper = Scripted::new(move |_| {
        let error = errors.get(attempts.fetch_add(1, Ordering::SeqCst)).cloned();
        ready(error.map_or_else(|| Ok(stepped_up("mfa")), Err))
    });
    let client = client(&api, &stepper);
    let error = post(&client, &api.url("/mfa")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the API asks for a login at level mfa or phr, at most 300 s old, but the step-up is \
         interrupted (no route); call again"
    );
    assert!(post(&client, &api.url("/mfa")).await.is_err());
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(
        (api.tokens(), stepper.prompts()),
        (vec!["base".into(), "base".into(), "base".into(), "mfa".into()], 3)
    );
}
