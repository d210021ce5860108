//! Levels, methods and ages, as people say them.

/// What a level means; the built-in ladder's, in the words of NIST SP 800-63B-4.
pub(super) fn level(name: &str) -> String {
    let meaning = match name {
        "single-factor" => "one factor, such as a password (NIST AAL1)",
        "mfa" => "two factors of different kinds (NIST AAL2)",
        "phr" => "phishing-resistant, such as a passkey (NIST AAL2)",
        "phrh" => "phishing-resistant with a key in hardware (the authenticator of NIST AAL3)",
        _ => "a name of this API's or its provider's own",
    };
    format!("{name}: {meaning}")
}

/// What a method is (RFC 8176 §2).
pub(super) fn method(name: &str) -> String {
    let meaning = match name {
        "face" => "face recognition",
        "fpt" => "a fingerprint",
        "hwk" => "a key in hardware",
        "kba" => "knowledge of something about the user",
        "mca" => "more than one channel",
        "mfa" => "more than one factor",
        "otp" => "a one-time code",
        "pin" => "a PIN",
        "pwd" => "a password",
        "sms" => "a code by text message",
        "swk" => "a key in software",
        "tel" => "a telephone call",
        "user" => "a test that the user is there",
        "wia" => "Windows integrated authentication",
        _ => return name.to_owned(),
    };
    format!("{name} ({meaning})")
}

/// `90` is `1 minute 30 seconds`.
pub(super) fn duration(seconds: u64) -> String {
    let units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (name, length) in units {
        let count = rest / length;
        rest %= length;
        match count {
            0 => {}
            1 => parts.push(format!("1 {name}")),
            _ => parts.push(format!("{count} {name}s")),
        }
    }
    if parts.is_empty() { "0 seconds".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_in_the_units_of_people() {
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (60, "1 minute"),
            (90, "1 minute 30 seconds"),
            (300, "5 minutes"),
            (3_600, "1 hour"),
            (90_061, "1 day 1 hour 1 minute 1 second"),
            (1 << 53, "104249991374 days 7 hours 36 minutes 32 seconds"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
    }

    #[test]
    fn every_level_of_the_built_in_ladder_has_a_meaning() {
        for known in stepup_core::Ladder::BUILT_IN.levels() {
            assert!(level(known.name()).contains("NIST"), "{}", known.name());
        }
        assert!(level("urn:x").contains("own"));
    }
}
