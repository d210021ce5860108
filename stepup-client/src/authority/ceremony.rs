//! One ceremony, from its beginning or from where it was left.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Shared;
use http::StatusCode;
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::pages::{detail, failure, problem};
use super::prompter::{Answer, Offer, Question, Trouble};
use super::{AuthorityStepper, is_id};
use crate::remote::Reply;
use crate::source::BoxFuture;
use crate::stepper::{Asked, StepUpError};
use crate::token::{AccessToken, SteppedUp};

const POLL_EVERY: Duration = Duration::from_secs(2);

/// More than a person has sent to them: only what goes round in circles by itself does.
const MOST_PROMPTS: usize = 20;

/// A ceremony to go on with, or to cancel.
#[derive(Debug)]
pub(super) struct Begun {
    asked: Asked,
    id: String,
    /// What the factors that have asked did show.
    shown: HashMap<String, Map<String, Value>>,
}

/// A request for a ceremony whose answer, and so its name, is still to come.
#[derive(Debug)]
pub(super) struct Beginning {
    asked: Asked,
    reply: Shared<BoxFuture<'static, Step<Reply>>>,
}

/// What came of a step.
enum Next {
    Done(SteppedUp),
    /// One of these has to be answered.
    Choose(Vec<Offer>),
    /// The same after a trouble: the person is asked, whether there is a choice or not.
    ChooseAgain(Vec<Offer>),
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
        for _ in 0..MOST_PROMPTS {
            let (offers, offer) = match next {
                Next::Done(stepped_up) => return Ok(stepped_up),
                Next::Choose(offers) => match offers.as_slice() {
                    [one] => (vec![one.clone()], one.clone()),
                    _ => self.chosen(asked, offers).await?,
                },
                Next::ChooseAgain(offers) => self.chosen(asked, offers).await?,
            };
            next = self.ask(asked, id, &offer, &offers).await?;
        }
        self.give_up().await;
        Err(StepUpError::TooMany { retry_after: None })
    }

    async fn begin(&self, asked: &Asked) -> Step<(String, Next)> {
        let (pages, asked_for) = (self.pages.clone(), asked.clone());
        let reply = async move { pages.begin(&asked_for).await }.boxed().shared();
        *self.beginning() = Some(Beginning { asked: asked.clone(), reply: reply.clone() });
        let reply = reply.await;
        *self.beginning() = None;
        let reply = reply?;
        if reply.status != StatusCode::CREATED {
            return Err(failure(&reply));
        }
        let id = name(&reply).ok_or(StepUpError::Unusable("its ceremony has no name"))?.to_owned();
        let begun = Begun { asked: asked.clone(), id: id.clone(), shown: HashMap::new() };
        *self.begun() = Some(begun);
        Ok((id, Next::Choose(Offer::read(reply.body.get("factors")))))
    }

    /// The ceremony that was left, if it is for the same and not over.
    async fn resumed(&self, asked: &Asked) -> Step<Option<(String, Next)>> {
        let is_for_this = |begun: &&mut Begun| {
            begun.asked.origin == asked.origin && begun.asked.challenge == asked.challenge
        };
        let id = self.begun().as_mut().filter(is_for_this).map(|begun| {
            // The login may have been renewed.
            begun.asked = asked.clone();
            begun.id.clone()
        });
        let Some(id) = id else { return Ok(None) };
        let reply = self.pages.state(asked, &id).await?;
        Ok(match reply.text("status") {
            _ if reply.status.is_server_error() => return Err(failure(&reply)),
            Some("pending") => Some((id, Next::Choose(Offer::read(reply.body.get("factors"))))),
            Some("verified") => Some((id, Next::Done(token(&reply)?))),
            _ => None,
        })
    }

    async fn chosen(&self, asked: &Asked, offers: Vec<Offer>) -> Step<(Vec<Offer>, Offer)> {
        if offers.is_empty() {
            return Err(StepUpError::Unusable("it offers no factor"));
        }
        let place = self.prompter.choose(asked, &offers).await;
        match place.and_then(|place| offers.get(place).cloned()) {
            Some(offer) => Ok((offers, offer)),
            None => Err(self.cancelled().await),
        }
    }

    /// What was begun and is not finished is over, and the authority hears of it.
    pub(super) async fn give_up(&self) {
        let (beginning, begun) = (self.beginning().take(), self.begun().take());
        let over = match beginning {
            Some(Beginning { asked, reply }) => {
                let id = reply.await.ok().and_then(|reply| name(&reply).map(str::to_owned));
                id.map(|id| (asked, id))
            }
            None => begun.map(|begun| (begun.asked, begun.id)),
        };
        if let Some((asked, id)) = over {
            // If it does not hear of it, the ceremony ends by itself.
            let _ = self.pages.cancel(&asked, &id).await;
        }
    }

    async fn cancelled(&self) -> StepUpError {
        self.give_up().await;
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
        let mut pause = Duration::ZERO;
        loop {
            let mut answer = match self.prompter.answer(asked, &question).await {
                Answer::Code(code) => Map::from_iter([("code".to_owned(), code.as_str().into())]),
                Answer::Members(members) => members,
                Answer::Wait => Map::new(),
                Answer::Another if offers.len() > 1 => return Ok(Next::Choose(offers.to_vec())),
                Answer::Another | Answer::Cancel => return Err(self.cancelled().await),
            };
            let is_person = !answer.is_empty();
            answer.insert("factor".to_owned(), offer.id.as_str().into());
            sleep(pause).await;
            let reply = self.prove(asked, id, &answer, &mut question).await?;
            pause = Duration::ZERO;
            match (reply.status, problem(&reply)) {
                (StatusCode::OK, _) => return Ok(Next::Done(token(&reply)?)),
                // It shows something else, which the user has to see.
                (StatusCode::ACCEPTED, _) => pause = until_the_next(&reply),
                (_, "wrong-answer" | "malformed-answer") => {
                    let attempts_left = reply.body.get("attempts_left").and_then(Value::as_u64);
                    let wrong = Trouble::Wrong { attempts_left };
                    self.prompter.tell(if is_person { &wrong } else { &Trouble::WrongElsewhere });
                    if attempts_left == Some(0) {
                        return Err(StepUpError::TooMany { retry_after: None });
                    }
                    if !is_person {
                        return Ok(Next::ChooseAgain(offers.to_vec()));
                    }
                }
                (_, "prompt-over" | "no-code-sent") => {
                    self.begun().iter_mut().for_each(|begun| drop(begun.shown.remove(&offer.id)));
                    self.prompter.tell(&Trouble::Over);
                    return Ok(Next::ChooseAgain(offers.to_vec()));
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
            sleep(until_the_next(&reply)).await;
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
        if others.is_empty() {
            return Err(failure(reply));
        }
        let detail = detail(reply).unwrap_or("This way cannot be used now.").to_owned();
        let retry_after = reply.retry_after;
        self.prompter.tell(&Trouble::Unusable { detail, retry_after });
        Ok(Next::ChooseAgain(others))
    }
}

/// An answer elsewhere is asked after as often as the authority likes, and no more often than that.
fn until_the_next(reply: &Reply) -> Duration {
    reply.retry_after.unwrap_or_default().max(POLL_EVERY)
}

/// Of a ceremony that begins.
fn name(reply: &Reply) -> Option<&str> {
    reply.text("id").filter(|id| is_id(id))
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
