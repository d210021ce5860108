//! Answers with keys, and whether they are right.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};
use stepup_tests::authority::{Maker, SecurityKey};

use crate::action::Code;
use crate::code::Truth;
use crate::key::{Key, ORIGIN, RP_ID, Said};
use crate::world::{Account, Secret};

/// A key in a user's hands, and whether it counts what it signs.
#[derive(Clone)]
pub struct HeldKey {
    key: Arc<Authenticator>,
    pub counts: bool,
}

enum Authenticator {
    /// Nobody vouches for it.
    Plain(Key),
    /// Its maker does: it never leaves its hardware. It signs nothing but on the bank's page, with
    /// its user verified.
    Vouched(SecurityKey, Maker),
}

/// What was signed, and the browser's words for it.
#[derive(Clone, Debug)]
pub struct Signed {
    pub body: Value,
    by: String,
    challenge: String,
    count: u64,
    /// By that key, on the bank's page, with its user verified.
    is_good: bool,
}

/// What came of a look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// By this one of the user's factors, with this count.
    Right(usize, u64),
    /// Its count is no higher than the last.
    Copied,
    Wrong,
}

/// A ceremony in which keys were asked for.
pub struct Asked<'a> {
    pub account: &'a Account,
    pub other: &'a Account,
    /// The factor that is named, if it is a key.
    pub named: usize,
    /// Of each of the user's factors.
    pub may_answer: Vec<bool>,
    pub challenge: &'a str,
    /// The challenge before, and one of another ceremony.
    pub earlier: Option<&'a str>,
    pub elsewhere: Option<&'a str>,
}

impl fmt::Debug for HeldKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id())
    }
}

impl HeldKey {
    /// A new one for the user of these creation options.
    pub fn plain(options: &Value, counts: bool) -> Self {
        Self { key: Arc::new(Authenticator::Plain(Key::of(options))), counts }
    }

    pub fn vouched() -> Self {
        let key = Authenticator::Vouched(SecurityKey::bound(), Maker::of_vectors());
        Self { key: Arc::new(key), counts: false }
    }

    pub fn is_vouched(&self) -> bool {
        matches!(*self.key, Authenticator::Vouched(..))
    }

    /// The credential's.
    pub fn id(&self) -> String {
        match &*self.key {
            Authenticator::Plain(key) => key.id.clone(),
            Authenticator::Vouched(key, _) => key.id(),
        }
    }

    fn get(&self, said: &Said<'_>) -> Value {
        match &*self.key {
            Authenticator::Plain(key) => key.get(said),
            Authenticator::Vouched(key, _) => {
                key.get(&json!({ "rpId": RP_ID, "challenge": signable(said) }))
            }
        }
    }

    fn create(&self, said: &Said<'_>) -> Value {
        match &*self.key {
            Authenticator::Plain(key) => key.create(said),
            Authenticator::Vouched(key, maker) => {
                let options = json!({ "rp": { "id": RP_ID }, "challenge": signable(said) });
                key.create(maker, &options)
            }
        }
    }

    pub fn sign(&self, said: &Said<'_>, is_good: bool) -> Signed {
        Signed {
            body: self.get(said),
            by: self.id(),
            challenge: said.challenge.to_owned(),
            count: said.count.into(),
            is_good: is_good && said.is_verified && said.origin == ORIGIN,
        }
    }
}

impl Asked<'_> {
    /// An answer of this sort, and what the sort is called.
    pub fn answer(&self, code: Code) -> (&'static str, Signed) {
        let Some((held, last)) = self.held(self.named) else { unreachable!("it is a key") };
        let next = |held: &HeldKey, last: u64| if held.counts { last + 1 } else { 0 };
        let count = |held: &HeldKey, last| u32::try_from(next(held, last)).expect("a small number");
        let said = Said { count: count(&held, last), ..Said::to(self.challenge) };
        let own = || held.sign(&said, true);
        let to = |challenge| held.sign(&Said { challenge, ..said }, true);
        let forged = || {
            let mut forged = own();
            let signature = to("AAAA").body["response"]["signature"].take();
            forged.body["response"]["signature"] = signature;
            ("forged", Signed { is_good: false, ..forged })
        };
        match code {
            Code::Right => ("own", own()),
            Code::Step(1) => {
                let mut all = (0..self.account.factors.len()).filter_map(|at| self.held(at));
                let (other, last) = all.next_back().expect("the named one at least");
                let said = Said { count: count(&other, last), ..said };
                ("another of the user's", other.sign(&said, true))
            }
            Code::Step(-1) => ("unverified", held.sign(&Said { is_verified: false, ..said }, true)),
            Code::Step(2) if held.counts => {
                let count = u32::try_from(last).expect("a small number");
                ("copied", held.sign(&Said { count, ..said }, true))
            }
            Code::Step(_) => {
                ("elsewhere", held.sign(&Said { origin: "https://evil.example", ..said }, true))
            }
            Code::Used => match self.account.signed.last() {
                Some(before) => ("replayed", before.clone()),
                None => forged(),
            },
            Code::Old => self.earlier.map_or_else(forged, |earlier| ("late", to(earlier))),
            Code::OfOtherCeremony => {
                self.elsewhere.map_or_else(forged, |other| ("of another ceremony", to(other)))
            }
            Code::OfOther => {
                let keys = self.other.factors.iter().filter_map(|factor| match &factor.secret {
                    Secret::Key(held) => Some(held),
                    _ => None,
                });
                let mut keys = keys.map(|held| held.sign(&said, true));
                keys.next_back().map_or_else(forged, |signed| ("another user's", signed))
            }
            Code::Wrong | Code::Malformed(_) => forged(),
        }
    }

    pub fn look(&self, signed: &Signed) -> Look {
        let is_by = |at: &usize| {
            self.may_answer[*at] && self.held(*at).is_some_and(|(held, _)| held.id() == signed.by)
        };
        let by = (0..self.account.factors.len()).find(is_by);
        let (true, Some(by)) = (signed.is_good && signed.challenge == self.challenge, by) else {
            return Look::Wrong;
        };
        let last = self.held(by).map_or(0, |(_, last)| last);
        if signed.count > last || signed.count == 0 && last == 0 {
            Look::Right(by, signed.count)
        } else {
            Look::Copied
        }
    }

    fn held(&self, at: usize) -> Option<(HeldKey, u64)> {
        let factor = &self.account.factors[at];
        match &factor.secret {
            Secret::Key(held) => Some((held.clone(), factor.last_step.unwrap_or_default())),
            _ => None,
        }
    }
}

/// No answers of a browser's.
pub fn malformed(n: usize, mut credential: Value) -> Value {
    match n % 4 {
        0 => json!(null),
        1 => json!("credential"),
        2 => credential["response"].take(),
        _ => {
            credential["rawId"] = "AAAA".into();
            credential
        }
    }
}

/// What `create` gives back for this challenge, and whether it is right.
pub fn registered(held: &HeldKey, challenge: &str, code: Code) -> (Value, Truth) {
    let said = Said { count: held.counts.into(), ..Said::to(challenge) };
    let wrong = match code {
        Code::Right | Code::Step(1) => {
            return (held.create(&said), Truth::Right(said.count.to_string()));
        }
        Code::Malformed(n) => {
            return (malformed(n, held.create(&said)), Truth::Malformed);
        }
        Code::Wrong => Said { is_verified: false, ..said },
        Code::Step(_) => Said { origin: "https://evil.example", ..said },
        _ => Said { challenge: "AAAA", ..said },
    };
    (held.create(&wrong), Truth::Wrong)
}

/// In place of what a key does not sign: the answer to another challenge.
fn signable<'a>(said: &Said<'a>) -> &'a str {
    let is_usual = said.is_verified && said.origin == ORIGIN;
    if is_usual { said.challenge } else { "AAAA" }
}
