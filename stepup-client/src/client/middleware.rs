//! For clients made of `reqwest_middleware`.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{Extensions, Method};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next, Result};
use tokio::time::timeout;
use url::Url;

use super::StepUp;
use super::attempt::{Attempt, Verdict};
use crate::challenge::Challenge;
use crate::error::{Error, NotReplayable};
use crate::reason::{LONGEST_BODY, reason};

/// What an API says to the user is worth no longer a wait.
const READING: Duration = Duration::from_secs(2);

#[async_trait::async_trait]
impl Middleware for StepUp {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let attempt = Attempt::of(self, request.method(), request.url());
        let attempt = attempt.filter(|_| !request.headers().contains_key(AUTHORIZATION));
        let Some(mut attempt) = attempt else {
            return next.run(request, extensions).await;
        };
        loop {
            let spare = request.try_clone();
            let (method, url) = (request.method().clone(), request.url().clone());
            attempt.authorize(request.headers_mut()).await.map_err(of_ours)?;
            let response = next.clone().run(request, extensions).await?;
            // A challenge from where no token was sent to is none of ours.
            if !attempt.is_answered_by(response.url()) {
                return Ok(response);
            }
            let again = replayable(spare, &method, &url, response.url());
            let judged = attempt.judge(response.status(), response.headers());
            match (judged.map_err(of_ours)?, again) {
                (Verdict::Pass, _) | (Verdict::Again, Err(_)) => return Ok(response),
                (Verdict::Again, Ok(spare)) => request = spare,
                (Verdict::Challenged(challenge), Err(why)) => {
                    return Err(of_ours(Error::NotReplayable { challenge, why }));
                }
                (Verdict::Challenged(challenge), Ok(spare)) => {
                    step_up(&mut attempt, challenge, response).await.map_err(of_ours)?;
                    request = spare;
                }
            }
        }
    }
}

fn replayable(
    spare: Option<Request>,
    method: &Method,
    asked: &Url,
    answered: &Url,
) -> std::result::Result<Request, NotReplayable> {
    let page = |url: &Url| (url.path().to_owned(), url.query().map(str::to_owned));
    if !method.is_safe() && page(asked) != page(answered) {
        return Err(NotReplayable::Redirected);
    }
    spare.ok_or(NotReplayable::Body)
}

async fn step_up(
    attempt: &mut Attempt<'_>,
    challenge: Challenge,
    mut response: Response,
) -> std::result::Result<(), Error> {
    let mut body = Vec::new();
    let headers = response.headers().clone();
    let read = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST_BODY {
                break;
            }
        }
    };
    let is_read = timeout(READING, read).await.is_ok();
    let reason = is_read.then(|| reason(&headers, &body)).flatten();
    attempt.step_up(challenge, reason).await
}

fn of_ours(error: Error) -> reqwest_middleware::Error {
    reqwest_middleware::Error::middleware(error)
}
