//! What is remembered of a user's devices: who they are while they are needed, what is asked of
//! them, and how often. One record for each user, so that however many devices they have, they are
//! asked no oftener (O24). It is needed for some hours at most: what is kept for good is sealed in
//! the user's account, and comes back with the next request.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stepup_core::Timestamp;

use super::request::{LIFETIME, Request, State};
use super::wire::{Refused, SKEW};
use crate::times::{heal, recent, until_one_leaves};

/// How many requests there may be in ten minutes, if none of them succeeds.
const MOST: usize = 3;
const WINDOW: Duration = Duration::from_secs(10 * 60);

/// For how long a no makes the next one worse, and the longest that nothing is asked after one.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// How long a device may take to pair.
const PAIRS_WITHIN: Duration = WINDOW;

/// Polls of one device that are remembered, each for as long as it could be sent again.
const POLLS: usize = 100;

/// Devices that are paired, or wait to be, at once.
const DEVICES: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Devices {
    known: BTreeMap<String, Known>,
    request: Option<Request>,
    /// When each request since the last success was made.
    asked: Vec<u64>,
    /// The last no.
    no: Option<No>,
    /// When each poll that was told something was made, by its name.
    polls: BTreeMap<String, u64>,
}

/// A device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// While it is not paired: the pairing secret, as a keyed tag. Then what it was.
    pairing: String,
    /// Once it is: its public key.
    key: String,
    name: String,
    until: u64,
}

/// A no, and how many there were that each came within an hour of what the last one brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct No {
    at: u64,
    times: u32,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Approved,
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
            heal(&mut no.at, now);
        }
        self.no.take_if(|no| {
            now.seconds_since(Timestamp::from_secs(no.at)) >= (HOUR + HOUR).as_secs()
        });
        let seconds = now.as_secs();
        self.polls.retain(|_, at| at.abs_diff(seconds) <= SKEW);
        self.known.retain(|_, known| known.until > seconds);
        let is_from_ahead = |request: &mut Request| {
            let asked_at = request.until.saturating_sub(LIFETIME);
            let mut healed = asked_at;
            heal(&mut healed, now);
            healed != asked_at
        };
        self.request.take_if(is_from_ahead);
    }

    /// How long what is remembered may be needed.
    pub(super) fn keep_until(now: Timestamp) -> Timestamp {
        now.plus(HOUR + HOUR)
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

    /// Asks, unless that is too much. A new request of one ceremony voids the old one, whether or
    /// not it may be made (R-PUSH-02).
    pub(super) fn ask(
        &mut self,
        request: Request,
        key: &str,
        cool_down: Duration,
        now: Timestamp,
    ) -> Result<(), Wait> {
        self.request.take_if(|last| last.ceremony == request.ceremony);
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

    /// The request of this name, if this device may answer it.
    pub(super) fn answerable(
        &mut self,
        device: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<&mut Request, Refused> {
        let is_it = |request: &&mut Request| request.device == device && request.id == id;
        let request = self.request.as_mut().filter(is_it).ok_or(Refused::Over)?;
        if request.state != State::Waiting {
            return Err(Refused::Answered);
        }
        if request.is_late(now) { Err(Refused::Over) } else { Ok(request) }
    }

    pub(super) fn approved(&mut self) {
        self.answered(State::Approved);
        self.asked.clear();
    }

    pub(super) fn denied(&mut self, cool_down: Duration, now: Timestamp) {
        self.answered(State::Denied);
        let is_repeated = |no: &No| now < no.until(cool_down).plus(HOUR);
        let before = self.no.filter(is_repeated).map_or(0, |no| no.times);
        self.no = Some(No { at: now.as_secs(), times: before.saturating_add(1) });
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
            State::Approved | State::Claimed => {
                request.state = State::Claimed;
                Outcome::Approved
            }
            State::Denied => Outcome::Denied,
            State::Wrong => {
                self.request = None;
                Outcome::Wrong
            }
        }
    }
}

impl No {
    /// How long nothing is asked after it: twice as long as after the one before, and an hour at
    /// most.
    fn until(self, cool_down: Duration) -> Timestamp {
        let factor = 2_u32.saturating_pow(self.times.saturating_sub(1));
        Timestamp::from_secs(self.at).plus(cool_down.saturating_mul(factor).min(HOUR))
    }
}

mod tests;
