//! How a server answers: as it should, or in one of the ways in which servers fail.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};

/// How a page is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// 200, with its document.
    Good,
    /// The same, once it is told to be answered in another way.
    Held,
    /// Never.
    Hang,
    /// 200, and a byte of its document now and then.
    Drip,
    /// 200, and half of its document.
    Cut,
    /// 200, and more than anybody wants to read; with its length in the header, or without.
    Huge { stated: bool },
    /// 200, and a page for people.
    Html,
    /// 302 to somewhere else.
    Redirect(String),
    /// Another status, with its document.
    Status(u16),
}

/// The length of a huge answer.
pub const HUGE: usize = 100 * 1024 * 1024;
const PIECE: usize = 16 * 1024;
const DRIP_EVERY: Duration = Duration::from_millis(50);

impl Conduct {
    /// The answer; whoever hangs waits here. Pieces of a huge one are counted as they are taken.
    pub(crate) async fn answer(self, document: String, taken: &Arc<AtomicUsize>) -> Response {
        let json = Response::builder().header(CONTENT_TYPE, "application/json");
        let response = match self {
            Self::Good | Self::Held => json.body(Body::from(document)),
            Self::Hang => std::future::pending().await,
            Self::Drip => json.body(drip(document)),
            Self::Cut => json.body(Body::from(document[..document.len() / 2].to_owned())),
            Self::Huge { stated: true } => {
                json.header(CONTENT_LENGTH, HUGE).body(huge(taken.clone()))
            }
            Self::Huge { stated: false } => json.body(huge(taken.clone())),
            Self::Html => Response::builder()
                .header(CONTENT_TYPE, "text/html")
                .body(Body::from("<!doctype html><title>Down for maintenance</title>")),
            Self::Redirect(to) => json.status(302).header(LOCATION, to).body(Body::empty()),
            Self::Status(status) => json.status(status).body(Body::from(document)),
        };
        response.expect("an answer")
    }
}

fn drip(document: String) -> Body {
    let bytes = document.into_bytes().into_iter();
    Body::from_stream(stream::unfold(bytes, |mut bytes| async {
        let byte = bytes.next()?;
        tokio::time::sleep(DRIP_EVERY).await;
        Some((Ok::<_, Infallible>(Bytes::from(vec![byte])), bytes))
    }))
}

fn huge(taken: Arc<AtomicUsize>) -> Body {
    let piece = Bytes::from(vec![b' '; PIECE]);
    Body::from_stream(stream::iter((0..HUGE / PIECE).map(move |_| {
        taken.fetch_add(PIECE, Ordering::SeqCst);
        Ok::<_, Infallible>(piece.clone())
    })))
}
