//! What is sent, and where redirects lead it.

use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, Method, StatusCode};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use reqwest_middleware::ClientWithMiddleware;
use stepup_client::StepUp;
use url::Url;

use crate::exit::Failure;

const CONNECTING: Duration = Duration::from_secs(20);
/// An answer that stands still for so long has broken off.
const SILENCE: Duration = Duration::from_secs(60);

/// One request, which has not left its origin.
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
}

impl Sent {
    /// The answer, after so many redirects at most.
    pub(crate) async fn answer(
        self,
        step_up: &StepUp,
        mut hops: usize,
    ) -> Result<Response, Failure> {
        let (with_token, without) = clients(step_up, &self.url)?;
        let Self { mut method, mut url, mut headers, mut body } = self;
        let mut is_elsewhere = false;
        loop {
            let client = if is_elsewhere { &without } else { &with_token };
            let mut request = client.request(method.clone(), url.clone()).headers(headers.clone());
            if let Some(body) = &body {
                request = request.body(body.clone());
            }
            let answer = request.send().await?;
            let Some(next) = next(&answer).filter(|_| hops > 0) else { return Ok(answer) };
            hops -= 1;
            if becomes_get(answer.status(), &method) {
                (method, body) = (Method::GET, None);
                let of_body = [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING];
                of_body.iter().for_each(|name| drop(headers.remove(name)));
            }
            if next.origin() != url.origin() {
                if !matches!(method, Method::GET | Method::HEAD) {
                    return Ok(answer);
                }
                // What comes back from there is not what the user called.
                is_elsewhere = true;
                headers.clear();
            }
            url = next;
        }
    }
}

/// One that steps up, and one that has no token. On this machine nothing goes through a proxy.
fn clients(
    step_up: &StepUp,
    url: &Url,
) -> Result<(ClientWithMiddleware, ClientWithMiddleware), Failure> {
    let builder = || {
        let builder = Client::builder().connect_timeout(CONNECTING).read_timeout(SILENCE);
        if url.scheme() == "https" { builder } else { builder.no_proxy() }
    };
    let with_token = step_up.client(builder()).map_err(Failure::usage)?.build();
    let without = ClientBuilder::redirect(builder(), Policy::none()).build()?;
    Ok((with_token, without.into()))
}

/// Where a redirect leads.
fn next(answer: &Response) -> Option<Url> {
    let leads_on = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = answer.headers().get(LOCATION).filter(|_| leads_on)?;
    let next = answer.url().join(location.to_str().ok()?).ok()?;
    matches!(next.scheme(), "https" | "http").then_some(next)
}

/// As browsers do (Fetch Standard §4.4).
fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        303 => !matches!(*method, Method::GET | Method::HEAD),
        301 | 302 => method == Method::POST,
        _ => false,
    }
}
