//! A question is answered by the guard as the call would be, and the handler does not run.

use http::{HeaderMap, Method};
use stepup_core::{Algorithm, guarded_handlers};
use stepup_tests::{Answer, Framework, Issuer, Token, block_on, clock, gate};

use crate::app::{App, ROUTES};

/// Who asks: what is sent in `Authorization` lines.
fn callers(issuer: &Issuer) -> Vec<(&'static str, Vec<String>)> {
    let bearer = |token: Token| vec![format!("Bearer {}", issuer.token(&token))];
    let good = Token::new;
    let scopes = "payments accounts:read";
    let forged = Issuer::new(Algorithm::EdDsa).token(&good().with("acr", "phrh"));
    vec![
        ("nobody", vec![]),
        ("another scheme", vec!["Basic YWxpY2U6".to_owned()]),
        ("no token", vec!["Bearer".to_owned()]),
        ("two", [bearer(good()), bearer(good())].concat()),
        ("no token of anybody", vec!["Bearer a.b.c".to_owned()]),
        ("another issuer", vec![format!("Bearer {forged}")]),
        ("expired", bearer(good().with("exp", stepup_tests::NOW))),
        ("another audience", bearer(good().with("aud", "https://other.example"))),
        ("a client", bearer(good().with("sub", "web").with("scope", scopes))),
        ("weak", bearer(good().with("acr", "single-factor"))),
        ("unknown", bearer(good().without("acr").without("auth_time"))),
        ("stale", bearer(good().with("auth_time", stepup_tests::NOW - 301))),
        ("good", bearer(good())),
        ("good, with scopes", bearer(good().with("scope", scopes))),
        ("strong, no scopes", bearer(good().with("acr", "phrh"))),
        ("strong", bearer(good().with("acr", "phrh").with("scope", scopes))),
    ]
}

fn send(app: &App, method: &str, path: &str, lines: &[String]) -> Answer {
    let headers: Vec<_> = lines.iter().map(|line| ("authorization", line.as_str())).collect();
    app.call(method, path, &headers)
}

#[test]
fn h7_a_question_gets_what_the_call_would_get_and_no_handler_runs() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let (mut admitted, mut refused) = (0, 0);
    for (path, demands) in ROUTES {
        for (who, lines) in callers(&issuer) {
            let mut seen = Vec::new();
            for app in App::both(&gate(&issuer, &clock())) {
                let name = format!("{:?}: {demands}, {who}", app.framework);
                let question = format!("{path}/step-up");
                // Asked first: nothing of it may help or harm the call.
                let asked = send(&app, "GET", &question, &lines);
                let called = send(&app, "POST", path, &lines);
                assert_eq!(asked.ran, 0, "{name}: the handler ran for a question");
                if called.ran == 1 {
                    admitted += 1;
                    assert_eq!(
                        (called.status.as_u16(), asked.status.as_u16()),
                        (200, 204),
                        "{name}"
                    );
                    let mut expected = HeaderMap::new();
                    expected.insert("cache-control", "no-store".parse().unwrap());
                    assert_eq!((&asked.headers, asked.body.len()), (&expected, 0), "{name}");
                } else {
                    refused += 1;
                    assert_eq!(asked, called, "{name}");
                }
                let head = send(&app, "HEAD", &question, &lines);
                assert_eq!((head.status, head.ran), (asked.status, 0), "{name}");
                assert_eq!(head.headers, asked.headers, "{name}");
                assert_eq!(send(&app, "GET", &question, &lines), asked, "{name}: asked again");
                seen.push(asked);
            }
            assert_eq!(seen[0], seen[1], "{demands}, {who}: axum and poem differ");
        }
    }
    assert_eq!((admitted, refused), (2 * 22, 2 * 74));
}

/// T13: as for the call itself.
#[test]
fn t13_a_question_tells_a_bad_token_nothing_of_what_is_demanded() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    for app in App::both(&gate(&issuer, &clock())) {
        for (who, lines) in callers(&issuer).into_iter().take(8) {
            let told =
                ROUTES.map(|(path, _)| send(&app, "GET", &format!("{path}/step-up"), &lines));
            let same = told.iter().all(|answer| *answer == told[0]);
            assert!(same, "{:?}: {who}", app.framework);
            let said = &told[0];
            let refused = said.status == 400 || said.status == 401;
            assert!(refused && !said.challenge().contains("insufficient"), "{who}: {said:?}");
        }
    }
}

/// A question changes nothing, so it is a `GET`, and no other method is one.
#[test]
fn a_question_is_a_get_and_nothing_else() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let strong = Token::new().with("acr", "phrh").with("scope", "payments accounts:read");
    let strong = [format!("Bearer {}", issuer.token(&strong))];
    for app in App::both(&gate(&issuer, &clock())) {
        for (path, _) in ROUTES {
            for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"] {
                let answer = send(&app, method, &format!("{path}/step-up"), &strong);
                let name = format!("{:?}: {method} {path}/step-up", app.framework);
                assert_eq!((answer.status.as_u16(), answer.ran), (405, 0), "{name}");
            }
        }
        // At the path of the call itself, too, if no other `GET` is there.
        let answer = send(&app, "GET", "/plain", &strong);
        assert_eq!((answer.status.as_u16(), answer.ran), (204, 0), "{:?}", app.framework);
        let answer = send(&app, "POST", "/plain", &strong);
        assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{:?}", app.framework);
    }
}

/// There is nothing to switch on with a request: what is no question's route makes the call.
#[test]
fn no_header_and_no_query_makes_a_call_a_question() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let good = format!("Bearer {}", issuer.token(&Token::new()));
    for app in App::both(&gate(&issuer, &clock())) {
        for (name, value) in [("prefer", "step-up"), ("expect", "step-up"), ("step-up", "question")]
        {
            let headers = [("authorization", good.as_str()), (name, value)];
            let answer = app.call("POST", "/plain?step-up", &headers);
            assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{:?}", app.framework);
        }
    }
}

/// An endpoint of poem's that asks a gate by itself is no handler of ours: it is asked without the
/// request's headers, and lets nobody in.
#[test]
fn an_endpoint_that_says_itself_that_it_is_guarded_does_not_run_for_a_question() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let good = [format!("Bearer {}", issuer.token(&Token::new()))];
    let [_, app] = App::both(&gate(&issuer, &clock()));
    assert_eq!(app.framework, Framework::Poem);
    let called = send(&app, "POST", "/by-hand", &good);
    assert_eq!((called.status.as_u16(), called.ran), (200, 1));
    let asked = send(&app, "GET", "/by-hand/step-up", &good);
    assert_eq!((asked.status.as_u16(), asked.ran), (401, 0));
}

/// The check before the server listens finds the guard of a question's route, too, and a question
/// is no handler more in the list.
#[test]
fn a_question_is_guarded_and_is_not_listed() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let gate = gate(&issuer, &clock());
    for app in App::both(&gate) {
        for (path, _) in ROUTES {
            let path = format!("{path}/step-up");
            let checked = match &app.inner {
                crate::app::Inner::Axum(router) => {
                    block_on(stepup_axum::check(&gate, router, Method::GET, &path))
                }
                crate::app::Inner::Poem(endpoint) => {
                    block_on(stepup_poem::check(&gate, endpoint, Method::GET, &path))
                }
            };
            assert_eq!(checked, Ok(()), "{:?}: {path}", app.framework);
        }
    }
    let ours = |handler: &&stepup_core::GuardedHandler| handler.module().starts_with("preflight::");
    assert_eq!(guarded_handlers().iter().filter(ours).count(), 2 * ROUTES.len());
}
