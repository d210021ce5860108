//! Users with one factor and one open ceremony each.

use std::future::ready;

use futures_util::stream::{StreamExt as _, TryStreamExt as _, iter};
use http::Request;
use serde_json::{Value, json};
use stepup_authority::Login;
use stepup_core::Method;

use super::service::Service;
use crate::Failure;

/// How many requests are on their way at once while the ceremonies are opened.
const AT_ONCE: usize = 16;

/// A user, and what their client knows.
pub(crate) struct Customer {
    name: String,
    token: String,
    ceremony: String,
    factor: String,
    code: String,
}

impl Service {
    /// So many users who logged in. There is room for all that their clients will know.
    pub(crate) async fn customers(&self, count: usize) -> Result<Vec<Customer>, Failure> {
        let mut customers = Vec::with_capacity(count);
        for number in 0..count {
            let name = format!("user{number:06}");
            let login = Login::of(&name).client_id("web").scope("read pay").method(Method::PWD);
            customers.push(Customer {
                name,
                token: self.authority.issuer().issue_login(login).await?,
                ceremony: String::with_capacity(64),
                factor: String::with_capacity(64),
                code: String::with_capacity(8),
            });
        }
        Ok(customers)
    }
}

/// Each has an e-mail address.
pub(crate) async fn enrolled(service: &Service, all: &mut [Customer]) -> Result<(), Failure> {
    let work = all.iter_mut().map(async |customer| {
        let details = json!({ "email": customer.address() });
        service.authority.enrol_for(&customer.name, "email", &details).await?;
        Ok(())
    });
    iter(work).buffer_unordered(AT_ONCE).try_for_each(|()| ready(Ok(()))).await
}

/// Each begins a ceremony.
pub(crate) async fn opened(service: &Service, all: &mut [Customer]) -> Result<(), Failure> {
    let work = all.iter_mut().map(async |customer| {
        let begun = service.ask(customer.begin()?, 201).await?;
        let text = |pointer| begun.pointer(pointer).and_then(Value::as_str).ok_or("no ceremony");
        customer.ceremony.push_str(text("/id")?);
        customer.factor.push_str(text("/factors/0/id")?);
        Ok(())
    });
    iter(work).buffer_unordered(AT_ONCE).try_for_each(|()| ready(Ok(()))).await
}

/// Each is sent a code.
pub(crate) async fn prompted(service: &Service, all: &mut [Customer]) -> Result<(), Failure> {
    let work = all.iter_mut().map(async |customer| {
        service.ask(customer.prompt()?, 200).await?;
        let code = service.codes.take(&customer.address()).ok_or("no code was sent")?;
        customer.code.push_str(&code);
        Ok(())
    });
    iter(work).buffer_unordered(AT_ONCE).try_for_each(|()| ready(Ok(()))).await
}

impl Customer {
    fn address(&self) -> String {
        format!("{}@example.com", self.name)
    }

    pub(crate) fn begin(&self) -> Result<Request<String>, Failure> {
        self.post("", &json!({ "acr_values": "mfa phr phrh", "max_age": 300 }))
    }

    fn prompt(&self) -> Result<Request<String>, Failure> {
        self.post(&format!("/{}/factors/{}", self.ceremony, self.factor), &json!({}))
    }

    /// With the right code.
    pub(crate) fn proof(&self) -> Result<Request<String>, Failure> {
        let body = json!({ "factor": self.factor, "code": self.code });
        self.post(&format!("/{}/proof", self.ceremony), &body)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Request<String>, Failure> {
        Ok(Request::post(format!("/step-up/ceremonies{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body.to_string())?)
    }
}
