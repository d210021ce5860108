use super::*;

fn challenge(parameters: &str) -> Challenge {
    let line = format!(r#"Bearer error="insufficient_user_authentication"{parameters}"#);
    Challenge::from_line(&line, Dialects::default()).unwrap().unwrap()
}

#[test]
fn r_9470_16_a_token_covers_what_is_sure_to_be_met() {
    let cases = [
        ("", "", true),
        (r#", acr_values="mfa""#, "", true),
        ("", r#", acr_values="mfa""#, false),
        (r#", acr_values="phr phrh""#, r#", acr_values="mfa phr phrh""#, true),
        (r#", acr_values="mfa phr phrh""#, r#", acr_values="phr phrh""#, false),
        (r#", acr_values="MFA""#, r#", acr_values="mfa""#, false),
        (", max_age=60", ", max_age=300", true),
        (", max_age=300", ", max_age=60", false),
        ("", ", max_age=60", false),
        (r#", amr_values="hwk pin""#, r#", amr_values="pin""#, true),
        (r#", amr_values="pin""#, r#", amr_values="hwk pin""#, false),
        (r#", scope="a b""#, r#", scope="b""#, true),
        (r#", scope="a""#, r#", scope="b""#, false),
    ];
    for (ours, theirs, expected) in cases {
        assert_eq!(challenge(ours).covers(&challenge(theirs)), expected, "{ours:?} {theirs:?}");
    }
}

#[test]
fn what_was_got_without_claims_does_not_cover_them() {
    let claims = "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJ2YWx1ZSI6ImMxIn19fQ";
    let line = format!(r#"Bearer error="insufficient_claims", claims="{claims}""#);
    let entra = Challenge::from_line(&line, Dialects::default().entra()).unwrap().unwrap();
    let plain = challenge(r#", acr_values="c1""#);
    assert!(entra.covers(&plain) && !plain.covers(&entra));
    let asked = challenge(r#", acr_values="c1 c2""#);
    assert!(plain.beyond(&asked) < entra.beyond(&asked));
}

#[test]
fn what_is_asked_for_in_words() {
    let long = format!(r#", acr_values="mfa {} café""#, "x".repeat(65));
    let many = format!(r#", scope="{}""#, "a ".repeat(9));
    for (parameters, expected) in [
        (long.as_str(), "a login at level mfa or … or …"),
        (many.as_str(), "a login, with the scope a a a a a a a a …"),
        (r#", acr_values="mfa. call, https://evil.example""#, "a login at level mfa. or … or …"),
        (r#", acr_values="urn:x:1-2_3+4""#, "a login at level urn:x:1-2_3+4"),
        ("", "a login"),
        (r#", acr_values="a b""#, "a login at level a or b"),
        (r#", amr_values="hwk pin", max_age=5"#, "a login by hwk and pin, at most 5 s old"),
        (r#", scope="a b""#, "a login, with the scope a b"),
    ] {
        assert_eq!(challenge(parameters).to_string(), expected);
    }
}
