//! What may be asked on a user's devices: one thing at once, three in ten minutes unless one
//! succeeds, and nothing for a while after a no.

use std::collections::HashMap;

/// Seconds.
pub const ASKS_FOR: u64 = 120;
const WINDOW: u64 = 600;
const ASKED: usize = 3;
const COOL_DOWN: u64 = 300;
const HOUR: u64 = 3600;
const PAIRS_WITHIN: u64 = 600;
const DEVICES: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    Not,
    Yes,
    /// And the client knows.
    Claimed,
    No,
    Wrong,
}

/// Something that a device is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// None is called like another.
    pub number: usize,
    pub device: String,
    /// Its place in the list.
    pub ceremony: usize,
    /// What stands on the screen.
    pub shown: String,
    pub until: u64,
    pub answered: Answered,
    pub answered_at: u64,
}

#[derive(Default)]
pub struct Line {
    pub question: Option<Question>,
    /// What was asked before in the same ceremony, or taken back: a no to it is heard.
    pub void: Vec<Question>,
    asked: Vec<u64>,
    nos: Nos,
    /// The devices that are remembered, and until when.
    known: HashMap<String, u64>,
}

/// When the last no was, and how many there were in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nos(Option<(u64, u32)>);

impl Nos {
    pub fn one_more(&mut self, now: u64) {
        let before = self.0.filter(|no| now < until(*no) + HOUR).map_or(0, |(_, times)| times);
        self.0 = Some((now, before + 1));
    }

    /// Nothing is asked after them.
    pub fn cool_down(&self, now: u64) -> bool {
        self.0.is_some_and(|no| now < until(no))
    }
}

impl Question {
    pub const fn is_late(&self, now: u64) -> bool {
        now >= self.until
    }

    const fn is_outstanding(&self, now: u64) -> bool {
        matches!(self.answered, Answered::Not | Answered::Yes) && !self.is_late(now)
    }
}

impl Line {
    pub fn forget(&mut self, now: u64) {
        self.asked.retain(|at| now - at < WINDOW);
        self.void.retain(|question| !question.is_late(now));
        self.known.retain(|_, until| *until > now);
        self.nos.0.take_if(|(at, _)| now - *at >= 2 * HOUR);
    }

    pub fn knows(&self, device: &str) -> bool {
        self.known.contains_key(device)
    }

    pub fn has_room(&self) -> bool {
        self.known.len() < DEVICES
    }

    pub fn waits_for(&mut self, device: &str, now: u64) {
        self.known.insert(device.to_owned(), now + PAIRS_WITHIN);
    }

    /// What a prompt in this ceremony does, whether or not it may be made.
    pub fn void_in(&mut self, ceremony: usize) {
        let same = |last: &mut Question| last.ceremony == ceremony;
        let last = self.question.take_if(same);
        self.void.extend(last.filter(|last| last.answered == Answered::Not));
        let over = self.void.len().saturating_sub(ASKED);
        self.void.drain(..over);
    }

    /// The question was taken back: its ceremony is over.
    pub fn take_back(&mut self) {
        if let Some(ceremony) = self.question.as_ref().map(|question| question.ceremony) {
            self.void_in(ceremony);
        }
    }

    /// The user has this one no more.
    pub fn unpair(&mut self, device: &str) {
        self.known.remove(device);
        self.question.take_if(|question| question.device == device);
        self.void.retain(|question| question.device != device);
    }

    /// Nothing may be asked, whatever else is outstanding.
    pub fn rests(&self, now: u64) -> bool {
        self.nos.cool_down(now) || self.asked.len() >= ASKED
    }

    pub fn is_busy(&self, now: u64) -> bool {
        self.question.as_ref().is_some_and(|question| question.is_outstanding(now))
    }

    pub fn ask(&mut self, question: Question, now: u64) {
        self.asked.push(now);
        self.known.insert(question.device.clone(), now + HOUR);
        self.question = Some(question);
    }

    pub fn approve(&mut self, now: u64) {
        self.answer(Answered::Yes);
        if let Some(question) = &mut self.question {
            question.answered_at = now;
        }
        self.asked.clear();
    }

    pub fn answer(&mut self, answered: Answered) {
        if let Some(question) = &mut self.question {
            question.answered = answered;
        }
    }

    pub fn deny(&mut self, number: usize, now: u64) {
        self.void.retain(|question| question.number != number);
        if self.question.as_ref().is_some_and(|question| question.number == number) {
            self.answer(Answered::No);
        }
        self.nos.one_more(now);
    }
}

/// Each no counts for twice as long as the one before.
fn until((at, times): (u64, u32)) -> u64 {
    at + (COOL_DOWN << (times - 1).min(10)).min(HOUR)
}
