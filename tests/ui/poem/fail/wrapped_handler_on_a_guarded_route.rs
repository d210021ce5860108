// M1: guarded, but wrapped before it is routed.
use poem::middleware::{NormalizePath, TrailingSlash};
use poem::{EndpointExt, Route, handler};
use stepup_poem::{guarded, step_up};

#[step_up(level = "mfa")]
#[handler]
async fn transfer() {}

fn main() {
    let wrapped = transfer.with(NormalizePath::new(TrailingSlash::Trim));
    let _ = Route::new().at("/transfers", guarded::post(wrapped));
}
