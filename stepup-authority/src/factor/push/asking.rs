//! Asking a device, and hearing what became of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::devices::{Devices, Outcome, Wait};
use super::paired::Paired;
use super::request::{LIFETIME, Request, State};
use super::wire::Shown;
use super::{Push, Wake, keeping};
use crate::factor::totp::qr;
use crate::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, Enrolled, NotEnrolled, OneTimeCode, Outgoing,
    Prompt, Proof, Purpose, Removal, Unreadable, User, Withdrawal,
};
use crate::random::random;
use crate::sealing::{from_text, to_text};

/// A device that is not woken by then has to poll, and whoever asks is told so.
const WAKES_WITHIN: Duration = Duration::from_secs(3);

/// What a prompt has delivered.
#[derive(Serialize, Deserialize)]
struct Delivery {
    to: Paired,
    request: Request,
    at: u64,
}

impl Push {
    pub(super) async fn enrolled(&self, user: User<'_>) -> Result<Enrolled, NotEnrolled> {
        let now = self.issuer.clock().now();
        let unavailable = |_| NotEnrolled::Unavailable;
        let line = self.line(user);
        let device = to_text(&random::<16>().map_err(unavailable)?);
        let secret =
            Zeroizing::new(to_text(&*Zeroizing::new(random::<32>().map_err(unavailable)?)));
        let tag = self.tag(&["pairing", &line, &device], &secret);
        let waits = |devices: &mut Devices| devices.wait_for(&device, tag.clone(), now);
        let waits = keeping::change(&self.issuer, &line, now, waits).await.map_err(unavailable)?;
        waits.map_err(|Wait(seconds)| NotEnrolled::Wait(seconds))?;
        let paired = Paired { line, device, key: String::new(), name: String::new() };
        let uri = format!("{}/{}#{}", self.base, paired.address(), *secret);
        let qr = qr::svg(&uri).ok_or(NotEnrolled::Unavailable)?;
        Ok(Enrolled::by_answer(paired.write())
            .showing("device", paired.address())
            .showing("secret", secret.as_str())
            .showing("pairing_uri", uri)
            .showing("qr", qr))
    }

    pub(super) fn asked(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let to = Paired::read(ask.data).ok_or(Unreadable)?;
        if ask.purpose == Purpose::Enrolment {
            return Ok(Prompt::default());
        }
        let id = to_text(&random::<16>().map_err(|_| Unreadable)?);
        let number = OneTimeCode::new()?;
        let until = ask.now.plus(Duration::from_secs(LIFETIME));
        let text = serde_json::to_string(&Shown {
            id: id.clone(),
            account: self
                .label
                .as_ref()
                .map_or_else(|| ask.user.subject.to_owned(), |label| label(ask.user)),
            client: ask.by.client_id.map(str::to_owned),
            purpose: (self.words)(ask),
            levels: ask.levels.to_vec(),
            browser: ask.by.browser.map(str::to_owned),
            address: ask.by.address.map(str::to_owned),
            asked_at: ask.now.as_secs(),
            expires_at: until.as_secs(),
        });
        let request = Request {
            device: to.device.clone(),
            ceremony: to_text(&ask.vault.tag_of_ceremony("push")),
            text: text.map_err(|_| Unreadable)?,
            number: self.tag(&["number", &id], number.as_str()),
            denial: ask.denial().to_owned(),
            until: until.as_secs(),
            state: State::default(),
            id: id.clone(),
        };
        let delivery = Delivery { to, request, at: ask.now.as_secs() };
        let delivery = serde_json::to_vec(&delivery).map_err(|_| Unreadable)?;
        Ok(Prompt::default()
            .keeping(id.into_bytes())
            .showing("number", number.as_str())
            .showing("expires_in", LIFETIME)
            .sending(Outgoing::question(delivery)))
    }

    pub(super) async fn ask(&self, outgoing: &Outgoing) -> Result<Delivered, DeliveryError> {
        let unreadable = |_| DeliveryError::new("the request cannot be read");
        let Delivery { to, request, at } =
            serde_json::from_slice(outgoing.details()).map_err(unreadable)?;
        let now = Timestamp::from_secs(at);
        let asks =
            |devices: &mut Devices| devices.ask(request.clone(), &to.key, self.cool_down, now);
        let asked = keeping::change(&self.issuer, &to.line, now, asks).await;
        let asked = asked.map_err(|error| DeliveryError::new(error.to_string()))?;
        asked.map_err(|Wait(seconds)| {
            DeliveryError::new("the user was asked too often, or is being asked, or said no")
                .retry_after(seconds)
        })?;
        // Kept again: so it is found out whether the ceremony is still there that it is for.
        let delivered = Delivered::default().keeping(request.id.clone().into_bytes());
        let Some(waker) = &self.waker else { return Ok(delivered) };
        let wake = Wake { device: to.address(), id: outgoing.id().to_owned(), at: now };
        let woken = timeout(WAKES_WITHIN, waker.wake(&wake)).await;
        let woken = woken.unwrap_or_else(|_| Err(DeliveryError::new("no answer in time")));
        if let Err(error) = &woken {
            tracing::warn!(%error, "a device was not woken: it has to poll");
        }
        Ok(delivered.showing("woken", woken.is_ok()))
    }

    /// Takes the request off the device, so that the user can be asked another.
    pub(super) async fn taken_back(&self, withdrawal: Withdrawal<'_>) {
        let Withdrawal { data, kept, is_asked_anew, now, .. } = withdrawal;
        let (Some(to), Ok(id)) = (Paired::read(data), std::str::from_utf8(kept)) else { return };
        // To ask anew has voided what was asked before.
        if is_asked_anew {
            return;
        }
        let withdraw = |devices: &mut Devices| devices.withdraw(&to.device, id);
        if let Err(error) = keeping::change(&self.issuer, &to.line, now, withdraw).await {
            tracing::warn!(%error, "what a user was asked was not withdrawn: it runs out by itself");
        }
    }

    /// Has the device told that it is paired no more, and asks nothing of it.
    pub(super) async fn unpaired(&self, removal: Removal<'_>) {
        let Some(of) = Paired::read(removal.data) else { return };
        let now = removal.now;
        let remove = |devices: &mut Devices| devices.remove(&of.device, &of.key, now);
        if let Err(error) = keeping::change(&self.issuer, &of.line, now, remove).await {
            tracing::warn!(%error, "a device that was removed will not be told so");
        }
    }

    /// What all devices of a user have in common: they share how often they are asked. It is the
    /// same for two that are enrolled at once, and for one that is enrolled again.
    fn line(&self, user: User<'_>) -> String {
        let mut others = user.enrolled.iter().filter_map(|data| Paired::read(data));
        others.next().map_or_else(
            || {
                let tag = self.issuer.sealing().tag(&["push", "line", user.issuer], user.subject);
                to_text(tag.get(..16).unwrap_or_default())
            },
            |other| other.line,
        )
    }

    pub(super) async fn checked(&self, check: &Check<'_>) -> Checked {
        let Some(paired) = Paired::read(check.data) else { return Checked::Gone };
        let (now, device) = (check.now, &paired.device);
        let soon = |_| Checked::Unavailable(now.plus(Duration::from_secs(1)));
        if check.purpose == Purpose::Enrolment {
            let of_device = |devices: &mut Devices| {
                let paired = devices.paired(device)?;
                Some(paired.map(|(key, name)| (key.to_owned(), name.to_owned())))
            };
            return match keeping::change(&self.issuer, &paired.line, now, of_device).await {
                Err(error) => soon(error),
                Ok(None) => Checked::Expired,
                Ok(Some(None)) => Checked::Pending,
                Ok(Some(Some((key, name)))) => {
                    let paired = Paired { key, name, ..paired };
                    let enrolled = Enrolled::new(paired.write()).with_hint(paired.name);
                    Checked::Right(Proof::of_ceremony().enrolling(enrolled))
                }
            };
        }
        let Some(id) = check.kept.and_then(|kept| std::str::from_utf8(kept).ok()) else {
            return Checked::Expired;
        };
        let outcome = |devices: &mut Devices| devices.outcome(device, id, now);
        match keeping::change(&self.issuer, &paired.line, now, outcome).await {
            Err(error) => soon(error),
            Ok(Outcome::Approved(at)) => Checked::Right(Proof::of_ceremony().at(at)),
            Ok(Outcome::Denied) => Checked::Denied,
            Ok(Outcome::Expired) => Checked::Expired,
            Ok(Outcome::Pending) => Checked::Pending,
            Ok(Outcome::Wrong) => Checked::Wrong,
        }
    }

    /// What a secret or a number is kept as.
    pub(super) fn tag(&self, context: &[&str], secret: &str) -> String {
        to_text(&self.issuer.sealing().tag(&[&["push"], context].concat(), secret))
    }

    /// Whether it is the one that was kept, in constant time.
    pub(super) fn matches(&self, context: &[&str], secret: &str, tag: &str) -> bool {
        let context = [&["push"], context].concat();
        from_text(tag).is_some_and(|tag| self.issuer.sealing().matches(&context, secret, &tag))
    }
}
