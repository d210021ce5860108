//! What a gate looks at of a request.

use std::fmt;

use http::request::Parts;
use http::{HeaderMap, Method, Request, Uri};

/// What a gate looks at of a request: never its body.
///
/// ```
/// use http::Request;
/// use stepup_core::RequestHead;
///
/// let request = Request::post("https://api.example/transfers").body("").unwrap();
/// let head = RequestHead::from(&request);
/// ```
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    pub(super) method: &'a Method,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
}

impl<'a> RequestHead<'a> {
    /// For frameworks with a request type of their own. The URI is the one that came, before any
    /// router took a prefix off.
    ///
    /// ```
    /// use http::{HeaderMap, Method, Uri};
    /// use stepup_core::RequestHead;
    ///
    /// let (method, uri, headers) = (Method::POST, Uri::from_static("/transfers"), HeaderMap::new());
    /// let head = RequestHead::new(&method, &uri, &headers);
    /// ```
    #[must_use]
    pub const fn new(method: &'a Method, uri: &'a Uri, headers: &'a HeaderMap) -> Self {
        Self { method, uri, headers }
    }
}

/// Nothing that the caller sent but the method.
impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead").field("method", self.method).finish_non_exhaustive()
    }
}

impl<'a> From<&'a Parts> for RequestHead<'a> {
    fn from(parts: &'a Parts) -> Self {
        Self::new(&parts.method, &parts.uri, &parts.headers)
    }
}

impl<'a, B> From<&'a Request<B>> for RequestHead<'a> {
    fn from(request: &'a Request<B>) -> Self {
        Self::new(request.method(), request.uri(), request.headers())
    }
}
