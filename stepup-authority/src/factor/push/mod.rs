//! Requests that a user approves on a device of theirs.

mod asking;
mod devices;
#[cfg(fuzzing)]
pub(crate) mod fuzz;
mod gone;
pub(crate) mod jws;
mod keeping;
mod pages;
mod paired;
pub(crate) mod request;
mod wake;
#[cfg(feature = "push")]
mod webhook;
pub(crate) mod wire;
mod words;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};
use stepup_core::{Level, Method};

pub use self::wake::{Wake, Waker};
#[cfg(feature = "push")]
pub use self::webhook::PushWebhook;
use super::{
    Ask, Check, Checked, Delivered, DeliveryError, Enrolled, Factor, FactorFuture, Kind,
    NotEnrolled, Outgoing, Prompt, Removal, Served, Strength, Unreadable, User, Withdrawal,
};
use crate::StartError;
use crate::issuer::Issuer;
use crate::no::COOL_DOWN;

type Label = dyn Fn(User<'_>) -> String + Send + Sync;
type Words = dyn Fn(&Ask<'_>) -> String + Send + Sync;

/// Requests on a device of the user's, which they approve by typing there the number that stands on
/// the screen where they began (NIST SP 800-63B-4 §3.1.3). The method `push`.
///
/// The device has a key pair of its own (P-256) that never leaves it. Enrolment shows `device`,
/// `secret`, `pairing_uri` and `qr` (the URI as an SVG without words); the device pairs by the
/// secret within ten minutes, and the next `POST` to the enrolment finishes it.
///
/// A prompt shows `number`, six digits, `expires_in`, two minutes, and `woken`. The device is woken
/// by a [`Waker`], or polls; it shows who asks, for what, from where and until when, and answers
/// with a signature over exactly that, its user's decision and the number they typed. There is one
/// answer to a request: a wrong number ends it, and a no the whole ceremony, after which nothing is
/// asked for five minutes, and twice as long each time it comes again within the hour. A user has
/// one request at once, and three in ten minutes unless one succeeds, however many devices they have.
/// A ceremony that ends otherwise takes its request back, so that another can ask; it stays counted,
/// and the user may still say no to it.
///
/// It is something that the user has and resists no phishing: `mfa` at most. What is typed is no
/// guess at a secret, since it takes the device's key to be heard at all: it does not count with
/// codes that anybody could send, and stays a way in while those are locked.
///
/// The pages of a device, below the authority's path: `POST methods/push/devices/{device}` pairs,
/// `GET …/requests` polls, and `POST …/requests/{request}` answers. `device::Device` (feature
/// `device`) speaks with them.
///
/// ```
/// use stepup_authority::factor::{Factor, Push};
/// use stepup_authority::{Authority, AuthorityBuilder, Issuer};
/// use stepup_core::Gate;
///
/// fn authority(issuer: Issuer, gate: Gate) -> AuthorityBuilder {
///     let push = Push::new(&issuer);
///     Authority::builder(issuer, gate).factor(push)
/// }
/// ```
pub struct Push {
    issuer: Issuer,
    /// Where its pages are.
    base: String,
    cool_down: Duration,
    label: Option<Box<Label>>,
    words: Box<Words>,
    waker: Option<Box<dyn Waker>>,
}

/// Where an authority is mounted, unless it is said.
const PATH: &str = "/step-up";

impl Push {
    /// With the records, keys and clock of this issuer: that of the authority.
    ///
    /// ```
    /// use stepup_authority::Issuer;
    /// use stepup_authority::factor::Push;
    /// fn push(issuer: &Issuer) -> Push {
    ///     Push::new(issuer)
    /// }
    /// ```
    #[must_use]
    pub fn new(issuer: &Issuer) -> Self {
        Self {
            issuer: issuer.clone(),
            base: base(issuer, PATH),
            cool_down: COOL_DOWN,
            label: None,
            words: Box::new(words::english),
            waker: None,
        }
    }

    /// Where the authority is mounted: what [`AuthorityBuilder::path`] was given, and `/step-up`
    /// unless it was. Devices find it there; with another the authority does not start.
    ///
    /// [`AuthorityBuilder::path`]: crate::AuthorityBuilder::path
    ///
    /// ```
    /// # use stepup_authority::{Issuer, factor::Push};
    /// fn push(issuer: &Issuer) -> Push {
    ///     Push::new(issuer).path("/auth/step-up")
    /// }
    /// ```
    #[must_use]
    pub fn path(self, path: &str) -> Self {
        Self { base: base(&self.issuer, path), ..self }
    }

    /// Wakes devices by this; else they are to poll.
    ///
    /// A device that could not be woken may still poll when the user looks at it, and the prompt
    /// says so: `woken` is `false`.
    ///
    /// ```
    /// # use stepup_authority::{Issuer, factor::{Push, Waker}};
    /// fn push(issuer: &Issuer, waker: impl Waker) -> Push {
    ///     Push::new(issuer).woken_by(waker)
    /// }
    /// ```
    #[must_use]
    pub fn woken_by(self, waker: impl Waker) -> Self {
        Self { waker: Some(Box::new(waker)), ..self }
    }

    /// What the account is called on the device, in place of the user's `sub`.
    ///
    /// ```
    /// # use stepup_authority::{Issuer, factor::Push};
    /// fn push(issuer: &Issuer) -> Push {
    ///     Push::new(issuer).labelled(|user| format!("Account {}", user.subject))
    /// }
    /// ```
    #[must_use]
    pub fn labelled(self, label: impl Fn(User<'_>) -> String + Send + Sync + 'static) -> Self {
        Self { label: Some(Box::new(label)), ..self }
    }

    /// Says on the device what is asked for, in place of an English sentence.
    ///
    /// ```
    /// # use stepup_authority::{Issuer, factor::Push};
    /// fn push(issuer: &Issuer) -> Push {
    ///     Push::new(issuer).worded(|_| "Bestätigen Sie, dass Sie es sind.".to_owned())
    /// }
    /// ```
    #[must_use]
    pub fn worded(self, words: impl Fn(&Ask<'_>) -> String + Send + Sync + 'static) -> Self {
        Self { words: Box::new(words), ..self }
    }

    /// For how long nothing is asked after a no: a minute to an hour, five minutes unless set. Each
    /// further no within an hour doubles it, up to an hour.
    ///
    /// # Errors
    ///
    /// Another time.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use stepup_authority::{Issuer, StartError, factor::Push};
    /// fn push(issuer: &Issuer) -> Result<Push, StartError> {
    ///     Push::new(issuer).cool_down(Duration::from_secs(900))
    /// }
    /// ```
    pub fn cool_down(self, cool_down: Duration) -> Result<Self, StartError> {
        if !(Duration::from_secs(60)..=Duration::from_secs(3600)).contains(&cool_down) {
            return Err(StartError::new(format!(
                "pushes cool down for {cool_down:?} after a no, and it may be a minute to an hour: \
                 set another time with `.cool_down(…)`"
            )));
        }
        Ok(Self { cool_down, ..self })
    }
}

fn base(issuer: &Issuer, path: &str) -> String {
    format!("{}{path}/methods/push/devices", issuer.origin())
}

impl Factor for Push {
    fn method(&self) -> &str {
        "push"
    }

    /// The device's key may well be in hardware, and nobody has shown that it is: `swk`.
    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::SWK], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    /// A number is heard from the user's own device alone, once for each request: there is nothing
    /// that anybody else could guess at.
    fn is_guessable(&self) -> bool {
        false
    }

    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(self.enrolled(user))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        self.asked(ask)
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn deliver<'a>(
        &'a self,
        outgoing: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(self.ask(outgoing))
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(async move { self.checked(&check).await })
    }

    fn withdraw<'a>(&'a self, withdrawal: Withdrawal<'a>) -> FactorFuture<'a, ()> {
        Box::pin(self.taken_back(withdrawal))
    }

    fn removed<'a>(&'a self, removal: Removal<'a>) -> FactorFuture<'a, ()> {
        Box::pin(self.unpaired(removal))
    }

    fn pages(&self) -> Option<&str> {
        Some(&self.base)
    }

    fn serve<'a>(
        &'a self,
        request: &'a http::Request<Bytes>,
        rest: &'a str,
    ) -> FactorFuture<'a, Option<Served>> {
        Box::pin(self.page(request, rest))
    }
}

/// Nothing of any user.
impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push")
            .field("base", &self.base)
            .field("cool_down", &self.cool_down)
            .finish_non_exhaustive()
    }
}

mod tests;
