//! Protected resource metadata (RFC 9728): the document, and where challenges say it is.

use axum::body::to_bytes;
use http::{Method, Request};
use serde_json::{Value, json};
use stepup_core::{
    Algorithm, Dpop, Gate, GateBuilder, KeySet, ProtectedResource, TrustedIssuer, read_challenges,
};
use stepup_tests::{AUDIENCE, Api, Framework, ISSUER, Issuer, Token, block_on, clock};
use tower::ServiceExt as _;

const URL: &str = "https://api.example/.well-known/oauth-protected-resource/v1";

fn builder(issuer: &Issuer) -> GateBuilder {
    let keys = || KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap();
    Gate::builder(ISSUER, AUDIENCE)
        .keys(keys())
        .trust(TrustedIssuer::new("https://other.example", AUDIENCE).keys(keys()))
        .clock(clock())
}

fn described(issuer: &Issuer) -> GateBuilder {
    builder(issuer).resource(ProtectedResource::at("https://api.example/v1").named("Orders"))
}

type Answer = (u16, Option<String>, Option<String>, Vec<u8>);

/// What each framework serves at this path: status, type, who may read it, body.
fn serve(gate: &Gate, method: &Method, path: &str) -> [Answer; 2] {
    let request = || Request::builder().method(method).uri(path);
    let of = |headers: &http::HeaderMap, name: &str| {
        headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    };
    let (kind, origin) = ("content-type", "access-control-allow-origin");
    let app: axum::Router = stepup_axum::resource_metadata(axum::Router::new(), gate);
    let axum = block_on(app.oneshot(request().body(axum::body::Body::empty()).unwrap())).unwrap();
    let (parts, body) = axum.into_parts();
    let body = block_on(to_bytes(body, 1 << 20)).unwrap().to_vec();
    let headers = &parts.headers;
    let axum = (parts.status.as_u16(), of(headers, kind), of(headers, origin), body);
    let app = stepup_poem::resource_metadata(poem::Route::new(), gate);
    let request = poem::Request::builder().method(method.clone()).uri(path.parse().unwrap());
    let poem = block_on(poem::Endpoint::get_response(&app, request.finish()));
    let (parts, body) = poem.into_parts();
    let headers = &parts.headers;
    let body = block_on(body.into_vec()).unwrap();
    [axum, (parts.status.as_u16(), of(headers, kind), of(headers, origin), body)]
}

/// R-9728-02.
#[test]
fn r_9728_02_the_document_is_served() {
    let issuer = Issuer::new(Algorithm::Es256);
    let gate = described(&issuer).build().unwrap();
    for (status, kind, origin, body) in serve(&gate, &Method::GET, URL.split_at(19).1) {
        assert_eq!(
            (status, kind.as_deref(), origin.as_deref()),
            (200, Some("application/json"), Some("*"))
        );
        assert_eq!(
            serde_json::from_slice::<Value>(&body).unwrap(),
            json!({
                "resource": "https://api.example/v1",
                "authorization_servers": ["https://idp.example", "https://other.example"],
                "bearer_methods_supported": ["header"],
                "resource_name": "Orders",
            })
        );
    }
    let bare = builder(&issuer).build().unwrap();
    for (status, ..) in serve(&bare, &Method::GET, "/.well-known/oauth-protected-resource") {
        assert_eq!(status, 404);
    }
}

/// R-9728-01: in every challenge, whatever its error and scheme.
#[test]
fn r_9728_01_challenges_say_where_the_document_is() {
    let issuer = Issuer::new(Algorithm::Es256);
    let gate = described(&issuer).dpop(Dpop::at(AUDIENCE)).build().unwrap();
    let weak = issuer.token(&Token::new().with("acr", "single-factor"));
    let short_of_scope = issuer.token(&Token::new());
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        for (path, authorization, count) in [
            ("/mfa", vec![], 2),
            ("/mfa", vec!["Bearer".to_owned()], 1),
            ("/mfa", vec!["Bearer x".to_owned()], 1),
            ("/mfa", vec![format!("Bearer {weak}")], 1),
            ("/scope", vec![format!("Bearer {short_of_scope}")], 1),
            ("/mfa", vec!["DPoP x".to_owned()], 1),
        ] {
            let lines: Vec<_> = authorization.iter().map(String::as_str).collect();
            let answer = block_on(api.post(path, &lines));
            let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
            assert_eq!(challenges.len(), count, "{framework:?} {authorization:?}");
            for challenge in challenges {
                let challenge = read_challenges(challenge.to_str().unwrap()).unwrap();
                assert_eq!(challenge[0].param("resource_metadata"), Some(URL), "{challenge:?}");
            }
        }
    }
}

#[test]
fn what_is_no_url_of_an_api_does_not_start() {
    let issuer = Issuer::new(Algorithm::Es256);
    let built = builder(&issuer).resource(ProtectedResource::at("http://api.example")).build();
    assert_eq!(
        built.unwrap_err().to_string(),
        "the gate's resource: the URL of `ProtectedResource::at(…)` is not one of an API: write \
         for example `https://api.example`, https, without query and fragment",
    );
}
