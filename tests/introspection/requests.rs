//! How the issuer is asked (RFC 7662 §2.1, RFC 6749 §2.3.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use stepup_core::Introspection;
use stepup_tests::Token;

use crate::{Opaque, PATH, is};

#[tokio::test]
async fn the_client_authenticates_in_the_header_or_in_the_body() {
    let secret = "p@ss:w%rd+ é&";
    let encoded = "p%40ss%3Aw%25rd%2B+%C3%A9%26";
    for (introspection, header, body) in [
        (
            Introspection::new("orders api", secret),
            Some(format!("Basic {}", STANDARD.encode(format!("orders+api:{encoded}")))),
            "token=abc%2Bd%2F%3D&token_type_hint=access_token".to_owned(),
        ),
        (
            Introspection::new("orders api", secret).secret_in_body(),
            None,
            format!(
                "token=abc%2Bd%2F%3D&token_type_hint=access_token&client_id=orders+api&\
                 client_secret={encoded}"
            ),
        ),
    ] {
        let opaque = Opaque::with(introspection).await;
        opaque.says(&opaque.good());
        let (framework, api) = &opaque.apis[0];
        is(&api.post_with("/mfa", "abc+d/=").await, 200, &format!("{framework:?}"));
        let asked = opaque.idp.last(PATH).unwrap();
        assert_eq!(asked.method, "POST");
        assert_eq!(asked.body, body);
        let sent = asked.headers.get("authorization").map(|value| value.to_str().unwrap());
        assert_eq!(sent, header.as_deref());
        assert_eq!(asked.headers["content-type"], "application/x-www-form-urlencoded");
        assert_eq!(asked.headers["accept"], "application/json");
    }
}

/// What can be read here is read here.
#[tokio::test]
async fn a_token_that_can_be_read_is_not_asked_about() {
    let opaque = Opaque::new().await;
    opaque.says(&opaque.good());
    let jwt = |token: Token| opaque.key.token(&token.with("iss", opaque.idp.url()));
    let mut forged = jwt(Token::new());
    forged.replace_range(forged.len() - 4.., "AAAA");
    for (name, token, status) in [
        ("good", jwt(Token::new()), 200),
        ("expired", jwt(Token::new().with("exp", 1)), 401),
        ("for another audience", jwt(Token::new().with("aud", "x")), 401),
        ("forged", forged, 401),
    ] {
        for (framework, api) in &opaque.apis {
            is(&api.post_with("/mfa", &token).await, status, &format!("{name} {framework:?}"));
        }
    }
    assert_eq!(opaque.questions(), 0);
    for (framework, api) in &opaque.apis {
        for opaque in ["opaque", "two.parts", "a.b.c", "..", "a.b.c.d"] {
            is(&api.post_with("/mfa", opaque).await, 200, &format!("{opaque} {framework:?}"));
        }
    }
    assert_eq!(opaque.questions(), 10);
}

/// P1: the secret is nowhere to be seen.
#[test]
fn the_secret_is_not_printed() {
    let introspection = Introspection::new("orders-api", "canary-secret");
    assert!(!format!("{introspection:?}").contains("canary"));
    let builder = stepup_core::Gate::builder("https://idp.example", "a");
    assert!(!format!("{:?}", builder.introspection(introspection)).contains("canary"));
}
