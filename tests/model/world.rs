//! What should be so, by the rules that the authority gives its users, and by no code of it.

use std::collections::{HashMap, HashSet};

use stepup_tests::NOW;

pub use crate::account::*;
use crate::action::{Held, SEATS, Which, Who};
use crate::elsewhere::Elsewhere;
use crate::phone::Phone;

/// The rules' numbers: those of the documentation, but where a walk would take too long.
pub const CEREMONY: u64 = 600;
pub const COLLECT: u64 = 60;
pub const GUESS_WINDOW: u64 = 900;
pub const CEREMONY_GUESSES: usize = 5;
pub const FACTOR_GUESSES: usize = 5;
pub const USER_GUESSES: usize = 10;
pub const OPEN: usize = 20;
pub const CHANGE_WITHIN: u64 = 300;
pub const LOGIN_COMBINES: u64 = 12 * 3600;
pub const TOKEN_LIFE: u64 = 300;
pub const SEND_INTERVAL: u64 = 30;
pub const SENDS_TO_ONE: usize = 3;
pub const DAY: u64 = 86_400;
pub const IN_A_ROW: usize = 7;
pub const FACTORS: usize = 6;
pub const SENDS_A_DAY: usize = 60;

pub const USERS: [&str; 2] = ["alice", "bob"];
pub const CLIENTS: [&str; 2] = ["web", "app"];
pub const METHODS: [&str; 7] = ["totp", "email", "sms", "webauthn", "push", "recovery", "fax"];

pub const fn user_of(seat: usize) -> usize {
    seat / 4
}

pub fn session_of(seat: usize) -> String {
    format!("{}-{}", USERS[user_of(seat)], seat / 2)
}

#[derive(Clone, Debug)]
pub struct Token {
    pub raw: String,
    /// It came of a proof.
    pub is_proof: bool,
    pub acr: String,
    pub amr: Vec<String>,
    pub auth_time: u64,
    pub iat: u64,
    pub exp: u64,
    pub scope: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub levels: Vec<String>,
    pub max_age: Option<u64>,
    pub amr: Vec<String>,
}

#[derive(Clone, Debug)]
pub enum Purpose {
    StepUp(Wanted),
    Enrol {
        new: Factor,
        replaces: Option<String>,
        /// What it took to begin it, and after how many changes.
        took: Takes,
        changes: usize,
    },
}

#[derive(Clone, Debug)]
pub struct Proof {
    pub at: u64,
    pub issued_at: u64,
    pub level: &'static str,
    pub amr: Vec<String>,
    pub scope: Vec<String>,
    pub expires_at: u64,
    pub jti: String,
}

#[derive(Clone, Debug)]
pub enum State {
    Pending,
    Proved(Proof),
    Cancelled,
    Denied,
    Enrolled,
}

#[derive(Clone, Debug)]
pub struct Ceremony {
    pub id: String,
    pub seat: usize,
    pub purpose: Purpose,
    pub begun_at: u64,
    pub state: State,
    pub wrong: Vec<Counted>,
    /// Which factors asked, the last one last, and the code that each sent, its challenge, or the
    /// number of its question.
    pub asked: Vec<(String, Option<String>)>,
    pub earlier_codes: Vec<String>,
}

impl Ceremony {
    pub const fn is_step_up(&self) -> bool {
        matches!(self.purpose, Purpose::StepUp(_))
    }

    /// Seconds from the proof that a token of it is good, at most.
    pub fn lifetime(&self) -> u64 {
        let max_age = match &self.purpose {
            Purpose::StepUp(wanted) => wanted.max_age,
            Purpose::Enrol { .. } => None,
        };
        max_age.map_or(TOKEN_LIFE, |max_age| max_age.min(TOKEN_LIFE))
    }

    pub fn asked(&self, factor: &str) -> Option<&Option<String>> {
        self.asked.iter().find(|(id, _)| id == factor).map(|(_, code)| code)
    }

    pub const fn is_over(&self, now: u64) -> bool {
        now >= self.begun_at + CEREMONY
    }

    pub fn certainly_exhausted(&self) -> bool {
        self.wrong.iter().filter(|wrong| wrong.is_certain).count() >= CEREMONY_GUESSES
    }

    pub const fn maybe_exhausted(&self) -> bool {
        self.wrong.len() >= CEREMONY_GUESSES
    }
}

pub struct World {
    pub now: u64,
    pub accounts: [Account; 2],
    /// What each seat holds: its login's token first, then those that it was stepped up to.
    pub seats: Vec<Vec<Token>>,
    pub ceremonies: Vec<Ceremony>,
    /// When something was sent to there, and whether for an enrolment.
    pub sent_to: HashMap<String, Vec<(u64, bool)>>,
    /// Up to when tokens are forgotten: of all, of users, of sessions.
    pub forgotten: HashMap<String, u64>,
    pub is_down: bool,
    /// By the names of the devices.
    pub phones: HashMap<String, Phone>,
    pub elsewhere: Elsewhere,
    /// How many questions there were.
    pub questions: usize,
    /// Every proof's token id, and every code that was ever right.
    pub token_ids: HashSet<String>,
    pub used_codes: HashSet<String>,
}

impl World {
    pub fn new() -> Self {
        Self {
            now: NOW,
            accounts: Default::default(),
            seats: vec![Vec::new(); SEATS],
            ceremonies: Vec::new(),
            sent_to: HashMap::new(),
            forgotten: HashMap::new(),
            is_down: false,
            phones: HashMap::new(),
            elsewhere: Elsewhere::default(),
            questions: 0,
            token_ids: HashSet::new(),
            used_codes: HashSet::new(),
        }
    }

    pub fn token(&self, who: Who) -> &Token {
        let held = &self.seats[who.seat];
        match who.token {
            Held::Login => &held[0],
            Held::SteppedUp => held.last().expect("a login at least"),
            Held::Any(n) => &held[n % held.len()],
        }
    }

    pub fn is_valid(&self, who: Who) -> bool {
        let token = self.token(who);
        let names = ["*".to_owned(), USERS[user_of(who.seat)].to_owned(), session_of(who.seat)];
        let mut forgotten = names.iter().filter_map(|name| self.forgotten.get(name));
        self.now < token.exp && forgotten.all(|until| token.iat > *until)
    }

    /// Issued before a factor was removed, and more than a login.
    pub fn is_outdated(&self, who: Who) -> bool {
        let token = self.token(who);
        let changed_at = self.accounts[user_of(who.seat)].changed_at;
        changed_at.is_some_and(|changed_at| token.iat <= changed_at)
    }

    /// What a right answer by this method adds to this token.
    pub fn reached(&self, token: &Token, factor: &Factor) -> (&'static str, Vec<String>) {
        let by_itself = |level, amr: &[&str]| (level, amr.iter().map(|&one| one.into()).collect());
        let own = match factor.method {
            // With its user verified it is two by itself, whatever the login was.
            "webauthn" if factor.is_vouched() => return by_itself("phrh", &["hwk", "user", "mfa"]),
            "webauthn" => return by_itself("phr", &["pop", "user", "mfa"]),
            // Two were asked for there.
            "firebase" => return by_itself("mfa", &["sms", "mfa"]),
            "oidc" => return by_itself("mfa", &["oidc"]),
            "totp" | "twilio-totp" | "auth0-otp" => "otp",
            "push" => "swk",
            "okta-push" => "push",
            method => method,
        };
        let is_recent = self.now - token.auth_time <= LOGIN_COMBINES;
        // All others are something that the user has; only a password is of another kind.
        if is_recent && token.amr.iter().any(|method| method == "pwd") {
            return ("mfa", vec![own.to_owned(), "mfa".to_owned()]);
        }
        ("single-factor", vec![own.to_owned()])
    }

    pub fn offers(&self, token: &Token, factor: &Factor, wanted: &Wanted) -> bool {
        let (level, amr) = self.reached(token, factor);
        let reaches = |wanted: &String| rank(level) >= rank(wanted);
        !factor.is_disabled()
            && (wanted.levels.is_empty() || wanted.levels.iter().any(reaches))
            && wanted.amr.iter().all(|method| amr.contains(method))
    }

    /// The ceremony's place in the list, if there is one, and its name on the wire.
    pub fn which(&self, seat: usize, which: Which, is_step_up: bool) -> (Option<usize>, String) {
        let user = user_of(seat);
        let find = |n: usize, belongs: &dyn Fn(&Ceremony) -> bool| {
            let recent: Vec<_> = (0..self.ceremonies.len())
                .rev()
                .filter(|place| belongs(&self.ceremonies[*place]))
                .take(6)
                .collect();
            (!recent.is_empty()).then(|| recent[n % recent.len()])
        };
        let right = |ceremony: &Ceremony| ceremony.is_step_up() == is_step_up;
        let of = |user: usize| {
            move |ceremony: &Ceremony| user_of(ceremony.seat) == user && right(ceremony)
        };
        let found = match which {
            Which::Latest => find(0, &|ceremony| ceremony.seat == seat && right(ceremony)),
            Which::OfUser(n) => find(n, &of(user)),
            Which::OfOther(n) => find(n, &of(1 - user)),
            Which::OtherSort(n) => find(n, &|ceremony| ceremony.seat == seat && !right(ceremony)),
            Which::MadeUp | Which::Malformed => None,
        };
        let prefix = if is_step_up { "c_" } else { "e_" };
        let name = match (found, which) {
            (Some(place), _) => self.ceremonies[place].id.clone(),
            (None, Which::Malformed) => format!("{prefix}%2e%2e"),
            (None, _) => format!("{prefix}AAAAAAAAAAAAAAAAAAAAAA"),
        };
        (found, name)
    }

    /// What is counted, for whoever looks into a failure.
    pub fn summary(&self) -> String {
        let of_account = |account: &Account| {
            let name = |factor: &Factor| {
                format!("{} {} since {}", factor.method, factor.id, factor.enrolled_at)
            };
            let factors: Vec<_> = account.factors.iter().map(name).collect();
            let recent = |counted: &&Counted| self.now - counted.at < GUESS_WINDOW;
            let count = |(name, counted): (&String, &Vec<Counted>)| {
                format!("{name}: {}", counted.iter().filter(recent).count())
            };
            let wrong: Vec<_> = account.wrong.iter().map(count).collect();
            format!("{factors:?}, wrong {wrong:?}")
        };
        format!("at {}: {:?}", self.now, self.accounts.each_ref().map(of_account))
    }

    /// It is there, of the right sort, and this seat's.
    pub fn is_own(&self, place: Option<usize>, seat: usize, is_step_up: bool) -> bool {
        place.is_some_and(|place| {
            let ceremony = &self.ceremonies[place];
            ceremony.seat == seat && ceremony.is_step_up() == is_step_up
        })
    }
}

pub fn rank(level: &str) -> usize {
    ["single-factor", "mfa", "phr", "phrh"].iter().position(|known| *known == level).unwrap_or(9)
}
