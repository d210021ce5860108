//! M19, M29: no gate at hand is a 500 and an error in the log, and never a way in.

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use poem::Endpoint;
use tower::ServiceExt;

use crate::log;

const BODY: &str = r#"{"type":"about:blank","title":"Service misconfigured","status":500,"detail":"This service is set up wrongly; its log says how."}"#;

#[test]
fn m19_axum_without_the_extension() {
    #[stepup_axum::step_up(level = "mfa", gate = extension)]
    async fn guarded() -> &'static str {
        panic!("it must not run")
    }
    let app: axum::Router = axum::Router::new().route("/", axum::routing::get(guarded));
    let (answer, log) = log::of(async {
        let response = app.oneshot(Request::new(Body::empty())).await.expect("infallible");
        let status = response.status();
        (status, response.into_body().collect().await.expect("a body").to_bytes())
    });
    assert_eq!(answer.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.1, BODY);
    assert!(log.contains("ERROR"), "{log}");
    assert!(log.contains("add `.layer(axum::Extension(gate))` below the guarded routes"), "{log}");
}

#[test]
fn m19_poem_without_data() {
    #[stepup_poem::step_up(level = "mfa")]
    #[poem::handler]
    async fn guarded() -> &'static str {
        panic!("it must not run")
    }
    let (answer, log) = log::of(async {
        let response = guarded.get_response(poem::Request::default()).await;
        let status = response.status();
        (status, response.into_body().into_bytes().await.expect("a body"))
    });
    assert_eq!(answer.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.1, BODY);
    assert!(log.contains("ERROR"), "{log}");
    assert!(log.contains("add `.data(gate)` around the guarded routes"), "{log}");
}
