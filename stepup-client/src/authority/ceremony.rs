//! One ceremony, from its beginning or from where it was left.

use std::collections::HashMap;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::pages::{failure, problem};
use super::prompter::{Answer, Offer, Question, Trouble};
use super::{AuthorityStepper, is_id};
use crate::challenge::Challenge;
use crate::remote::Reply;
use crate::stepper::{Asked, StepUpError};
use crate::token::{AccessToken, SteppedUp};

const POLL_EVERY: Duration = Duration::from_secs(2);

/// A ceremony to go on with.
#[derive(Debug)]
pub(super) struct Begun {
    origin: String,
    challenge: Challenge,
    id: String,
    /// What the factors that have asked did show.
    shown: HashMap<String, Map<String, Value>>,
}

/// What came of a step.
enum Next {
    Done(SteppedUp),
    /// One of these has to be answered.
    Choose(Vec<Offer>),
}

type Step<T> = Result<T, StepUpError>;

impl AuthorityStepper {
    pub(super) async fn hold(&self, asked: &Asked) -> Step<SteppedUp> {
        let (id, next) = match self.resumed(asked).await? {
            Some(resumed) => resumed,
            None => self.begin(asked).await?,
        };
        let done = self.go_on(asked, &id, next).await;
        // What is interrupted is gone on with the next time.
        if !matches!(done, Err(StepUpError::Offline(_))) {
            *self.begun() = None;
        }
        done
    }

    async fn go_on(&self, asked: &Asked, id: &str, mut next: Next) -> Step<SteppedUp> {
        loop {
            let offers = match next {
                Next::Done(stepped_up) => return Ok(stepped_up),
                Next::Choose(offers) => offers,
            };
            let offer = self.choose(asked, id, &offers).await?;
            next = self.ask(asked, id, &offer, &offers).await?;
        }
    }

    async fn begin(&self, asked: &Asked) -> Step<(String, Next)> {
        let reply = self.pages.begin(asked).await?;
        if reply.status != StatusCode::CREATED {
            return Err(failure(&reply));
        }
        let id = reply.text("id").filter(|id| is_id(id));
        let id = id.ok_or(StepUpError::Unusable("its ceremony has no name"))?.to_owned();
        *self.begun() = Some(Begun {
            origin: asked.origin.clone(),
            challenge: asked.challenge.clone(),
            id: id.clone(),
            shown: HashMap::new(),
        });
        Ok((id, Next::Choose(Offer::read(reply.body.get("factors")))))
    }

    /// The ceremony that was left, if it is for the same and not over.
    async fn resumed(&self, asked: &Asked) -> Step<Option<(String, Next)>> {
        let is_for_this =
            |begun: &&Begun| begun.origin == asked.origin && begun.challenge == asked.challenge;
        let id = self.begun().as_ref().filter(is_for_this).map(|begun| begun.id.clone());
        let Some(id) = id else { return Ok(None) };
        let reply = self.pages.state(asked, &id).await?;
        Ok(match reply.text("status") {
            _ if reply.status.is_server_error() => return Err(failure(&reply)),
            Some("pending") => Some((id, Next::Choose(Offer::read(reply.body.get("factors"))))),
            Some("verified") => Some((id, Next::Done(token(&reply)?))),
            _ => None,
        })
    }

    async fn choose(&self, asked: &Asked, id: &str, offers: &[Offer]) -> Step<Offer> {
        let chosen = match offers {
            [] => return Err(StepUpError::Unusable("it offers no factor")),
            [one] => Some(one),
            several => {
                let chosen = self.prompter.choose(asked, several).await;
                chosen.and_then(|chosen| several.get(chosen))
            }
        };
        match chosen {
            Some(offer) => Ok(offer.clone()),
            None => Err(self.cancel(asked, id).await),
        }
    }

    async fn cancel(&self, asked: &Asked, id: &str) -> StepUpError {
        // If it does not hear of it, the ceremony ends by itself.
        let _ = self.pages.cancel(asked, id).await;
        StepUpError::Cancelled
    }

    /// Has a factor ask and the user answer, until something comes of it.
    async fn ask(&self, asked: &Asked, id: &str, offer: &Offer, offers: &[Offer]) -> Step<Next> {
        let before = self.begun().as_ref().and_then(|begun| begun.shown.get(&offer.id).cloned());
        let shown = match before {
            Some(shown) => shown,
            None => {
                let reply = self.pages.prompt(asked, id, &offer.id).await?;
                if reply.status != StatusCode::OK {
                    return self.unusable(&reply);
                }
                self.remember(&offer.id, shown(&reply))
            }
        };
        let mut question = Question { offer: offer.clone(), shown };
        loop {
            let mut answer = match self.prompter.answer(asked, &question).await {
                Answer::Code(code) => Map::from_iter([("code".to_owned(), code.as_str().into())]),
                Answer::Members(members) => members,
                Answer::Wait => Map::new(),
                Answer::Another if offers.len() > 1 => return Ok(Next::Choose(offers.to_vec())),
                Answer::Another | Answer::Cancel => return Err(self.cancel(asked, id).await),
            };
            answer.insert("factor".to_owned(), offer.id.as_str().into());
            let reply = self.prove(asked, id, &answer, &mut question).await?;
            match (reply.status, problem(&reply)) {
                (StatusCode::OK, _) => return Ok(Next::Done(token(&reply)?)),
                // It shows something else, which the user has to see.
                (StatusCode::ACCEPTED, _) => {}
                (_, "wrong-answer" | "malformed-answer") => {
                    let attempts_left = reply.body.get("attempts_left").and_then(Value::as_u64);
                    self.prompter.tell(&Trouble::Wrong { attempts_left });
                    if attempts_left == Some(0) {
                        return Err(StepUpError::TooMany { retry_after: None });
                    }
                }
                (_, "prompt-over" | "no-code-sent") => {
                    self.begun().iter_mut().for_each(|begun| drop(begun.shown.remove(&offer.id)));
                    return Ok(Next::Choose(vec![offer.clone()]));
                }
                (_, "ceremony-proved") => {
                    return Ok(Next::Done(token(&self.pages.state(asked, id).await?)?));
                }
                _ => return self.unusable(&reply),
            }
        }
    }

    /// Sends an answer, and again for as long as it is not there yet and nothing else is shown.
    async fn prove(
        &self,
        asked: &Asked,
        id: &str,
        answer: &Map<String, Value>,
        question: &mut Question,
    ) -> Step<Reply> {
        loop {
            let reply = self.pages.prove(asked, id, answer.clone()).await?;
            if reply.status != StatusCode::ACCEPTED {
                return Ok(reply);
            }
            let shown = shown(&reply);
            if !shown.is_empty() && shown != question.shown {
                question.shown = self.remember(&question.offer.id, shown);
                return Ok(reply);
            }
            sleep(POLL_EVERY).await;
        }
    }

    fn remember(&self, factor: &str, shown: Map<String, Value>) -> Map<String, Value> {
        if let Some(begun) = self.begun().as_mut() {
            begun.shown.insert(factor.to_owned(), shown.clone());
        }
        shown
    }

    /// A factor that cannot be used now: on with the others, if it names any.
    fn unusable(&self, reply: &Reply) -> Step<Next> {
        let others = Offer::read(reply.body.get("factors"));
        let Some(detail) = reply.text("detail").filter(|_| !others.is_empty()) else {
            return Err(failure(reply));
        };
        let (detail, retry_after) = (detail.to_owned(), reply.retry_after);
        self.prompter.tell(&Trouble::Unusable { detail, retry_after });
        Ok(Next::Choose(others))
    }
}

fn shown(reply: &Reply) -> Map<String, Value> {
    reply.body.get("prompt").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn token(reply: &Reply) -> Step<SteppedUp> {
    let (value, kind) = (reply.text("access_token"), reply.text("token_type"));
    let token = value.zip(kind).and_then(|(value, kind)| AccessToken::of_type(kind, value));
    let mut stepped_up = SteppedUp::new(token.ok_or(StepUpError::Unusable("it has no token"))?);
    if let Some(good) = reply.seconds("expires_in") {
        stepped_up = stepped_up.expires_in(good);
    }
    Ok(stepped_up)
}
