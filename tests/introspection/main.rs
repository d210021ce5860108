//! Tokens that only their issuer can read (RFC 7662, RFC 9470 §6.2), in both frameworks.

mod answers;
mod faults;
mod remembered;
mod requests;
mod settings;

use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::{Algorithm, Dpop, Gate, GateBuilder, Introspection, ManualClock, Network};
use stepup_tests::{AUDIENCE, Answer, Api, Framework, Issuer, LoopbackIssuer, NOW, clock};

const PATH: &str = LoopbackIssuer::INTROSPECTION;

/// An issuer that is asked, and the API in both frameworks, each behind a gate of its own.
struct Opaque {
    idp: LoopbackIssuer,
    key: Issuer,
    clock: Arc<ManualClock>,
    apis: Vec<(Framework, Api)>,
}

impl Opaque {
    async fn new() -> Self {
        Self::with(Introspection::new("orders-api", "s3cret")).await
    }

    async fn with(introspection: Introspection) -> Self {
        Self::settled(|builder| builder.introspection(introspection.clone())).await
    }

    async fn settled(settle: impl Fn(GateBuilder) -> GateBuilder) -> Self {
        let key = Issuer::new(Algorithm::EdDsa);
        let (idp, clock) = (LoopbackIssuer::start(&[&key]), clock());
        let mut apis = Vec::new();
        for framework in Framework::ALL {
            let builder = Gate::builder(idp.url(), AUDIENCE)
                .network(Network::Loopback)
                .dpop(Dpop::at(AUDIENCE))
                .clock(clock.clone());
            let gate = settle(builder).discover().await.expect("the issuer is fine");
            apis.push((framework, Api::new(framework, &gate)));
        }
        Self { idp, key, clock, apis }
    }

    /// A good answer: alice, `mfa`, a minute ago.
    fn good(&self) -> Value {
        json!({
            "active": true, "token_type": "Bearer", "iss": self.idp.url(), "aud": AUDIENCE,
            "sub": "alice", "client_id": "web", "scope": "accounts", "iat": NOW - 30,
            "exp": NOW + 600, "acr": "mfa", "auth_time": NOW - 60,
        })
    }

    /// The good answer with some members of these values; `null` leaves one out.
    fn changed(&self, changes: &Value) -> Value {
        let mut answer = self.good();
        let members = answer.as_object_mut().expect("an object");
        for (name, value) in changes.as_object().expect("an object") {
            if value.is_null() {
                members.remove(name);
            } else {
                members.insert(name.clone(), value.clone());
            }
        }
        answer
    }

    fn says(&self, answer: &Value) {
        self.idp.put(PATH, answer);
    }

    fn questions(&self) -> usize {
        self.idp.requests(PATH)
    }
}

fn is(answer: &Answer, status: u16, what: &str) {
    let ran = usize::from(status == 200);
    assert_eq!((answer.status.as_u16(), answer.ran), (status, ran), "{what}: {answer:?}");
    match status {
        401 => assert!(answer.challenge().contains("error="), "{what}: {answer:?}"),
        503 => {
            assert_eq!(answer.challenge(), "", "{what}: a login cannot help");
            assert_eq!(answer.headers["retry-after"], "5", "{what}");
        }
        _ => {}
    }
}
