//! An authenticator at Auth0 as a [`Factor`].

use serde_json::{Map, Value};

use super::sort::Sort;
use super::{Auth0Mfa, Question};
use crate::factor::{
    Ask, Check, Checked, Delivered, DeliveryError, Destination, Enrolled, Factor, FactorFuture,
    NotEnrolled, Outgoing, Prompt, Strength, Unreadable, User,
};

impl Factor for Auth0Mfa {
    fn method(&self) -> &str {
        &self.method
    }

    fn strength(&self) -> Strength {
        self.sort.strength(self.counts)
    }

    fn is_guessable(&self) -> bool {
        self.sort != Sort::Push
    }

    fn asks_for_approval(&self) -> bool {
        self.sort == Sort::Push
    }

    fn is_single(&self) -> bool {
        true
    }

    fn needs_prompt(&self) -> bool {
        self.tokens.is_some()
    }

    fn enrol<'a>(
        &'a self,
        user: User<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        // Who the user is there is asked anew each time: nothing is kept that could grow old.
        let nobody = NotEnrolled::Unfit("this user has no account at the provider");
        let enrolled = (self.user_id)(user).map(|_| Enrolled::new(Vec::new())).ok_or(nobody);
        Box::pin(std::future::ready(enrolled))
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        if self.tokens.is_none() {
            return Ok(Prompt::default());
        }
        let user_id = (self.user_id)(ask.user).ok_or(Unreadable)?;
        let destination = Destination::new(format!("{:?} {user_id}", self.sort));
        let question = Question { user_id, at: ask.now.as_secs() };
        let question = serde_json::to_vec(&question).map_err(|_| Unreadable)?;
        let prompt = Prompt::default();
        Ok(prompt.sending(match self.sort {
            Sort::Otp => Outgoing::question(question),
            _ => Outgoing::new(destination, "").with_details(question),
        }))
    }

    fn deliver<'a>(
        &'a self,
        outgoing: &'a Outgoing,
    ) -> FactorFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(async move {
            let question = serde_json::from_slice(outgoing.details());
            let question = question.map_err(|_| DeliveryError::new("there is nothing to ask"))?;
            self.ask(&question).await
        })
    }

    fn check<'a>(&'a self, check: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(async move { self.checked(&check).await })
    }
}
