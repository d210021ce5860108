//! What clients do, until every status has been answered.

mod bound;
mod ceremonies;
mod devices;
mod everywhere;
mod exchange;
mod factors;
mod keys;
mod limits;
mod store;
mod unverified;

use serde_json::{Value, json};
use stepup_tests::Framework;
use stepup_tests::authority::{Service, Setup};

use crate::client::Client;
use crate::description::Description;
use crate::seen::Seen;

const ENROLMENTS: &str = "/step-up/enrolments";

/// Where they do it.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    framework: Framework,
    description: &'a Description,
    seen: &'a Seen,
}

impl<'a> Stage<'a> {
    fn setup(&self) -> Setup {
        Setup::new(self.framework)
    }

    fn client<'b>(&'b self, service: &'b Service, token: &str) -> Client<'b> {
        let Self { description, seen, .. } = *self;
        Client { api: &service.api, description, seen, token: token.to_owned() }
    }
}

pub async fn all(framework: Framework, description: &Description, seen: &Seen) {
    let stage = Stage { framework, description, seen };
    everywhere::who_may_not(stage).await;
    everywhere::what_cannot_be_read(stage).await;
    everywhere::documents(stage).await;
    ceremonies::from_begin_to_end(stage).await;
    ceremonies::none_of_theirs(stage).await;
    exchange::exchanges(stage).await;
    factors::enrolled_and_removed(stage).await;
    keys::enrolled_and_asked(stage).await;
    devices::paired_and_asked(stage).await;
    limits::too_many(stage).await;
    limits::locked(stage).await;
    limits::disabled(stage).await;
    limits::closed(stage).await;
    limits::too_late(stage).await;
    store::away(stage).await;
    store::full_and_forgetful(stage).await;
    bound::to_a_key(stage).await;
    bound::by_a_proof_with_a_nonce(stage).await;
    unverified::at_present(stage).await;
}

/// A path as a client asks for it, where nothing of that name is there.
pub fn concrete(path: &str) -> String {
    let nobody = "A".repeat(22);
    path.replace("{ceremony}", &format!("c_{nobody}"))
        .replace("{enrolment}", &format!("e_{nobody}"))
        .replace("{factor}", &format!("f_{nobody}"))
        .replace("{device}", &format!("{nobody}.{nobody}"))
        .replace("{request}", &nobody)
}

fn mfa() -> Value {
    json!({ "acr_values": "mfa phr phrh", "max_age": 300 })
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn proof(ceremony: &str) -> String {
    format!("/step-up/ceremonies/{ceremony}/proof")
}

fn prompt(ceremony: &str, factor: &str) -> String {
    format!("/step-up/ceremonies/{ceremony}/factors/{factor}")
}

/// Begins a ceremony: its id.
async fn begun(client: &Client<'_>) -> String {
    let answer = client.post("/step-up/ceremonies", mfa()).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    text(&answer.json()["id"]).to_owned()
}
