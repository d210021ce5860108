//! Behind the frameworks' own CORS layers, set up as the guide says.

use axum::Router;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use poem::endpoint::{BoxEndpoint, EndpointExt as _};
use poem::middleware::Cors;
use stepup_core::{Algorithm, EXPOSED_HEADERS, Gate};
use stepup_tests::{Answer, Issuer, Token, clock, gate};
use tower_http::cors::CorsLayer;

use crate::app::App;

const PAGE: &str = "https://app.example";
const TOTAL: HeaderName = HeaderName::from_static("x-total");

fn router(router: Router) -> Router {
    router.layer(
        CorsLayer::new()
            .allow_origin(HeaderValue::from_static(PAGE))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([AUTHORIZATION, CONTENT_TYPE, HeaderName::from_static("dpop")])
            .expose_headers([&EXPOSED_HEADERS[..], &[TOTAL]].concat()),
    )
}

fn endpoint(endpoint: BoxEndpoint<'static>) -> BoxEndpoint<'static> {
    let cors = Cors::new()
        .allow_origin(PAGE)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, HeaderName::from_static("dpop")])
        .expose_headers(EXPOSED_HEADERS)
        .expose_header(TOTAL);
    endpoint.with(cors).boxed()
}

fn layered(gate: &Gate) -> [App; 2] {
    App::both_with(gate, router, endpoint)
}

/// What a browser reads of a list: its words, in no order.
fn words(answer: &Answer, name: &str) -> Vec<String> {
    let lines = answer.headers.get_all(name).iter().map(|line| line.to_str().expect("ASCII"));
    let mut words: Vec<_> =
        lines.flat_map(|line| line.split(',')).map(|word| word.trim().to_lowercase()).collect();
    words.sort();
    words
}

#[test]
fn h11_the_check_finds_nothing_wrong() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let gate = gate(&issuer, &clock());
    for app in layered(&gate) {
        for (method, path) in [("POST", "/plain"), ("GET", "/plain/step-up"), ("POST", "/any")] {
            let checked = app.check_sending(&[CONTENT_TYPE], &gate, method, path, PAGE);
            assert_eq!(checked, Ok(()), "{:?}: {method} {path}", app.framework);
        }
        let said = app.check_sending(&[TOTAL], &gate, "POST", "/plain", PAGE).unwrap_err();
        let expected = "the header `x-total` may not be sent";
        assert!(said.to_string().contains(expected), "{:?}: {said}", app.framework);
    }
}

/// R-9449-10, on refusals as on what a question is answered, beside what the service exposes.
#[test]
fn r_9449_10_a_page_can_read_every_challenge() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let bearer = |token: Token| format!("Bearer {}", issuer.token(&token));
    let (good, weak) = (bearer(Token::new()), bearer(Token::new().with("acr", "single-factor")));
    for app in layered(&gate(&issuer, &clock())) {
        for (method, path, sent, expected) in [
            ("POST", "/plain", None, 401),
            ("POST", "/plain", Some("Bearer"), 400),
            ("POST", "/plain", Some("Bearer a"), 401),
            ("POST", "/plain", Some(&*weak), 401),
            ("POST", "/scope", Some(&*good), 403),
            ("POST", "/plain", Some(&*good), 200),
            ("GET", "/plain/step-up", None, 401),
            ("GET", "/plain/step-up", Some(&*weak), 401),
            ("GET", "/plain/step-up", Some(&*good), 204),
            ("GET", "/scope/step-up", Some(&*good), 403),
        ] {
            let mut headers = vec![("origin", PAGE)];
            headers.extend(sent.map(|line| ("authorization", line)));
            let answer = app.call(method, path, &headers);
            let name = format!("{:?}: {method} {path} {sent:?}: {answer:?}", app.framework);
            assert_eq!(answer.status, expected, "{name}");
            assert_eq!(answer.challenge().is_empty(), expected < 300, "{name}");
            assert_eq!(words(&answer, "access-control-allow-origin"), [PAGE], "{name}");
            let exposed = words(&answer, "access-control-expose-headers");
            let expected = ["dpop-nonce", "retry-after", "www-authenticate", "x-total"];
            assert_eq!(exposed, expected, "{name}");
        }
    }
}
