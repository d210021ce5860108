//! The page, which is in the program: what runs is one file.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::problem::Problem;

macro_rules! page {
    ($path:literal, $file:literal, $kind:literal) => {
        Page { path: $path, kind: $kind, content: include_bytes!(concat!("../page/dist/", $file)) }
    };
}

struct Page {
    path: &'static str,
    kind: &'static str,
    content: &'static [u8],
}

const PAGES: [Page; 8] = [
    page!("/", "index.html", "text/html; charset=utf-8"),
    page!("/phone", "phone.html", "text/html; charset=utf-8"),
    page!("/demo/outbox", "outbox.html", "text/html; charset=utf-8"),
    page!("/assets/app.js", "assets/app.js", "text/javascript; charset=utf-8"),
    page!("/assets/phone.js", "assets/phone.js", "text/javascript; charset=utf-8"),
    page!("/assets/outbox.js", "assets/outbox.js", "text/javascript; charset=utf-8"),
    page!("/assets/style.css", "assets/style.css", "text/css; charset=utf-8"),
    page!("/assets/icon.svg", "assets/icon.svg", "image/svg+xml"),
];

static ETAGS: LazyLock<[String; PAGES.len()]> = LazyLock::new(|| {
    PAGES.map(|page| {
        let digest = digest(&SHA256, page.content);
        let digest = digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}"));
        format!("\"{}\"", digest.collect::<String>())
    })
});

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

pub(crate) fn page(path: &str, headers: &HeaderMap) -> Result<Response<Bytes>, Problem> {
    let mut pages = PAGES.iter().zip(ETAGS.iter());
    let (page, etag) = pages.find(|(page, _)| page.path == path).ok_or_else(Problem::not_found)?;
    let is_known = headers.get(IF_NONE_MATCH).is_some_and(|known| known == etag);
    let content = if is_known { &[] } else { page.content };
    let mut response = Response::new(Bytes::from_static(content));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(page.kind));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::from_str(etag) {
        answer.insert(ETAG, etag);
    }
    Ok(response)
}

/// Whether a person asks, and no program.
pub(crate) fn is_for_people(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .any(|kinds| kinds.as_bytes().windows(9).any(|w| w == b"text/html"))
}

/// What every answer says to browsers.
pub(crate) fn secure(headers: &mut HeaderMap) {
    let fixed = HeaderValue::from_static;
    headers.entry(CACHE_CONTROL).or_insert(fixed("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, fixed(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(REFERRER_POLICY, fixed("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin"));
    headers.append(VARY, fixed("accept"));
}
