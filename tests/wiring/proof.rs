//! M24, M25: what the proof is good for inside a handler.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::extract::State;
use poem::EndpointExt;
use poem::web::Data;
use stepup_core::{Algorithm, Gate, ManualClock};
use stepup_tests::{Issuer, Token, block_on, gate};
use tower::ServiceExt;

static CLOCK: LazyLock<Arc<ManualClock>> = LazyLock::new(stepup_tests::clock);

/// The good token is a minute old, so it holds for a second more.
fn later(still_holds: impl Fn() -> bool) -> String {
    CLOCK.set(stepup_core::Timestamp::from_secs(stepup_tests::NOW));
    let mut seen = vec![still_holds()];
    for _ in 0..2 {
        CLOCK.advance(Duration::from_secs(1));
        seen.push(still_holds());
    }
    format!("{seen:?}")
}

async fn axum_stream(
    proof: stepup_axum::SteppedUp<stepup_axum::MaxAge<61>>,
    State(gate): State<Gate>,
) -> String {
    assert_eq!(proof.authentication().subject(), "alice");
    later(|| proof.still_holds(&gate))
}

#[poem::handler]
async fn poem_stream(
    proof: stepup_poem::SteppedUp<stepup_poem::MaxAge<61>>,
    Data(gate): Data<&Gate>,
) -> String {
    assert_eq!(proof.authentication().subject(), "alice");
    later(|| proof.still_holds(gate))
}

#[test]
fn m25_a_stream_can_ask_whether_the_proof_still_holds() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let gate = gate(&issuer, &CLOCK);
    let bearer = format!("Bearer {}", issuer.token(&Token::new()));
    block_on(async {
        let app = axum::Router::new()
            .route("/", axum::routing::get(axum_stream))
            .with_state(gate.clone());
        let request = http::Request::get("/").header("authorization", &bearer);
        let request = request.body(axum::body::Body::empty()).expect("a request");
        let body = app.oneshot(request).await.expect("infallible").into_body();
        let body = http_body_util::BodyExt::collect(body).await.expect("a body").to_bytes();
        assert_eq!(body, "[true, true, false]");

        CLOCK.set(stepup_core::Timestamp::from_secs(stepup_tests::NOW));
        let client = poem::test::TestClient::new(poem_stream.data(gate));
        let answer = client.get("/").header("authorization", &bearer).send().await;
        answer.assert_text("[true, true, false]").await;
    });
}
