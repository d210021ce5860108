//! Settings that cannot work do not start.

use std::time::Duration;

use serde_json::json;
use stepup_core::{Algorithm, Gate, Introspection, Network, TrustedIssuer};
use stepup_tests::{AUDIENCE, Api, Framework, Issuer, LoopbackIssuer, NOW, Token, clock};

#[tokio::test]
async fn p3_an_introspection_that_cannot_work_does_not_start() {
    let idp = LoopbackIssuer::start(&[&Issuer::new(Algorithm::EdDsa)]);
    let silent = LoopbackIssuer::start(&[&Issuer::new(Algorithm::EdDsa)]);
    let metadata = json!({"issuer": silent.url(), "jwks_uri": format!("{}/keys", silent.url())});
    silent.put(LoopbackIssuer::METADATA, &metadata);
    let good = || Introspection::new("orders-api", "s3cret");
    for (idp, introspection, expected) in [
        (
            &idp,
            Introspection::new("", "s3cret"),
            "introspection needs a client id and a secret: register this API as a client at the \
             issuer (RFC 7662 §2.1)",
        ),
        (
            &idp,
            Introspection::new("orders-api", ""),
            "introspection needs a client id and a secret: register this API as a client at the \
             issuer (RFC 7662 §2.1)",
        ),
        (
            &idp,
            good().remember_for(Duration::from_secs(601)),
            "introspection would be remembered for more than ten minutes, and revoked tokens with \
             it: set less with `.remember_for(…)`",
        ),
        (
            &idp,
            good().endpoint("http://10.0.0.1/introspect"),
            "the introspection endpoint cannot be used: its address is not this machine's, as \
             `Network::Loopback` demands",
        ),
        (
            &idp,
            good().endpoint("introspect"),
            "the introspection endpoint cannot be used: it is no URL",
        ),
        (
            &silent,
            good(),
            "the issuer's metadata names no `introspection_endpoint`: set it with \
             `Introspection::endpoint(…)`",
        ),
    ] {
        let built = Gate::builder(idp.url(), AUDIENCE)
            .network(Network::Loopback)
            .introspection(introspection)
            .clock(clock())
            .discover()
            .await;
        let error = built.unwrap_err().to_string();
        assert_eq!(error, format!("the gate's issuer {}: {expected}", idp.url()));
    }
}

#[tokio::test]
async fn p3_two_issuers_cannot_both_be_asked() {
    let idp = LoopbackIssuer::start(&[&Issuer::new(Algorithm::EdDsa)]);
    let other = LoopbackIssuer::start(&[&Issuer::new(Algorithm::EdDsa)]);
    let good = || Introspection::new("orders-api", "s3cret");
    let built = Gate::builder(idp.url(), AUDIENCE)
        .network(Network::Loopback)
        .introspection(good())
        .trust(TrustedIssuer::new(other.url(), AUDIENCE).introspection(good()))
        .clock(clock())
        .discover()
        .await;
    assert_eq!(
        built.unwrap_err().to_string(),
        "the gate's introspection is set for two issuers: a token that only its issuer can read \
         does not tell whose it is",
    );
}

/// An issuer of opaque tokens alone publishes no keys.
#[tokio::test]
async fn an_issuer_without_keys_is_asked_about_all() {
    let idp = LoopbackIssuer::start(&[&Issuer::new(Algorithm::EdDsa)]);
    idp.put(LoopbackIssuer::METADATA, &json!({"issuer": idp.url()}));
    let introspection =
        Introspection::new("orders-api", "s3cret").endpoint(&format!("{}/introspect", idp.url()));
    let builder = || Gate::builder(idp.url(), AUDIENCE).network(Network::Loopback).clock(clock());
    assert!(builder().introspection(introspection.clone()).discover().await.is_ok());
    assert!(builder().introspection(introspection).build().is_ok());
    let error = builder().discover().await.unwrap_err().to_string();
    assert!(error.ends_with("cannot be used: its metadata names no `jwks_uri`"), "{error}");
}

/// It is asked about JWTs too: it has no other way to have them judged.
#[tokio::test]
async fn a_jwt_of_an_issuer_without_keys_is_asked_about() {
    let key = Issuer::new(Algorithm::EdDsa);
    let idp = LoopbackIssuer::start(&[&key]);
    let answer = json!({
        "active": true, "token_type": "Bearer", "aud": AUDIENCE, "sub": "alice", "acr": "mfa",
        "exp": NOW + 60, "iat": NOW,
    });
    idp.put(LoopbackIssuer::INTROSPECTION, &answer);
    let at = format!("{}/introspect", idp.url());
    let gate = Gate::builder(idp.url(), AUDIENCE)
        .network(Network::Loopback)
        .introspection(Introspection::new("orders-api", "s3cret").endpoint(&at))
        .clock(clock())
        .build()
        .unwrap();
    let ours = key.token(&Token::new().with("iss", idp.url()));
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate);
        assert_eq!(api.post_with("/mfa", &ours).await.status, 200);
    }
    assert_eq!(idp.requests(LoopbackIssuer::INTROSPECTION), 1, "one gate, one question");
    // Keycloak's service accounts have a subject of their own.
    let mut service = answer;
    service["username"] = json!("service-account-job");
    idp.put(LoopbackIssuer::INTROSPECTION, &service);
    let api = Api::new(Framework::Axum, &gate);
    assert_eq!(api.post_with("/mfa", "opaque").await.status, 403);
}

/// A token that names its issuer is shown to no other.
#[tokio::test]
async fn a_token_of_one_issuer_is_not_shown_to_another() {
    let (key, other) = (Issuer::new(Algorithm::EdDsa), Issuer::new(Algorithm::EdDsa));
    let (idp, asked) = (LoopbackIssuer::start(&[&key]), LoopbackIssuer::start(&[&other]));
    let gate = Gate::builder(idp.url(), AUDIENCE)
        .network(Network::Loopback)
        .trust(
            TrustedIssuer::new(asked.url(), AUDIENCE)
                .introspection(Introspection::new("orders-api", "s3cret")),
        )
        .clock(clock())
        .discover()
        .await
        .unwrap();
    let api = Api::new(Framework::Axum, &gate);
    let header = json!({"typ": "at+jwt", "alg": "EdDSA", "crit": ["x"]}).to_string();
    let theirs = Token::new().with("iss", idp.url()).payload();
    assert_eq!(api.post_with("/mfa", &key.sign(&header, &theirs)).await.status, 401);
    assert_eq!(asked.requests(LoopbackIssuer::INTROSPECTION), 0);
    api.post_with("/mfa", "opaque").await;
    assert_eq!(asked.requests(LoopbackIssuer::INTROSPECTION), 1);
}
