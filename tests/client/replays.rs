//! B4: what is sent again, and what is not.

use axum::body::Body;
use axum::response::Response;
use stepup_client::{Error, NotReplayable};

use crate::double::{Double, Seen, asks, levels};
use crate::scripted::{Scripted, builder, client, post, with};

fn stream() -> reqwest::Body {
    let pieces = ["on", "ce"].map(Ok::<_, std::io::Error>);
    reqwest::Body::wrap_stream(futures_util::stream::iter(pieces))
}

/// The same request to the byte, the `Idempotency-Key` with it.
#[tokio::test]
async fn b4_what_is_sent_again_is_the_same() {
    let api = Double::start(levels);
    let request = client(&api, &Scripted::obliging())
        .put(api.url("/mfa/transfers?to=bob"))
        .header("idempotency-key", "k-1")
        .header("content-type", "application/json")
        .body(r#"{"amount":5}"#);
    assert_eq!(request.send().await.unwrap().status(), 200);
    let seen = api.seen();
    let [first, second] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(first.headers.replace("base", "mfa"), second.headers);
    assert_eq!(
        (&first.method, &first.path, &first.body),
        (&second.method, &second.path, &second.body)
    );
    assert_eq!(second.body, r#"{"amount":5}"#);
}

#[tokio::test]
async fn b4_a_body_that_is_a_stream_is_sent_once() {
    let api = Double::start(levels);
    let stepper = Scripted::obliging();
    let step_up = builder(&api, &stepper).build().unwrap();
    let client = with(step_up.clone());
    let url = api.url("/mfa");
    let error = client.post(&url).body(stream()).send().await.unwrap_err();
    let error = Error::among(&error).unwrap();
    let Error::NotReplayable { challenge, why: NotReplayable::Body } = error else {
        panic!("{error:?}")
    };
    // Nobody was asked, and nothing sent again.
    assert_eq!((api.seen().len(), stepper.prompts()), (1, 0));
    for _ in 0..9 {
        step_up.step_up(&url, challenge).await.unwrap();
    }
    assert_eq!(stepper.prompts(), 1, "who showed it is not asked again");
    assert_eq!(client.post(&url).body(stream()).send().await.unwrap().status(), 200);
    assert_eq!(api.tokens(), ["base", "mfa"]);
    assert!(api.seen().iter().all(|seen| seen.body == "once"), "{:?}", api.seen());
}

/// The first address did what it was told before it sent the client on, to itself at that.
#[tokio::test]
async fn b4_what_was_redirected_is_not_sent_again() {
    for status in [301, 302, 303, 307, 308] {
        for (method, to) in [("POST", "/transfers"), ("PUT", "/mfa/receipt"), ("DELETE", "/")] {
            let api = Double::start(move |seen| match seen.method.as_str() {
                "GET" => levels(seen),
                _ => {
                    let response = Response::builder().status(status).header("location", to);
                    response.body(Body::empty()).unwrap()
                }
            });
            let stepper = Scripted::obliging();
            let method = method.parse().unwrap();
            let request = client(&api, &stepper).request(method, api.url("/transfers"));
            let answer = request.body("once").send().await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.url().path()), (status, "/transfers"));
            assert_eq!((api.seen().len(), stepper.prompts()), (1, 0));
        }
    }
}

/// An answer that got lost may stand for a handler that ran.
#[tokio::test]
async fn b4_a_lost_answer_is_the_callers() {
    let api = Double::start(|seen| match seen.token.as_deref() {
        Some("base") => asks(crate::double::MFA),
        _ => panic!("the connection ends"),
    });
    let stepper = Scripted::obliging();
    let sent = client(&api, &stepper).post(api.url("/")).body("once").send().await;
    assert!(Error::among(&sent.unwrap_err()).is_none(), "an error of the transport");
    assert_eq!(api.tokens(), ["base", "mfa"]);
}

#[tokio::test]
async fn b4_each_handler_runs_once_for_a_call() {
    let api = Double::start(levels);
    let client = client(&api, &Scripted::obliging());
    for call in 0..10 {
        assert_eq!(post(&client, &api.url(&format!("/mfa/{call}"))).await, Ok(200));
    }
    let ran = |path: &str| {
        let ran = |seen: &&Seen| seen.path == path && seen.token.as_deref() == Some("mfa");
        api.seen().iter().filter(ran).count()
    };
    assert!((0..10).all(|call| ran(&format!("/mfa/{call}")) == 1));
}
