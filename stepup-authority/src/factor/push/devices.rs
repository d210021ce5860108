//! What is remembered of a user's devices: who they are while they are needed, what is asked of
//! them, and how often. One record for each user, so that however many devices they have, they are
//! asked no oftener (O24). It is needed for some hours at most: what is kept for good is sealed in
//! the user's account, and comes back with the next request.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use super::gone::Gone;
use super::request::{LIFETIME, Request, State};
use super::wire::{Decision, Refused, SKEW};
use crate::no::{HOUR, No};
use crate::times::{heal, recent, until_one_leaves};

/// How many requests there may be in ten minutes, if none of them succeeds.
const MOST: usize = 3;
const WINDOW: Duration = Duration::from_secs(10 * 60);

/// How long a device may take to pair.
const PAIRS_WITHIN: Duration = WINDOW;

/// Polls of one device that are remembered, each for as long as it could be sent again.
const POLLS: usize = 100;

/// Devices that are paired, or wait to be, at once.
const DEVICES: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Devices {
    known: BTreeMap<String, Known>,
    gone: Gone,
    request: Option<Request>,
    /// Requests that were voided before their user answered: they may have them before them still,
    /// and say no.
    void: Vec<Request>,
    /// When each request since the last success was made.
    asked: Vec<u64>,
    /// The last no.
    no: Option<No>,
    /// When each poll that was told something was made, by its name.
    polls: BTreeMap<String, u64>,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// While it is not paired: the pairing secret, as a keyed tag. Then what it was.
    pairing: String,
    /// Once it is: its public key.
    key: String,
    name: String,
    until: u64,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Approved(Timestamp),
    Denied,
    Expired,
    Pending,
    Wrong,
}

/// Not before this many seconds have gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wait(pub(super) u64);

impl Devices {
    /// Forgets what no longer counts, and puts right what a wrong clock wrote.
    pub(super) fn prune(&mut self, now: Timestamp) {
        self.asked.iter_mut().for_each(|at| heal(at, now));
        recent(&mut self.asked, now, WINDOW);
        if let Some(no) = &mut self.no {
            no.heal(now);
        }
        self.no.take_if(|no| no.is_over(now));
        let seconds = now.as_secs();
        self.polls.retain(|_, at| at.abs_diff(seconds) <= SKEW);
        self.known.retain(|_, known| known.until > seconds);
        self.gone.prune(now);
        self.void.retain(|request| !request.is_late(now));
        let is_from_ahead = |request: &mut Request| {
            let asked_at = request.until.saturating_sub(LIFETIME);
            let mut healed = asked_at;
            heal(&mut healed, now);
            healed != asked_at
        };
        self.void.extract_if(.., is_from_ahead).for_each(drop);
        self.request.take_if(is_from_ahead);
    }

    /// How long what is remembered may be needed.
    pub(super) fn keep_until(&self, now: Timestamp) -> Timestamp {
        now.plus(HOUR + HOUR).max(self.gone.until())
    }

    /// Waits for a device to pair.
    pub(super) fn wait_for(
        &mut self,
        device: &str,
        pairing: String,
        now: Timestamp,
    ) -> Result<(), Wait> {
        if self.known.len() >= DEVICES {
            let first = self.known.values().map(|known| known.until).min().unwrap_or_default();
            return Err(Wait(first.saturating_sub(now.as_secs()).max(1)));
        }
        let until = now.plus(PAIRS_WITHIN).as_secs();
        let known = Known { pairing, key: String::new(), name: String::new(), until };
        self.known.insert(device.to_owned(), known);
        Ok(())
    }

    /// Pairs it, once. The same again is no other: its answer may have got lost.
    pub(super) fn pair(
        &mut self,
        device: &str,
        is_secret: impl Fn(&str) -> bool,
        key: &str,
        name: &str,
    ) -> Result<(), Refused> {
        let known = self.known.get_mut(device).ok_or(Refused::NoSuchPairing)?;
        if !is_secret(&known.pairing) {
            return Err(Refused::NoSuchPairing);
        }
        if known.key.is_empty() {
            key.clone_into(&mut known.key);
            name.clone_into(&mut known.name);
        }
        if known.key == key { Ok(()) } else { Err(Refused::NoSuchPairing) }
    }

    /// Whether it is waited for still, and its key and name once it is paired.
    pub(super) fn paired(&self, device: &str) -> Option<Option<(&str, &str)>> {
        let known = self.known.get(device)?;
        Some((!known.key.is_empty()).then_some((&known.key, &known.name)))
    }

    /// The key of a device that something may be asked of.
    pub(super) fn key(&self, device: &str) -> Option<&str> {
        self.paired(device)?.map(|(key, _)| key)
    }

    /// The user has it no more.
    pub(super) fn remove(&mut self, device: &str, key: &str, now: Timestamp) {
        self.known.remove(device);
        self.request.take_if(|request| request.device == device);
        self.void.retain(|request| request.device != device);
        self.gone.add(device, key, now);
    }

    /// The key of one that was removed.
    pub(super) fn removed(&self, device: &str) -> Option<&str> {
        self.gone.key(device)
    }

    /// Asks, unless that is too much. A new request of one ceremony voids the old one, whether or
    /// not it may be made (R-PUSH-02).
    pub(super) fn ask(
        &mut self,
        request: Request,
        key: &str,
        cool_down: Duration,
        now: Timestamp,
    ) -> Result<(), Wait> {
        let last = self.request.take_if(|last| last.ceremony == request.ceremony);
        self.void(last);
        self.cooled_down(cool_down, now)?;
        if let Some(last) = self.request.as_ref().filter(|last| last.is_outstanding(now)) {
            return Err(Wait(last.until.saturating_sub(now.as_secs())));
        }
        if self.asked.len() >= MOST {
            return Err(Wait(until_one_leaves(&self.asked, MOST, now, WINDOW)));
        }
        self.asked.push(now.as_secs());
        let until = now.plus(HOUR).as_secs();
        let (key, pairing) = (key.to_owned(), String::new());
        let known = Known { pairing, key, name: String::new(), until };
        self.known.insert(request.device.clone(), known);
        self.request = Some(request);
        Ok(())
    }

    /// Nobody waits for an answer to this request any more: another may take its place. It stays
    /// counted, so that who asks and gives up asks no oftener (O24).
    pub(super) fn withdraw(&mut self, device: &str, id: &str) {
        let is_it = |request: &mut Request| {
            let is_open = matches!(request.state, State::Waiting | State::Approved(_));
            is_open && request.device == device && request.id == id
        };
        let withdrawn = self.request.take_if(is_it);
        self.void(withdrawn);
    }

    /// Remembers what may still be answered with a no: else who asks could take it back before the
    /// user has said it, and nothing would cool down.
    fn void(&mut self, request: Option<Request>) {
        self.void.extend(request.filter(|request| request.state == State::Waiting));
        let over = self.void.len().saturating_sub(MOST);
        self.void.drain(..over);
    }

    /// Nothing is asked for a while after a no.
    fn cooled_down(&self, cool_down: Duration, now: Timestamp) -> Result<(), Wait> {
        let left = self.no.map_or(0, |no| no.until(cool_down).seconds_since(now));
        if left == 0 { Ok(()) } else { Err(Wait(left)) }
    }

    /// What is asked of this device.
    pub(super) fn waiting(&self, device: &str, now: Timestamp) -> Option<&Request> {
        let is_its = |request: &&Request| request.device == device;
        let request = self.request.as_ref().filter(is_its)?;
        (request.state == State::Waiting && !request.is_late(now)).then_some(request)
    }

    /// A poll of this name that is told something, once.
    pub(super) fn poll(&mut self, name: &str, at: u64) -> Result<(), Refused> {
        if self.polls.contains_key(name) {
            return Err(Refused::NotThisDevice);
        }
        if self.polls.len() >= POLLS {
            return Err(Refused::TooOften);
        }
        self.polls.insert(name.to_owned(), at);
        Ok(())
    }

    /// The request of this name, if this device may answer it so: to what was voided, with a no
    /// alone.
    pub(super) fn answerable(
        &self,
        device: &str,
        id: &str,
        decision: Decision,
        now: Timestamp,
    ) -> Result<&Request, Refused> {
        let void = self.void.iter().filter(|_| decision == Decision::Deny);
        let is_it = |request: &&Request| request.device == device && request.id == id;
        let request = self.request.iter().chain(void).find(is_it).ok_or(Refused::Over)?;
        if request.state != State::Waiting {
            return Err(Refused::Answered);
        }
        if request.is_late(now) { Err(Refused::Over) } else { Ok(request) }
    }

    pub(super) fn approved(&mut self, now: Timestamp) {
        self.answered(State::Approved(now.as_secs()));
        self.asked.clear();
    }

    pub(super) fn denied(&mut self, id: &str, cool_down: Duration, now: Timestamp) {
        self.void.retain(|request| request.id != id);
        if let Some(request) = self.request.as_mut().filter(|request| request.id == id) {
            request.state = State::Denied;
        }
        self.no = Some(No::after(self.no, cool_down, now));
    }

    pub(super) fn wrong(&mut self) {
        self.answered(State::Wrong);
    }

    fn answered(&mut self, state: State) {
        if let Some(request) = &mut self.request {
            request.state = state;
        }
    }

    /// What became of this request, for the ceremony that it was made for. A wrong number is told
    /// once: it is one guess, however often it is asked after.
    pub(super) fn outcome(&mut self, device: &str, id: &str, now: Timestamp) -> Outcome {
        let is_it = |request: &&mut Request| request.device == device && request.id == id;
        let Some(request) = self.request.as_mut().filter(is_it) else { return Outcome::Expired };
        match request.state {
            State::Waiting if request.is_late(now) => Outcome::Expired,
            State::Waiting => Outcome::Pending,
            State::Approved(at) | State::Claimed(at) => {
                request.state = State::Claimed(at);
                Outcome::Approved(Timestamp::from_secs(at))
            }
            State::Denied => Outcome::Denied,
            State::Wrong => {
                self.request = None;
                Outcome::Wrong
            }
        }
    }
}

mod tests;
