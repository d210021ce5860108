//! Every door to a guarded handler has the guard behind it.

use http::{Method, Request};
use stepup_core::Algorithm;
use stepup_tests::{Api, Framework, Issuer, Payload, Token, block_on, clock, gate};

fn request(method: &str, path: &str, token: Option<&str>) -> Request<Payload> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Payload::NONE).expect("a request")
}

/// M17, H1: the guard knows no list of methods.
#[test]
fn m17_every_method_meets_the_guard() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let weak = issuer.token(&Token::new().with("acr", "single-factor"));
    let good = issuer.token(&Token::new());
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate(&issuer, &clock()));
        for method in
            ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE", "post"]
        {
            for token in [None, Some(weak.as_str())] {
                let answer = block_on(api.call(request(method, "/mfa", token)));
                assert_eq!(
                    (answer.status.as_u16(), answer.ran),
                    (401, 0),
                    "{framework:?} {method}"
                );
            }
            let answer = block_on(api.call(request(method, "/mfa", Some(&good))));
            assert_eq!(answer.ran, 1, "{framework:?} {method}");
        }
    }
}

/// M18: nested and fallback routes, which a `route_layer` would miss.
#[test]
fn m18_nested_and_fallback_routes_are_guarded() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let gate = gate(&issuer, &clock());
    let axum = {
        use axum::Router;
        use axum::routing::any;
        #[stepup_axum::step_up(level = "mfa")]
        async fn guarded() {}
        let inner: Router<stepup_axum::Gate> = Router::new().route("/deep", any(guarded));
        Router::new().nest("/a", inner).fallback(guarded).with_state(gate.clone())
    };
    let poem = {
        use poem::{EndpointExt, Route, handler};
        #[stepup_poem::step_up(level = "mfa")]
        #[handler]
        async fn guarded() {}
        Route::new()
            .nest("/a", Route::new().at("/deep", guarded))
            .at("*any", guarded)
            .data(gate.clone())
    };
    for path in ["/a/deep", "/elsewhere"] {
        block_on(async {
            let axum = stepup_axum::check(&gate, &axum, Method::POST, path).await;
            assert_eq!(axum.err(), None, "axum {path}");
            let poem = stepup_poem::check(&gate, &poem, Method::POST, path).await;
            assert_eq!(poem.err(), None, "poem {path}");
        });
    }
}
