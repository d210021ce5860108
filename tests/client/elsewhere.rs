//! A factor that is answered on another device.

use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use stepup_authority::factor::{
    Ask, Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Prompt, Proof,
    Strength, Unreadable, User as Enroller,
};
use stepup_core::{Level, Method};
use stepup_tests::authority::User;

#[derive(Clone, Debug)]
pub(crate) struct Elsewhere {
    answers: Arc<Mutex<Vec<Option<bool>>>>,
    level: Level,
}

impl Elsewhere {
    /// What it says, each time that it is asked; the last over and over.
    pub(crate) fn reaching(level: Level, answers: &[Option<bool>]) -> Self {
        Self { answers: Arc::new(Mutex::new(answers.iter().rev().copied().collect())), level }
    }

    pub(crate) async fn enrol(&self, user: &User<'_>) {
        let answer = user.try_enrol(json!({ "method": "elsewhere" })).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
    }
}

impl Factor for Elsewhere {
    fn method(&self) -> &str {
        "elsewhere"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::new("elsewhere")], Level::SINGLE_FACTOR)
            .with_another_kind(self.level)
    }

    fn is_guessable(&self) -> bool {
        false
    }

    fn enrol<'a>(
        &'a self,
        _: Enroller<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        let enrolled = Enrolled::new(b"device".to_vec()).without_proof();
        Box::pin(std::future::ready(Ok(enrolled)))
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn prompt(&self, _: &Ask<'_>) -> Result<Prompt, Unreadable> {
        Ok(Prompt::default().keeping(b"asked".to_vec()).showing("number", 42))
    }

    fn check<'a>(&'a self, _: Check<'a>) -> FactorFuture<'a, Checked> {
        let mut answers = self.answers.lock().unwrap();
        let said = if answers.len() > 1 { answers.pop() } else { answers.last().copied() };
        Box::pin(std::future::ready(match said.flatten() {
            None => Checked::Pending,
            Some(true) => Checked::Right(Proof::of_ceremony()),
            Some(false) => Checked::Denied,
        }))
    }
}
