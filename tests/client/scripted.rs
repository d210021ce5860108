//! A stepper that does as a test says, and clients with it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqwest_middleware::ClientWithMiddleware;
use stepup_client::{
    AccessToken, Asked, BoxFuture, Error, StepUp, StepUpBuilder, StepUpError, SteppedUp, Stepper,
};

use crate::double::Double;

type Answer = BoxFuture<'static, Result<SteppedUp, StepUpError>>;

/// Remembers what it was asked.
#[derive(Clone)]
pub(crate) struct Scripted {
    asked: Arc<Mutex<Vec<Asked>>>,
    cancelled: Arc<AtomicUsize>,
    answer: Arc<dyn Fn(&Asked) -> Answer + Send + Sync>,
}

impl Scripted {
    pub(crate) fn new(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self { asked: Arc::default(), cancelled: Arc::default(), answer: Arc::new(answer) }
    }

    /// Brings a token that is called like the first level that is asked for.
    pub(crate) fn obliging() -> Self {
        Self::new(|asked| {
            let level = asked.challenge().acr_values().first().cloned();
            ready(Ok(stepped_up(&level.unwrap_or_else(|| "fresh".to_owned()))))
        })
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn prompts(&self) -> usize {
        self.asked().len()
    }

    /// How often it heard that the user gave up.
    pub(crate) fn cancelled(&self) -> usize {
        self.cancelled.load(Ordering::SeqCst)
    }
}

impl Stepper for Scripted {
    fn step_up<'a>(&'a self, asked: &'a Asked) -> BoxFuture<'a, Result<SteppedUp, StepUpError>> {
        self.asked.lock().unwrap().push(asked.clone());
        (self.answer)(asked)
    }

    fn cancel(&self) -> BoxFuture<'_, ()> {
        self.cancelled.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(()))
    }
}

pub(crate) fn ready(answer: Result<SteppedUp, StepUpError>) -> Answer {
    Box::pin(std::future::ready(answer))
}

pub(crate) fn stepped_up(token: &str) -> SteppedUp {
    SteppedUp::new(AccessToken::bearer(token))
}

pub(crate) fn builder(api: &Double, stepper: &Scripted) -> StepUpBuilder {
    StepUp::builder(AccessToken::bearer("base"), stepper.clone()).origin(api.url("/"))
}

pub(crate) fn with(step_up: StepUp) -> ClientWithMiddleware {
    step_up.client(reqwest::Client::builder()).unwrap().build()
}

/// A client of this API, with the token `base` of a login.
pub(crate) fn client(api: &Double, stepper: &Scripted) -> ClientWithMiddleware {
    with(builder(api, stepper).build().unwrap())
}

/// What a `POST` comes to: the status, or our error.
pub(crate) async fn post(client: &ClientWithMiddleware, url: &str) -> Result<u16, Error> {
    match client.post(url).body("once").send().await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) => Err(Error::among(&error).unwrap_or_else(|| panic!("{error}")).clone()),
    }
}
