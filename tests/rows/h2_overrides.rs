//! H2: a method that is not the request's own opens no door.

use http::Request;
use stepup_core::Algorithm;
use stepup_tests::{Issuer, Token, block_on, clock, gate};

use crate::app::App;

const HEADERS: [&str; 8] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
    "x-method",
    "x-original-method",
    "x-forwarded-method",
    "x-rewrite-method",
    "_method",
];

#[test]
fn h2_a_method_override_changes_nothing() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let weak = issuer.token(&Token::new().with("acr", "single-factor"));
    let weak = format!("Bearer {weak}");
    for app in App::both(&gate(&issuer, &clock())) {
        for (method, path) in [("POST", "/transfers"), ("GET", "/balance"), ("HEAD", "/balance")] {
            for other in ["GET", "HEAD", "OPTIONS", "DELETE", "get", "", "NONE"] {
                let queries = ["_method", "method", "http_method"];
                let queries = queries.map(|name| (format!("{path}?{name}={other}"), None));
                let headers = HEADERS.map(|name| (path.to_owned(), Some(name)));
                for (uri, header) in headers.into_iter().chain(queries) {
                    for token in [None, Some(&weak)] {
                        let mut request = Request::builder().method(method).uri(&uri);
                        if let Some(header) = header {
                            request = request.header(header, other);
                        }
                        if let Some(token) = token {
                            request = request.header("authorization", token);
                        }
                        let answer = block_on(app.call(request.body(()).expect("a request")));
                        assert_eq!(
                            (answer.status.as_u16(), answer.ran),
                            (401, 0),
                            "{:?}: {method} {uri}, {header:?}: {other}",
                            app.framework
                        );
                    }
                }
            }
        }
        // And none opens a guarded door from the open one beside it.
        for header in HEADERS {
            let request = Request::get("/transfers").header(header, "POST").body(());
            let answer = block_on(app.call(request.expect("a request")));
            assert_eq!((answer.status.as_u16(), answer.ran), (200, 0), "{:?}", app.framework);
            assert_eq!(answer.body, "the list");
        }
    }
}
