//! An authority and the API of the tests behind a socket, and a person at a keyboard.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http_body_util::BodyExt as _;
use reqwest_middleware::ClientWithMiddleware;
use stepup_client::{
    AccessToken, Answer, Asked, AuthorityStepper, BoxFuture, Offer, Prompter, Question, StepUp,
    Trouble,
};
use stepup_tests::Payload;
use stepup_tests::authority::{Service, Setup};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::scripted::with;

/// What becomes of the requests for pages that begin so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    Up,
    /// They do not arrive.
    Down,
    /// They arrive, and their answers get lost.
    Deaf,
}

pub(crate) struct Bank {
    pub(crate) service: Arc<Service>,
    pub(crate) url: String,
    line: Arc<Line>,
    server: JoinHandle<()>,
}

struct Line {
    service: Arc<Service>,
    network: Mutex<Network>,
    ran: AtomicUsize,
    /// One request at a time, so that who ran is known.
    turn: tokio::sync::Mutex<()>,
}

impl Bank {
    pub(crate) async fn open(setup: Setup) -> Self {
        let service = Arc::new(setup.start().await);
        let line = Arc::new(Line {
            service: service.clone(),
            network: Mutex::new(Network::Up),
            ran: AtomicUsize::default(),
            turn: tokio::sync::Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(forward).with_state(line.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { service, url, line, server }
    }

    /// What becomes of requests to the authority from now on.
    pub(crate) fn network(&self) -> impl Fn(Network) + Send + Sync + use<> {
        let line = self.line.clone();
        move |network| *line.network.lock().unwrap() = network
    }

    /// How often handlers ran.
    pub(crate) fn ran(&self) -> usize {
        self.line.ran.load(Ordering::SeqCst)
    }

    pub(crate) fn step_up(&self, token: &str, person: &Person) -> StepUp {
        let stepper = AuthorityStepper::new(&self.url, person.clone()).unwrap();
        let builder = StepUp::builder(AccessToken::bearer(token), stepper.without("webauthn"));
        builder.origin(&self.url).build().unwrap()
    }

    pub(crate) fn client(&self, token: &str, person: &Person) -> ClientWithMiddleware {
        with(self.step_up(token, person))
    }

    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn forward(State(line): State<Arc<Line>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    let network = match parts.uri.path().starts_with("/step-up") {
        true => *line.network.lock().unwrap(),
        false => Network::Up,
    };
    assert_ne!(network, Network::Down, "the connection ends");
    let request = http::Request::from_parts(parts, Payload::Bytes(body));
    let turn = line.turn.lock().await;
    let answer = line.service.api.call(request).await;
    drop(turn);
    line.ran.fetch_add(answer.ran, Ordering::SeqCst);
    assert_ne!(network, Network::Deaf, "the connection ends");
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

type Says = dyn Fn(&Question, usize) -> BoxFuture<'static, Answer> + Send + Sync;

/// Chooses one method, and answers as a test says.
#[derive(Clone)]
pub(crate) struct Person {
    method: &'static str,
    /// How often they choose; then they give up.
    choices: usize,
    says: Arc<Says>,
    seen: Arc<Mutex<SeenBy>>,
}

#[derive(Default)]
struct SeenBy {
    questions: usize,
    choices: usize,
    reasons: Vec<Option<String>>,
    told: Vec<Trouble>,
}

impl Person {
    /// `says` is given how often they were asked before.
    pub(crate) fn with(
        method: &'static str,
        says: impl Fn(&Question, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::slowly(method, move |question, before| {
            Box::pin(std::future::ready(says(question, before)))
        })
    }

    pub(crate) fn slowly(
        method: &'static str,
        says: impl Fn(&Question, usize) -> BoxFuture<'static, Answer> + Send + Sync + 'static,
    ) -> Self {
        Self { method, choices: usize::MAX, says: Arc::new(says), seen: Arc::default() }
    }

    /// Who gives up after so many choices.
    pub(crate) fn choosing(self, choices: usize) -> Self {
        Self { choices, ..self }
    }

    pub(crate) fn questions(&self) -> usize {
        self.seen.lock().unwrap().questions
    }

    pub(crate) fn told(&self) -> Vec<Trouble> {
        self.seen.lock().unwrap().told.clone()
    }

    pub(crate) fn reasons(&self) -> Vec<Option<String>> {
        self.seen.lock().unwrap().reasons.clone()
    }
}

impl Prompter for Person {
    fn choose<'a>(&'a self, _: &'a Asked, offers: &'a [Offer]) -> BoxFuture<'a, Option<usize>> {
        let mut seen = self.seen.lock().unwrap();
        seen.choices += 1;
        let place = offers.iter().position(|offer| offer.method() == self.method);
        Box::pin(std::future::ready(place.filter(|_| seen.choices <= self.choices)))
    }

    fn answer<'a>(&'a self, asked: &'a Asked, question: &'a Question) -> BoxFuture<'a, Answer> {
        let mut seen = self.seen.lock().unwrap();
        seen.reasons.push(asked.reason().map(str::to_owned));
        let before = seen.questions;
        seen.questions += 1;
        (self.says)(question, before)
    }

    fn tell(&self, trouble: &Trouble) {
        self.seen.lock().unwrap().told.push(trouble.clone());
    }
}
