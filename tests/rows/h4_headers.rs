//! H4: no header from outside says that somebody else has checked already (CVE-2025-29927,
//! CVE-2026-33131).

use http::Request;
use stepup_core::Algorithm;
use stepup_tests::{Answer, Api, Framework, Issuer, Payload, Token, block_on, clock, gate};

use crate::routes;

const HEADERS: [(&str, &str); 44] = [
    ("x-middleware-subrequest", "middleware:middleware:middleware:middleware:middleware"),
    ("x-middleware-next", "1"),
    ("x-middleware-rewrite", "/verified"),
    ("x-middleware-override-headers", "authorization"),
    ("x-middleware-request-authorization", "Bearer a"),
    ("x-middleware-skip", "1"),
    ("x-internal", "true"),
    ("x-internal-request", "1"),
    ("x-internal-auth", "true"),
    ("x-trusted", "1"),
    ("x-trusted-proxy", "true"),
    ("x-verified", "true"),
    ("x-step-up", "mfa"),
    ("x-step-up-verified", "true"),
    ("x-stepup-level", "phrh"),
    ("x-acr", "phrh"),
    ("acr", "phrh"),
    ("acr-values", "phrh"),
    ("x-amr", "hwk pin"),
    ("x-auth-time", "1800000000"),
    ("auth-time", "1800000000"),
    ("x-mfa", "true"),
    ("x-mfa-verified", "1"),
    ("x-authenticated", "true"),
    ("x-authenticated-user", "alice"),
    ("x-auth-request-user", "alice"),
    ("x-auth-request-access-token", "a"),
    ("x-forwarded-user", "alice"),
    ("x-forwarded-access-token", "a"),
    ("x-forwarded-for", "127.0.0.1"),
    ("forwarded", "for=127.0.0.1;by=127.0.0.1"),
    ("x-real-ip", "127.0.0.1"),
    ("x-forwarded-host", "localhost"),
    ("x-forwarded-uri", "/open"),
    ("x-original-url", "/open"),
    ("x-rewrite-url", "/open"),
    ("x-envoy-internal", "true"),
    ("x-envoy-original-path", "/open"),
    ("x-client-verify", "SUCCESS"),
    ("x-client-cert", "alice"),
    ("x-ssl-client-verify", "SUCCESS"),
    ("x-remote-user", "alice"),
    ("remote-user", "alice"),
    ("x-debug", "1"),
];

fn ask(api: &Api, path: &str, token: Option<&str>, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    block_on(api.call(request.body(Payload::NONE).expect("a request")))
}

#[test]
fn h4_headers_that_look_internal_change_no_byte_of_the_answer() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let weak = issuer.token(&Token::new().without("acr").without("auth_time"));
    let bad = issuer.token(&Token::new().with("aud", "https://other.example"));
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate(&issuer, &clock()));
        for path in routes::guarded() {
            for token in [None, Some(weak.as_str()), Some(&bad), Some("")] {
                let plain = ask(&api, &path, token, &[]);
                assert!([400, 401, 403].contains(&plain.status.as_u16()), "{framework:?} {path}");
                assert_eq!(plain.ran, 0, "{framework:?} {path}");
                for header in HEADERS {
                    let answer = ask(&api, &path, token, &[header]);
                    assert_eq!(answer, plain, "{framework:?} {path} {header:?}");
                }
                assert_eq!(ask(&api, &path, token, &HEADERS), plain, "{framework:?} {path}: all");
            }
        }
    }
}

/// Who may go in is not kept out by them either.
#[test]
fn h4_they_do_not_keep_a_good_caller_out() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let good = issuer.token(&Token::new());
    for framework in Framework::ALL {
        let api = Api::new(framework, &gate(&issuer, &clock()));
        let answer = ask(&api, "/mfa", Some(&good), &HEADERS);
        assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{framework:?}");
    }
}
