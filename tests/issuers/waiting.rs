//! An issuer that is down when a service starts: a clear error, or a bounded wait, as set.

use std::time::Duration;

use stepup_core::{Gate, GateError};
use stepup_tests::{Conduct, LoopbackIssuer, clock};
use tokio::time::Instant;

use crate::scene::{KEYS, METADATA, builder, key};
use crate::still::{still, until};

const STEP: Duration = Duration::from_millis(100);

/// The gate, and how long it took by the timers. Meanwhile things happen at the issuer.
async fn discover(
    idp: &LoopbackIssuer,
    wait: Duration,
    meanwhile: impl Fn(&LoopbackIssuer, Duration),
) -> (Result<Gate, GateError>, Duration) {
    let begun = Instant::now();
    let gate = tokio::spawn(builder(idp, &clock()).wait_for_issuer(wait).discover());
    while !gate.is_finished() {
        // Requests take their own time, which is not the timers'.
        let pause = tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(5)));
        pause.await.expect("a pause");
        tokio::time::advance(STEP).await;
        meanwhile(idp, begun.elapsed());
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not end");
    }
    (gate.await.expect("it does not fail"), begun.elapsed())
}

/// The gate, while no timer moves: nobody waits for one.
async fn at_once(idp: &LoopbackIssuer, wait: Duration) -> Result<Gate, GateError> {
    let gate = tokio::spawn(builder(idp, &clock()).wait_for_issuer(wait).discover());
    until("it ends without a timer", || gate.is_finished()).await;
    gate.await.expect("it does not fail")
}

fn nothing(_: &LoopbackIssuer, _: Duration) {}

#[test]
fn an_issuer_that_is_down_is_an_error_at_once() {
    still(async {
        let idp = LoopbackIssuer::start(&[&key("key-1")]);
        idp.stop();
        let error = at_once(&idp, Duration::ZERO).await.unwrap_err().to_string();
        let expected = format!(
            "the gate's issuer {} cannot be used: the request failed: Connection refused",
            idp.url()
        );
        assert!(error.starts_with(&expected), "{error}");
    });
}

#[test]
fn an_issuer_that_hangs_is_an_error_after_three_seconds() {
    for (page, conduct) in [
        (METADATA, Conduct::Hang),
        (METADATA, Conduct::Drip),
        (KEYS, Conduct::Hang),
        (KEYS, Conduct::Drip),
    ] {
        still(async {
            let idp = LoopbackIssuer::start(&[&key("key-1")]);
            idp.answers(page, conduct);
            let (gate, took) = discover(&idp, Duration::ZERO, nothing).await;
            let error = gate.unwrap_err().to_string();
            assert!(error.ends_with("it did not answer within 3 s"), "{error}");
            assert!(took < Duration::from_secs(5), "{took:?}");
        });
    }
}

#[test]
fn a_service_waits_for_its_issuer_if_told_to() {
    still(async {
        let idp = LoopbackIssuer::start(&[&key("key-1")]);
        idp.stop();
        let back = std::cell::Cell::new(false);
        let (gate, took) = discover(&idp, Duration::from_secs(30), |idp, passed| {
            if passed >= Duration::from_secs(10) && !back.replace(true) {
                idp.listen();
            }
        })
        .await;
        assert!(gate.is_ok(), "{gate:?}");
        let recovered = Duration::from_secs(10)..Duration::from_secs(15);
        assert!(recovered.contains(&took), "{took:?}");
    });
}

#[test]
fn a_service_waits_no_longer_than_it_is_told_to() {
    for conduct in [Conduct::Status(503), Conduct::Html, Conduct::Hang] {
        still(async {
            let idp = LoopbackIssuer::start(&[&key("key-1")]);
            idp.answers(KEYS, conduct.clone());
            let (gate, took) = discover(&idp, Duration::from_secs(10), nothing).await;
            assert!(gate.is_err());
            // The last try has time to end.
            let bounded = Duration::from_secs(6)..Duration::from_secs(17);
            assert!(bounded.contains(&took), "{conduct:?}: {took:?}");
            assert!(idp.requests(KEYS) > 1, "it was asked again");
        });
    }
}

/// What no wait can mend is said at once.
#[test]
fn a_service_does_not_wait_for_what_will_not_pass() {
    for page in [METADATA, KEYS] {
        still(async {
            let idp = LoopbackIssuer::start(&[&key("key-1")]);
            idp.answers(page, Conduct::Redirect("https://idp.example".to_owned()));
            assert!(at_once(&idp, Duration::from_secs(30)).await.is_err());
            assert_eq!(idp.requests(page), 1);
        });
    }
}
