//! The authority as an HTTP service: requests in, answers out, no framework.

mod asked;
mod body;
mod caller;
mod ceremonies;
mod change;
mod charge;
mod count;
mod deliver;
mod directly;
mod documents;
mod enrolments;
mod factors;
mod new_factor;
mod page;
mod prompt;
mod prove;
mod remove;
mod removed;
mod serve;
mod settle;
mod sweep;
mod tell;
mod to_the_end;
mod token;
mod token_endpoint;
mod withdraw;

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::Value;

pub use self::directly::EnrolError;
use self::page::{Page, UserPage};
pub(crate) use self::sweep::Swept;
use crate::authority::{Authority, Inner};
use crate::ceremony::CeremonyId;
use crate::problem::{Problem, Refusal, json_response};

impl Authority {
    /// Answers a request. Its URI has the path that the client asked for, before any router took a
    /// part of it off.
    ///
    /// What a request does is done, or not begun: a client that goes away cuts nothing short, and
    /// [`finish`](Self::finish) waits for it. An answer comes within half a second, and that many
    /// more as a factor takes to send something or to look at an answer, five at most, or to take
    /// back what is given up, a quarter of one.
    ///
    /// Call it on a Tokio runtime.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use http_body_util::Full;
    /// use stepup_authority::Authority;
    ///
    /// async fn answer(authority: &Authority, request: Request<Full<Bytes>>) -> Response<Bytes> {
    ///     authority.handle(request).await
    /// }
    /// ```
    pub async fn handle<B>(&self, request: Request<B>) -> Response<Bytes>
    where
        B: http_body::Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let body = match body::collect(body).await {
            Ok(body) => body,
            Err(problem) => return problem.response(&self.inner.problem_types),
        };
        let inner = self.inner.clone();
        let answer = self.to_the_end(async move { inner.answer(&parts, &body).await }).await;
        answer.unwrap_or_else(|_| {
            Problem::Unavailable { retry_after: 1 }.response(&self.inner.problem_types)
        })
    }

    /// The paths that it answers: each as it is, and all below the first.
    ///
    /// ```
    /// fn mount(authority: &stepup_authority::Authority) {
    ///     for path in authority.paths() {
    ///         println!("{path}");
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn paths(&self) -> [String; 3] {
        self.inner.paths()
    }
}

impl Inner {
    async fn answer(self: &Arc<Self>, parts: &Parts, body: &Bytes) -> Response<Bytes> {
        let answer = match self.page(parts.uri.path()) {
            None => Err(Problem::NoSuchPage.into()),
            Some(page) if !page.takes(&parts.method) => {
                Err(Problem::Method { allow: page.allow() }.into())
            }
            Some(Page::Keys) => self.keys().await,
            Some(Page::Metadata) => Ok(self.metadata()),
            Some(Page::Token) => Ok(self.exchange(parts, body).await),
            Some(Page::OfFactor(method, rest)) => self.serve(method, rest, parts, body).await,
            Some(Page::OfUser(page)) => self.answer_user(page, parts, body).await,
        };
        answer.unwrap_or_else(|refusal| self.refuse(refusal))
    }

    async fn answer_user(
        self: &Arc<Self>,
        page: UserPage<'_>,
        parts: &Parts,
        body: &Bytes,
    ) -> Result<Response<Bytes>, Refusal> {
        self.check_origin(parts)?;
        let caller = self.caller(parts).await?;
        let desk = self.desk();
        let json = || body::object(parts, body);
        match page {
            UserPage::Ceremonies => {
                self.sweep();
                self.begin(&caller, &desk, json()?).await
            }
            UserPage::Ceremony(id) => {
                let id = ceremony_id(id)?;
                if parts.method == Method::DELETE {
                    self.cancel(&caller, &desk, &id).await
                } else {
                    self.state(&caller, &desk, &id).await
                }
            }
            UserPage::Prompt(id, factor) => {
                self.prompt(&caller, parts, &desk, &ceremony_id(id)?, factor).await
            }
            UserPage::Proof(id) => self.proof(&caller, &desk, &ceremony_id(id)?, json()?).await,
            UserPage::Enrolments => self.begin_enrolment(&caller, parts, &desk, json()?).await,
            UserPage::Enrolment(id) => {
                let id = CeremonyId::read(id, "e_").ok_or(Problem::NoSuchCeremony)?;
                self.finish_enrolment(&caller, &desk, &id, json()?).await
            }
            UserPage::Factors => self.list_factors(&caller, &desk).await,
            UserPage::Factor(id) => self.remove_factor(&caller, parts, &desk, id).await,
        }
    }

    pub(crate) fn refuse(&self, refusal: Refusal) -> Response<Bytes> {
        match refusal {
            Refusal::Gate(rejection) => rejection.response(),
            Refusal::Problem(problem) => problem.response(&self.problem_types),
            Refusal::Beside(problem, others) => {
                problem.response_beside(&self.problem_types, Some(others))
            }
        }
    }
}

fn ceremony_id(text: &str) -> Result<CeremonyId, Problem> {
    CeremonyId::read(text, "c_").ok_or(Problem::NoSuchCeremony)
}

fn ok(body: &Value) -> Response<Bytes> {
    json_response(StatusCode::OK, body)
}

fn created(body: &Value) -> Response<Bytes> {
    json_response(StatusCode::CREATED, body)
}

fn no_content() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
