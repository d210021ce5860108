//! APIs that are broken or mean ill: the right error, after so many requests and no more.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http::StatusCode;
use stepup_client::{Error, StepUpError};

use crate::double::{Double, MFA, asks, done, refused};
use crate::scripted::{Scripted, builder, client, post, ready, stepped_up, with};

/// B4, CLI-02.
#[tokio::test]
async fn b4_an_api_that_always_asks_is_asked_twice() {
    let api = Double::start(|_| asks(MFA));
    let stepper = Scripted::obliging();
    let error = post(&client(&api, &stepper), &api.url("/mfa")).await.unwrap_err();
    let Error::StillAsked { asked, tried } = &error else { panic!("{error:?}") };
    assert_eq!((asked.acr_values(), tried), (&["mfa".to_owned(), "phr".to_owned()][..], asked));
    assert_eq!(
        error.to_string(),
        "the API asks for a login at level mfa or phr, at most 300 s old even after a step-up for \
         a login at level mfa or phr, at most 300 s old; the provider may not give what was asked \
         for, or the API may not read it: compare their settings"
    );
    assert_eq!((api.tokens(), stepper.prompts()), (vec!["base".into(), "mfa".into()], 1));
}

/// Nor is it asked a third time by a call that was on its way meanwhile.
#[tokio::test]
async fn b8_who_hears_late_that_a_step_up_was_in_vain_begins_no_other() {
    let (go, gone) = tokio::sync::watch::channel(false);
    let api = Double::start_slowly(move |seen| {
        let (is_late, mut gone) = (seen.path == "/late", gone.clone());
        Box::pin(async move {
            if is_late {
                gone.wait_for(|gone| *gone).await.unwrap();
            }
            asks(MFA)
        })
    });
    let stepper = Scripted::obliging();
    let client = client(&api, &stepper);
    let (late, early) = (api.url("/late"), api.url("/early"));
    let early = async {
        api.counter().wait_for(|count| *count == 1).await.unwrap();
        let early = post(&client, &early).await;
        go.send_replace(true);
        early
    };
    for ended in <[_; 2]>::from(tokio::join!(post(&client, &late), early)) {
        assert!(matches!(ended, Err(Error::StillAsked { .. })), "{ended:?}");
    }
    assert_eq!(
        (api.tokens(), stepper.prompts()),
        (["base", "base", "mfa"].map(str::to_owned).to_vec(), 1)
    );
}

/// A provider that gives a token which is worth no more than the login's.
#[tokio::test]
async fn b4_a_step_up_that_grants_too_little_ends_the_call() {
    let api = Double::start(crate::double::levels);
    let stepper = Scripted::new(|_| ready(Ok(stepped_up("weak"))));
    let client = client(&api, &stepper);
    let error = post(&client, &api.url("/mfa")).await.unwrap_err();
    assert!(matches!(error, Error::StillAsked { .. }), "{error:?}");
    assert_eq!(api.tokens(), ["base", "weak"]);
    // What did not do is not sent again.
    let error = post(&client, &api.url("/mfa")).await.unwrap_err();
    assert!(matches!(error, Error::StillAsked { .. }), "{error:?}");
    assert_eq!(api.tokens(), ["base", "weak", "base", "weak"]);
}

/// First it wants five minutes, then one, then a second.
#[tokio::test]
async fn b4_an_api_that_lies_about_max_age_ends_the_call() {
    let ages = std::sync::Mutex::new(vec![1, 60, 300]);
    let api = Double::start(move |_| {
        let age = ages.lock().unwrap().pop().unwrap_or_default();
        asks(&format!("max_age={age}"))
    });
    let stepper = Scripted::obliging();
    let error = post(&client(&api, &stepper), &api.url("/")).await.unwrap_err();
    let Error::StillAsked { asked, tried } = error else { panic!("{error:?}") };
    assert_eq!((tried.max_age(), asked.max_age()), (Some(300), Some(60)));
    assert_eq!((api.seen().len(), stepper.prompts()), (2, 1));
}

/// `max_age=0`: no token is ever young enough a second time.
#[tokio::test]
async fn b4_a_max_age_of_nothing_is_one_step_up_a_call() {
    let api = Double::start(|seen| match seen.token.as_deref() {
        Some("base") => asks("max_age=0"),
        _ => done(),
    });
    let stepper = Scripted::obliging();
    let client = client(&api, &stepper);
    for call in 1..=3 {
        assert_eq!(post(&client, &api.url("/")).await, Ok(200));
        assert_eq!((api.seen().len(), stepper.prompts()), (2 * call, call));
    }
}

#[tokio::test]
async fn a_hundred_challenges_that_differ_are_not_acted_on() {
    let many = (0..100).map(|level| {
        format!(r#"Bearer error="insufficient_user_authentication", acr_values="l{level}""#)
    });
    let line = many.collect::<Vec<_>>().join(", ");
    let api = Double::start(move |_| refused(&line));
    let stepper = Scripted::obliging();
    let error = post(&client(&api, &stepper), &api.url("/")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} sends a malformed challenge: it asks for two different step-ups; nothing was done \
             about it, report it to the API's operator",
            api.url("")
        )
    );
    assert_eq!((api.seen().len(), stepper.prompts()), (1, 0));
}

#[tokio::test]
async fn a_hundred_lines_and_one_of_ours_are_read() {
    let api = Double::start(|seen| {
        if seen.token.as_deref() != Some("base") {
            return done();
        }
        let mut answer = asks(MFA);
        for scheme in 0..90 {
            let line = format!("X{scheme} realm=\"{scheme}\"").parse().unwrap();
            answer.headers_mut().append("www-authenticate", line);
        }
        answer
    });
    let stepper = Scripted::obliging();
    assert_eq!(post(&client(&api, &stepper), &api.url("/")).await, Ok(200));
    assert_eq!(stepper.prompts(), 1);
}

/// Reading it whole would be the square of its length.
#[tokio::test]
async fn a_challenge_of_a_hundred_thousand_parameters_is_refused_at_once() {
    let line = (0..20_000).fold("Bearer a=b".to_owned(), |line, name| format!("{line},p{name}=1"));
    let api = Double::start(move |_| refused(&line));
    let stepper = Scripted::obliging();
    let client = client(&api, &stepper);
    let began = Instant::now();
    let error = post(&client, &api.url("/")).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!((api.seen().len(), stepper.prompts()), (1, 0));
}

/// CLI-05: no API wears a person out.
#[tokio::test]
async fn cli_05_so_many_step_ups_a_minute() {
    let api = Double::start(|_| asks(MFA));
    let stepper = Scripted::obliging();
    let client = with(builder(&api, &stepper).step_ups_per_minute(3).build().unwrap());
    for call in 0..10 {
        let error = post(&client, &api.url("/mfa")).await.unwrap_err();
        let is_limit = matches!(error, Error::TooManyStepUps { .. });
        assert_eq!(is_limit, call >= 3, "{call}: {error:?}");
    }
    assert_eq!((stepper.prompts(), api.seen().len()), (3, 13));
}

/// Done, a token that is no good any more, or a level that others may have asked for.
fn rolled(dice: u64) -> http::Response<Vec<u8>> {
    let error = match dice {
        0 => return http::Response::default(),
        1 | 2 => "invalid_token".to_owned(),
        level => format!("insufficient_user_authentication, acr_values=l{level}"),
    };
    let answer = http::Response::builder().status(401);
    answer.header("www-authenticate", format!("Bearer error={error}")).body(Vec::new()).unwrap()
}

/// Over many calls, so that many tokens are kept: none of them is sent twice in one.
#[tokio::test]
async fn b4_whatever_an_api_answers_a_call_is_sent_three_times_at_most() {
    let tokens = AtomicUsize::new(0);
    let stepper = Scripted::new(move |_| {
        ready(Ok(stepped_up(&format!("t{}", tokens.fetch_add(1, Ordering::SeqCst)))))
    });
    let api = Double::start(|_| done());
    let step_up = builder(&api, &stepper).step_ups_per_minute(usize::MAX).build().unwrap();
    let (mut seed, mut most) = (1_u64, 0);
    let mut dice = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        seed >> 61
    };
    for call in 0..2_000 {
        let mut sent = Vec::new();
        let request = http::Request::post(api.url(&format!("/{}", call % 7))).body(()).unwrap();
        let answered = step_up.call(request, |request| {
            sent.push(request.headers()["authorization"].clone());
            std::future::ready(Ok::<_, std::io::Error>(rolled(dice())))
        });
        let _ = answered.await;
        most = most.max(sent.len());
        assert!(sent.len() <= 3, "{sent:?}");
        assert_eq!(sent.iter().collect::<HashSet<_>>().len(), sent.len());
    }
    assert_eq!(most, 3);
    assert!(stepper.prompts() > 100, "{}", stepper.prompts());
}

/// 403, 400 and 200 are no challenge, whatever stands in their header.
#[tokio::test]
async fn only_a_401_asks_for_a_step_up() {
    for status in [200, 400, 403, 407, 500, 503] {
        let api = Double::start(move |_| {
            let mut answer = asks(MFA);
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            answer
        });
        let stepper = Scripted::obliging();
        assert_eq!(post(&client(&api, &stepper), &api.url("/")).await, Ok(status));
        assert_eq!((api.seen().len(), stepper.prompts()), (1, 0));
    }
}

#[tokio::test]
async fn other_refusals_are_the_callers() {
    for line in
        [r#"Bearer realm="x""#, r#"Bearer error="invalid_token""#, r#"Basic realm="max_age=1""#]
    {
        let api = Double::start(move |_| refused(line));
        let stepper = Scripted::obliging();
        assert_eq!(post(&client(&api, &stepper), &api.url("/")).await, Ok(401));
        assert_eq!((api.seen().len(), stepper.prompts()), (1, 0), "{line}");
    }
}

#[tokio::test]
async fn a_step_up_that_fails_says_what_was_asked() {
    let api = Double::start(|_| asks(MFA));
    let stepper = Scripted::new(|_| {
        ready(Err(StepUpError::Unmet { enrol: vec!["totp".into(), "webauthn".into()] }))
    });
    let error = post(&client(&api, &stepper), &api.url("/")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the API asks for a login at level mfa or phr, at most 300 s old, but the user has no way \
         to reach what is asked; have them enrol one of: totp, webauthn"
    );
    assert_eq!(api.seen().len(), 1);
}
