//! What is refused before anybody is asked.

use stepup_authority::factor::{OidcClient, OidcFactor};
use stepup_core::{Level, Method};

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
