#![cfg(test)]

use stepup_core::Level;

use super::*;
use crate::factor::Factor;

fn tenant() -> Auth0Tenant {
    Auth0Tenant::new("https://bank.eu.auth0.com", "client", "secret").unwrap()
}

fn nobody(_: User<'_>) -> Option<String> {
    None
}

fn no_tokens(_: String) -> FactorFuture<'static, Result<String, DeliveryError>> {
    Box::pin(std::future::ready(Err(DeliveryError::new("none"))))
}

/// R-OTP-08, R-PUSH-01: what reaches `mfa`, and only with a login of another kind. Nothing reaches
/// `phr`, and who takes the risk of mail does not take that of pushes.
#[test]
fn r_push_01_r_otp_08_what_each_reaches() {
    let tenant = tenant();
    let mail = || Auth0Mfa::email(&tenant, nobody, no_tokens);
    let push = || Auth0Mfa::push(&tenant, nobody, no_tokens);
    let reached = |factor: Auth0Mfa| -> Vec<Level> { factor.strength().levels().collect() };
    let (one, two) = (vec![Level::SINGLE_FACTOR], vec![Level::SINGLE_FACTOR, Level::MFA]);
    assert_eq!(reached(Auth0Mfa::otp(&tenant, nobody)), two);
    assert_eq!(reached(Auth0Mfa::sms(&tenant, nobody, no_tokens)), two);
    assert_eq!(reached(Auth0Mfa::voice(&tenant, nobody, no_tokens)), two);
    assert_eq!(reached(mail()), one);
    assert_eq!(reached(mail().accepted_as_second_factor()), two);
    assert_eq!(reached(mail().accept_push_without_typed_number()), one);
    assert_eq!(reached(push()), one);
    assert_eq!(reached(push().accept_push_without_typed_number()), two);
    assert_eq!(reached(push().accepted_as_second_factor()), one);
    assert!(!push().is_guessable() && mail().is_guessable());
}

/// Without a prompt nothing is known of a code but that somebody has it.
#[test]
fn r_otp_08_a_code_that_is_sent_is_asked_for_here() {
    let tenant = tenant();
    for sent in [
        Auth0Mfa::sms(&tenant, nobody, no_tokens),
        Auth0Mfa::voice(&tenant, nobody, no_tokens),
        Auth0Mfa::email(&tenant, nobody, no_tokens),
        Auth0Mfa::push(&tenant, nobody, no_tokens),
    ] {
        assert!(sent.needs_prompt(), "{sent:?}");
    }
    assert!(!Auth0Mfa::otp(&tenant, nobody).needs_prompt());
    assert!(Auth0Mfa::otp(&tenant, nobody).with_tokens(no_tokens).needs_prompt());
}

#[test]
fn o13_no_secret_in_debug() {
    let debug = format!("{:?} {:?}", tenant(), Auth0Mfa::otp(&tenant(), nobody).named("app"));
    assert!(debug.contains("app") && !debug.contains("secret"), "{debug}");
}
