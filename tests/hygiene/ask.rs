//! Requests to one handler.

use std::cell::Cell;
use std::sync::LazyLock;

use axum::body::Body;
use axum::routing::MethodRouter;
use http_body_util::BodyExt;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Route};
use stepup_core::{Algorithm, Gate};
use stepup_tests::{Issuer, Token, block_on, clock};
use tower::ServiceExt;

static ISSUER: LazyLock<Issuer> = LazyLock::new(|| Issuer::new(Algorithm::EdDsa));

thread_local! {
    static RUNS: Cell<usize> = const { Cell::new(0) };
}

/// Each handler says that it runs.
pub fn ran() -> &'static str {
    RUNS.set(RUNS.get() + 1);
    "ran"
}

pub fn gate() -> Gate {
    stepup_tests::gate(&ISSUER, &clock())
}

/// The handler runs for a caller who logged in with two factors a minute ago, and for nobody else.
pub fn is_guarded(answer: impl Fn(Option<&str>) -> (u16, String)) {
    let weak = ISSUER.token(&Token::new().with("acr", "single-factor"));
    let strong = ISSUER.token(&Token::new().with("amr", vec!["pwd", "otp"]));
    for (token, status, runs) in [(None, 401, 0), (Some(&weak), 401, 0), (Some(&strong), 200, 1)] {
        let before = RUNS.get();
        let (answered, body) = answer(token.map(String::as_str));
        assert_eq!((answered, RUNS.get() - before), (status, runs), "{token:?}: {body}");
    }
}

/// Behind `GET /any/thing`.
pub fn axum_guards(handler: MethodRouter<Gate>) {
    let router = axum::Router::new().route("/{a}/{b}", handler).with_state(gate());
    is_guarded(|token| axum_answer(&router, token));
}

/// Behind `GET /any/thing`.
pub fn poem_guards<E>(endpoint: E)
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    let route = Route::new().at("/:a/:b", endpoint).data(gate());
    is_guarded(|token| poem_answer(&route, token));
}

pub fn axum_answer(router: &axum::Router, token: Option<&str>) -> (u16, String) {
    let mut request = http::Request::get("/any/thing?page=1");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::from("body")).expect("a request");
    block_on(async {
        let response = router.clone().oneshot(request).await.expect("infallible");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    })
}

pub fn poem_answer(endpoint: &impl Endpoint, token: Option<&str>) -> (u16, String) {
    let mut request = poem::Request::builder().uri_str("/any/thing?page=1");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    block_on(async {
        let response = endpoint.get_response(request.body("body")).await;
        (response.status().as_u16(), response.into_body().into_string().await.expect("a body"))
    })
}
