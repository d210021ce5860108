//! A user's device, which pushes ask on.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::json;
use stepup_authority::device::{Asked, Device, DeviceError};
use stepup_core::Timestamp;

use super::{AUTHORITY, Service, User};
use crate::{Answer, Payload};

/// A device that is enrolled, and speaks with a service in this process.
pub struct Phone<'a> {
    pub service: &'a Service,
    pub device: Device,
    /// The factor that it is.
    pub factor: String,
}

impl<'a> Phone<'a> {
    /// Pairs one, and enrols it.
    pub async fn of(service: &'a Service, user: &User<'_>, name: &str) -> Self {
        let begun = user.enrol(json!({ "method": "push" })).await;
        let uri = begun["pairing_uri"].as_str().expect("a URI");
        let (device, request) = Device::pair(uri, name).expect("it can be scanned");
        device.paired(&Self::send(service, request).await).expect("it is paired");
        let path = format!("/step-up/enrolments/{}", begun["id"].as_str().expect("an id"));
        let answer = user.call("POST", &path, &json!({})).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let factor = answer.json()["factor"]["id"].as_str().expect("an id").to_owned();
        Self { service, device, factor }
    }

    /// Sends what a device says.
    pub async fn send(service: &Service, request: Request<Bytes>) -> Response<Bytes> {
        let answer = service.api.call(addressed(request)).await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        heard(answer)
    }

    /// What its clock reads.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_secs(self.service.now())
    }

    /// What it is asked.
    pub async fn look(&self) -> Result<Vec<Asked>, DeviceError> {
        let request = self.device.poll(self.now())?;
        self.device.asked(&Self::send(self.service, request).await)
    }

    /// The one thing that it is asked.
    pub async fn asked(&self) -> Asked {
        let mut asked = self.look().await.expect("it may ask");
        assert_eq!(asked.len(), 1);
        asked.remove(0)
    }

    /// Its user says yes.
    pub async fn type_in(&self, asked: &Asked, number: &str) -> Result<(), DeviceError> {
        let request = self.device.approve(asked, number)?;
        self.device.answered(&Self::send(self.service, request).await)
    }

    /// Its user says no.
    pub async fn say_no(&self, asked: &Asked) -> Result<(), DeviceError> {
        let request = self.device.deny(asked)?;
        self.device.answered(&Self::send(self.service, request).await)
    }
}

/// What a device sends, as it comes to the service.
pub fn addressed(request: Request<Bytes>) -> Request<Payload> {
    let (mut parts, body) = request.into_parts();
    assert!(parts.uri.to_string().starts_with(AUTHORITY), "{}", parts.uri);
    parts.uri = parts.uri.path().parse().expect("a path");
    Request::from_parts(parts, Payload::Bytes(body.to_vec()))
}

/// An answer, as it comes to a device.
pub fn heard(answer: Answer) -> Response<Bytes> {
    let mut response = Response::new(answer.body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
