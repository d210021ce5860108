// The methods of a poem-openapi service, guarded and open.
#![deny(warnings)]

use poem_openapi::param::Path;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{OpenApi, OpenApiService};
use stepup_poem::{Level, Require, Requirement, Verified, step_up};

struct WireTransfer;
impl Require for WireTransfer {
    const REQUIREMENT: Requirement =
        Requirement::level(Level::PHR).because("We need to confirm that it is you.");
}

struct Api;

#[step_up]
#[OpenApi(prefix_path = "/v1")]
impl Api {
    /// Moves money.
    #[oai(path = "/transfers/:id", method = "post")]
    #[step_up(level = "mfa", max_age = "5m")]
    async fn transfer(&self, user: Verified, id: Path<u64>, body: Json<u64>) -> PlainText<String> {
        PlainText(format!("{} {} {}", user.subject(), id.0, body.0))
    }

    #[step_up(WireTransfer)]
    #[oai(path = "/wires", method = "post")]
    async fn wire(&self) {}

    /// Open.
    #[oai(path = "/health", method = "get")]
    async fn health(&self) {}
}

pub fn main() {
    let spec = OpenApiService::new(Api, "api", "1").spec();
    assert!(spec.contains("Requires step-up: level `mfa`, at most 5 minutes ago."), "{spec}");
    assert_eq!(spec.matches("Requires step-up").count(), 2, "{spec}");
    assert_eq!(spec.matches("\"parameters\"").count(), 1, "{spec}");
}
