use poem_openapi::OpenApi;
use stepup_poem::step_up;

struct Api;

#[step_up]
#[OpenApi]
impl Api {
    #[oai(path = "/transfers", method = "post")]
    async fn transfer(&self) {}
}

fn main() {}
