// What a guarded route takes.
#![deny(warnings)]

use poem::{Endpoint, Request, Response, Route, handler};
use stepup_poem::{Require, Verified, guarded, level, step_up};

#[step_up(level = "mfa")]
#[handler]
async fn alone() {}

#[step_up(level = "mfa")]
#[poem::handler]
fn not_async() {}

#[step_up(level = "mfa")]
#[handler]
async fn with_a_body(_: Verified, _: String) -> Result<String, poem::Error> {
    Ok(String::new())
}

#[step_up(R, max_age = "5m")]
#[handler]
async fn generic<R: Require>() {}

#[handler]
async fn open() {}

struct AsksTheGateItself;
impl guarded::Guarded for AsksTheGateItself {}
impl Endpoint for AsksTheGateItself {
    type Output = Response;
    async fn call(&self, _: Request) -> poem::Result<Response> {
        Ok(Response::default())
    }
}

pub fn main() {
    let _ = Route::new()
        .at("/1", guarded::get(alone))
        .at("/2", guarded::post(not_async))
        .at("/3", guarded::put(with_a_body))
        .at("/4", guarded::delete(generic::<level::Phr>::default()))
        .at("/5", guarded::patch(AsksTheGateItself))
        .at("/6", guarded::head(alone))
        .at("/7", guarded::options(alone))
        .at("/8", guarded::trace(alone))
        .at("/9", guarded::post(with_a_body).get(alone).delete(AsksTheGateItself))
        .at("/10", guarded::patch(alone).put(alone).head(alone).options(alone).trace(alone))
        .at("/11", guarded::post(alone).get(guarded::question(alone)))
        .at("/12", poem::get(open).post(guarded::post(alone)));
}
