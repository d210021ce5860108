//! For any HTTP stack.

use http::header::AUTHORIZATION;
use http::{Request, Response};
use url::Url;

use super::StepUp;
use super::attempt::{Attempt, Verdict};
use crate::error::{CallError, Error};
use crate::reason::reason;

impl StepUp {
    /// Sends a request with whichever HTTP client, and again after a step-up.
    ///
    /// `send` is handed the request with the token in it, and must not follow redirects: the answer
    /// of another address is none to this request, and what was sent to the first may have run. The
    /// answer's body is read for what the API says to the user.
    ///
    /// # Errors
    ///
    /// Whatever `send` fails with, and why a challenge was not got past. A request without a whole
    /// address (`https://…`) is not sent: [`Error::ForeignOrigin`].
    ///
    /// ```
    /// use http::{Request, Response};
    /// use stepup_client::{CallError, StepUp};
    ///
    /// async fn transfer<F>(
    ///     client: &StepUp,
    ///     send: impl Fn(Request<String>) -> F,
    /// ) -> Result<Response<Vec<u8>>, CallError<std::io::Error>>
    /// where
    ///     F: Future<Output = Result<Response<Vec<u8>>, std::io::Error>>,
    /// {
    ///     let request = Request::post("https://api.example/transfers");
    ///     let request = request.body("{}".to_owned()).expect("a request");
    ///     client.call(request, send).await
    /// }
    /// ```
    pub async fn call<B, C, E, F>(
        &self,
        request: Request<B>,
        mut send: impl FnMut(Request<B>) -> F,
    ) -> Result<Response<C>, CallError<E>>
    where
        B: Clone,
        C: AsRef<[u8]>,
        F: Future<Output = Result<Response<C>, E>>,
    {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Error::ForeignOrigin)?;
        let attempt = Attempt::of(self, request.method(), &url);
        let attempt = attempt.filter(|_| !request.headers().contains_key(AUTHORIZATION));
        let Some(mut attempt) = attempt else {
            return send(request).await.map_err(CallError::Send);
        };
        loop {
            let mut request = request.clone();
            attempt.authorize(request.headers_mut()).await?;
            let response = send(request).await.map_err(CallError::Send)?;
            match attempt.judge(response.status(), response.headers())? {
                Verdict::Pass => return Ok(response),
                Verdict::Again => {}
                Verdict::Challenged(challenge) => {
                    let reason = reason(response.headers(), response.body().as_ref());
                    attempt.step_up(challenge, reason).await?;
                }
            }
        }
    }
}
