//! A guarded route, whichever framework it stands in.

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use poem::Endpoint as _;
use tower::Service as _;

use crate::Failure;

pub(crate) const PATH: &str = "/transfers";

#[derive(Clone)]
pub(crate) enum App {
    Axum(axum::Router),
    Axum07(axum_07::Router),
    Poem(Arc<poem::Route>),
}

#[expect(clippy::large_enum_variant, reason = "a box would be an allocation in every figure")]
pub(crate) enum Message {
    Axum(Request<axum::body::Body>),
    Axum07(Request<axum_07::body::Body>),
    Poem(poem::Request),
}

impl App {
    pub(crate) fn request(&self, credential: Option<HeaderValue>) -> Result<Message, Failure> {
        let builder = || Request::builder().method(Method::POST).uri(PATH);
        let mut message = match self {
            Self::Axum(_) => Message::Axum(builder().body(axum::body::Body::empty())?),
            Self::Axum07(_) => Message::Axum07(builder().body(axum_07::body::Body::empty())?),
            Self::Poem(_) => {
                Message::Poem(poem::Request::builder().method(Method::POST).uri_str(PATH).finish())
            }
        };
        if let Some(credential) = credential {
            message.headers().insert(AUTHORIZATION, credential);
        }
        Ok(message)
    }

    /// The status and headers of the answer, the rest of which is dropped.
    pub(crate) async fn send(&mut self, message: Message) -> Option<(StatusCode, HeaderMap)> {
        match (self, message) {
            (Self::Axum(router), Message::Axum(request)) => {
                let parts = router.call(request).await.ok()?.into_parts().0;
                Some((parts.status, parts.headers))
            }
            (Self::Axum07(router), Message::Axum07(request)) => {
                let parts = router.call(request).await.ok()?.into_parts().0;
                Some((parts.status, parts.headers))
            }
            (Self::Poem(route), Message::Poem(request)) => {
                let parts = route.get_response(request).await.into_parts().0;
                Some((parts.status, parts.headers))
            }
            _ => None,
        }
    }
}

impl Message {
    fn headers(&mut self) -> &mut HeaderMap {
        match self {
            Self::Axum(request) => request.headers_mut(),
            Self::Axum07(request) => request.headers_mut(),
            Self::Poem(request) => request.headers_mut(),
        }
    }
}
