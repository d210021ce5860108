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
fn what_is_too_long_is_not_read() {
    let line = |length| format!("Bearer a=\"{}\"", "x".repeat(length));
    assert!(read_challenges(&line(LONGEST - 11), Dialects::default()).is_ok());
    assert!(read_challenges(&line(LONGEST - 10), Dialects::default()).is_err());
}

#[test]
fn what_is_asked_for_in_words() {
    for (parameters, expected) in [
        ("", "a login"),
        (r#", acr_values="a b""#, "a login at level a or b"),
        (r#", amr_values="hwk pin", max_age=5"#, "a login by hwk and pin, at most 5 s old"),
        (r#", scope="a b""#, "a login, with the scope a b"),
    ] {
        assert_eq!(challenge(parameters).to_string(), expected);
    }
}
