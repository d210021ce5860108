//! The authority's pages, and its problems.

use http::{Method, StatusCode};
use reqwest::Client;
use serde_json::{Map, Value, json};
use url::Url;

use crate::challenge::Challenge;
use crate::error::BuildError;
use crate::origin::trusted;
use crate::reason::{sentence, word};
use crate::remote::{self, Reply};
use crate::stepper::{Asked, StepUpError};

/// Where the authority is, by its configured address alone.
#[derive(Clone, Debug)]
pub(super) struct Pages {
    base: Url,
    http: Client,
    pub(super) without: String,
}

impl Pages {
    pub(super) fn new(address: &str) -> Result<Self, BuildError> {
        let mut base = trusted(address)?;
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(if path.is_empty() { "/step-up" } else { &path });
        base.set_query(None);
        base.set_fragment(None);
        let http = remote::client(&base)?;
        Ok(Self { base, http, without: String::new() })
    }

    pub(super) async fn begin(&self, asked: &Asked) -> Result<Reply, StepUpError> {
        let wanted = wanted(asked.challenge(), &self.without);
        self.send(Method::POST, "/ceremonies", asked, Some(wanted)).await
    }

    pub(super) async fn state(&self, asked: &Asked, id: &str) -> Result<Reply, StepUpError> {
        self.send(Method::GET, &format!("/ceremonies/{id}"), asked, None).await
    }

    pub(super) async fn cancel(&self, asked: &Asked, id: &str) -> Result<Reply, StepUpError> {
        self.send(Method::DELETE, &format!("/ceremonies/{id}"), asked, None).await
    }

    pub(super) async fn prompt(
        &self,
        asked: &Asked,
        id: &str,
        factor: &str,
    ) -> Result<Reply, StepUpError> {
        self.send(Method::POST, &format!("/ceremonies/{id}/factors/{factor}"), asked, None).await
    }

    pub(super) async fn prove(
        &self,
        asked: &Asked,
        id: &str,
        answer: Map<String, Value>,
    ) -> Result<Reply, StepUpError> {
        self.send(Method::POST, &format!("/ceremonies/{id}/proof"), asked, Some(answer.into()))
            .await
    }

    async fn send(
        &self,
        method: Method,
        page: &str,
        asked: &Asked,
        body: Option<Value>,
    ) -> Result<Reply, StepUpError> {
        let authorization = asked.base_token().authorization();
        let authorization = authorization.ok_or(StepUpError::LoggedOut)?;
        let mut request = self.http.request(method, format!("{}{page}", self.base));
        request = request.header("authorization", authorization);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let reply = remote::send(request).await?;
        match reply.status {
            StatusCode::UNAUTHORIZED => Err(StepUpError::LoggedOut),
            _ => Ok(reply),
        }
    }
}

/// The challenge once more, as the authority takes it.
fn wanted(challenge: &Challenge, without: &str) -> Value {
    let mut wanted = Map::new();
    let lists = [
        ("acr_values", challenge.acr_values().join(" ")),
        ("amr_values", challenge.amr_values().join(" ")),
        ("without", without.to_owned()),
    ];
    for (name, words) in lists {
        if !words.is_empty() {
            wanted.insert(name.to_owned(), words.into());
        }
    }
    if let Some(seconds) = challenge.max_age() {
        wanted.insert("max_age".to_owned(), json!(seconds));
    }
    wanted.into()
}

/// The name that a problem's type ends in.
pub(super) fn problem(reply: &Reply) -> &str {
    let kind = reply.text("type").unwrap_or_default();
    kind.rsplit('/').next().unwrap_or_default()
}

/// What a problem says to the user.
pub(super) fn detail(reply: &Reply) -> Option<&str> {
    reply.text("detail").and_then(sentence)
}

/// A problem that ends the step-up.
pub(super) fn failure(reply: &Reply) -> StepUpError {
    let said = detail(reply).unwrap_or("the authority says nothing that can be shown").to_owned();
    match (reply.status, problem(reply)) {
        (_, "unmet-authentication-requirements") => {
            let enrol = reply.body.get("enrol").and_then(Value::as_array);
            let enrol = enrol.into_iter().flatten().filter_map(|name| word(name.as_str()?));
            StepUpError::Unmet { enrol: enrol.map(str::to_owned).collect() }
        }
        (_, "denied") => StepUpError::Denied,
        (StatusCode::GONE, _) => StepUpError::TimedOut,
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            StepUpError::TooMany { retry_after: reply.retry_after }
        }
        (status, _) if status.is_server_error() => StepUpError::Offline(said),
        (status, _) if status.is_client_error() => StepUpError::Refused(said),
        _ => StepUpError::Unusable("this status does not belong to the authority's protocol"),
    }
}
