//! A preflight is a browser's, and carries no credential: no guard challenges it (R-9110-06).

use stepup_core::Algorithm;
use stepup_tests::{Issuer, Token, clock, gate};

use crate::app::App;

const ORIGIN: (&str, &str) = ("origin", "https://app.example");
const ASKS: (&str, &str) = ("access-control-request-method", "POST");
const HEADERS: (&str, &str) = ("access-control-request-headers", "authorization");

/// Where every method comes to a guard, and no CORS layer stands before it.
#[test]
fn r_9110_06_a_guard_challenges_no_preflight_and_gives_no_leave() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    for app in App::both(&gate(&issuer, &clock())) {
        for path in ["/any", "/verified"] {
            for headers in [&[ORIGIN, ASKS][..], &[ORIGIN, ASKS, HEADERS]] {
                let answer = app.call("OPTIONS", path, headers);
                let name = format!("{:?}: {path}: {answer:?}", app.framework);
                assert_eq!((answer.status.as_u16(), answer.ran), (204, 0), "{name}");
                let names: Vec<_> = answer.headers.keys().map(|name| name.as_str()).collect();
                assert_eq!((names, answer.body.len()), (vec!["cache-control"], 0), "{name}");
            }
        }
        // Bound to its method a route has nothing to say to `OPTIONS`.
        let answer = app.call("OPTIONS", "/plain", &[ORIGIN, ASKS]);
        assert_eq!((answer.status.as_u16(), answer.challenge()), (405, ""), "{:?}", app.framework);
    }
}

/// What only looks like one is judged as any other request.
#[test]
fn r_9110_06_nothing_else_is_a_preflight() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let bearer = |token: Token| format!("Bearer {}", issuer.token(&token));
    let weak = bearer(Token::new().with("acr", "single-factor"));
    let (weak, good) = (("authorization", weak.as_str()), bearer(Token::new()));
    let good = ("authorization", good.as_str());
    for app in App::both(&gate(&issuer, &clock())) {
        for (method, headers, expected) in [
            ("OPTIONS", &[][..], 401),
            ("OPTIONS", &[ORIGIN], 401),
            ("OPTIONS", &[ASKS], 401),
            ("OPTIONS", &[ASKS, HEADERS], 401),
            ("POST", &[ORIGIN, ASKS], 401),
            ("GET", &[ORIGIN, ASKS, HEADERS], 401),
            ("options", &[ORIGIN, ASKS], 401),
            ("OPTIONS", &[ORIGIN, ASKS, weak], 401),
            ("OPTIONS", &[ORIGIN, ASKS, ("authorization", "Bearer")], 400),
            ("OPTIONS", &[ORIGIN, ASKS, ("authorization", "Bearer a")], 401),
            ("OPTIONS", &[ORIGIN, ASKS, good], 200),
        ] {
            let answer = app.call(method, "/any", headers);
            let name = format!("{:?}: {method} {headers:?}: {answer:?}", app.framework);
            assert_eq!(answer.status, expected, "{name}");
            assert_eq!(answer.ran, usize::from(expected == 200), "{name}");
            assert_eq!(answer.challenge().is_empty(), expected == 200, "{name}");
        }
    }
}
