//! A nested router takes its prefix off the URI that handlers see. A proof is for the whole one.

use http::Request;
use poem::EndpointExt as _;
use stepup_core::{Algorithm, Dpop, Gate, KeySet};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, Prover, block_on, clock};
use tower::ServiceExt as _;

mod in_axum {
    #[stepup_axum::step_up(level = "mfa")]
    pub(super) async fn pay() {}
}

mod in_poem {
    #[stepup_poem::step_up(level = "mfa")]
    #[poem::handler]
    pub(super) async fn pay() {}
}

#[test]
fn r_9449_01_a_proof_is_for_the_url_that_the_client_sees() {
    let (issuer, prover) = (Issuer::new(Algorithm::Es256), Prover::new(Algorithm::Es256));
    let gate = Gate::builder(ISSUER, AUDIENCE)
        .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
        .clock(clock())
        .dpop(Dpop::at(AUDIENCE))
        .build()
        .unwrap();
    let token = issuer.token(&prover.token());
    let request = |proved: &str| {
        let proof = prover.sign(&prover.proof(proved, &token));
        Request::post("/v1/orders/pay?now=1")
            .header("authorization", format!("DPoP {token}"))
            .header("dpop", proof)
            .body(())
            .unwrap()
    };
    let axum = |proved: &str| {
        let orders = axum::Router::new().route("/pay", axum::routing::post(in_axum::pay));
        let v1 = axum::Router::new().nest("/orders", orders);
        let app = axum::Router::new().nest("/v1", v1).with_state(gate.clone());
        let request = request(proved).map(|()| axum::body::Body::empty());
        block_on(app.oneshot(request)).unwrap().status().as_u16()
    };
    let poem = |proved: &str| {
        let orders = poem::Route::new().at("/pay", poem::post(in_poem::pay));
        let v1 = poem::Route::new().nest("/orders", orders);
        let app = poem::Route::new().nest("/v1", v1).data(gate.clone());
        let (parts, ()) = request(proved).into_parts();
        let address = || poem::Addr::SocketAddr("127.0.0.1:1".parse().unwrap());
        let (local, remote) = (poem::web::LocalAddr(address()), poem::web::RemoteAddr(address()));
        let parts = (parts, local, remote, http::uri::Scheme::HTTPS);
        let request = poem::Request::from_parts(parts.into(), poem::Body::empty());
        block_on(poem::Endpoint::get_response(&app, request)).status().as_u16()
    };
    for (proved, expected) in
        [("/v1/orders/pay", 200), ("/pay", 401), ("/orders/pay", 401), ("/v1/orders", 401)]
    {
        assert_eq!(axum(proved), expected, "axum {proved}");
        assert_eq!(poem(proved), expected, "poem {proved}");
    }
}
