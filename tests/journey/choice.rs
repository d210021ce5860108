//! Which factors are offered, in which order, and what else is there when one does not work.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Map, Value, json};
use stepup_authority::EventKind;
use stepup_authority::factor::{
    Ask, Check, Checked, Enrolled, Factor, FactorFuture, Kind, NotEnrolled, Prompt, Served,
    Strength, Unreadable, User as Enroller,
};
use stepup_core::{Level, Method};
use stepup_tests::authority::{Setup, User};
use stepup_tests::{Answer, Framework, Payload};

use crate::put_together::{problem, start, token};

stepup_tests::on_every_store!(
    what_was_used_last_is_offered_first
    a_no_from_a_device_ends_the_ceremony_at_once
);

fn methods(factors: &Value) -> Vec<&str> {
    let factors = factors.as_array().expect("a list");
    factors.iter().map(|factor| factor["method"].as_str().expect("a name")).collect()
}

/// A user with an authenticator app, an address and codes on paper.
async fn equipped<'a>(
    service: &'a stepup_tests::authority::Service,
) -> (User<'a>, stepup_tests::authority::TotpApp) {
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let stepped_up = alice.step_up(&app).await;
    stepped_up.enrol_recovery().await;
    stepped_up.enrol_email("alice@example.com").await;
    (alice, app)
}

async fn what_was_used_last_is_offered_first(setup: Setup) {
    let service = setup.start().await;
    let (alice, app) = equipped(&service).await;
    let begun = alice.begin_mfa().await;
    assert_eq!(methods(&begun.factors), ["totp", "email", "recovery"]);
    let email = begun.factor("email");
    assert_eq!(alice.prompt(&begun.id, &email).await.status, 200);
    token(&alice.prove(&begun.id, &email, &service.outbox.last_code()).await);
    let begun = alice.begin_mfa().await;
    assert_eq!(methods(&begun.factors), ["email", "totp", "recovery"]);
    token(&alice.prove(&begun.id, &app.factor, &app.code(service.now())).await);
    assert_eq!(methods(&alice.begin_mfa().await.factors), ["totp", "email", "recovery"]);
}

#[tokio::test]
async fn what_the_device_cannot_do_is_not_offered() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let (alice, app) = equipped(&service).await;
        let wanted = json!({ "acr_values": "mfa", "without": "totp email totp unheard-of" });
        let begun = alice.begin(wanted).await;
        assert_eq!(methods(&begun.factors), ["recovery"]);
        let state = alice.state(&begun.id).await.json();
        assert_eq!(methods(&state["factors"]), ["recovery"]);
        let answer = alice.prove(&begun.id, &app.factor, &app.code(service.now())).await;
        assert_eq!(problem(&answer), (404, "no-such-factor".to_owned()));

        let all = json!({ "acr_values": "mfa", "without": "totp email recovery" });
        let answer = alice.try_begin(all).await;
        assert_eq!(problem(&answer), (403, "unmet-authentication-requirements".to_owned()));
        assert_eq!(answer.json()["enrol"], json!(["sms"]));
        let answer = alice.try_begin(json!({ "without": ["totp"] })).await;
        assert_eq!(problem(&answer), (400, "malformed-request".to_owned()));
    }
}

/// F12: a provider is down, the user is asked with something else.
#[tokio::test]
async fn what_cannot_be_sent_names_what_is_left() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let (alice, app) = equipped(&service).await;
        let begun = alice.begin_mfa().await;
        let email = begun.factor("email");
        service.outbox.set_down(true);
        let answer = alice.prompt(&begun.id, &email).await;
        assert_eq!(problem(&answer), (503, "not-sent".to_owned()));
        assert_eq!(methods(&answer.json()["factors"]), ["totp", "recovery"]);
        let answer = alice.prompt(&begun.id, &email).await;
        assert_eq!(problem(&answer), (429, "too-many-messages".to_owned()));
        assert_eq!(methods(&answer.json()["factors"]), ["totp", "recovery"]);
        token(&alice.prove(&begun.id, &app.factor, &app.code(service.now())).await);
    }
}

/// A bell that rings on the user's desk, with one button: no.
#[derive(Clone, Debug, Default)]
struct Bell(Arc<Mutex<Vec<String>>>);

impl Factor for Bell {
    fn method(&self) -> &str {
        "bell"
    }

    fn strength(&self) -> Strength {
        Strength::new(Kind::Possession, [Method::new("bell")], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    fn enrol<'a>(
        &'a self,
        _: Enroller<'a>,
        _: &'a Map<String, Value>,
    ) -> FactorFuture<'a, Result<Enrolled, NotEnrolled>> {
        Box::pin(async { Ok(Enrolled::new(Vec::new()).without_proof()) })
    }

    fn prompt(&self, ask: &Ask<'_>) -> Result<Prompt, Unreadable> {
        self.0.lock().unwrap().push(ask.denial().to_owned());
        let by = json!([ask.by.client_id, ask.by.browser, ask.by.address]);
        Ok(Prompt::default().showing("by", by))
    }

    fn check<'a>(&'a self, _: Check<'a>) -> FactorFuture<'a, Checked> {
        Box::pin(async { Checked::Pending })
    }

    fn serve<'a>(
        &'a self,
        request: &'a Request<Bytes>,
        rest: &'a str,
    ) -> FactorFuture<'a, Option<Served>> {
        Box::pin(async move {
            let said = std::str::from_utf8(request.body()).ok()?;
            let served = Served::new(Response::new(Bytes::from_static(b"so be it")));
            match rest {
                "no" => Some(served.denying(said.to_owned())),
                "there/is/more" => Some(served),
                _ => None,
            }
        })
    }
}

async fn a_no_from_a_device_ends_the_ceremony_at_once(setup: Setup) {
    let bell = Bell::default();
    let rung = bell.0.clone();
    let with_address = |builder: stepup_authority::AuthorityBuilder| {
        builder
            .factor(bell)
            .address(|head| Some(head.headers.get("x-real-ip")?.to_str().ok()?.to_owned()))
    };
    let service = start(setup, |gate| gate, with_address).await;
    let alice = service.login("alice").await;
    alice.enrol(json!({ "method": "bell" })).await;
    let says = async |page: &str, what: &str| -> Answer {
        let request = Request::post(format!("/step-up/methods/bell/{page}"));
        let body = Payload::Bytes(what.as_bytes().to_vec());
        service.api.call(request.body(body).unwrap()).await
    };
    let begun = alice.begin_mfa().await;
    let path = format!("/step-up/ceremonies/{}/factors/{}", begun.id, begun.factor("bell"));
    let request = Request::post(path)
        .header("authorization", format!("Bearer {}", alice.token))
        .header("user-agent", "Browser 7")
        .header("x-real-ip", "192.0.2.7")
        .body(Payload::NONE);
    let prompt = service.api.call(request.unwrap()).await;
    assert_eq!(prompt.json()["prompt"]["by"], json!(["web", "Browser 7", "192.0.2.7"]));

    let more = says("there/is/more", "").await;
    assert_eq!(
        (more.status.as_u16(), &more.headers["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );
    assert_eq!(problem(&says("elsewhere", "").await), (404, "no-such-page".to_owned()));
    // What the authority did not make ends nothing.
    let denial = rung.lock().unwrap().pop().unwrap();
    for forged in ["", "no", &denial[..denial.len() - 4]] {
        assert_eq!(says("no", forged).await.status, 503);
    }
    assert_eq!(alice.state(&begun.id).await.json()["status"], "pending");

    assert_eq!(says("no", &denial).await.status, 200);
    assert_eq!(alice.state(&begun.id).await.json()["status"], "denied");
    let answer = alice.prove_with(&begun.id, &json!({ "factor": begun.factor("bell") })).await;
    assert_eq!(problem(&answer), (410, "ceremony-over".to_owned()));
    assert_eq!(service.events.count(EventKind::Denied), 1);
}
