//! T18, T19: the future, and the exact second at which things end.

use stepup_core::Timestamp;
use stepup_tests::{NOW, Token};

use crate::trial::{Trial, Verdict};
use Verdict::{Admitted, Invalid, Short};

const YEARS: u64 = 10 * 365 * 24 * 60 * 60;

#[test]
fn t18_nothing_happened_in_the_future() {
    let trial = Trial::new();
    let end = Timestamp::MAX.as_secs();
    for (name, iat, auth_time, verdict) in [
        ("now", NOW, NOW, Admitted),
        ("login within the skew", NOW, NOW + 5, Admitted),
        ("login beyond the skew", NOW + 5, NOW + 6, Invalid),
        ("login a minute ahead", NOW + 5, NOW + 60, Invalid),
        ("login in ten years", NOW, NOW + YEARS, Invalid),
        ("login at the end", NOW, end, Invalid),
        ("both in ten years", NOW + YEARS, NOW + YEARS, Invalid),
        ("issued within the skew", NOW + 5, NOW, Admitted),
        ("issued beyond the skew", NOW + 6, NOW, Invalid),
        ("issued in ten years", NOW + YEARS, NOW, Invalid),
        ("issued at the end", end, NOW, Invalid),
        ("login at its issue", NOW - 30, NOW - 30, Admitted),
        ("login after its issue, within the skew", NOW - 30, NOW - 25, Admitted),
        ("login after its issue", NOW - 30, NOW - 24, Invalid),
        ("login long after its issue", NOW - YEARS, NOW, Invalid),
        ("issued in 1970", 0, NOW - 30, Invalid),
        ("both in 1970", 0, 0, Short),
    ] {
        let token = Token::new().with("iat", iat).with("auth_time", auth_time).with("exp", end);
        trial.each("/mfa_fresh", verdict, [(name, trial.issuer.token(&token))]);
        // The claims are looked at whether or not the route asks for an age.
        let verdict = if verdict == Short { Admitted } else { verdict };
        trial.each("/mfa", verdict, [(name, trial.issuer.token(&token))]);
    }
}

#[test]
fn t18_a_fraction_of_a_second_opens_nothing() {
    let trial = Trial::new();
    for (claim, raw, verdict) in [
        ("iat", "1800000005.0", Admitted),
        ("iat", "1800000005.1", Invalid),
        ("nbf", "1800000005.0", Admitted),
        ("nbf", "1800000005.1", Invalid),
        ("exp", "1800000001.0", Admitted),
        ("exp", "1800000000.9", Invalid),
        ("auth_time", "1799999700.0", Admitted),
        ("auth_time", "1799999699.9", Short),
    ] {
        let payload = Token::new().payload_with_raw(claim, raw);
        trial.each("/mfa_fresh", verdict, [(format!("{claim}: {raw}"), trial.payload(&payload))]);
    }
}

/// Without any leeway: exactly as old is recent enough, a second more is not.
#[test]
fn t19_an_age_ends_at_its_second() {
    let trial = Trial::new();
    let good = Token::new()
        .with("iat", NOW)
        .with("auth_time", NOW)
        .with("exp", NOW + YEARS)
        .with("amr", vec!["hwk", "pin"]);
    for (path, acr, max_age) in [
        ("/second", "mfa", 1),
        ("/minute", "mfa", 60),
        ("/fresh", "mfa", 300),
        ("/mfa_fresh", "mfa", 300),
        ("/hwk_pin", "mfa", 300),
        ("/either", "mfa", 60),
        ("/strictest", "phr", 60),
        ("/wire", "phr", 60),
        ("/wire_sooner", "phr", 10),
    ] {
        let line = format!("Bearer {}", trial.issuer.token(&good.clone().with("acr", acr)));
        for (age, verdict) in [
            (0, Admitted),
            (max_age - 1, Admitted),
            (max_age, Admitted),
            (max_age + 1, Short),
            (max_age + 5, Short),
            (max_age + 60, Short),
            (YEARS - 1, Short),
            (YEARS, Invalid),
            (max_age, Admitted),
        ] {
            trial.at(NOW + age);
            trial.judge(format!("{age} s at {path}"), path, &[&line], verdict);
        }
    }
}

#[test]
fn t19_expiry_has_no_leeway_and_a_start_has_the_skew() {
    let trial = Trial::new();
    let token = Token::new().with("exp", NOW + 100).with("nbf", NOW - 10).with("iat", NOW - 10);
    let token = token.with("auth_time", NOW - 10);
    let line = format!("Bearer {}", trial.issuer.token(&token));
    for (now, verdict) in [
        (NOW, Admitted),
        (NOW + 98, Admitted),
        (NOW + 99, Admitted),
        (NOW + 100, Invalid),
        (NOW + 101, Invalid),
        (NOW + 105, Invalid),
        (NOW + YEARS, Invalid),
        (Timestamp::MAX.as_secs(), Invalid),
        (NOW - 10, Admitted),
        (NOW - 14, Admitted),
        (NOW - 15, Admitted),
        (NOW - 16, Invalid),
        (NOW - YEARS, Invalid),
        (0, Invalid),
        (NOW, Admitted),
    ] {
        trial.at(now);
        trial.judge(format!("at {now}"), "/mfa_fresh", &[&line], verdict);
    }
    trial.at(NOW);
    let nbf = |nbf: u64| trial.issuer.token(&Token::new().with("nbf", nbf));
    trial.each("/mfa_fresh", Admitted, [("nbf in 5 s", nbf(NOW + 5)), ("nbf now", nbf(NOW))]);
    trial.each("/mfa_fresh", Invalid, [("nbf in 6 s", nbf(NOW + 6)), ("far", nbf(NOW + YEARS))]);
    let exp = |exp: u64| trial.issuer.token(&Token::new().with("exp", exp));
    trial.each("/mfa_fresh", Admitted, [("exp in 1 s", exp(NOW + 1))]);
    trial.each("/mfa_fresh", Invalid, [("exp now", exp(NOW)), ("1970", exp(0))]);
}
