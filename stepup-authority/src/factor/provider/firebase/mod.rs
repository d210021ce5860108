//! A Firebase sign-in with a second factor, as a factor.

mod sign_in;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use stepup_core::{Gate, Level, Method};

use crate::StartError;
use crate::factor::{
    Ask, Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Prompt, Proof, Purpose,
    Strength, Unreadable, User,
};

/// Firebase's issuer, before the project.
const ISSUER: &str = "https://securetoken.google.com/";

/// Seconds that a prompt is good for: ID tokens are shown to every server of the project, and none
/// but those of these seconds are of use to who asked in the user's place.
const GOOD_FOR: u64 = 120;

/// Seconds that Firebase's clock may be behind.
const SKEW: u64 = 5;

type Told = dyn Fn(User<'_>) -> Option<String> + Send + Sync;

/// A sign-in at Firebase Authentication (Google Cloud Identity Platform) with a second factor, by
/// text message or authenticator app. The method `firebase`.
///
/// Asked for, the client has Firebase's SDK sign the user in **anew** (`signIn…`, or
/// `reauthenticate…`, and `MultiFactorResolver.resolveSignIn`), and posts the ID token that comes of
/// it as the answer, within two minutes (`expires_in`): `{ "factor", "id_token" }`. A refreshed token
/// is not enough: it has the moment of the sign-in (`auth_time`), which is the proof's, and that has
/// to be after the user was asked. Each sign-in is good once.
///
/// A gate of yours verifies the token; one with
/// [`Profile::firebase`](stepup_core::Profile::firebase) and no other issuer. An answer is right
/// where it is of **the very user and the very second factor that were enrolled**; who has two
/// second factors there enrols each, once.
///
/// # Whoever sees the user's ID tokens can step up
///
/// An ID token of Firebase's has nothing in it of what it was asked for (no `nonce`), and the
/// client shows it to every server of the project. Who is in one of those, or in the page, and asks
/// in the user's place, has only to wait for an ordinary sign-in with a second factor: within those
/// two minutes it is a proof. Where that matters, take another factor.
///
/// # Enrolling a second factor at Firebase looks like having proved one
///
/// Where a user adds a second factor to a session at Firebase, the token that they get names it as
/// if it had been asked for. Whoever has stolen a session can so make themselves a token "with" a
/// second factor, of a phone of theirs. That is why the factor's own id there is kept at enrolment
/// and compared ever after: a phone that was added to a stolen session proves nothing **here**. What
/// is left is the enrolment here, which is as safe as what the authority demands before one
/// ([`FirstEnrolment`](crate::FirstEnrolment)): it cannot tell a second factor that was just
/// added from one that was asked for. And a gate that takes Firebase's tokens by itself has no such
/// guard.
///
/// ```no_run
/// use stepup_authority::factor::FirebaseFactor;
/// use stepup_core::{Gate, Profile};
///
/// # async fn example(keys: stepup_core::KeySet) -> Result<(), Box<dyn std::error::Error>> {
/// // With the feature `discovery` of `stepup-core`, `.discover().await` in place of `.keys(…)`.
/// let gate = Gate::builder("https://securetoken.google.com/bank-7", "bank-7")
///     .profile(Profile::firebase())
///     .keys(keys)
///     // Handlers that demand more than Firebase has are another gate's.
///     .except_module(env!("CARGO_CRATE_NAME"))
///     .build()?;
/// let firebase = FirebaseFactor::new(gate)?;
/// # Ok(())
/// # }
/// ```
pub struct FirebaseFactor {
    gate: Gate,
    known_as: Option<Box<Told>>,
}

/// What is kept of a user.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Account {
    /// The project there.
    issuer: String,
    sub: String,
    /// The second factor's id at Firebase.
    second: String,
}

/// What a prompt keeps.
#[derive(Serialize, Deserialize)]
struct Asked {
    at: u64,
    /// The user there, where it is known who that is.
    sub: Option<String>,
}

impl FirebaseFactor {
    /// With the gate that verifies the tokens: of one project, by `Gate::builder(…)` with the
    /// profile of Firebase. For the emulator, whose tokens nobody signed, by `stepup_core::danger`.
    ///
    /// # Errors
    ///
    /// A gate for tokens of other issuers.
    ///
    /// ```
    /// # use stepup_core::{Algorithm, Gate, KeySet};
    /// # let pem = b"-----BEGIN PUBLIC KEY-----
    /// # MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    /// # -----END PUBLIC KEY-----";
    /// # let keys = KeySet::from_pem(Algorithm::EdDsa, pem)?;
    /// use stepup_authority::factor::FirebaseFactor;
    /// let gate = Gate::builder("https://idp.example", "https://api.example").keys(keys).build()?;
    /// let error = FirebaseFactor::new(gate).unwrap_err();
    /// assert!(error.to_string().starts_with("the gate for Firebase takes other tokens"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(gate: Gate) -> Result<Self, StartError> {
        // The emulator's gate names no issuer: nobody stands behind its tokens.
        if gate.issuers().any(|issuer| !issuer.starts_with(ISSUER)) || gate.issuers().count() > 1 {
            return Err(StartError::new(
                "the gate for Firebase takes other tokens too: build one with \
                 `Gate::builder(\"https://securetoken.google.com/PROJECT\", \"PROJECT\")` and \
                 `.profile(Profile::firebase())` for this factor alone",
            ));
        }
        Ok(Self { gate, known_as: None })
    }

    /// Who the user is at Firebase (`uid`), where the service knows: then nobody else's account can
    /// be enrolled for them, and where it is `None`, none at all.
    ///
    /// ```
    /// # use stepup_authority::factor::FirebaseFactor;
    /// # fn example(firebase: FirebaseFactor) -> FirebaseFactor {
    /// firebase.known_as(|user| Some(user.subject.to_owned()))
    /// # }
    /// ```
    #[must_use]
    pub fn known_as(
        self,
        uid: impl Fn(User<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { known_as: Some(Box::new(uid)), ..self }
    }

    async fn checked(&self, check: &Check<'_>) -> Checked {
        let asked = check.kept.and_then(|kept| serde_json::from_slice::<Asked>(kept).ok());
        let Some(asked) = asked else { return Checked::Expired };
        if check.now.as_secs() > asked.at.saturating_add(GOOD_FOR) {
            return Checked::Expired;
        }
        let sign_in = match self.sign_in(check.answer, check.now).await {
            Ok(sign_in) => sign_in,
            Err(checked) => return checked,
        };
        // From before the user was asked: a token that lay about, or was refreshed since.
        if sign_in.at.as_secs().saturating_add(SKEW) < asked.at {
            return Checked::Expired;
        }
        let kept = check.user.enrolled.iter().map(|data| serde_json::from_slice::<Account>(data));
        let kept: Vec<Option<Account>> = kept.map(Result::ok).collect();
        let is_it = |kept: &Option<Account>| kept.as_ref() == Some(&sign_in.account);
        let is_elsewhere = |kept: &Option<Account>| {
            kept.as_ref().is_some_and(|kept| kept.issuer != sign_in.account.issuer)
        };
        let proof = Proof::of_step(sign_in.at.as_secs()).at(sign_in.at);
        match check.purpose {
            Purpose::StepUp => match kept.iter().position(is_it) {
                Some(by) => Checked::Right(proof.by(by)),
                None if kept.iter().all(is_elsewhere) => Checked::Gone,
                None => {
                    tracing::warn!("a Firebase sign-in by another user or second factor");
                    Checked::Wrong
                }
            },
            // Twice, it would be good twice: each that is enrolled has a step of its own.
            Purpose::Enrolment if kept.iter().any(is_it) => Checked::Wrong,
            Purpose::Enrolment => {
                if asked.sub.is_some_and(|sub| sub != sign_in.account.sub) {
                    return Checked::Wrong;
                }
                let Ok(data) = serde_json::to_vec(&sign_in.account) else {
                    return Checked::Expired;
                };
                Checked::Right(proof.enrolling(Enrolled::new(data).graded(sign_in.kind)))
            }
        }
    }
}

impl Factor for FirebaseFactor {
    fn method(&self) -> &str {
        "firebase"
    }

    fn strength(&self) -> Strength {
        self.strength_of("phone")
    }

    /// By the second factor's sort. The first was asked for in the same sign-in.
    fn strength_of(&self, grade: &str) -> Strength {
        let second = if grade == "totp" { Method::OTP } else { Method::SMS };
        Strength::new(Kind::Possession, [second, Method::MFA], Level::MFA)
    }

    /// Tokens are signed.
    fn is_guessable(&self) -> bool {
        false
    }

    /// It is at Firebase that the user picks their second factor.
    fn answers_as_one(&self) -> bool {
        true
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        let is_nobody = self.known_as.as_ref().is_some_and(|known_as| known_as(user).is_none());
        let nobody = NotEnrolled::Unfit("this user has no account at the provider");
        let enrolled = if is_nobody { Err(nobody) } else { Ok(Enrolled::by_answer(Vec::new())) };
        Box::pin(std::future::ready(enrolled))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let sub = self.known_as.as_ref().and_then(|known_as| known_as(ask.user));
        let asked = Asked { at: ask.now.as_secs(), sub };
        let kept = serde_json::to_vec(&asked).map_err(|_| Unreadable)?;
        Ok(Prompt::default().keeping(kept).showing("expires_in", GOOD_FOR))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(async move { self.checked(&check).await })
    }
}

/// Whose tokens it takes.
impl fmt::Debug for FirebaseFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issuer = self.gate.issuers().next();
        f.debug_struct("FirebaseFactor").field("issuer", &issuer).finish_non_exhaustive()
    }
}
