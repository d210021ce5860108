//! What a device is shown in words.

use crate::factor::Ask;

/// How many characters of a device's name are kept.
const LONGEST_NAME: usize = 64;

/// What is asked for, in English.
pub(super) fn english(ask: &Ask<'_>) -> String {
    let wants = |level: &str| ask.levels.iter().any(|wanted| wanted == level);
    if ask.levels.is_empty() || wants("single-factor") {
        "Confirm that it is you.".to_owned()
    } else if wants("mfa") {
        "Confirm that it is you, as a second factor after your login.".to_owned()
    } else {
        format!("Confirm that it is you, for the level {}.", ask.levels.join(" or "))
    }
}

/// Whether a device may be called so: nothing in it turns a line around or hides.
pub(super) fn is_name(name: &str) -> bool {
    let is_shown = |char: char| {
        let is_odd = matches!(
            char,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        );
        !char.is_control() && !is_odd
    };
    !name.trim().is_empty() && name.chars().count() <= LONGEST_NAME && name.chars().all(is_shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::trial::ALICE;
    use crate::factor::{AskedBy, Purpose, Vault};
    use stepup_core::Timestamp;

    #[test]
    fn what_is_asked_for_is_said_in_words() {
        let keys = crate::SealingKeys::generate().unwrap();
        let said = |levels: &[&str]| {
            let levels: Vec<String> = levels.iter().map(|level| (*level).to_owned()).collect();
            english(&Ask {
                data: &[],
                user: ALICE,
                purpose: Purpose::StepUp,
                levels: &levels,
                by: AskedBy::default(),
                now: Timestamp::from_secs(0),
                vault: Vault::new(&keys, "c", "f"),
                denial: "",
            })
        };
        for (levels, sentence) in [
            (&[][..], "Confirm that it is you."),
            (&["single-factor", "mfa", "phr"], "Confirm that it is you."),
            (&["mfa", "phr"], "Confirm that it is you, as a second factor after your login."),
            (&["one", "two"], "Confirm that it is you, for the level one or two."),
        ] {
            assert_eq!(said(levels), sentence);
        }
    }

    #[test]
    fn a_name_is_what_it_looks_like() {
        for name in ["Alice's telephone", "Аліса", "电话", "x", &"x".repeat(64)] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "",
            "  ",
            "\t",
            "a\0b",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{feff}",
            "a\u{85}",
            &"x".repeat(65),
        ] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
