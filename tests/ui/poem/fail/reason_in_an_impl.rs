use std::marker::PhantomData;

use poem::handler;
use poem::web::Data;
use poem_openapi::OpenApi;
use stepup_poem::{Require, step_up};

struct Api;

impl Api {
    #[step_up(level = "mfa", reason = "Money leaves your account.")]
    async fn method(&self) {}

    #[step_up(level = "mfa", reason = "Money leaves your account.")]
    async fn function() {}
}

#[step_up]
#[OpenApi]
impl Api {
    #[oai(path = "/transfers", method = "post")]
    #[step_up(level = "mfa", reason = "Money leaves your account.")]
    async fn transfer(&self) {}
}

#[step_up(R, reason = "Money leaves your account.")]
#[handler]
async fn generic<R: Require>(_: Data<&PhantomData<R>>) {}

fn main() {}
