//! What things are called on the wire.

use stepup_tests::Answer;

use crate::action::Pick;
use crate::walk::Walk;
use crate::world::Factor;

impl Walk {
    /// The name of a factor, and its place where it is this user's own.
    pub fn pick(&self, user: usize, pick: Pick, asked: Option<&str>) -> (Option<usize>, String) {
        let own = &self.world.accounts[user].factors;
        let nth = |n: usize| (!own.is_empty()).then(|| n % own.len());
        let place = match pick {
            Pick::Asked => match asked {
                Some(asked) => own.iter().position(|factor| factor.id == asked),
                None => nth(0),
            },
            Pick::Nth(n) => nth(n),
            Pick::Vouched => own.iter().position(Factor::is_vouched),
            Pick::OfMethod(method) => own.iter().position(|factor| factor.method == method),
            _ => None,
        };
        // Hashing recovery codes takes as long as a hundred other steps.
        let is_slow = |place: &usize| own[*place].method == "recovery";
        let place = place.filter(|place| !is_slow(place) || self.step.is_multiple_of(8));
        let other = &self.world.accounts[1 - user].factors;
        let name = match (place, pick, asked) {
            (Some(place), ..) => own[place].id.clone(),
            (None, Pick::OfOther(n), _) if !other.is_empty() => other[n % other.len()].id.clone(),
            (None, Pick::Asked, Some(asked)) if !own.iter().any(|one| one.id == asked) => {
                asked.to_owned()
            }
            _ => "f_AAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        };
        (place, name)
    }
}

/// What an answer is called: the end of its problem's type, or its error.
pub fn name(answer: &Answer) -> String {
    let body = answer.json();
    let detail = body["error_description"].as_str().unwrap_or_default();
    if answer.status == 202 {
        "not-yet".to_owned()
    } else if answer.status.is_success() {
        "ok".to_owned()
    } else if answer.challenge().contains("error=\"invalid_token\"") {
        "invalid-token".to_owned()
    } else if answer.challenge().contains("error=\"insufficient_user_authentication\"") {
        "step-up".to_owned()
    } else if detail.contains("wrong, used or too old") {
        "wrong-answer".to_owned()
    } else if detail.contains("counted as a wrong one") {
        "malformed-answer".to_owned()
    } else if let Some(problem) = body["type"].as_str() {
        problem.rsplit('/').next().unwrap_or_default().to_owned()
    } else {
        body["error"].as_str().unwrap_or_default().to_owned()
    }
}
