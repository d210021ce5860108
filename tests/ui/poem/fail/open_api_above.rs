// M6
use poem_openapi::OpenApi;
use stepup_poem::step_up;

struct Api;

#[OpenApi]
#[step_up]
impl Api {
    #[oai(path = "/transfers", method = "post")]
    #[step_up(level = "mfa")]
    async fn transfer(&self) {}
}

fn main() {}
