//! Step-ups that nobody finishes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use stepup_client::{Error, StepUpError};

use crate::double::{Double, levels};
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
    let call = tokio::time::timeout(Duration::from_millis(500), post(&client, &url)).await;
    assert!(call.is_err(), "{call:?}");
    assert_eq!((stepper.prompts(), under_way.load(Ordering::SeqCst)), (1, 0));
    // The next one has its turn.
    let call = tokio::time::timeout(Duration::from_millis(500), post(&client, &url)).await;
    assert!(call.is_err(), "{call:?}");
    assert_eq!((stepper.prompts(), under_way.load(Ordering::SeqCst)), (2, 0));
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
         interrupted (no route); call again to go on with it"
    );
    assert!(post(&client, &api.url("/mfa")).await.is_err());
    assert_eq!(post(&client, &api.url("/mfa")).await, Ok(200));
    assert_eq!(
        (api.tokens(), stepper.prompts()),
        (vec!["base".into(), "base".into(), "base".into(), "mfa".into()], 3)
    );
}
