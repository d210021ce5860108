#![cfg(test)]

use stepup_core::Level;

use super::*;
use crate::factor::trial::ALICE;
use crate::factor::{Factor, User};

const KEY: &str = "SK0123456789abcdef0123456789abcdef";
const SERVICE: &str = "VA0123456789abcdef0123456789ABCDEF";

fn verify() -> TwilioVerify {
    TwilioVerify::new(KEY, "secret", SERVICE).unwrap()
}

fn totp() -> TwilioTotp {
    verify().totp("Bank").unwrap()
}

fn push() -> TwilioPush {
    verify().push("?").unwrap()
}

/// R-OTP-08, R-PUSH-01: what reaches `mfa`, and only with a login of another kind. Nothing reaches
/// `phr`.
#[test]
fn r_push_01_r_otp_08_what_each_reaches() {
    let reached = |factor: &dyn Factor| -> Vec<Level> { factor.strength().levels().collect() };
    let (one, two) = (vec![Level::SINGLE_FACTOR], vec![Level::SINGLE_FACTOR, Level::MFA]);
    for factor in [verify().sms(), verify().call(), verify().whatsapp()] {
        assert_eq!(reached(&factor), two, "{factor:?}");
    }
    assert_eq!(reached(&verify().email()), one);
    assert_eq!(reached(&verify().email().accepted_as_second_factor()), two);
    assert_eq!(reached(&totp()), two);
    assert_eq!(reached(&push()), one);
    assert_eq!(reached(&push().accept_push_without_typed_number()), two);
    assert!(!push().is_guessable() && totp().is_guessable());
}

#[test]
fn methods_are_named_by_the_channel_or_the_service() {
    let methods = [
        verify().sms().method().to_owned(),
        verify().call().method().to_owned(),
        verify().whatsapp().method().to_owned(),
        verify().email().method().to_owned(),
        totp().method().to_owned(),
        push().method().to_owned(),
        verify().sms().named("a").method().to_owned(),
        totp().named("b").method().to_owned(),
        push().named("c").method().to_owned(),
    ];
    assert_eq!(methods, ["sms", "call", "whatsapp", "email", "totp", "push", "a", "b", "c"]);
}

/// The user's name at Twilio tells nothing of them, is theirs alone, and is long enough.
#[test]
fn s10_an_entity_is_no_persons_name() {
    let of = |user: User<'_>| entity::identity(&verify(), user);
    let alice = of(ALICE);
    assert_eq!(alice.len(), 32);
    assert!(alice.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(alice, of(ALICE));
    let bob = User { subject: "bob", ..ALICE };
    let elsewhere = User { issuer: "https://other.example", ..ALICE };
    let shifted = User { issuer: "https://authority.examplea", subject: "lice", ..ALICE };
    let other = TwilioVerify::new(KEY, "another", SERVICE).unwrap();
    let keyed = entity::identity(&other, ALICE);
    for other in [of(bob), of(elsewhere), of(shifted), keyed] {
        assert_ne!(other, alice);
    }
}

#[test]
fn p3_what_cannot_be_used_is_refused() {
    for (key, secret, service) in [
        ("", "s", SERVICE),
        ("SK1", "s", SERVICE),
        ("XX0123456789abcdef0123456789abcdef", "s", SERVICE),
        ("SK0123456789abcdef0123456789abcde/", "s", SERVICE),
        (KEY, "", SERVICE),
        (KEY, "s", ""),
        (KEY, "s", KEY),
        (KEY, "s", "VA0123456789abcdef0123456789abcdef0"),
    ] {
        let error = TwilioVerify::new(key, secret, service).unwrap_err().to_string();
        assert!(error.contains("give"), "{error}");
    }
    assert!(verify().base_url("http://verify.twilio.com").is_err());
    let none: [&str; 0] = [];
    assert!(verify().sms().only(none).is_err());
    for wrong in ["", "49", "+", "+0", "+49 1"] {
        assert!(verify().sms().only(["+49", wrong]).is_err(), "{wrong:?}");
    }
    // Twilio counts characters.
    assert!(verify().totp("ü".repeat(64)).is_ok());
    assert!(verify().totp("").is_err() && verify().totp("B".repeat(65)).is_err());
    assert!(verify().push("ü".repeat(256)).is_ok());
    assert!(verify().push("").is_err() && verify().push("?".repeat(257)).is_err());
}

#[test]
fn o13_no_key_in_debug() {
    let debug = format!("{:?} {:?} {:?} {:?}", verify(), verify().sms(), totp(), push());
    assert!(!debug.contains("secret") && !debug.contains("0123456789"), "{debug}");
}
