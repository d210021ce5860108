//! What the service's log says of an issuer: what is wrong, of which, and nothing that is secret.

use serde_json::json;
use stepup_tests::{Conduct, Log, LoopbackIssuer};

use crate::scene::{DUE, KEYS, Scene, key};
use crate::still::still;

/// What is logged meanwhile, at the levels that a service keeps.
fn logged(run: impl AsyncFnOnce()) -> String {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .without_time()
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || still(run()));
    log.text()
}

#[test]
fn j7_a_key_that_is_left_out_is_told_of_and_not_repeated() {
    let log = logged(async || {
        let good = key("key-1");
        let idp = LoopbackIssuer::start(&[]);
        let oct = json!({"kty": "oct", "kid": "shared", "alg": "HS256", "k": "c2VjcmV0"});
        idp.put(KEYS, &json!({"keys": [good.jwk(), oct]}));
        let scene = Scene::of(idp, good, |gate| gate).await;
        scene.admits(&scene.token(), "the good key");
    });
    assert!(log.contains("a key of the issuer's is left out"), "{log}");
    assert!(log.contains("key 2 is symmetric"), "{log}");
    assert!(!log.contains("c2VjcmV0"), "{log}");
}

#[test]
fn f8_an_issuer_that_fails_and_recovers_is_told_of() {
    let mut issuer = String::new();
    let log = logged(async || {
        let scene = Scene::begin().await;
        issuer = scene.idp.url().to_owned();
        for conduct in [Conduct::Status(500), Conduct::Good] {
            scene.idp.answers(KEYS, conduct);
            scene.clock.advance(DUE);
            scene.admits(&scene.token(), "meanwhile");
            scene.landed().await;
        }
    });
    let expected = [
        format!(
            "WARN stepup_core::resource::remote::refresh: the issuer's keys cannot be fetched \
             issuer={issuer} reason=its `jwks_uri` {issuer}{KEYS}: it answered 500 usable=true"
        ),
        format!(
            "INFO stepup_core::resource::remote::refresh: the issuer's keys can be fetched again \
             issuer={issuer}"
        ),
    ];
    let lines: Vec<_> = log.lines().map(str::trim).collect();
    assert_eq!(lines, expected);
}
