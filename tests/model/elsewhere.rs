//! Factors that a provider keeps: what their user answers, and whether it is right.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::action::Code;
use crate::code::Truth;
use crate::walk::Walk;
use crate::world::USERS;

/// By their methods.
pub const METHODS: [&str; 5] = ["twilio-totp", "okta-push", "auth0-otp", "firebase", "oidc"];

/// Seconds between two questions about one push.
const PACE: u64 = 4;
/// For how long a sign-in at Firebase is waited for, and how far its clock may be behind.
const SIGN_IN: u64 = 120;
const BEHIND: u64 = 5;
/// What every app shows, at Twilio and at Auth0.
const AT_TWILIO: &str = "492039";
const AT_AUTH0: &str = "123456";

/// What the user of a telephone said to what Okta asked there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Nothing,
    Yes,
    No,
    TooLate,
}

impl Said {
    /// In Okta's words.
    const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "WAITING",
            Self::Yes => "SUCCESS",
            Self::No => "REJECTED",
            Self::TooLate => "TIMEOUT",
        }
    }
}

/// A push of Okta's.
#[derive(Clone, Copy, Debug)]
pub struct Pushed {
    said: Said,
    asked_after: Option<u64>,
}

/// What is known of it besides.
#[derive(Default)]
pub struct Elsewhere {
    /// By their numbers.
    pushes: HashMap<String, Pushed>,
    /// The last at Firebase of each user, and when it was.
    sign_ins: [Option<(u64, String)>; 2],
    /// The last at Auth0, and its number.
    login: Option<(String, String)>,
}

/// What is answered for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    pub user: usize,
    pub method: &'static str,
    pub last_step: Option<u64>,
    pub spent: &'a [String],
    /// What the factor asked last, before that in the same ceremony, and in another.
    pub kept: Option<&'a str>,
    pub earlier: Option<&'a str>,
    pub elsewhere: Option<&'a str>,
    /// Of a token; of an enrolment there is none.
    pub lifetime: Option<u64>,
}

/// What is kept of an answer in the books of the walk.
pub type Answer = (Map<String, Value>, Truth);

impl Walk {
    /// Everybody who was asked by Okta says so.
    pub fn say_at_okta(&mut self, said: Said) {
        self.doubles.okta.user_says(said.name());
        self.world.elsewhere.pushes.values_mut().for_each(|push| push.said = said);
        self.coverage.hit("say", said.name());
    }

    /// Okta asks: the number of the question.
    pub fn push(&mut self) -> String {
        let number = self.number();
        let push = Pushed { said: Said::Nothing, asked_after: None };
        self.world.elsewhere.pushes.insert(number.clone(), push);
        number
    }

    /// That nothing else has.
    fn number(&mut self) -> String {
        self.world.questions += 1;
        self.world.questions.to_string()
    }

    /// What a prompt of this method keeps, of what it shows.
    pub fn prompted(&mut self, method: &str, shown: &Value) -> Result<Option<String>, String> {
        let fits = match method {
            "okta-push" => shown["number"] == 72,
            "firebase" => shown["expires_in"] == SIGN_IN,
            "oidc" => shown["authorization_url"].is_string(),
            _ => *shown == json!({}),
        };
        if !fits {
            return Err(format!("{method} asks by {shown}"));
        }
        Ok(match method {
            "okta-push" => Some(self.push()),
            "firebase" => Some(self.world.now.to_string()),
            "oidc" => shown["authorization_url"].as_str().map(str::to_owned),
            _ => None,
        })
    }

    pub fn provided(&mut self, asked: &Asked<'_>, code: Code) -> Answer {
        match asked.method {
            "twilio-totp" => self.at_twilio(asked, code),
            "okta-push" => self.at_okta(asked, code),
            "auth0-otp" => self.at_auth0(asked, code),
            "firebase" => self.at_firebase(asked, code),
            _ => self.at_provider(asked, code),
        }
    }

    /// Twilio says of a code that it is right, and not of which half-minute it is: three are used
    /// up.
    fn at_twilio(&self, asked: &Asked<'_>, code: Code) -> Answer {
        let step = self.world.now / 30;
        let is_fresh = asked.last_step.is_none_or(|last| step - 1 > last);
        match code {
            Code::Right | Code::Step(1) | Code::Used => {
                let right =
                    if is_fresh { Truth::Right((step + 1).to_string()) } else { Truth::Wrong };
                (body("code", AT_TWILIO), right)
            }
            Code::Malformed(n) => (body("code", other_form(n, "12345")), Truth::Malformed),
            _ => (body("code", "000000"), Truth::Wrong),
        }
    }

    /// The client asks after it, and Okta is asked now and then.
    fn at_okta(&self, asked: &Asked<'_>, code: Code) -> Answer {
        let push = asked.kept.and_then(|number| self.world.elsewhere.pushes.get(number));
        let truth = match push {
            None => Truth::Expired,
            Some(push) if push.is_asked_after_too_soon(self.world.now) => Truth::Pending,
            Some(Pushed { said: Said::Nothing, .. }) => Truth::Pending,
            Some(Pushed { said: Said::Yes, .. }) => {
                Truth::Right(asked.kept.unwrap_or_default().to_owned())
            }
            Some(Pushed { said: Said::No, .. }) => Truth::Denied,
            Some(Pushed { said: Said::TooLate, .. }) => Truth::Expired,
        };
        // Whatever else the client says: nothing of it is looked at.
        match code {
            Code::Malformed(n) => (body("code", other_form(n, "")), truth),
            _ => (Map::new(), truth),
        }
    }

    /// It was looked at what the user has said.
    pub fn asked_after(&mut self, number: Option<&str>) {
        let now = self.world.now;
        let push = number.and_then(|number| self.world.elsewhere.pushes.get_mut(number));
        if let Some(push) = push.filter(|push| !push.is_asked_after_too_soon(now)) {
            push.asked_after = Some(now);
        }
    }

    /// With the token of a login there, which is good once.
    fn at_auth0(&mut self, asked: &Asked<'_>, code: Code) -> Answer {
        let with = |token: String, code: Value| {
            Map::from_iter([("mfa_token".to_owned(), token.into()), ("code".to_owned(), code)])
        };
        let before = self.world.elsewhere.login.take();
        if let (Code::Used, Some((number, token))) = (code, before)
            && asked.spent.contains(&number)
        {
            return (with(token, AT_AUTH0.into()), Truth::Expired);
        }
        let whose = if let Code::OfOther = code { 1 - asked.user } else { asked.user };
        let token = self.doubles.auth0.mfa_token(USERS[whose]);
        match code {
            Code::Right | Code::Step(1) => {
                let number = self.number();
                self.world.elsewhere.login = Some((number.clone(), token.clone()));
                (with(token, AT_AUTH0.into()), Truth::Right(number))
            }
            Code::OfOther => (with(token, AT_AUTH0.into()), Truth::Wrong),
            Code::Malformed(n) => (with(token, other_form(n, "123")), Truth::Malformed),
            _ => (with(token, "654321".into()), Truth::Wrong),
        }
    }

    /// A sign-in is of its own moment, and no older than the prompt.
    fn at_firebase(&mut self, asked: &Asked<'_>, code: Code) -> Answer {
        let now = self.world.now;
        let prompted_at: u64 = asked.kept.and_then(|at| at.parse().ok()).unwrap_or(now);
        let whose = match code {
            Code::OfOther | Code::Wrong | Code::Step(-2 | -1 | 2) => 1 - asked.user,
            _ => asked.user,
        };
        let sign_in = &mut self.world.elsewhere.sign_ins[whose];
        let (at, token) = match (code, sign_in.take()) {
            (Code::Used | Code::Old, Some(before)) => before,
            _ => (now, self.doubles.openid.firebase_sign_in(USERS[whose])),
        };
        *sign_in = Some((at, token.clone()));
        let is_too_old = |lifetime: u64| at + lifetime <= now;
        let truth = match code {
            _ if now > prompted_at + SIGN_IN => Truth::Expired,
            Code::Malformed(_) => Truth::Malformed,
            _ if at + BEHIND < prompted_at => Truth::Expired,
            _ if whose != asked.user => Truth::Wrong,
            _ if asked.last_step.is_some_and(|last| at <= last) => Truth::Wrong,
            _ if asked.lifetime.is_some_and(is_too_old) => Truth::Expired,
            _ => Truth::Right(at.to_string()),
        };
        let token = match code {
            Code::Malformed(n) => other_form(n, "a.b"),
            _ => token.into(),
        };
        (body("id_token", token), truth)
    }

    /// The browser was there and has come back.
    fn at_provider(&self, asked: &Asked<'_>, code: Code) -> Answer {
        let back = |url: Option<&str>, user: usize| {
            let prompt = json!({ "authorization_url": url });
            match self.doubles.openid.redirect(&prompt, USERS[user]) {
                Value::Object(back) => back,
                _ => Map::new(),
            }
        };
        let Some(kept) = asked.kept else { return (Map::new(), Truth::Malformed) };
        let mut own = back(Some(kept), asked.user);
        let is_enrolment = asked.lifetime.is_none();
        match code {
            Code::Right => (own, Truth::Right(kept.to_owned())),
            // Who may enrol there is not known here: whoever logs in.
            Code::OfOther if !is_enrolment => (back(Some(kept), 1 - asked.user), Truth::Wrong),
            Code::Old if asked.earlier.is_some() => (back(asked.earlier, asked.user), Truth::Wrong),
            Code::OfOtherCeremony if asked.elsewhere.is_some() => {
                (back(asked.elsewhere, asked.user), Truth::Wrong)
            }
            Code::Step(2) => {
                own.remove("code");
                own.insert("error".to_owned(), "access_denied".into());
                (own, Truth::Denied)
            }
            Code::Step(_) => (own, Truth::Right(kept.to_owned())),
            Code::Malformed(_) => (body("code", "123456"), Truth::Malformed),
            _ => {
                own.insert("state".to_owned(), "AAAA".into());
                (own, Truth::Wrong)
            }
        }
    }
}

impl Pushed {
    fn is_asked_after_too_soon(&self, now: u64) -> bool {
        self.asked_after.is_some_and(|before| now - before < PACE)
    }
}

/// Whether there is nothing to answer before it asked.
pub fn asks(method: &str) -> bool {
    matches!(method, "okta-push" | "firebase" | "oidc")
}

/// What all pushes of providers to this user count as sent to.
pub fn approvals(user: usize) -> String {
    format!("approvals of {}", USERS[user])
}

/// When a right answer was given, where that is not when it came.
pub fn given_at(method: &str, used: &str) -> Option<u64> {
    (method == "firebase").then(|| used.parse().ok())?
}

/// What is no text of that form.
fn other_form(n: usize, text: &str) -> Value {
    [json!(null), json!([]), json!({ "code": text }), json!(text)][n % 4].clone()
}

fn body(name: &str, value: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value.into())])
}
