//! H11: behind the frameworks' own CORS layers nobody has to take the guard away.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::Router;
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, Request};
use poem::endpoint::EndpointExt;
use poem::middleware::Cors;
use stepup_core::Algorithm;
use stepup_tests::{Answer, Framework, Issuer, Token, block_on, clock, gate};
use tower_http::cors::{Any, CorsLayer};

use crate::app::App;

const ORIGIN: &str = "https://app.example";

fn apps(issuer: &Issuer) -> [App; 2] {
    let layer = CorsLayer::new()
        .allow_origin(HeaderValue::from_static(ORIGIN))
        .allow_methods([Method::POST])
        .allow_headers([AUTHORIZATION])
        .expose_headers([WWW_AUTHENTICATE])
        .allow_credentials(true);
    let cors = Cors::new()
        .allow_origin(ORIGIN)
        .allow_method(Method::POST)
        .allow_header(AUTHORIZATION)
        .expose_header(WWW_AUTHENTICATE)
        .allow_credentials(true);
    App::both_with(
        &gate(issuer, &clock()),
        |router| router.layer(layer),
        |endpoint| endpoint.with(cors).boxed(),
    )
}

fn ask(app: &App, method: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri("/transfers");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    block_on(app.call(request.body(()).expect("a request")))
}

/// What a browser reads of a header: its words, in lower case.
fn words(answer: &Answer, name: &str) -> Vec<String> {
    let value = answer.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"));
    value.split(',').map(|word| word.trim().to_lowercase()).collect()
}

#[test]
fn h11_a_preflight_carries_no_token_and_is_not_challenged() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    for app in apps(&issuer) {
        let answer = ask(
            &app,
            "OPTIONS",
            &[
                ("origin", ORIGIN),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "authorization"),
            ],
        );
        let name = format!("{:?}: {answer:?}", app.framework);
        assert!(answer.status.is_success() && answer.ran == 0, "{name}");
        assert_eq!(answer.challenge(), "", "{name}");
        assert_eq!(words(&answer, "access-control-allow-origin"), [ORIGIN], "{name}");
        assert!(words(&answer, "access-control-allow-methods").contains(&"post".into()), "{name}");
        assert_eq!(words(&answer, "access-control-allow-headers"), ["authorization"], "{name}");
    }
}

#[test]
fn h11_a_call_from_another_origin_can_read_its_challenge() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let weak = issuer.token(&Token::new().with("acr", "single-factor"));
    let (weak, good) =
        (format!("Bearer {weak}"), format!("Bearer {}", issuer.token(&Token::new())));
    for app in apps(&issuer) {
        for (token, status, error) in [
            (None, 401, "Bearer realm"),
            (Some(weak.as_str()), 401, "insufficient_user_authentication"),
            (Some("Bearer a"), 401, "invalid_token"),
            (Some("Bearer"), 400, "invalid_request"),
            (Some(good.as_str()), 200, ""),
        ] {
            let mut headers = vec![("origin", ORIGIN)];
            headers.extend(token.map(|token| ("authorization", token)));
            let answer = ask(&app, "POST", &headers);
            let name = format!("{:?}: {answer:?}", app.framework);
            assert_eq!(answer.status, status, "{name}");
            assert_eq!(answer.ran, usize::from(status == 200), "{name}");
            assert!(answer.challenge().contains(error), "{name}");
            assert_eq!(words(&answer, "access-control-allow-origin"), [ORIGIN], "{name}");
            let exposed = words(&answer, "access-control-expose-headers");
            assert_eq!(exposed, ["www-authenticate"], "{name}");
            assert_eq!(status != 200, answer.headers.contains_key("cache-control"), "{name}");
        }
    }
}

/// What only looks like a preflight, or comes from elsewhere, opens nothing.
#[test]
fn h11_the_layer_is_no_way_around_the_guard() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let ask_for = |method| ("access-control-request-method", method);
    for app in apps(&issuer) {
        for (method, headers) in [
            ("POST", &[("origin", "https://other.example")][..]),
            ("POST", &[("origin", "null")]),
            ("POST", &[("origin", ORIGIN), ask_for("POST")]),
            ("POST", &[ask_for("POST")]),
            ("OPTIONS", &[]),
            ("OPTIONS", &[("origin", "https://other.example"), ask_for("POST")]),
            ("OPTIONS", &[("origin", ORIGIN), ask_for("DELETE")]),
            ("OPTIONS", &[("origin", ORIGIN)]),
        ] {
            let answer = ask(&app, method, headers);
            let name = format!("{:?}: {method} {headers:?}: {answer:?}", app.framework);
            assert_eq!(answer.ran, 0, "{name}");
            // An empty success to `OPTIONS` is the layer's own answer.
            assert!(!answer.status.is_success() || answer.body.is_empty(), "{name}");
            let foreign =
                words(&answer, "access-control-allow-origin")[0] == "https://other.example";
            assert!(!foreign, "{name}");
        }
    }
}

/// Every origin, with the user's credentials: the layer of axum does not start so. That of poem
/// has no wildcard; without an origin it takes each at its word, and the guard still decides.
#[test]
fn h11_a_wildcard_with_credentials_does_not_open_the_guard() {
    let layer = || CorsLayer::new().allow_origin(Any).allow_credentials(true);
    let built = catch_unwind(AssertUnwindSafe(|| Router::<()>::new().layer(layer())));
    let text = built.map(drop).unwrap_err();
    assert_eq!(
        text.downcast_ref::<String>().map(String::as_str).or(text.downcast_ref().copied()),
        Some(
            "Invalid CORS configuration: Cannot combine `Access-Control-Allow-Credentials: true` \
             with `Access-Control-Allow-Origin: *`"
        )
    );
    let issuer = Issuer::new(Algorithm::EdDsa);
    let apps = App::both_with(
        &gate(&issuer, &clock()),
        |router| router,
        |endpoint| endpoint.with(Cors::new().allow_credentials(true)).boxed(),
    );
    let app = apps.iter().find(|app| app.framework == Framework::Poem).expect("there is one");
    let answer = ask(app, "POST", &[("origin", "https://other.example")]);
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
    assert_eq!(words(&answer, "access-control-allow-origin"), ["https://other.example"]);
    assert_ne!(answer.challenge(), "");
}
