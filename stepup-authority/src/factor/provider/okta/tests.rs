#![cfg(test)]

use stepup_core::Level;

use super::*;
use crate::factor::Factor;

fn okta() -> Okta {
    Okta::new("https://example.okta.com", "secret", |_| Some("00u1".to_owned())).unwrap()
}

/// R-OTP-08, R-PUSH-01: what reaches `mfa`, and only with a login of another kind. Nothing reaches
/// `phr`.
#[test]
fn r_push_01_r_otp_08_what_each_reaches() {
    let reached = |factor: &dyn Factor| -> Vec<Level> { factor.strength().levels().collect() };
    let (one, two) = (vec![Level::SINGLE_FACTOR], vec![Level::SINGLE_FACTOR, Level::MFA]);
    for factor in [okta().sms(), okta().call(), okta().totp()] {
        assert_eq!(reached(&factor), two, "{factor:?}");
    }
    assert_eq!(reached(&okta().email()), one);
    assert_eq!(reached(&okta().email().accepted_as_second_factor()), two);
    assert_eq!(reached(&okta().push()), one);
    assert_eq!(reached(&okta().push().accept_push_without_typed_number()), two);
    assert!(!okta().push().is_guessable() && okta().totp().is_guessable());
    assert!(okta().sms().needs_prompt() && !okta().totp().needs_prompt());
}

#[test]
fn p3_what_cannot_be_used_is_refused() {
    for (url, token) in [
        ("http://example.okta.com", "t"),
        ("https://example.okta.com/api", "t"),
        ("https://example.okta.com", ""),
        ("https://example.okta.com", "t\r\nx: y"),
    ] {
        assert!(Okta::new(url, token, |_| None).is_err(), "{url} {token:?}");
    }
}

/// What stands in a path is an identifier and nothing else.
#[test]
fn o18_identifiers_lead_nowhere_else() {
    for id in ["", "00u1/../00u2", "00u1?x", "00u1%2f", "00ü", ".", &"a".repeat(65)] {
        let id = id.to_owned();
        let data = Kept { user: id.clone(), factor: "f".to_owned() }.written();
        assert!(Kept::read(&data).is_err(), "{id}");
        let data = Kept { user: "u".to_owned(), factor: id.clone() }.written();
        assert!(Kept::read(&data).is_err(), "{id}");
        let named = id.clone();
        let okta = Okta::new("https://example.okta.com", "t", move |_| Some(named.clone()));
        assert_eq!(okta.unwrap().known(crate::factor::trial::ALICE), None, "{id}");
    }
}

#[test]
fn o13_no_token_in_debug() {
    let debug = format!("{:?} {:?} {:?}", okta(), okta().sms(), okta().push());
    assert!(!debug.contains("secret"), "{debug}");
}
