//! The pages that devices speak with.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use stepup_core::Timestamp;
use zeroize::Zeroizing;

use super::devices::Devices;
use super::jws::Statement;
use super::wire::{
    Asked, Decision, PAIRING, POLL, Pairing, Poll, Posted, REPLY, Refused, Reply, SCHEME, SKEW,
};
use super::{Push, keeping, paired, words};
use crate::factor::{OneTimeCode, Served};
use crate::json::read_object;
use crate::sealing::{from_text, to_text};

/// The device that a page is of.
struct Page<'a> {
    address: &'a str,
    line: &'a str,
    device: &'a str,
}

/// What came of an answer.
enum Replied {
    Approved,
    Denied(String),
}

impl Push {
    /// `methods/push/…`
    pub(super) async fn page(&self, request: &Request<Bytes>, rest: &str) -> Option<Served> {
        let rest = rest.strip_prefix("devices/")?;
        let (address, rest) = rest.split_once('/').map_or((rest, None), |(a, b)| (a, Some(b)));
        let (line, device) = paired::parts(address)?;
        let page = Page { address, line, device };
        let now = self.issuer.clock().now();
        let is_post = request.method() == Method::POST;
        let answer = match rest {
            None if is_post => self.pair(&page, request.body(), now).await,
            Some("requests") if request.method() == Method::GET => {
                self.poll(&page, request, now).await
            }
            Some(rest) if is_post => {
                let id = rest.strip_prefix("requests/")?;
                match self.reply(&page, id, request.body(), now).await {
                    Ok(Replied::Denied(denial)) => {
                        return Some(Served::new(ok(&json!({"status": "denied"}))).denying(denial));
                    }
                    Ok(Replied::Approved) => Ok(json!({ "status": "approved" })),
                    Err(refused) => Err(refused),
                }
            }
            _ => return None,
        };
        Some(match answer {
            Ok(body) => Served::new(ok(&body)),
            Err(refused) => Served::problem(move |types| problem(types, refused, now)),
        })
    }

    /// Makes a device known, by the secret that the user scanned and a signature with its own key
    /// (R-PUSH-03).
    async fn pair(&self, page: &Page<'_>, body: &Bytes, now: Timestamp) -> Result<Value, Refused> {
        let posted = posted(body)?;
        let statement = Statement::read(&posted, PAIRING).ok_or(Refused::Malformed)?;
        let pairing: Pairing = statement.claims().ok_or(Refused::Malformed)?;
        let Pairing { aud, secret, key, name } = pairing;
        let secret = Zeroizing::new(secret);
        let point = key.point().ok_or(Refused::Malformed)?;
        if !words::is_name(&name) {
            return Err(Refused::Malformed);
        }
        if !self.is_page(page, &aud) || !statement.is_signed_with(&point) {
            return Err(Refused::NotThisDevice);
        }
        let key = to_text(&point);
        let context = ["pairing", page.line, page.device];
        let is_secret = |tag: &str| self.matches(&context, &secret, tag);
        let pair = |devices: &mut Devices| devices.pair(page.device, is_secret, &key, &name);
        self.change(page, now, pair).await??;
        Ok(json!({ "device": page.address }))
    }

    /// What is asked of a device. A poll that is told something is good once: what was signed
    /// cannot be sent again by whoever saw it.
    async fn poll(
        &self,
        page: &Page<'_>,
        request: &Request<Bytes>,
        now: Timestamp,
    ) -> Result<Value, Refused> {
        let mut lines = request.headers().get_all(AUTHORIZATION).iter();
        let line = lines.next().and_then(|line| line.to_str().ok());
        let (scheme, token) =
            line.and_then(|line| line.split_once(' ')).ok_or(Refused::NotThisDevice)?;
        if !scheme.eq_ignore_ascii_case(SCHEME) || lines.next().is_some() {
            return Err(Refused::NotThisDevice);
        }
        let statement = Statement::read(token, POLL).ok_or(Refused::NotThisDevice)?;
        let Poll { aud, iat, jti } = statement.claims().ok_or(Refused::NotThisDevice)?;
        let is_in_time = iat.abs_diff(now.as_secs()) <= SKEW;
        if !self.is_page(page, &aud) || !is_in_time || !(16..=64).contains(&jti.len()) {
            return Err(Refused::NotThisDevice);
        }
        let poll = |devices: &mut Devices| {
            // A device that nothing was asked of for long is not remembered, and not asked now.
            if !is_known(devices, page.device, &statement)? {
                return Ok(Vec::new());
            }
            let waiting = devices.waiting(page.device, now).map(|request| request.text.clone());
            let Some(text) = waiting else { return Ok(Vec::new()) };
            devices.poll(&format!("{} {jti}", page.device), iat)?;
            Ok(vec![text])
        };
        let requests = self.change(page, now, poll).await??;
        serde_json::to_value(Asked { requests }).map_err(|_| Refused::Unavailable)
    }

    /// What the user said: decided, and written, as one.
    async fn reply(
        &self,
        page: &Page<'_>,
        id: &str,
        body: &Bytes,
        now: Timestamp,
    ) -> Result<Replied, Refused> {
        let posted = posted(body)?;
        let statement = Statement::read(&posted, REPLY).ok_or(Refused::Malformed)?;
        let reply: Reply = statement.claims().ok_or(Refused::Malformed)?;
        if !self.is_page(page, &reply.aud) {
            return Err(Refused::NotThisDevice);
        }
        if reply.request != id {
            return Err(Refused::Malformed);
        }
        let decide = |devices: &mut Devices| {
            if !is_known(devices, page.device, &statement)? {
                return Err(Refused::NotThisDevice);
            }
            let request = devices.answerable(page.device, id, reply.decision, now)?;
            if reply.shown != request.shown() {
                return Err(Refused::Otherwise);
            }
            match (reply.decision, reply.number.as_deref()) {
                (Decision::Deny, None) => {
                    let denial = request.denial.clone();
                    devices.denied(id, self.cool_down, now);
                    Ok(Replied::Denied(denial))
                }
                (Decision::Approve, Some(number)) if OneTimeCode::is_one(number) => {
                    if self.matches(&["number", id], number, &request.number) {
                        devices.approved(now);
                        Ok(Replied::Approved)
                    } else {
                        devices.wrong();
                        Err(Refused::WrongNumber)
                    }
                }
                _ => Err(Refused::Malformed),
            }
        };
        self.change(page, now, decide).await?
    }

    async fn change<T>(
        &self,
        page: &Page<'_>,
        now: Timestamp,
        decide: impl FnMut(&mut Devices) -> T,
    ) -> Result<T, Refused> {
        keeping::change(&self.issuer, page.line, now, decide).await.map_err(|error| {
            tracing::error!(%error, "the authority's store does not do what it should");
            Refused::Unavailable
        })
    }

    /// Whether a statement is for this page of this service.
    fn is_page(&self, page: &Page<'_>, aud: &str) -> bool {
        aud.strip_prefix(self.base.as_str()).and_then(|rest| rest.strip_prefix('/'))
            == Some(page.address)
    }
}

/// Whether it is said by a device that is remembered.
fn is_known(devices: &Devices, device: &str, statement: &Statement<'_>) -> Result<bool, Refused> {
    match (devices.removed(device), devices.key(device)) {
        (Some(key), _) if is_signed(statement, key) => Err(Refused::Unpaired),
        (None, Some(key)) if is_signed(statement, key) => Ok(true),
        (None, None) => Ok(false),
        _ => Err(Refused::NotThisDevice),
    }
}

fn is_signed(statement: &Statement<'_>, key: &str) -> bool {
    from_text(key).is_some_and(|point| statement.is_signed_with(&point))
}

/// The statement in a body.
pub(super) fn posted(body: &Bytes) -> Result<String, Refused> {
    let object = read_object(body).ok_or(Refused::Malformed)?;
    let Posted { jwt } =
        serde_json::from_value(Value::Object(object)).map_err(|_| Refused::Malformed)?;
    Ok(jwt)
}

fn ok(body: &Value) -> Response<Bytes> {
    json_body(StatusCode::OK, "application/json", body)
}

/// A problem (RFC 9457). A device whose clock is wrong learns the time.
fn problem(types: &str, refused: Refused, now: Timestamp) -> Response<Bytes> {
    let (status, name, detail) = refused.text();
    let body = json!({
        "type": format!("{types}{name}"),
        "title": "The device is refused",
        "status": status.as_u16(),
        "detail": detail,
        "now": now.as_secs(),
    });
    let mut response = json_body(status, "application/problem+json", &body);
    let retry_after = match refused {
        Refused::TooOften => Some(SKEW),
        Refused::Unavailable => Some(1),
        _ => None,
    };
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(SCHEME);
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn json_body(status: StatusCode, media_type: &'static str, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
