//! Answers, and whether they are right.

use serde_json::{Value, json};

use crate::action::Code;
use crate::world::{Secret, World, user_of};

/// What is answered for.
pub struct Question<'a> {
    pub secret: &'a Secret,
    pub last_step: Option<u64>,
    pub spent: &'a [String],
    /// The code that was sent last, and those before it.
    pub sent: Option<&'a str>,
    pub earlier: &'a [String],
    pub seat: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// With what it uses up: a step, an entry.
    Right(String),
    Wrong,
    /// By a key whose count has not grown.
    Copied,
    Malformed,
    /// It is not there yet.
    Pending,
    /// What was asked can be answered no more.
    Expired,
    /// The user says no.
    Denied,
    /// Two steps have the same code, as happens once in a million times.
    Unsure,
}

const MALFORMED: [&str; 8] =
    ["", "12345", "1234567", " 12345", "123456\n", "+12345", "１２３４５６", "0x1e24"];

impl Question<'_> {
    pub fn answer(&self, world: &World, code: Code) -> Value {
        let now = world.now;
        let right = || match self.secret {
            Secret::Key(_) | Secret::Push(_) | Secret::Elsewhere => "123456".to_owned(),
            Secret::App(app) => {
                let is_fresh = |step: &u64| self.last_step.is_none_or(|last| *step > last);
                let step = [now / 30, now / 30 + 1].into_iter().find(is_fresh).unwrap_or(now / 30);
                app.code(step * 30)
            }
            Secret::Sent(_) => self.sent.unwrap_or("000000").to_owned(),
            Secret::List(codes) => {
                let unused = codes.iter().find(|code| !self.spent.contains(code));
                unused.cloned().unwrap_or_else(|| codes[0].clone())
            }
        };
        let wrong = || match self.secret {
            Secret::Key(_) | Secret::Push(_) | Secret::Elsewhere => String::new(),
            Secret::App(app) => app.wrong_code(now),
            Secret::Sent(_) if self.sent == Some("000000") => "000001".to_owned(),
            Secret::Sent(_) => "000000".to_owned(),
            Secret::List(_) => "0000-0000-0000-0000".to_owned(),
        };
        let text = match (code, self.secret) {
            (Code::Right, _) => right(),
            (Code::Step(by), Secret::App(app)) => app.code(now.saturating_add_signed(30 * by)),
            (Code::Used, Secret::App(app)) => {
                self.last_step.map_or_else(wrong, |step| app.code(step * 30))
            }
            (Code::Used, Secret::List(_)) => self.spent.first().cloned().unwrap_or_else(wrong),
            (Code::Used | Code::Old, Secret::Sent(_)) => {
                self.earlier.last().cloned().unwrap_or_else(wrong)
            }
            (Code::OfOther, _) => {
                let other = &world.accounts[1 - user_of(self.seat)];
                let mut apps = other.factors.iter().filter_map(|factor| match &factor.secret {
                    Secret::App(app) => Some(app.code(now)),
                    _ => None,
                });
                apps.next_back().unwrap_or_else(wrong)
            }
            (Code::OfOtherCeremony, Secret::Sent(_)) => {
                let sent = world.ceremonies.iter().rev().flat_map(|ceremony| &ceremony.asked);
                let others =
                    sent.filter_map(|(_, code)| code.clone()).filter(|code| code.len() == 6);
                others.take(8).find(|code| Some(code.as_str()) != self.sent).unwrap_or_else(wrong)
            }
            (Code::Malformed(n), _) => {
                return match n % 16 {
                    8 => json!(null),
                    9 => json!([]),
                    10 => json!({}),
                    11 => json!(0),
                    12 => json!(true),
                    13 => json!([right()]),
                    14 => json!(right().parse::<u32>().unwrap_or(123_456)),
                    15 => json!({ "code": right() }),
                    n => json!(MALFORMED[n]),
                };
            }
            _ => wrong(),
        };
        json!(text)
    }

    pub fn judge(&self, now: u64, answer: &Value) -> Truth {
        let Some(text) = answer.as_str() else { return Truth::Malformed };
        if let Secret::List(codes) = self.secret {
            return match codes.iter().any(|code| code == text) {
                true if self.spent.iter().any(|spent| spent == text) => Truth::Wrong,
                true => Truth::Right(text.to_owned()),
                false if text.len() == 19 => Truth::Wrong,
                false => Truth::Malformed,
            };
        }
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Truth::Malformed;
        }
        match self.secret {
            Secret::App(app) => {
                let near = (now / 30 - 1)..=(now / 30 + 1);
                let steps: Vec<u64> = near.filter(|step| app.code(step * 30) == text).collect();
                match steps[..] {
                    [] => Truth::Wrong,
                    [step] if self.last_step.is_some_and(|last| step <= last) => Truth::Wrong,
                    [step] => Truth::Right(step.to_string()),
                    _ => Truth::Unsure,
                }
            }
            _ if self.sent == Some(text) => Truth::Right(text.to_owned()),
            _ => Truth::Wrong,
        }
    }
}
