//! What is found out before a server listens.

use http::Method;
use poem::EndpointExt;
use stepup_core::{Algorithm, Gate, GateBuilder, KeySet};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, block_on};

fn builder() -> GateBuilder {
    let keys = KeySet::from_jwks(Issuer::new(Algorithm::EdDsa).jwks().as_bytes()).unwrap();
    Gate::builder(ISSUER, AUDIENCE).keys(keys)
}

mod back_office {
    use poem::handler;
    use stepup_poem::step_up;
    use stepup_tests::Own;

    #[step_up(Own)]
    #[handler]
    pub(super) async fn notarise() {}
}

mod axum_app {
    use axum::routing::{get, post};
    use axum::{Extension, Router};
    use stepup_axum::{FromExtension, Gate, Verified, step_up};

    #[step_up(level = "mfa", gate = extension)]
    async fn guarded() {}

    async fn open() {}

    async fn verified(_: Verified<FromExtension>) {}

    pub fn router(gate: Option<Gate>) -> Router {
        let router = Router::new()
            .route("/guarded", post(guarded))
            .route("/open", get(open))
            .route("/verified", get(verified));
        match gate {
            Some(gate) => router.layer(Extension(gate)),
            None => router,
        }
    }
}

mod poem_app {
    use poem::{Route, get, handler, post};
    use stepup_poem::{Verified, step_up};

    #[step_up(level = "mfa")]
    #[handler]
    async fn guarded() {}

    #[handler]
    async fn open() {}

    #[handler]
    async fn verified(_: Verified) {}

    pub fn route() -> Route {
        Route::new()
            .at("/guarded", post(guarded))
            .at("/open", get(open))
            .at("/verified", get(verified))
    }
}

#[test]
fn a_check_finds_the_guard_and_what_is_amiss() {
    let ours = builder().except_module("start::back_office").build().unwrap();
    let other = builder().except_module("start").realm("another").build().unwrap();
    let no_guard = "answered 200 to a request without a credential: no guard stands there; \
                    annotate the handler with `#[step_up(…)]`";
    let no_route = "to a request without a credential: there is no such route; is it spelled as \
                    in the router?";
    let no_gate = "answered 500 to a request without a credential: no gate is at hand there; the \
                   log says how to give it one";
    let not_ours = "answered 401 to a request without a credential: the guard there is of another \
                    gate";
    let who = "answered 401 to a request without a credential: no guard stands there; annotate the \
               handler with `#[step_up(…)]`";
    for (gate, method, path, expected) in [
        (Some(&ours), Method::POST, "/guarded", None),
        (Some(&ours), Method::GET, "/open", Some(format!("GET /open {no_guard}"))),
        (
            Some(&ours),
            Method::POST,
            "/elsewhere",
            Some(format!("POST /elsewhere answered 404 {no_route}")),
        ),
        (
            Some(&ours),
            Method::GET,
            "/guarded",
            Some(format!("GET /guarded answered 405 {no_route}")),
        ),
        (Some(&ours), Method::GET, "/verified", Some(format!("GET /verified {who}"))),
        (
            Some(&ours),
            Method::POST,
            "guarded",
            Some(
                "POST guarded cannot be checked: write the path as in the router, from its `/`"
                    .to_owned(),
            ),
        ),
        (Some(&other), Method::POST, "/guarded", Some(format!("POST /guarded {not_ours}"))),
        (None, Method::POST, "/guarded", Some(format!("POST /guarded {no_gate}"))),
    ] {
        let axum = axum_app::router(gate.cloned());
        let axum = block_on(stepup_axum::check(&ours, &axum, method.clone(), path));
        assert_eq!(axum.err().map(|error| error.to_string()), expected, "axum");

        let poem = poem_app::route().data_opt(gate.cloned());
        let poem = block_on(stepup_poem::check(&ours, &poem, method, path));
        assert_eq!(poem.err().map(|error| error.to_string()), expected, "poem");
    }
}

/// Design rule 10: no handler waits for a level that no token can ever show.
#[test]
fn a_gate_refuses_a_level_that_is_not_on_its_ladder() {
    let _ = back_office::notarise;
    let error = builder().build().unwrap_err().to_string();
    let line = error.find(".rs:").and_then(|at| error[at + 4..].split(')').next()).unwrap();
    assert!(line.parse::<u32>().is_ok(), "{error}");
    assert_eq!(
        error.replace(&format!(":{line})"), ":LINE)"),
        "start::back_office::notarise (tests/start/main.rs:LINE) demands the level `notarised`, \
         which is not on the gate's ladder (single-factor, mfa, phr, phrh): give the gate that \
         ladder with `.ladder(…)`, or, if another gate guards the handler, \
         `.except_module(\"start::back_office\")`"
    );
    for (module, builds) in [
        ("start::back_office", true),
        ("start", true),
        ("start::back", false),
        ("start::back_office::notarise", false),
        ("", false),
    ] {
        assert_eq!(builder().except_module(module).build().is_ok(), builds, "{module}");
    }
}
