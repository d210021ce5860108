//! What a user has, and what of theirs is counted.

use std::collections::HashMap;

use stepup_tests::authority::TotpApp;

use crate::keys::{HeldKey, Signed};
use crate::line::Line;
use crate::world::IN_A_ROW;

/// A moment at which something counted, and whether it certainly did.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    pub at: u64,
    pub is_certain: bool,
}

/// That a seat began something that it has not finished.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    pub seat: usize,
    pub at: u64,
    pub is_certain: bool,
}

#[derive(Clone, Debug)]
pub enum Secret {
    App(TotpApp),
    Sent(String),
    List(Vec<String>),
    Key(HeldKey),
    /// By the device's name.
    Push(String),
}

#[derive(Clone, Debug)]
pub struct Factor {
    pub id: String,
    pub method: &'static str,
    pub secret: Secret,
    pub enrolled_at: u64,
    pub last_step: Option<u64>,
    pub spent: Vec<String>,
    pub wrong_in_a_row: usize,
}

impl Factor {
    /// What wrong answers to it count under: those to what cannot be guessed by session.
    pub fn target(&self, seat: usize) -> String {
        if self.is_guessable() { self.id.clone() } else { format!("{}@{seat}", self.id) }
    }

    pub fn is_guessable(&self) -> bool {
        is_guessable(self.method)
    }

    pub const fn is_disabled(&self) -> bool {
        self.wrong_in_a_row >= IN_A_ROW
    }

    /// Whether there is nothing to answer before it asked.
    pub fn asks(&self) -> bool {
        matches!(self.secret, Secret::Sent(_) | Secret::Key(_) | Secret::Push(_))
    }
}

#[derive(Default)]
pub struct Account {
    pub factors: Vec<Factor>,
    /// Answers that were looked at and not right, by what was guessed at.
    pub wrong: HashMap<String, Vec<Counted>>,
    pub begun: Vec<Begun>,
    /// Until when something may have made room for what another session began.
    pub unsure_until: u64,
    pub sent: Vec<u64>,
    pub changed_at: Option<u64>,
    /// How often.
    pub changes: usize,
    /// Of their devices.
    pub line: Line,
    /// The answers of their keys.
    pub signed: Vec<Signed>,
}

/// What it takes to change a user's factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    Login,
    Level(&'static str),
}

impl Account {
    /// As much as any of the factors reaches, disabled or not: wrong answers lower nothing.
    pub fn change_takes(&self) -> Takes {
        let mut methods = self.factors.iter().map(|factor| factor.method);
        if self.factors.is_empty() {
            Takes::Login
        } else if methods.any(|method| method == "webauthn") {
            Takes::Level("phr")
        } else {
            Takes::Level("mfa")
        }
    }
}

pub fn is_guessable(method: &str) -> bool {
    !["recovery", "webauthn", "push"].contains(&method)
}

/// Whether nobody else's wrong answers count there.
pub fn is_of_one_seat(target: &str) -> bool {
    target.contains('@')
}
