//! The built client and a page that uses it, under a policy that allows nothing else.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use http::{HeaderMap, StatusCode};

const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self' http://127.0.0.1:*; \
    worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types bank";

/// `other` is an origin besides, at which the same is served.
pub fn router(other: &str) -> Router {
    let elsewhere = format!("{other}/echo");
    Router::new()
        .route("/", get(async || file("test/page/index.html")))
        .route(
            "/page/{*file}",
            get(async |Path(name): Path<String>| file(&format!("test/page/{name}"))),
        )
        .route("/dist/{*file}", get(async |Path(name): Path<String>| file(&format!("dist/{name}"))))
        .route("/redirect", any(async move || Redirect::temporary(&elsewhere)))
        .route("/echo", any(echo))
}

fn file(name: &str) -> Response {
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        _ => "text/javascript; charset=utf-8",
    };
    let headers = [
        ("content-type", kind),
        ("content-security-policy", POLICY),
        ("cache-control", "no-store"),
        ("service-worker-allowed", "/"),
    ];
    match std::fs::read(crate::client().join(name)) {
        Ok(body) => (headers, body).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Tells any page which credential it was sent.
async fn echo(headers: HeaderMap) -> impl IntoResponse {
    let sent = headers.get("authorization").and_then(|value| value.to_str().ok());
    let allow = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-headers", "authorization"),
        ("access-control-expose-headers", "www-authenticate"),
    ];
    (allow, format!("authorization: {}", sent.unwrap_or("none")))
}
