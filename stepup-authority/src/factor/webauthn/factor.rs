//! How keys are made and asked for, and their answers checked.

use std::time::Duration;

use serde_json::{Map, Value, json};
use stepup_core::{Level, Method};

use super::WebAuthn;
use super::answer::Credential;
use super::client_data::{self, Refused};
use super::options::{self, Creation};
use super::record::{Asked, Record};
use super::verifier::{self, Made, Unverified};
use crate::factor::{
    Ask, Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Prompt, Proof, Purpose,
    Strength, Unreadable, User,
};
use crate::random::random;
use crate::sealing::{digest_of, to_text};

/// WebAuthn Level 3 §13.4.3 wants 16 at least.
const CHALLENGE_LEN: usize = 32;

/// Characters of a key's name.
const LONGEST_NAME: usize = 64;

/// The grade of a key that nobody vouches for, or that may be on several devices.
const PASSKEY: &str = "passkey";

/// The grade of a key that never leaves its hardware, before the model that it is of.
const BOUND: &str = "bound ";

impl WebAuthn {
    fn creation(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let challenge = random::<CHALLENGE_LEN>().map_err(|_| Unreadable)?;
        let has = Record::read_all(ask.user.enrolled)?;
        let label = self.label.as_ref().map(|label| label(ask.user));
        let options = options::creation(
            &self.relying_party,
            &Creation {
                user_handle: &user_handle(ask.user),
                label: label.as_deref().unwrap_or(ask.user.subject),
                challenge: &challenge,
                has: &has,
                is_discoverable: self.is_discoverable,
                is_attested: self.trusted.roots().is_some(),
            },
        );
        let kept = Asked::new(&challenge, &has).write()?;
        Ok(Prompt::default().keeping(kept).showing("publicKey", options))
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let challenge = random::<CHALLENGE_LEN>().map_err(|_| Unreadable)?;
        let may_answer =
            Record::readable(ask.user.enrolled).map(|(_, record)| record).collect::<Vec<_>>();
        if may_answer.is_empty() {
            return Err(Unreadable);
        }
        let options = options::request(&self.relying_party, &challenge, &may_answer);
        let kept = Asked::new(&challenge, &[]).write()?;
        Ok(Prompt::default().keeping(kept).showing("publicKey", options))
    }

    fn made(&self, check: &Check<'_>, asked: &Asked, challenge: &[u8]) -> Result<Proof, Checked> {
        let credential = Credential::read(check.answer).ok_or(Checked::Malformed)?;
        let registration = credential.registration().ok_or(Checked::Malformed)?;
        self.check_client_data(&credential, client_data::CREATE, challenge)?;
        // Those that the user had when it was asked for, and those that they have by now. Those of
        // others are in nobody's way (§7.1 step 26): a key is looked for among its user's alone.
        let has = Record::read_all(check.user.enrolled).map_err(|_| unavailable(check))?;
        if asked.excludes(&credential.id) || has.iter().any(|record| record.is_of(&credential.id)) {
            return Err(Checked::Wrong);
        }
        let Made { record, count, bound } = verifier::register(
            &self.relying_party,
            &self.trusted,
            challenge,
            &credential,
            registration,
        )
        .map_err(|unverified| refused(check, &unverified))?;
        let grade = bound.map_or_else(|| PASSKEY.to_owned(), |model| format!("{BOUND}{model}"));
        let data = record.write().map_err(|_| unavailable(check))?;
        let name = String::from_utf8_lossy(check.data);
        let enrolled = Enrolled::new(data).with_hint(name).graded(grade);
        Ok(Proof::of_count(count.into()).enrolling(enrolled))
    }

    fn proved(&self, check: &Check<'_>, challenge: &[u8]) -> Result<Proof, Checked> {
        let credential = Credential::read(check.answer).ok_or(Checked::Malformed)?;
        let assertion = credential.assertion().ok_or(Checked::Malformed)?;
        self.check_client_data(&credential, client_data::GET, challenge)?;
        // R-WA-03: the key, and whom it says that it is of.
        if assertion.user_handle.as_ref().is_some_and(|of| *of != user_handle(check.user)) {
            return Err(Checked::Wrong);
        }
        let mut records = Record::readable(check.user.enrolled);
        let of_key = records.find(|(_, record)| record.is_of(&credential.id));
        // It may be by one that cannot be read here.
        let unknown = || match Record::read_all(check.user.enrolled) {
            Ok(_) => Checked::Wrong,
            Err(_) => unavailable(check),
        };
        let (by, record) = of_key.ok_or_else(unknown)?;
        let count =
            verifier::verify(&self.relying_party, &record, challenge, &credential, assertion)
                .map_err(|unverified| refused(check, &unverified))?;
        Ok(Proof::of_count(count.into()).by(by))
    }

    fn check_client_data(
        &self,
        credential: &Credential<'_>,
        kind: &str,
        challenge: &[u8],
    ) -> Result<(), Checked> {
        let data = &credential.client_data;
        client_data::check(data, kind, challenge, &self.relying_party).map_err(|refused| {
            match refused {
                Refused::Malformed => Checked::Malformed,
                Refused::Wrong => Checked::Wrong,
            }
        })
    }

    pub(super) fn checked(&self, check: &Check<'_>) -> Checked {
        // Asked by another version of this crate: by this one it is asked anew.
        let Some(asked) = check.kept.and_then(Asked::read) else { return Checked::Expired };
        let Some(challenge) = asked.challenge() else { return Checked::Expired };
        let proof = match check.purpose {
            Purpose::Enrolment => self.made(check, &asked, &challenge),
            Purpose::StepUp => self.proved(check, &challenge),
        };
        proof.map_or_else(|checked| checked, Checked::Right)
    }
}

impl Factor for WebAuthn {
    fn method(&self) -> &str {
        "webauthn"
    }

    fn strength(&self) -> Strength {
        if self.trusted.roots().is_some() { bound() } else { passkey() }
    }

    fn strengths(&self) -> Vec<Strength> {
        let bound = self.trusted.roots().map(|_| bound());
        std::iter::once(passkey()).chain(bound).collect()
    }

    fn strength_of(&self, grade: &str) -> Strength {
        let is_bound = grade.strip_prefix(BOUND).is_some_and(|model| self.trusted.is_listed(model));
        if is_bound { bound() } else { passkey() }
    }

    fn is_guessable(&self) -> bool {
        false
    }

    fn answers_as_one(&self) -> bool {
        true
    }

    fn enrol<'a>(
        &'a self,
        _: User<'a>,
        details: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        let name = name_in(details);
        let enrolled = name.map(|name| Enrolled::by_answer(name.as_bytes().to_vec()));
        Box::pin(std::future::ready(enrolled))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        match ask.purpose {
            Purpose::Enrolment => self.creation(ask),
            Purpose::StepUp => self.request(ask),
        }
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(std::future::ready(self.checked(&check)))
    }

    fn signals(&self, user: User<'_>) -> Option<Value> {
        // One that is left out would be forgotten by the browser: all of them, or nothing.
        let records = Record::read_all(user.enrolled).ok()?;
        let accepted: Vec<&str> = records.iter().map(Record::id).collect();
        Some(json!({
            "rpId": self.relying_party.id,
            "userId": to_text(&user_handle(user)),
            "allAcceptedCredentialIds": accepted,
        }))
    }
}

/// A key that somebody has, who is verified by the device: two factors in one answer.
fn passkey() -> Strength {
    Strength::new(Kind::Possession, [Method::POP, Method::USER, Method::MFA], Level::PHR)
}

/// The same, and the key is in hardware on the word of its maker.
fn bound() -> Strength {
    Strength::new(Kind::Possession, [Method::HWK, Method::USER, Method::MFA], Level::PHRH)
}

/// Whom a key is for. It stays as it is for as long as the user has keys, so it hangs on no key of
/// the service's; and it says nothing of the user to who does not know them (§14.6.1).
fn user_handle(user: User<'_>) -> [u8; 32] {
    digest_of(&["webauthn user handle", user.issuer, user.subject])
}

fn name_in(details: &Map<String, Value>) -> Result<&str, NotEnrolled> {
    let name = match details.get("name") {
        None | Some(Value::Null) => "",
        Some(Value::String(name)) => name.trim(),
        Some(_) => return Err(NotEnrolled::Unfit("`name` is a text")),
    };
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(NotEnrolled::Unfit("`name` has at most 64 characters, on one line"));
    }
    Ok(name)
}

fn refused(check: &Check<'_>, unverified: &Unverified) -> Checked {
    match unverified {
        Unverified::Wrong(error) => {
            tracing::debug!(why = verifier::name(error), "an answer with a key does not verify");
            Checked::Wrong
        }
        Unverified::Impossible => unavailable(check),
    }
}

fn unavailable(check: &Check<'_>) -> Checked {
    tracing::error!("a key that is kept cannot be read, or cannot be verified with");
    Checked::Unavailable(check.now.plus(Duration::from_secs(60)))
}
