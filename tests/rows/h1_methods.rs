//! H1: no method goes around a guard, be it sent by nobody (CVE-2026-45075, CVE-2026-118514).

use stepup_core::Algorithm;
use stepup_tests::{Framework, Issuer, Served, Token, clock, gate};

use crate::app::App;
use crate::{raw, routes};

const METHODS: &str = "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND PURGE QUERY \
                       LINK get head post Post options GETT X-STEP-UP";

/// Each door takes every method here, so only the guard stands in the way.
#[test]
fn h1_head_and_other_methods_meet_the_guard_of_every_route() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    // Of somebody who is known, and has shown nothing that any route asks for.
    let weak = issuer.token(&Token::new().without("acr").without("auth_time").without("scope"));
    let weak = format!("Bearer {weak}");
    let good = format!("Bearer {}", issuer.token(&Token::new()));
    for framework in Framework::ALL {
        let served = Served::api(framework, &gate(&issuer, &clock()));
        let ask = |method: &str, path: &str, headers: &[(&str, &str)]| {
            raw::status(served.address(), raw::request(method, path, headers))
        };
        for path in routes::guarded() {
            for method in METHODS.split(' ') {
                for headers in [&[][..], &[("authorization", weak.as_str())]] {
                    let status = ask(method, &path, headers);
                    let name = format!("{framework:?}: {method} {path}: {status}");
                    // A client of a proxy sends CONNECT, and a host in place of a path; scopes
                    // alone are asked for with a 403.
                    let refused = match status {
                        400 => method == "CONNECT",
                        403 => path == "/scope" && !headers.is_empty(),
                        _ => status == 401,
                    };
                    assert!(refused, "{name}");
                }
            }
        }
        assert_eq!(served.ran(), 0, "{framework:?}");
        for (count, method) in ["GET", "HEAD", "OPTIONS", "PURGE", "post"].iter().enumerate() {
            let status = ask(method, "/mfa", &[("authorization", &good)]);
            assert_eq!((status, served.ran()), (200, count + 1), "{framework:?}: {method}");
        }
    }
}

/// A `GET` route answers `HEAD` too, and no other method.
#[test]
fn h1_a_route_bound_to_methods_has_no_other_door() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let good = format!("Bearer {}", issuer.token(&Token::new()));
    for app in App::both(&gate(&issuer, &clock())) {
        let served = app.served();
        let ask = |method: &str, path: &str, headers: &[(&str, &str)]| {
            raw::status(served.address(), raw::request(method, path, headers))
        };
        for method in METHODS.split(' ') {
            for (path, door) in [("/balance", ["GET", "HEAD"]), ("/transfers", ["POST", "POST"])] {
                let open = path == "/transfers" && ["GET", "HEAD"].contains(&method);
                let status = ask(method, path, &[]);
                let expected: &[u16] = match method {
                    _ if open => &[200],
                    _ if door.contains(&method) => &[401],
                    "CONNECT" => &[400, 404, 405],
                    _ => &[405],
                };
                let name = format!("{:?}: {method} {path}: {status}", app.framework);
                assert!(expected.contains(&status), "{name}");
            }
        }
        assert_eq!(app.ran(), 0, "{:?}", app.framework);
        for (method, path) in [("GET", "/balance"), ("HEAD", "/balance"), ("POST", "/transfers")] {
            assert_eq!(ask(method, path, &[("authorization", &good)]), 200, "{method} {path}");
        }
        assert_eq!(app.ran(), 3, "{:?}", app.framework);
    }
}
