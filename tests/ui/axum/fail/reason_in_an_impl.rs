use stepup_axum::{Require, step_up};

struct Api;

impl Api {
    #[step_up(level = "mfa", reason = "Money leaves your account.")]
    async fn method(&self) {}

    #[step_up(level = "mfa", reason = "Money leaves your account.")]
    async fn function() {}
}

#[step_up(R, reason = "Money leaves your account.")]
async fn generic<R: Require>() {}

fn main() {}
