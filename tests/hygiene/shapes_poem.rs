//! Signatures of poem handlers: generics, patterns, return types and extractors stay as they were.

use std::collections::HashMap;
use std::marker::PhantomData;

use poem::http::{HeaderMap, Method, StatusCode, Uri};
use poem::web::{Data, Path, Query};
use poem::{Body, EndpointExt, IntoResponse, Request, Response, handler};
use stepup_poem::{Gate, Require, SteppedUp, Verified, guarded, level, step_up};

use crate::ask::{poem_guards, ran};

trait Name: Send + Sync + 'static {
    const NAME: &'static str;
}
impl Name for u8 {
    const NAME: &'static str = "u8";
}

#[step_up(R)]
#[handler]
async fn generic_requirement<R: Require>() -> &'static str {
    ran()
}

#[step_up(R, max_age = "5m")]
#[handler]
async fn generic_requirement_and_more<R>() -> &'static str
where
    R: Require,
{
    ran()
}

#[step_up(level = "mfa", reason = "Not of the parameters.")]
#[handler]
async fn generic_body<T>(_: Data<&PhantomData<T>>) -> String
where
    T: Name,
{
    ran();
    T::NAME.to_owned()
}

#[step_up(level = "mfa")]
#[handler]
async fn borrowed(request: &Request, gate: Data<&Gate>, headers: &HeaderMap) -> String {
    ran();
    format!("{} {} {:?}", request.uri(), headers.len(), gate.0)
}

#[step_up(level = "mfa")]
#[handler]
fn not_async() -> &'static str {
    ran()
}

#[step_up(level = "mfa")]
#[handler]
async fn impl_trait() -> impl IntoResponse {
    ran()
}

type Result<T, E = poem::Error> = std::result::Result<T, E>;

#[step_up(level = "mfa")]
#[handler]
async fn aliased_result(Path((_, number)): Path<(String, String)>) -> Result<impl IntoResponse> {
    ran();
    let number: u8 = number.parse().unwrap_or_default();
    if number > 0 {
        return Err(StatusCode::IM_A_TEAPOT.into());
    }
    Ok(number.to_string())
}

#[step_up(level = "mfa")]
#[handler]
async fn question_mark() -> Result<Response> {
    let value = std::future::ready(Ok::<_, poem::Error>(ran())).await?;
    Ok(value.into_response())
}

#[step_up(level = "mfa")]
#[handler]
async fn patterns(
    Path((ref _first, second)): Path<(String, String)>,
    Query(mut all): Query<HashMap<String, String>>,
    method @ (Method::GET | _): Method,
    _: &Uri,
    user: Verified,
    body: Body,
) -> Result<String> {
    all.insert("second".to_owned(), second);
    ran();
    Ok(format!("{method} {} {} {}", user.subject(), all.len(), body.into_string().await?))
}

#[step_up(level = "mfa", reason = "A raw name.")]
#[handler]
async fn r#move(r#type: Method) -> String {
    ran();
    r#type.to_string()
}

#[step_up(level = "mfa")]
#[handler]
async fn nothing() {
    ran();
}

/// As the attribute would have written it, by hand; a proof can be passed on.
#[handler]
async fn by_hand(proof: SteppedUp<level::Mfa>) -> String {
    async fn deeper(proof: &SteppedUp<level::Mfa>) -> String {
        ran();
        proof.authentication().subject().to_owned()
    }
    deeper(&proof).await
}

#[test]
fn they_are_guarded() {
    poem_guards(guarded::get(generic_requirement::<level::Mfa>::default()));
    poem_guards(guarded::get(generic_requirement_and_more::<level::Mfa>::default()));
    poem_guards(guarded::get(generic_body::<u8>::default()).data(PhantomData::<u8>));
    poem_guards(guarded::get(borrowed));
    poem_guards(guarded::get(not_async));
    poem_guards(guarded::get(impl_trait));
    poem_guards(guarded::get(aliased_result));
    poem_guards(guarded::get(question_mark));
    poem_guards(guarded::get(patterns));
    poem_guards(guarded::get(r#move));
    poem_guards(guarded::get(nothing));
    poem_guards(poem::get(by_hand));
}
