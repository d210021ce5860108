//! Signatures of axum handlers: generics, patterns, return types and extractors stay as they were.

use std::convert::Infallible;
use std::fmt::Display;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use stepup_axum::{Gate, Require, SteppedUp, Verified, guarded, level, step_up};

use crate::ask::{axum_guards, ran};

trait Name: Send + 'static {
    const NAME: &'static str;
}
impl Name for u8 {
    const NAME: &'static str = "u8";
}

#[step_up(R)]
async fn generic_requirement<R: Require>() -> &'static str {
    ran()
}

#[step_up(R, max_age = "5m")]
async fn generic_requirement_and_more<R>() -> &'static str
where
    R: Require,
{
    ran()
}

#[step_up(level = "mfa", reason = "Not of the parameters.")]
async fn generic_body<T, const N: usize>() -> String
where
    T: Name,
    [u8; N]: Sized,
{
    ran();
    format!("{} {N}", T::NAME)
}

#[step_up(level = "mfa")]
async fn lifetime<'a>(_: Path<(std::borrow::Cow<'static, str>, String)>) -> &'a str {
    ran()
}

#[step_up(level = "mfa")]
async fn impl_trait() -> impl IntoResponse + use<> {
    ran()
}

#[step_up(level = "mfa")]
async fn impl_argument(_: Extension<Arc<dyn Display + Send + Sync>>, State(_): State<Gate>) {
    ran();
}

type Result<T, E = (StatusCode, &'static str)> = std::result::Result<T, E>;

#[step_up(level = "mfa")]
async fn aliased_result(Path((_, number)): Path<(String, String)>) -> Result<impl IntoResponse> {
    ran();
    let number: u8 = number.parse().unwrap_or_default();
    if number > 0 {
        return Err((StatusCode::IM_A_TEAPOT, "no"));
    }
    Ok(number.to_string())
}

#[step_up(level = "mfa")]
async fn question_mark() -> std::result::Result<Response, Infallible> {
    let value = std::future::ready(Ok::<_, Infallible>(ran())).await?;
    Ok(value.into_response())
}

#[step_up(level = "mfa")]
async fn patterns(
    Path((ref _first, second)): Path<(String, String)>,
    mut headers: HeaderMap,
    method @ (Method::GET | _): Method,
    _: Uri,
    user: Verified,
    body: String,
) -> String {
    headers.clear();
    ran();
    format!("{method} {} {second} {body}", user.subject())
}

#[step_up(level = "mfa")]
async fn whole_request(request: Request) -> String {
    ran();
    request.uri().to_string()
}

#[step_up(level = "mfa")]
async fn fallible_body(
    body: std::result::Result<String, axum::extract::rejection::StringRejection>,
) {
    ran();
    assert_eq!(body.expect("text"), "body");
}

#[step_up(level = "mfa", reason = "A raw name.")]
async fn r#move(r#type: Method) -> String {
    ran();
    r#type.to_string()
}

#[step_up(level = "mfa")]
async fn nothing() {
    ran();
}

/// As the attribute would have written it, by hand; a proof can be passed on.
async fn by_hand(proof: SteppedUp<level::Mfa>) -> String {
    async fn deeper(proof: &SteppedUp<level::Mfa>) -> String {
        ran();
        proof.authentication().subject().to_owned()
    }
    deeper(&proof).await
}

#[test]
fn they_are_guarded() {
    let shared: Arc<dyn Display + Send + Sync> = Arc::new("shared");
    for handler in [
        guarded::get(generic_requirement::<level::Mfa>),
        guarded::get(generic_requirement::<(level::Mfa, stepup_axum::MaxAge<60>)>),
        guarded::get(generic_requirement_and_more::<level::Mfa>),
        guarded::get(generic_body::<u8, 3>),
        guarded::get(lifetime),
        guarded::get(impl_trait),
        guarded::get(impl_argument).layer(Extension(shared)),
        guarded::get(aliased_result),
        guarded::get(question_mark),
        guarded::get(patterns),
        guarded::get(whole_request),
        guarded::get(fallible_body),
        guarded::get(r#move),
        guarded::get(nothing),
        guarded::get(by_hand),
        guarded::get(async |_: SteppedUp<level::Mfa>| ran()),
    ] {
        axum_guards(handler);
    }
}
