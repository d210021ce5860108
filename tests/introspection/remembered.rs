//! How long an answer is gone by.

use std::time::Duration;

use serde_json::json;
use stepup_core::{Introspection, KnownTokens};
use stepup_tests::NOW;

use crate::{Opaque, is};

/// No longer than the bound, and no longer than the token lives.
#[tokio::test]
async fn t10_an_answer_is_gone_by_for_a_minute_and_never_past_the_tokens_end() {
    let opaque = Opaque::new().await;
    opaque.says(&opaque.changed(&json!({"exp": NOW + 90})));
    for (framework, api) in &opaque.apis {
        for _ in 0..3 {
            is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
        }
    }
    assert_eq!(opaque.questions(), 2, "once for each gate");
    opaque.clock.advance(Duration::from_secs(59));
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
    }
    assert_eq!(opaque.questions(), 2);
    opaque.clock.advance(Duration::from_secs(1));
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
    }
    assert_eq!(opaque.questions(), 4);
    // Remembered for 30 s more, and over before that.
    opaque.clock.advance(Duration::from_secs(30));
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 401, &format!("{framework:?}"));
    }
}

/// A revoked token comes in no longer than that.
#[tokio::test]
async fn t25_a_revoked_token_is_refused_when_the_issuer_is_asked_again() {
    let bound = Duration::from_secs(10);
    let opaque = Opaque::with(Introspection::new("orders-api", "s3cret").remember_for(bound)).await;
    opaque.says(&opaque.good());
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
    }
    opaque.says(&json!({"active": false}));
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}: remembered"));
    }
    opaque.clock.advance(bound);
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 401, &format!("{framework:?}"));
    }
    // What was refused is not remembered: it may be active now.
    opaque.says(&opaque.good());
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
    }
}

#[tokio::test]
async fn nothing_is_remembered_where_it_was_not_wanted() {
    let asked_always = Introspection::new("orders-api", "s3cret").remember_for(Duration::ZERO);
    let always = Opaque::with(asked_always).await;
    let none = Opaque::settled(|builder| {
        let introspection = Introspection::new("orders-api", "s3cret");
        builder.introspection(introspection).known_tokens(KnownTokens::none())
    })
    .await;
    for opaque in [always, none] {
        opaque.says(&opaque.good());
        for (framework, api) in &opaque.apis {
            for _ in 0..3 {
                is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
            }
        }
        assert_eq!(opaque.questions(), 6);
        // Without an end of its own a token is good at this moment.
        opaque.says(&opaque.changed(&json!({"exp": null})));
        for (framework, api) in &opaque.apis {
            is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
        }
    }
}

/// F7, I4: a clock that is put back makes no word good for longer.
#[tokio::test]
async fn f7_a_clock_put_back_makes_the_issuer_be_asked_again() {
    let opaque = Opaque::new().await;
    opaque.says(&opaque.changed(&json!({"iat": NOW - 10_000, "auth_time": NOW - 10_000})));
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 200, &format!("{framework:?}"));
    }
    opaque.says(&json!({"active": false}));
    opaque.clock.set(stepup_core::Timestamp::from_secs(NOW - 3_600));
    for (framework, api) in &opaque.apis {
        is(&api.post_with("/mfa", "opaque").await, 401, &format!("{framework:?}"));
    }
}
