//! The same loop over the token endpoint (RFC 8693).

use http::Request;
use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::authority::{BANK_API, Service, Setup, TotpApp, User};
use stepup_tests::{Answer, Framework, Issuer, Payload};

use crate::base_tokens::{login, user, with_partner};
use crate::put_together::{claims, problem, token};

stepup_tests::on_every_store!(
    a_login_is_exchanged_with_a_proof_beside_it
    a_login_is_exchanged_for_what_was_proved_before
    o4_a_wrong_code_counts_wherever_it_is_tried
);

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// A form, as HTML writes it.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let escaped = |text: &str| {
        let escape = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                char::from(byte).to_string()
            }
            b' ' => "+".to_owned(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(escape).collect::<String>()
    };
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// And back.
pub(crate) fn pairs(form: &str) -> Vec<(String, String)> {
    let read = |text: &str| {
        let mut bytes = text.bytes();
        let mut read = Vec::new();
        while let Some(byte) = bytes.next() {
            read.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(read).unwrap()
    };
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (read(name), read(value)));
    form.split('&').filter_map(pair).collect()
}

async fn post(service: &Service, body: String) -> Answer {
    let request = Request::post("/step-up/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Payload::Bytes(body.into_bytes()));
    service.api.call(request.unwrap()).await
}

/// The parameters that are always there, and these.
fn exchange<'a>(user: &'a User<'_>, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![
        ("grant_type", EXCHANGE),
        ("subject_token", user.token.as_str()),
        ("subject_token_type", ACCESS_TOKEN),
    ];
    pairs.extend(more);
    pairs
}

fn refused(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.headers["cache-control"], "no-store");
    let body = answer.json();
    assert!(body["error_description"].is_string() && body.get("access_token").is_none(), "{body}");
    (answer.status.as_u16(), body["error"].as_str().unwrap().to_owned())
}

async fn a_login_is_exchanged_with_a_proof_beside_it(setup: Setup) {
    let partner = Issuer::new(stepup_core::Algorithm::Es256);
    let service = with_partner(setup, &partner).await;
    let alice = user(&service, &partner, &login()).await;
    let app = alice.enrol_totp().await;
    let ceremony = alice.begin_mfa().await;
    let code = app.code(service.now());
    let more = [
        ("ceremony", ceremony.id.as_str()),
        ("factor", app.factor.as_str()),
        ("code", code.as_str()),
        ("scope", "pay read"),
        ("audience", BANK_API),
        ("resource", BANK_API),
        ("requested_token_type", ACCESS_TOKEN),
        ("unknown", "is ignored (RFC 6749 §3.2)"),
        ("client_id", ""),
    ];
    let answer = post(&service, form(&exchange(&alice, &more))).await;
    let body = answer.json();
    let stepped_up = token(&answer);
    // RFC 8693 §2.2.1, RFC 6749 §5.1.
    let expected = json!({
        "access_token": stepped_up, "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer",
        "expires_in": 300, "scope": "read pay", "acr": "mfa", "auth_time": service.now(),
    });
    assert_eq!(body, expected);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["content-type"], "application/json");
    let said = claims(&stepped_up);
    assert_eq!((&said["sub"], &said["sid"]), (&json!("alice"), &json!("s-1")));
    let answer = alice.with_token(&stepped_up).post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1));
    // C3, O8: neither the ceremony nor the code once more.
    let again = post(&service, form(&exchange(&alice, &more))).await;
    assert_eq!(refused(&again), (400, "invalid_grant".to_owned()));
    let other = alice.begin_mfa().await;
    let mut more = more;
    more[0].1 = &other.id;
    let again = post(&service, form(&exchange(&alice, &more))).await;
    assert_eq!(refused(&again), (400, "invalid_grant".to_owned()));
    assert_eq!(service.events.count(EventKind::Issued), 1);
}

async fn a_login_is_exchanged_for_what_was_proved_before(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let ceremony = alice.begin_mfa().await;
    let body = form(&exchange(&alice, &[("ceremony", &*ceremony.id)]));
    let early = post(&service, body.clone()).await;
    assert_eq!(refused(&early), (400, "authorization_pending".to_owned()));
    let proved = alice.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
    let proved = claims(&token(&proved));
    for _ in 0..2 {
        let answer = post(&service, body.clone()).await;
        assert_eq!(claims(&token(&answer)), proved, "the same, however often");
        assert_eq!(answer.json()["issued_token_type"], ACCESS_TOKEN);
    }
    // By nobody else.
    let bob = service.login("bob").await;
    let answer = post(&service, form(&exchange(&bob, &[("ceremony", &*ceremony.id)]))).await;
    assert_eq!(refused(&answer), (400, "invalid_grant".to_owned()));
    service.wait(61);
    assert_eq!(refused(&post(&service, body).await), (400, "invalid_grant".to_owned()));
}

struct Scene<'a> {
    alice: User<'a>,
    app: TotpApp,
}

/// O4, O2: five for the ceremony and the factor, by whichever way.
async fn o4_a_wrong_code_counts_wherever_it_is_tried(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let ceremony = alice.begin_mfa().await;
    let scene = Scene { alice, app };
    for (at, left) in (0..5).zip([4, 3, 2, 1, 0]) {
        let wrong = scene.app.wrong_code(service.now());
        if at % 2 == 0 {
            let answer = scene.prove(&service, &ceremony.id, &wrong).await;
            assert_eq!(refused(&answer), (400, "invalid_grant".to_owned()));
        } else {
            let answer = scene.alice.prove(&ceremony.id, &scene.app.factor, &wrong).await;
            assert_eq!(problem(&answer), (403, "wrong-answer".to_owned()));
            assert_eq!(answer.json()["attempts_left"], left);
        }
    }
    let right = scene.app.code(service.now());
    let answer = scene.prove(&service, &ceremony.id, &right).await;
    assert_eq!(refused(&answer), (400, "invalid_grant".to_owned()));
    // Nor in another ceremony, until the window is over.
    let other = scene.alice.begin_mfa().await;
    let answer = scene.prove(&service, &other.id, &right).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.headers["retry-after"], "900");
    let answer = scene.alice.prove(&other.id, &scene.app.factor, &right).await;
    assert_eq!(problem(&answer), (429, "factor-locked".to_owned()));
    assert_eq!(service.events.count(EventKind::Failed), 5);
    assert_eq!(service.events.count(EventKind::Locked), 1);
    assert_eq!(service.events.count(EventKind::Issued), 0);
    service.wait(900);
    let other = scene.alice.begin_mfa().await;
    let right = scene.app.code(service.now());
    token(&scene.prove(&service, &other.id, &right).await);
}

impl Scene<'_> {
    async fn prove(&self, service: &Service, ceremony: &str, code: &str) -> Answer {
        let more = [("ceremony", ceremony), ("factor", &*self.app.factor), ("code", code)];
        post(service, form(&exchange(&self.alice, &more))).await
    }
}

/// RFC 8693 §2.2.2 and RFC 6749 §5.2, each error by its name. Nothing of it is looked at as an
/// answer, so nothing is counted.
#[tokio::test]
async fn what_is_no_exchange_is_refused_by_its_name() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let ceremony = alice.begin_mfa().await;
        let code = app.code(service.now());
        let good = [("ceremony", &*ceremony.id), ("factor", &*app.factor), ("code", &*code)];
        let good = exchange(&alice, &good);
        let with = |name: &'static str, value: &'static str| {
            let mut pairs: Vec<_> =
                good.iter().filter(|(known, _)| *known != name).copied().collect();
            pairs.push((name, value));
            form(&pairs)
        };
        let without = |name: &str| {
            form(&good.iter().filter(|(known, _)| *known != name).copied().collect::<Vec<_>>())
        };
        let twice =
            |name: &'static str, value: &'static str| format!("{}&{name}={value}", form(&good));
        let unknown = "c_AAAAAAAAAAAAAAAAAAAAAA";
        let mut wrong = Vec::new();
        for (body, error) in [
            (String::new(), "invalid_request"),
            (without("grant_type"), "invalid_request"),
            (with("grant_type", "refresh_token"), "unsupported_grant_type"),
            (without("subject_token"), "invalid_request"),
            (without("subject_token_type"), "invalid_request"),
            (
                with("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
                "invalid_request",
            ),
            (
                with("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
                "invalid_request",
            ),
            // RFC 8693 §2.2.2: a subject token that is not valid is an invalid request.
            (with("subject_token", "x.y.z"), "invalid_request"),
            (with("subject_token", "line\nfeed"), "invalid_request"),
            (with("scope", "read pay admin"), "invalid_scope"),
            (with("audience", "https://other.example"), "invalid_target"),
            (with("resource", "https://other.example"), "invalid_target"),
            (without("ceremony"), "invalid_request"),
            (with("ceremony", "no ceremony"), "invalid_grant"),
            (with("ceremony", unknown), "invalid_grant"),
            (with("factor", "f_none"), "invalid_grant"),
            (twice("grant_type", "x"), "invalid_request"),
            (twice("scope", "read&scope=pay"), "invalid_request"),
            (twice("audience", "a&audience=b"), "invalid_request"),
            // O6: not many codes in one request.
            (twice("code", "000000"), "invalid_request"),
            (twice("ceremony", unknown), "invalid_request"),
        ] {
            let found = refused(&post(&service, body.clone()).await);
            if found != (400, error.to_owned()) {
                wrong.push((found, error, body));
            }
        }
        assert_eq!(wrong, []);
        let json = serde_json::Map::from_iter(
            good.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))),
        );
        for (kind, body) in [
            (Some("application/json"), Value::Object(json).to_string()),
            (Some("text/plain"), form(&good)),
            (None, form(&good)),
        ] {
            let request = Request::post("/step-up/token");
            let request = kind
                .into_iter()
                .fold(request, |request, kind| request.header("content-type", kind));
            let request = request.body(Payload::Bytes(body.into_bytes())).unwrap();
            let answer = service.api.call(request).await;
            assert_eq!(refused(&answer), (400, "invalid_request".to_owned()), "{kind:?}");
        }
        // In the query there is nothing, and another method is none.
        let request = Request::post(format!("/step-up/token?{}", form(&good))).body(Payload::NONE);
        assert_eq!(service.api.call(request.unwrap()).await.status, 400);
        let request = Request::get(format!("/step-up/token?{}", form(&good))).body(Payload::NONE);
        let answer = service.api.call(request.unwrap()).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.headers["allow"]),
            (405, &"POST".parse().unwrap())
        );
        assert_eq!(service.events.count(EventKind::Failed), 0);
        // With all of it right, it is exchanged after all.
        token(&post(&service, form(&good)).await);
    }
}

/// RFC 8693 §2.1: who asks for less gets less.
#[tokio::test]
async fn iss_01_a_token_has_no_more_scope_than_was_asked_for() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        for (asked, expected) in [("read", "read"), ("pay", "pay"), ("", "read pay")] {
            let ceremony = alice.begin_mfa().await;
            let code = app.code(service.now());
            let more = [
                ("ceremony", &*ceremony.id),
                ("factor", &*app.factor),
                ("code", &*code),
                ("scope", asked),
            ];
            let answer = post(&service, form(&exchange(&alice, &more))).await;
            assert_eq!(claims(&token(&answer))["scope"], expected, "asked for {asked:?}");
            assert_eq!(answer.json()["scope"], expected);
            service.wait(30);
        }
    }
}
