//! What is answered in a ceremony, and whether it is right.

use serde_json::{Map, Value, json};

use crate::action::{Code, Who};
use crate::code::{Question, Truth};
use crate::elsewhere;
use crate::keys::{Asked, Look, malformed};
use crate::line::Answered;
use crate::walk::Walk;
use crate::world::{Ceremony, Factor, Purpose, Secret, TOKEN_LIFE, user_of};

pub struct Given {
    /// But for the factor's name.
    pub body: Map<String, Value>,
    pub truth: Truth,
    /// The factor that it is of: any key of the user's will do, whichever is named.
    pub by: usize,
    /// What it is called.
    pub sort: String,
}

impl Walk {
    pub fn given(
        &mut self,
        who: Who,
        place: Option<usize>,
        factor: usize,
        code: Code,
        at_token_endpoint: bool,
    ) -> Given {
        let user = user_of(who.seat);
        match &self.world.accounts[user].factors[factor].secret {
            Secret::Key(_) => self.signed(who, place, factor, code, at_token_endpoint),
            Secret::Push(_) => self.approved(user, place, factor, code),
            Secret::Elsewhere => self.answered_elsewhere(user, place, factor, code),
            _ => self.typed(who, place, factor, code, at_token_endpoint),
        }
    }

    fn ceremony(&self, place: Option<usize>) -> Option<&Ceremony> {
        place.map(|place| &self.world.ceremonies[place])
    }

    fn typed(
        &self,
        who: Who,
        place: Option<usize>,
        factor: usize,
        code: Code,
        at_token_endpoint: bool,
    ) -> Given {
        let none = Vec::new();
        let ceremony = self.ceremony(place);
        let answered = &self.world.accounts[user_of(who.seat)].factors[factor];
        let question = Question {
            secret: &answered.secret,
            last_step: answered.last_step,
            spent: &answered.spent,
            sent: ceremony.and_then(|one| one.asked(&answered.id)?.as_deref()),
            earlier: ceremony.map_or(&none, |one| &one.earlier_codes),
            seat: who.seat,
        };
        let mut answer = question.answer(&self.world, code);
        if at_token_endpoint && !answer.is_string() {
            answer = json!("");
        }
        let truth = question.judge(self.world.now, &answer);
        let body = Map::from_iter([("code".to_owned(), answer)]);
        Given { body, truth, by: factor, sort: format!("{code:?}") }
    }

    fn answered_elsewhere(
        &mut self,
        user: usize,
        place: Option<usize>,
        factor: usize,
        code: Code,
    ) -> Given {
        let Factor { id, method, last_step, spent, .. } =
            self.world.accounts[user].factors[factor].clone();
        let ceremony = self.ceremony(place).cloned();
        let is_url = |kept: &&str| kept.starts_with("http");
        let kept = ceremony.as_ref().and_then(|one| one.asked(&id)?.clone());
        let others = self.world.ceremonies.iter().rev().take(8).flat_map(|one| &one.asked);
        let mut others = others.filter_map(|(_, kept)| kept.clone());
        let other = others.find(|other| is_url(&other.as_str()) && Some(other) != kept.as_ref());
        let earlier = ceremony.as_ref().and_then(|one| one.earlier_codes.last());
        let asked = elsewhere::Asked {
            user,
            method,
            last_step,
            spent: &spent,
            kept: kept.as_deref(),
            earlier: earlier.map(String::as_str).filter(is_url),
            elsewhere: other.as_deref(),
            lifetime: Some(ceremony.as_ref().map_or(TOKEN_LIFE, Ceremony::lifetime)),
        };
        let (body, truth) = self.provided(&asked, code);
        Given { body, truth, by: factor, sort: format!("{method} {code:?}") }
    }

    /// By a device, which the client asks after.
    fn approved(&self, user: usize, place: Option<usize>, factor: usize, code: Code) -> Given {
        let asked = &self.world.accounts[user].factors[factor].id;
        let number = self.ceremony(place).and_then(|one| one.asked(asked)?.as_deref());
        let question = self.world.accounts[user].line.question.as_ref();
        let is_it = |number: &str| question.filter(|one| one.number.to_string() == number);
        let truth = match number.and_then(is_it) {
            Some(question) => match question.answered {
                Answered::Not if question.is_late(self.world.now) => Truth::Expired,
                Answered::Not => Truth::Pending,
                // Nothing is left of what the yes was good for.
                Answered::Yes | Answered::Claimed
                    if self.ceremony(place).is_some_and(|ceremony| {
                        question.answered_at + ceremony.lifetime() <= self.world.now
                    }) =>
                {
                    Truth::Expired
                }
                Answered::Yes | Answered::Claimed => Truth::Right(question.number.to_string()),
                Answered::Wrong => Truth::Wrong,
                Answered::No => Truth::Expired,
            },
            None => Truth::Expired,
        };
        // Whatever else the client says: nothing of it is looked at.
        let body = match code {
            Code::Malformed(n) => Map::from_iter([("code".to_owned(), malformed(n, json!({})))]),
            _ => Map::new(),
        };
        Given { body, truth, by: factor, sort: "asked after".to_owned() }
    }

    fn signed(
        &mut self,
        who: Who,
        place: Option<usize>,
        named: usize,
        code: Code,
        at_token_endpoint: bool,
    ) -> Given {
        let user = user_of(who.seat);
        let account = &self.world.accounts[user];
        let id = &account.factors[named].id;
        let ceremony = self.ceremony(place);
        // Those that come to less than is wanted are not asked.
        let (token, world) = (self.world.token(who), &self.world);
        let suffices = |factor: &Factor| match ceremony.map(|one| &one.purpose) {
            Some(Purpose::StepUp(wanted)) => world.offers(token, factor, wanted),
            _ => true,
        };
        let others = self.world.ceremonies.iter().rev().take(8).flat_map(|one| &one.asked);
        let challenge = ceremony.and_then(|one| one.asked(id)?.as_deref()).unwrap_or("AAAA");
        let mut others = others.filter_map(|(_, challenge)| challenge.as_deref());
        let asked = Asked {
            account,
            other: &self.world.accounts[1 - user],
            named,
            may_answer: account.factors.iter().map(suffices).collect(),
            challenge,
            earlier: ceremony.and_then(|one| one.earlier_codes.last()).map(String::as_str),
            elsewhere: others.find(|other| other.len() == 43 && *other != challenge),
        };
        let (mut sort, signed) = asked.answer(code);
        let (mut truth, mut by) = match asked.look(&signed) {
            Look::Right(by, count) => (Truth::Right(count.to_string()), by),
            Look::Copied => (Truth::Copied, named),
            Look::Wrong => (Truth::Wrong, named),
        };
        let mut credential = signed.body.clone();
        if let Code::Malformed(n) = code {
            credential = malformed(n, credential);
        }
        // A form has no objects in it.
        if matches!(code, Code::Malformed(_)) || at_token_endpoint {
            (sort, truth, by) = ("malformed", Truth::Malformed, named);
        }
        let signed_before = &mut self.world.accounts[user].signed;
        signed_before.push(signed);
        if signed_before.len() > 4 {
            signed_before.remove(0);
        }
        let body = Map::from_iter([("credential".to_owned(), credential)]);
        Given { body, truth, by, sort: format!("key {sort}") }
    }
}
