//! For clients made of `reqwest`.

use std::time::Duration;

use http::Extensions;
use http::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, Middleware, Next, Result};
use tokio::time::timeout;

use super::StepUp;
use super::attempt::{Attempt, Verdict};
use crate::challenge::Challenge;
use crate::error::{BuildError, Error, NotReplayable};
use crate::reason::{LONGEST_BODY, reason};

/// What an API says to the user is worth no longer a wait.
const READING: Duration = Duration::from_secs(2);

impl StepUp {
    /// A `reqwest` client whose requests go through this. A middleware that signs or logs requests
    /// is added to it, so that it sees every request that is sent.
    ///
    /// It follows no redirects, whatever its builder says: they are the caller's. `reqwest` would
    /// take a token along to where the second leads that is not the API's, and would hide that a
    /// request may have run before it was challenged. Where one of the origins is on this machine it
    /// uses no proxy either: what is sent there in plain http is to stay there.
    ///
    /// # Errors
    ///
    /// `reqwest` finds no root certificates to trust, or cannot use another setting.
    ///
    /// ```
    /// use reqwest_middleware::ClientWithMiddleware;
    /// use stepup_client::{BuildError, StepUp};
    ///
    /// fn client(step_up: &StepUp) -> Result<ClientWithMiddleware, BuildError> {
    ///     let http = reqwest::Client::builder().user_agent("teller/1.0");
    ///     Ok(step_up.client(http)?.build())
    /// }
    /// ```
    pub fn client(
        &self,
        http: reqwest::ClientBuilder,
    ) -> std::result::Result<ClientBuilder, BuildError> {
        let is_here = self.inner.origins.iter().any(|origin| origin.starts_with("http://"));
        let http = if is_here { http.no_proxy() } else { http };
        let http = http.redirect(Policy::none()).build();
        let http = http.map_err(|_| BuildError::new("reqwest", "check its settings and TLS"))?;
        Ok(ClientBuilder::new(http).with(Pausing(self.clone())))
    }
}

/// Of a client that follows no redirects.
struct Pausing(StepUp);

#[async_trait::async_trait]
impl Middleware for Pausing {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let attempt = Attempt::of(&self.0, request.method(), request.url());
        let attempt = attempt.filter(|_| !request.headers().contains_key(AUTHORIZATION));
        let Some(mut attempt) = attempt else {
            return next.run(request, extensions).await;
        };
        loop {
            let spare = request.try_clone();
            attempt.authorize(request.headers_mut()).await.map_err(of_ours)?;
            let response = next.clone().run(request, extensions).await?;
            let judged = attempt.judge(response.status(), response.headers()).map_err(of_ours)?;
            let (challenge, spare) = match (judged, spare) {
                (Verdict::Pass, _) | (Verdict::Again, None) => return Ok(response),
                (Verdict::Again, Some(spare)) => {
                    request = spare;
                    continue;
                }
                (Verdict::Challenged(challenge), None) => {
                    let why = NotReplayable::Body;
                    return Err(of_ours(Error::NotReplayable { challenge, why }));
                }
                (Verdict::Challenged(challenge), Some(spare)) => (challenge, spare),
            };
            step_up(&mut attempt, challenge, response).await.map_err(of_ours)?;
            request = spare;
        }
    }
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
