//! The provider as a [`Factor`].

use serde_json::{Map, Value};
use stepup_core::{Level, Method};

use super::asked::Asked;
use super::{Account, OidcFactor, Told, read};
use crate::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, Enrolled, Factor, FactorFuture, Kind,
    NotEnrolled, Outgoing, Prompt, Purpose, Strength, Unreadable, User,
};

impl Factor for OidcFactor {
    fn method(&self) -> &str {
        self.method
    }

    fn strength(&self) -> Strength {
        self.strength_of(self.levels.highest().name())
    }

    fn strengths(&self) -> Vec<Strength> {
        let levels = self.levels.each().into_iter();
        levels.map(|level| self.strength_of(level.name())).collect()
    }

    /// Its grade is a level: the one that was reached when it was enrolled, by which it is offered,
    /// and that of each login, which is what that is worth.
    fn strength_of(&self, grade: &str) -> Strength {
        // Of a level that is no longer set nothing is known.
        let level = self.levels.find(grade).unwrap_or(Level::SINGLE_FACTOR);
        Strength::new(Kind::Possession, [Method::new(self.method)], level)
    }

    /// Codes and states are as long as keys.
    fn is_guessable(&self) -> bool {
        false
    }

    fn is_single(&self) -> bool {
        true
    }

    fn needs_prompt(&self) -> bool {
        true
    }

    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        let is_nobody = self.known_as.as_ref().is_some_and(|known_as| known_as(user).is_none());
        let nobody = NotEnrolled::Unfit("this user has no account at the provider");
        let enrolled = if is_nobody { Err(nobody) } else { Ok(Enrolled::by_answer(Vec::new())) };
        Box::pin(std::future::ready(enrolled))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        let told = |told: &Option<Box<Told>>| told.as_ref().and_then(|told| told(ask.user));
        let (subject, needed) = match ask.purpose {
            Purpose::Enrolment => (told(&self.known_as), None),
            Purpose::StepUp => {
                let Account { issuer, sub, level } = read(ask.data).ok_or(Unreadable)?;
                // A user is a user of one provider's: of another they may be somebody else.
                if issuer != self.issuer {
                    return Ok(Prompt::gone());
                }
                let enrolled = || self.levels.find(&level);
                (Some(sub), self.levels.lowest(ask.levels).or_else(enrolled))
            }
        };
        let acr_values = self.levels.acr_values(needed);
        let asked = Asked::new(ask.now, self.issuer.clone(), subject).ok_or(Unreadable)?;
        let question = asked.question(acr_values, told(&self.login_hint));
        let kept = serde_json::to_vec(&asked).map_err(|_| Unreadable)?;
        let question = serde_json::to_vec(&question).map_err(|_| Unreadable)?;
        Ok(Prompt::default().keeping(kept).sending(Outgoing::question(question)))
    }

    fn deliver<'a>(
        &'a self,
        outgoing: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(async move {
            let question = read(outgoing.details());
            let question = question.ok_or_else(|| DeliveryError::new("there is nothing to ask"))?;
            self.ask(&question).await
        })
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(async move { self.checked(&check).await })
    }
}
