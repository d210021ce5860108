//! Logout and revocation (T25).

use std::time::Duration;

use stepup_core::{
    Algorithm, Forget, Gate, KeySet, KnownTokens, MaxAge, Profile, Require, Timestamp, level,
};
use stepup_tests::{AUDIENCE, Api, Framework, ISSUER, Issuer, Log, NOW, Token, block_on, clock};

/// T25: tokens known and unknown are refused from the next request on, and later ones admitted.
#[test]
fn t25_what_was_forgotten_comes_in_no_more() {
    let everyone = [("alice", "s-1"), ("alice", "s-2"), ("bob", "s-3")];
    let subject = Forget::Subject { issuer: ISSUER, subject: "alice" };
    let session = Forget::Session { issuer: ISSUER, session: "s-1" };
    let elsewhere = Forget::Session { issuer: "https://other.example", session: "s-1" };
    for (what, expected) in [
        (subject, [401, 401, 200]),
        (session, [401, 200, 200]),
        (elsewhere, [200, 200, 200]),
        (Forget::Everything, [401, 401, 401]),
    ] {
        for known_tokens in
            [KnownTokens::default(), KnownTokens::as_digests(100), KnownTokens::none()]
        {
            let (issuer, clock) = (Issuer::new(Algorithm::Es256), clock());
            let gate = Gate::builder(ISSUER, AUDIENCE)
                .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
                .known_tokens(known_tokens)
                .clock(clock.clone())
                .build()
                .unwrap();
            let token = |(subject, session): (&str, &str), issued_at: u64, id: &str| {
                let token = Token::new().with("sub", subject).with("sid", session);
                issuer.token(&token.with("iat", issued_at).with("jti", id))
            };
            let met = everyone.map(|who| token(who, NOW, "met"));
            let unmet = everyone.map(|who| token(who, NOW, "unmet"));
            let apis = Framework::ALL.map(|framework| Api::new(framework, &gate));
            for (api, met) in apis.iter().flat_map(|api| met.iter().map(move |met| (api, met))) {
                assert_eq!(block_on(api.post_with("/mfa", met)).status, 200);
            }
            gate.forget(what);
            clock.advance(Duration::from_secs(1));
            let later = everyone.map(|who| token(who, NOW + 1, "later"));
            for api in &apis {
                for (who, expected) in expected.iter().enumerate() {
                    for (token, expected) in
                        [(&met[who], *expected), (&unmet[who], *expected), (&later[who], 200)]
                    {
                        let answer = block_on(api.post_with("/mfa", token));
                        assert_eq!(answer.status, expected, "{what:?} {known_tokens:?} {who}");
                        assert_eq!(answer.ran, usize::from(expected == 200));
                        if expected == 401 {
                            assert!(answer.challenge().contains(r#"error="invalid_token""#));
                        }
                    }
                }
            }
        }
    }
}

/// H7: a stream that is open ends too.
#[test]
fn h7_what_was_forgotten_holds_no_longer() {
    let (issuer, clock) = (Issuer::new(Algorithm::Es256), clock());
    let gate = stepup_tests::gate(&issuer, &clock);
    let request = http::Request::get("/")
        .header("authorization", format!("Bearer {}", issuer.token(&Token::new())))
        .body(())
        .unwrap();
    type Demand = (level::Mfa, MaxAge<300>);
    let login = block_on(gate.admit(&request, &Demand::REQUIREMENT)).unwrap();
    assert_eq!(login.issued_at(), Some(Timestamp::from_secs(NOW - 30)));
    assert!(gate.still_holds(&login, &Demand::REQUIREMENT));
    gate.forget(Forget::Subject { issuer: ISSUER, subject: "bob" });
    assert!(gate.still_holds(&login, &Demand::REQUIREMENT));
    gate.forget(Forget::Subject { issuer: ISSUER, subject: "alice" });
    assert!(!gate.still_holds(&login, &Demand::REQUIREMENT));
}

/// T25: a client is forgotten by the name that its issuer gives it.
#[test]
fn t25_a_client_is_forgotten_by_its_subject() {
    let (issuer, clock) = (Issuer::new(Algorithm::Es256), clock());
    let gate = Gate::builder(ISSUER, AUDIENCE)
        .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
        .profile(Profile::auth0().acr_claim("acr").auth_time_claim("auth_time").amr_claim("amr"))
        .clock(clock)
        .build()
        .unwrap();
    let job = issuer.token(&Token::new().with("sub", "web@clients"));
    let api = Api::new(Framework::Axum, &gate);
    assert_eq!(block_on(api.post_with("/verified", &job)).status, 200);
    gate.forget(Forget::Subject { issuer: ISSUER, subject: "web" });
    assert_eq!(block_on(api.post_with("/verified", &job)).status, 200);
    gate.forget(Forget::Subject { issuer: ISSUER, subject: "web@clients" });
    assert_eq!(block_on(api.post_with("/verified", &job)).status, 401);
}

/// An issuer that the gate does not know is said in the log.
#[test]
fn a_misspelt_issuer_is_told() {
    let log = Log::default();
    let (issuer, clock) = (Issuer::new(Algorithm::Es256), clock());
    let gate = stepup_tests::gate(&issuer, &clock);
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        gate.forget(Forget::Subject { issuer: "https://idp.example/", subject: "alice" });
        assert!(log.text().contains("nothing is forgotten"), "{}", log.text());
        gate.forget(Forget::Subject { issuer: ISSUER, subject: "alice" });
    });
    assert_eq!(log.text().matches("nothing is forgotten").count(), 1);
}
