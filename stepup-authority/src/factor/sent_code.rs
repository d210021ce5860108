//! A code that is sent to the user, whatever carries it.

use zeroize::Zeroizing;

use super::{Check, Checked, Destination, OneTimeCode, Outgoing, Prompt, Proof, Unreadable, Vault};

/// What every message has, whatever carries it.
pub(crate) struct Carried {
    pub(crate) to: String,
    pub(crate) text: Zeroizing<String>,
    pub(crate) code: Zeroizing<String>,
    pub(crate) id: String,
}

impl Carried {
    pub(crate) fn new(outgoing: &Outgoing, text: String) -> Self {
        Self {
            to: outgoing.destination().address().to_owned(),
            text: Zeroizing::new(text),
            code: Zeroizing::new(outgoing.code().to_owned()),
            id: outgoing.id().to_owned(),
        }
    }
}

/// The address that an enrolment kept.
pub(crate) fn address(data: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(data).map_err(|_| Unreadable)
}

/// A new code to there. It is kept as what it can be compared with and not read from.
pub(crate) fn prompt(destination: Destination, vault: &Vault<'_>) -> Result<Prompt, Unreadable> {
    let code = OneTimeCode::new()?;
    Ok(Prompt::default()
        .keeping(vault.tag(code.as_str()))
        .sending(Outgoing::new(destination, code.as_str())))
}

/// Whether the answer is the code that was sent last.
pub(crate) fn check(check: &Check<'_>) -> Checked {
    let Some(code) = check.answer.code().filter(|code| OneTimeCode::is_one(code)) else {
        return Checked::Malformed;
    };
    if check.kept.is_some_and(|kept| check.vault.matches(code, kept)) {
        Checked::Right(Proof::of_ceremony())
    } else {
        Checked::Wrong
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::factor::Once;
    use crate::factor::trial::{Trial, details};

    fn checked(trial: &Trial, code: &serde_json::Value) -> Checked {
        let body = details(json!({ "code": code }));
        check(&trial.check_of(&body))
    }

    fn prompted(trial: &mut Trial) -> String {
        let prompt = prompt(Destination::new("alice@example.com"), &trial.vault()).unwrap();
        let outgoing = prompt.outgoing.unwrap();
        assert_eq!(outgoing.destination().address(), "alice@example.com");
        assert!(prompt.show.is_empty());
        trial.kept = Some(prompt.kept);
        outgoing.code().to_owned()
    }

    #[test]
    fn the_code_that_was_sent_is_right() {
        let mut trial = Trial::of("");
        let code = prompted(&mut trial);
        let Checked::Right(proof) = checked(&trial, &json!(code)) else { panic!("not right") };
        assert_eq!(proof.once, Once::Ceremony);
        for form in [format!(" {code}"), format!("{code}\n"), format!("+{code}"), String::new()] {
            assert!(matches!(checked(&trial, &json!(form)), Checked::Malformed), "{form:?}");
        }
        for form in [json!([code]), json!(code.parse::<u32>().unwrap()), json!(null)] {
            assert!(matches!(checked(&trial, &form), Checked::Malformed), "{form}");
        }
    }

    #[test]
    fn no_code_is_right_that_was_not_sent() {
        let mut trial = Trial::of("");
        assert!(matches!(checked(&trial, &json!("000000")), Checked::Wrong));
        let code = prompted(&mut trial);
        let other = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
        assert!(matches!(checked(&trial, &json!(other)), Checked::Wrong));
        for kept in [Vec::new(), code.clone().into_bytes()] {
            trial.kept = Some(kept.into());
            assert!(matches!(checked(&trial, &json!(code)), Checked::Wrong));
        }
    }

    /// O15, R-OTP-02.
    #[test]
    fn o15_a_new_code_takes_the_place_of_the_old() {
        let mut trial = Trial::of("");
        let old = prompted(&mut trial);
        let mut new = prompted(&mut trial);
        // Once in a million they are the same.
        while new == old {
            new = prompted(&mut trial);
        }
        assert!(matches!(checked(&trial, &json!(old)), Checked::Wrong));
        assert!(matches!(checked(&trial, &json!(new)), Checked::Right(_)));
    }

    /// R-OTP-04, S10.
    #[test]
    fn r_otp_04_a_code_belongs_to_its_ceremony_and_is_not_kept_in_clear() {
        let (mut trial, mut other) = (Trial::of(""), Trial::of(""));
        let code = prompted(&mut trial);
        assert!(!trial.kept.as_ref().unwrap().windows(6).any(|bytes| bytes == code.as_bytes()));
        other.kept.clone_from(&trial.kept);
        assert!(matches!(checked(&other, &json!(code)), Checked::Wrong));
    }
}
