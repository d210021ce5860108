//! A layer that is data, so that one row makes the same mistake in both frameworks.

use std::sync::Arc;

use axum::middleware::{Next, from_fn};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use poem::endpoint::{BoxEndpoint, EndpointExt as _};
use poem::{Endpoint as _, Request, Response};
use stepup_core::Gate;

use crate::app::App;

pub type Lines = &'static [(&'static str, &'static str)];

/// A layer that answers preflights by itself, if it has a status for them, and adds lines.
#[derive(Clone, Copy)]
pub struct Layer {
    pub preflight: Option<(u16, Lines)>,
    pub call: Lines,
}

impl Layer {
    fn answer(self, method: &Method) -> Option<(StatusCode, HeaderMap)> {
        let (status, lines) = self.preflight.filter(|_| *method == Method::OPTIONS)?;
        Some((StatusCode::from_u16(status).unwrap(), map(lines)))
    }
}

fn map(lines: Lines) -> HeaderMap {
    let lines = lines
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let mut map = HeaderMap::new();
    lines.for_each(|(name, value)| {
        map.append(name, value);
    });
    map
}

/// The app in both frameworks, behind this layer.
pub fn behind(gate: &Gate, layer: Layer) -> [App; 2] {
    App::both_with(
        gate,
        |router| {
            router.layer(from_fn(move |request: axum::extract::Request, next: Next| async move {
                let mut response = axum::response::Response::default();
                match layer.answer(request.method()) {
                    Some(answer) => (*response.status_mut(), *response.headers_mut()) = answer,
                    None => {
                        response = next.run(request).await;
                        response.headers_mut().extend(map(layer.call));
                    }
                }
                response
            }))
        },
        |endpoint| {
            let around = move |inner: Arc<BoxEndpoint<'static>>, request: Request| async move {
                let mut response = Response::default();
                match layer.answer(request.method()) {
                    Some((status, headers)) => {
                        response.set_status(status);
                        *response.headers_mut() = headers;
                    }
                    None => {
                        response = inner.get_response(request).await;
                        response.headers_mut().extend(map(layer.call));
                    }
                }
                Ok(response)
            };
            endpoint.around(around).boxed()
        },
    )
}
