//! What a user has, and what of theirs is counted.

use std::collections::HashMap;

use stepup_tests::authority::TotpApp;

use crate::elsewhere;
use crate::keys::{HeldKey, Signed};
use crate::line::{Line, Nos};
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
    /// At a provider.
    Elsewhere,
}

impl Secret {
    pub const fn is_elsewhere(&self) -> bool {
        matches!(self, Self::Elsewhere)
    }
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
        match self.secret {
            Secret::Sent(_) | Secret::Key(_) | Secret::Push(_) => true,
            Secret::Elsewhere => elsewhere::asks(self.method),
            Secret::App(_) | Secret::List(_) => false,
        }
    }

    /// A key whose maker vouches for it.
    pub fn is_vouched(&self) -> bool {
        matches!(&self.secret, Secret::Key(held) if held.is_vouched())
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
    /// To pushes of providers.
    pub nos: Nos,
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
    /// Takes those away that are no more: how many.
    pub fn remove(&mut self, goes: impl Fn(&Factor) -> bool) -> usize {
        let gone: Vec<_> = self.factors.extract_if(.., |factor| goes(factor)).collect();
        for factor in &gone {
            if let Secret::Push(device) = &factor.secret {
                self.line.unpair(device);
            }
        }
        gone.len()
    }

    /// As much as any of the factors reaches, disabled or not: wrong answers lower nothing.
    pub fn change_takes(&self) -> Takes {
        let mut methods = self.factors.iter().map(|factor| factor.method);
        if self.factors.is_empty() {
            Takes::Login
        } else if self.factors.iter().any(Factor::is_vouched) {
            Takes::Level("phrh")
        } else if methods.any(|method| method == "webauthn") {
            Takes::Level("phr")
        } else {
            Takes::Level("mfa")
        }
    }
}

pub fn is_guessable(method: &str) -> bool {
    !["recovery", "webauthn", "push", "okta-push", "firebase", "oidc"].contains(&method)
}

/// Whether a new one takes the place of the old.
pub fn is_single(method: &str) -> bool {
    ["recovery", "auth0-otp", "oidc"].contains(&method)
}

/// Whether nobody else's wrong answers count there.
pub fn is_of_one_seat(target: &str) -> bool {
    target.contains('@')
}
