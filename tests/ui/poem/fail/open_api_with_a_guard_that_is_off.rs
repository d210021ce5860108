// M2
use poem_openapi::OpenApi;
use stepup_poem::step_up;

struct Api;

#[step_up]
#[OpenApi]
impl Api {
    #[oai(path = "/transfers", method = "post")]
    #[cfg_attr(any(), step_up(level = "mfa"))]
    async fn transfer(&self) {}

    #[oai(path = "/account", method = "delete")]
    #[step_up(level = "phr")]
    async fn close(&self) {}
}

fn main() {}
