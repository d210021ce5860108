//! An issuer that is slow, wrong or away: nobody gets in, and nobody is asked to log in for it.

use std::time::{Duration, Instant};

use stepup_tests::{Conduct, Log};

use crate::{Opaque, PATH, is};

#[tokio::test]
async fn i5_whatever_the_issuer_does_wrong_nobody_gets_in() {
    let opaque = Opaque::new().await;
    opaque.says(&opaque.good());
    for conduct in [
        Conduct::Status(401),
        Conduct::Status(403),
        Conduct::Status(404),
        Conduct::Status(500),
        Conduct::Status(204),
        Conduct::Status(206),
        Conduct::Redirect("http://127.0.0.1:1/".to_owned()),
        Conduct::Html,
        Conduct::Cut,
        Conduct::Huge { stated: true },
        Conduct::Huge { stated: false },
    ] {
        opaque.idp.answers(PATH, conduct.clone());
        for (framework, api) in &opaque.apis {
            let what = format!("{conduct:?} {framework:?}");
            is(&api.post_with("/mfa", "opaque").await, 503, &what);
        }
    }
    opaque.idp.answers(PATH, Conduct::Good);
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}: back again"));
    }
}

/// A remembered answer serves while the issuer is away, for as long as it would otherwise.
#[tokio::test]
async fn f2_what_is_remembered_serves_while_the_issuer_is_away() {
    let opaque = Opaque::new().await;
    opaque.says(&opaque.good());
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
    }
    opaque.idp.stop();
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
        is(&api.post_with("/mfa", "another").await, 503, &format!("{framework:?}"));
    }
    opaque.clock.advance(Duration::from_secs(60));
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 503, &format!("{framework:?}"));
    }
    opaque.idp.listen();
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
    }
}

/// Many requests wait no longer than one, and known tokens not at all.
#[tokio::test]
async fn i5_an_issuer_that_hangs_is_waited_for_in_common() {
    let opaque = Opaque::new().await;
    opaque.says(&opaque.good());
    let (_, api) = &opaque.apis[0];
    is(&api.post_with("/mfa", "known").await, 200, "known");
    opaque.idp.answers(PATH, Conduct::Hang);
    let begin = Instant::now();
    let tokens: Vec<_> = (0..200).map(|n| format!("unknown-{n}")).collect();
    let unknown = tokens.iter().map(|token| api.post_with("/mfa", token));
    let (answers, known) = tokio::join!(futures_util::future::join_all(unknown), async {
        assert_eq!(api.post_with("/mfa", "known").await.status, 200);
        begin.elapsed()
    });
    for answer in answers {
        assert_eq!(answer.status, 503);
    }
    let waited = begin.elapsed();
    assert!(waited < Duration::from_secs(10), "{waited:?}: one wait, not two hundred");
    assert!(known < waited / 2, "{known:?} of {waited:?}");
}

/// Said once while it lasts, and once when it is over: whoever sends tokens does not fill the log.
#[tokio::test]
async fn p1_an_issuer_that_fails_is_told_once() {
    let opaque = Opaque::new().await;
    let (_, api) = &opaque.apis[0];
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    let logged = tracing::subscriber::set_default(subscriber);
    let (fails, again) = ("does not answer about tokens", "answers about tokens again");
    for (round, broken) in ["[]", "{}", r#"{"active":"yes"}"#].into_iter().enumerate() {
        opaque.idp.put_text(PATH, broken);
        for n in 0..5 {
            is(&api.post_with("/mfa", &format!("canary-{round}-{n}")).await, 503, broken);
        }
        assert_eq!(log.text().matches(fails).count(), round + 1, "{}", log.text());
        opaque.says(&opaque.good());
        is(&api.post_with("/mfa", &format!("canary-{round}")).await, 200, broken);
        assert_eq!(log.text().matches(again).count(), round + 1, "{}", log.text());
    }
    drop(logged);
    assert!(!log.text().contains("canary"), "{}", log.text());
}
