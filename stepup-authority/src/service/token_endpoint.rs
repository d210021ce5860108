//! The same exchange as OAuth 2.0 has it (RFC 8693): a login's token as the subject token, the
//! ceremony that proves beside it.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use http::request::Parts;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use stepup_core::{Gate, RequestHead};

use super::body::is_of_type;
use super::caller::Caller;
use super::prove::Proved;
use super::{ceremony_id, ok};
use crate::authority::Inner;
use crate::books::Desk;
use crate::ceremony::{AnyCeremony, CeremonyId, Grant};
use crate::problem::{Problem, Refusal, json_response};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// What is the exchange's own is none of a factor's.
const OWN_PARAMETERS: [&str; 9] = [
    "audience",
    "ceremony",
    "factor",
    "grant_type",
    "requested_token_type",
    "resource",
    "scope",
    "subject_token",
    "subject_token_type",
];

/// More than anybody needs, and few enough to be compared with one another.
const MOST_PARAMETERS: usize = 32;

/// The parameters, each once.
struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    fn read(parts: &Parts, body: &'a Bytes) -> Result<Self, Problem> {
        if !is_of_type(parts, "application/x-www-form-urlencoded") {
            return Err(Problem::Malformed(
                "Send the parameters as `application/x-www-form-urlencoded`.",
            ));
        }
        let mut form: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            if form.len() == MOST_PARAMETERS {
                return Err(Problem::Malformed("Too many parameters."));
            }
            if form.iter().any(|(known, _)| *known == name) {
                return Err(Problem::Malformed("A parameter stands twice."));
            }
            form.push((name, value));
        }
        Ok(Self(form))
    }

    /// A parameter without a value counts as one that is not there (RFC 6749 §3.2).
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| &**value).filter(|value| !value.is_empty())
    }
}

impl Inner {
    /// `POST …/token`
    pub(super) async fn exchange(&self, parts: &Parts, body: &Bytes) -> Response<Bytes> {
        match self.try_exchange(parts, body).await {
            Ok(response) => response,
            Err(refusal) => self.refuse_exchange(refusal),
        }
    }

    async fn try_exchange(&self, parts: &Parts, body: &Bytes) -> Result<Response<Bytes>, Refusal> {
        self.check_origin(parts)?;
        let form = Form::read(parts, body)?;
        let expect = |name: &str, value: &str, problem| match form.get(name) {
            Some(given) if given == value => Ok(()),
            _ => Err(Problem::Malformed(problem)),
        };
        if form.get("grant_type").is_some_and(|grant_type| grant_type != EXCHANGE) {
            let detail = "`grant_type` is not that of a token exchange (RFC 8693).";
            return Err(Problem::Exchange("unsupported_grant_type", detail).into());
        }
        expect("grant_type", EXCHANGE, "`grant_type` is missing.")?;
        expect(
            "subject_token_type",
            ACCESS_TOKEN,
            "`subject_token_type` is not that of an access token.",
        )?;
        if form.get("requested_token_type").is_some_and(|requested| requested != ACCESS_TOKEN) {
            return Err(Problem::Malformed("`requested_token_type` is not an access token.").into());
        }
        let elsewhere = ["audience", "resource"].map(|name| form.get(name));
        if elsewhere.into_iter().flatten().any(|target| target != self.issuer.audience()) {
            return Err(Problem::Exchange(
                "invalid_target",
                "Tokens for another audience are not made here.",
            )
            .into());
        }
        let id = form.get("ceremony");
        let id = id.ok_or(Problem::Malformed("Name the ceremony that proves, as `ceremony`."))?;
        let id = ceremony_id(id)?;
        let caller = self.subject(parts, &form).await?;
        let scopes = form.get("scope").map(|scope| scope.split(' ').collect::<Vec<_>>());
        if scopes.iter().flatten().any(|scope| !scope.is_empty() && !caller.login.has_scope(scope))
        {
            return Err(Problem::Exchange(
                "invalid_scope",
                "`scope` is wider than the subject token's.",
            )
            .into());
        }
        let desk = self.desk();
        let mut grant = match form.get("factor") {
            Some(factor) => {
                let of_factor =
                    |(name, _): &&(Cow<'_, str>, Cow<'_, str>)| !OWN_PARAMETERS.contains(&&**name);
                let answer = |(name, value): &(Cow<'_, str>, Cow<'_, str>)| {
                    (name.to_string(), Value::from(&**value))
                };
                // A form has texts alone: this would be no answer, and counted.
                if form.get("credential").is_some_and(|text| text.starts_with('{')) {
                    return Err(Problem::Malformed(
                        "Answer with an object at the ceremony's `/proof`, as JSON; then send \
                         `ceremony` here without `factor`.",
                    )
                    .into());
                }
                let answer: Map<String, Value> =
                    form.0.iter().filter(of_factor).map(answer).collect();
                match self.prove(&caller, &desk, &id, factor, &answer).await? {
                    Proved::Granted(grant) => grant,
                    Proved::NotYet(_) => return Err(Problem::Pending.into()),
                }
            }
            None => self.granted(&caller, &desk, &id).await?,
        };
        if let Some(asked) = scopes {
            let kept: Vec<&str> =
                grant.scope.split(' ').filter(|scope| asked.contains(scope)).collect();
            grant.scope = kept.join(" ");
        }
        let mut body = self.token(&grant, &caller, &desk, &id).await?;
        body.insert("issued_token_type".to_owned(), ACCESS_TOKEN.into());
        Ok(ok(&Value::Object(body)))
    }

    /// Whose login the subject token stands for.
    async fn subject(&self, parts: &Parts, form: &Form<'_>) -> Result<Caller, Refusal> {
        if parts.headers.contains_key(AUTHORIZATION) || form.get("actor_token").is_some() {
            return Err(Problem::Malformed(
                "Send one token, the login's, as `subject_token`: no `Authorization` header and no \
                 `actor_token`.",
            )
            .into());
        }
        let missing = Problem::Malformed("Send the login's access token as `subject_token`.");
        let token = form.get("subject_token").ok_or(missing)?;
        // A token that is bound to a key comes with the proof of that key, as at any other page.
        let scheme = if parts.headers.contains_key("dpop") { "DPoP" } else { "Bearer" };
        let mut headers = parts.headers.clone();
        let credential = HeaderValue::from_str(&format!("{scheme} {token}"));
        let malformed = Problem::Malformed("`subject_token` is no access token.");
        headers.insert(AUTHORIZATION, credential.map_err(|_| malformed)?);
        let gate: Gate = self.gate.clone();
        let head = RequestHead::new(&parts.method, &parts.uri, &headers);
        let login = gate.verify_in_request(head).await?;
        self.caller_of(login, gate)
    }

    /// What was proved already.
    async fn granted(
        &self,
        caller: &Caller,
        desk: &Desk,
        id: &CeremonyId,
    ) -> Result<Grant, Refusal> {
        let books = desk.read(&self.ceremony_keys(caller, id)).await?;
        caller.check_not_forgotten(&books.account, self)?;
        match books.own_ceremony(&caller.binding)? {
            AnyCeremony::Proved(ceremony) => {
                self.check_collectable(&ceremony, &books.account)?;
                Ok(ceremony.state.grant)
            }
            AnyCeremony::Pending(ceremony)
                if !ceremony.is_over(self.now()) && !ceremony.is_exhausted(&self.limits) =>
            {
                Err(Problem::Pending.into())
            }
            AnyCeremony::Pending(_) | AnyCeremony::Ended(_) => Err(Problem::CeremonyOver.into()),
        }
    }

    /// RFC 6749 §5.2.
    fn refuse_exchange(&self, refusal: Refusal) -> Response<Bytes> {
        let problem = match refusal {
            Refusal::Problem(problem) | Refusal::Beside(problem, _) => problem,
            // Who cannot tell at present says so as everywhere.
            Refusal::Gate(rejection) if rejection.response().status().is_server_error() => {
                return rejection.response();
            }
            Refusal::Gate(rejection) => return refused_token(&rejection.response()),
        };
        let (status, detail) = problem.status_and_detail();
        let is_ours = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        let status = if is_ours { status } else { StatusCode::BAD_REQUEST };
        let body = json!({ "error": problem.oauth_error(), "error_description": detail });
        let mut response = json_response(status, &body);
        if let Some(seconds) = problem.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// A subject token that the gate refuses; where it wants a nonce in the key's proof, with that
/// nonce (RFC 9449 §8).
fn refused_token(refused: &Response<Bytes>) -> Response<Bytes> {
    let nonce = refused.headers().get("dpop-nonce");
    let (error, detail) = match nonce {
        Some(_) => ("use_dpop_nonce", "Make a new DPoP proof with the nonce of `DPoP-Nonce`."),
        None => ("invalid_request", "The subject token is not valid here."),
    };
    let body = json!({ "error": error, "error_description": detail });
    let mut response = json_response(StatusCode::BAD_REQUEST, &body);
    if let Some(nonce) = nonce {
        response.headers_mut().insert("dpop-nonce", nonce.clone());
    }
    response
}
