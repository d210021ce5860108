use poem_openapi::OpenApi;
use stepup_poem::{SteppedUp, level, step_up};

struct Api;

#[step_up(level = "mfa")]
#[OpenApi]
impl Api {
    #[oai(path = "/a", method = "post")]
    #[step_up(level = "mfaa", max_age = "5")]
    async fn a(&self) {}

    #[oai(path = "/b", method = "post")]
    #[step_up]
    async fn b(&self) {}

    #[oai(path = "/c", method = "post")]
    #[step_up(level = "mfa")]
    #[step_up(max_age = "5m")]
    async fn c(&self) {}

    #[oai(path = "/d", method = "post")]
    #[step_up(level = "mfa")]
    async fn d(&self, _proof: SteppedUp<level::Mfa>) {}
}

fn main() {}
