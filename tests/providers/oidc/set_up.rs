//! What is refused before anybody is asked.

use std::sync::Arc;

use stepup_authority::factor::{OidcClient, OidcFactor};
use stepup_authority::store::MemoryStore;
use stepup_authority::{Authority, FirstEnrolment, Issuer, SealingKeys};
use stepup_core::{Ladder, Level, Method};
use stepup_tests::authority::{AUTHORITY, BANK_API};

fn authx(redirect_uri: &str) -> Result<OidcFactor, String> {
    let client = OidcClient::public("step-up");
    let authx = OidcFactor::new("authx", "https://idp.example", client, redirect_uri);
    authx.map_err(|error| error.to_string())
}

/// RFC 8252 §7, RFC 9700 §2.6: a code is sent to nobody in clear.
#[test]
fn s13_the_page_is_one_that_nobody_else_can_read() {
    for page in [
        "https://app.example/return?from=idp",
        "http://127.0.0.1:8080/return",
        "http://localhost/return",
        "http://[::1]/return",
        "com.example.app:/return",
    ] {
        assert!(authx(page).is_ok(), "{page}");
    }
    for page in [
        "http://app.example/return",
        "http://127.0.0.1.example/return",
        "javascript:1",
        "data:text/html,1",
        "file:///return",
        "myapp:/return",
        "https://app.example/return#top",
        "/return",
        "",
    ] {
        let error = authx(page).map(drop).expect_err(page);
        let says = error.starts_with("the redirect URI for the OpenID Provider cannot be used");
        assert!(says, "{page}: {error}");
    }
}

#[test]
fn a_value_of_the_providers_has_one_level() {
    let authx = || authx("https://app.example/return").unwrap().level(Level::MFA, "a").unwrap();
    for (what, twice, expected) in [
        ("higher", authx().level(Level::PHR, "a"), "the `acr` value `a`"),
        ("the same", authx().level(Level::MFA, "a"), "the `acr` value `a`"),
        (
            "a method",
            authx()
                .level_by_method(Level::MFA, Method::OTP)
                .and_then(|authx| authx.level_by_method(Level::PHR, Method::OTP)),
            "the `amr` value `otp`",
        ),
    ] {
        let error = twice.map(drop).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{what}: {error}");
    }
    assert!(authx().level(Level::MFA, "b").is_ok(), "a level has many values");
}

/// A level that no demand can name would be offered to nobody, and nobody told.
#[tokio::test]
async fn p3_each_level_has_to_be_on_the_authoritys_ladder() {
    const HIGHER: Ladder = Ladder::new(&["mfa", "phr", "phrh"]);
    for (level, is_on_it) in [(Level::SINGLE_FACTOR, false), (Level::PHR, true)] {
        let sealing = Arc::new(SealingKeys::generate().unwrap());
        let issuer = Issuer::builder(AUTHORITY, BANK_API);
        let issuer = issuer.open(Arc::new(MemoryStore::new()), sealing).await.unwrap();
        let gate = issuer.gate().ladder(&HIGHER).except_module("stepup_tests").build().unwrap();
        let authx = authx("https://app.example/return").unwrap();
        let authx = authx.level(Level::MFA, "m").unwrap().level(level, "other").unwrap();
        let started = Authority::builder(issuer, gate)
            .factor(authx)
            .first_enrolment(FirstEnrolment::ByService)
            .build();
        match started {
            Ok(_) => assert!(is_on_it),
            Err(error) => {
                let error = error.to_string();
                assert!(
                    !is_on_it && error.contains("factor `authx` reaches `single-factor`"),
                    "{error}"
                );
            }
        }
    }
}
