//! Rows about tokens: replayed, of another user or session, and what is in them.

use serde_json::{Value, json};
use stepup_authority::{EventKind, Login};
use stepup_core::Method;
use stepup_tests::authority::{Setup, User};
use stepup_tests::{Framework, Payload};

use crate::put_together::{claims, problem, session, token};

stepup_tests::on_every_store!(
    t20_what_was_used_up_at_the_last_second_stays_used_up
    t22_what_one_session_proved_is_no_other_sessions
    t23_a_ceremony_does_not_change_hands
);

/// T20. A stepped-up token is good many times, and ends to the second: the gate has no leeway for
/// `exp`. What is good once is the answer, and its mark outlives the ceremony.
async fn t20_what_was_used_up_at_the_last_second_stays_used_up(setup: Setup) {
    let service = setup.start().await;
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let ceremony = alice.begin_mfa().await;
    service.wait(599);
    let code = app.code(service.now());
    let stepped_up = token(&alice.prove(&ceremony.id, &app.factor, &code).await);
    let first = claims(&stepped_up);
    let ends = first["exp"].as_u64().unwrap();
    // Seconds since the proof; the ceremony ends at 1.
    for at in [0, 1, 29, 59, 60, 61, 120, 299, 300, 301, 599, 601, 1199, 1201, 1202, 2400] {
        let now = first["iat"].as_u64().unwrap() + at;
        service.wait(now - service.now());
        for code in [&code, &app.code(now)] {
            let replay = alice.prove(&ceremony.id, &app.factor, code).await;
            assert!([404, 409, 410].contains(&replay.status.as_u16()), "{at}: {}", replay.json());
        }
        let state = alice.state(&ceremony.id).await;
        match at {
            0..=60 => assert_eq!(claims(&token(&state)), first, "{at}"),
            _ => assert!([404, 410].contains(&state.status.as_u16()), "{at}: {}", state.json()),
        }
        let api = alice.with_token(&stepped_up).post("/mfa_fresh").await;
        assert_eq!(api.status.as_u16(), if now < ends { 200 } else { 401 }, "{at}");
    }
    // One token, told of each time that it was fetched.
    assert_eq!(service.events.count(EventKind::Proved), 1);
}

/// T21: of two credentials neither is taken for the other, or for both.
#[tokio::test]
async fn t21_a_stepped_up_token_of_another_user_is_none_of_this_ones() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let (alice, bob) = (service.login("alice").await, service.login("bob").await);
        let bobs = bob.enrol_totp().await;
        let bob = bob.step_up(&bobs).await;
        assert_eq!(bob.post("/mfa_fresh").await.status, 200);
        let weak = format!("Bearer {}", alice.token);
        let strong = format!("Bearer {}", bob.token);
        let request = |path: &str| http::Request::post(path).header("authorization", &weak);
        for (name, request) in [
            ("a header", request("/mfa_fresh").header("x-step-up", &*bob.token)),
            ("another scheme's header", request("/mfa_fresh").header("x-step-up", &strong)),
            ("a cookie", request("/mfa_fresh").header("cookie", format!("step_up={}", bob.token))),
            ("the query", request(&format!("/mfa_fresh?access_token={}", bob.token))),
            ("twice", request("/mfa_fresh").header("authorization", &strong)),
            (
                "twice, the other way round",
                http::Request::post("/mfa_fresh")
                    .header("authorization", &strong)
                    .header("authorization", &weak),
            ),
        ] {
            let answer = service.api.call(request.body(Payload::NONE).unwrap()).await;
            // RFC 6750 §3.1: two credentials are an invalid request.
            let expected = if name.starts_with("twice") { [400, 401] } else { [401, 401] };
            assert!(expected.contains(&answer.status.as_u16()), "{name}: {}", answer.status);
            assert_eq!(answer.ran, 0, "{name}");
        }
        // Nor does the authority: the ceremony is of whom the one token says.
        let app = alice.enrol_totp().await;
        let ceremony = alice.begin_mfa().await;
        let code = app.code(service.now());
        let answer = bob.prove(&ceremony.id, &app.factor, &code).await;
        assert_eq!(problem(&answer), (404, "no-such-ceremony".to_owned()));
        let stepped_up = token(&alice.prove(&ceremony.id, &app.factor, &code).await);
        assert_eq!(claims(&stepped_up)["sub"], "alice");
    }
}

/// T22. The token that a session proved itself with carries that session's `sid`; the others stay
/// what they were, and get at it in no way. (With a key as well: `t22_a_ceremony_of_one_key_…`.)
async fn t22_what_one_session_proved_is_no_other_sessions(setup: Setup) {
    let service = setup.start().await;
    let (one, two) = (session(&service, "alice", "1").await, session(&service, "alice", "2").await);
    let app = one.enrol_totp().await;
    let ceremony = one.begin_mfa().await;
    let code = app.code(service.now());
    let not_there = (404, "no-such-ceremony".to_owned());
    assert_eq!(problem(&two.prove(&ceremony.id, &app.factor, &code).await), not_there);
    assert_eq!(problem(&two.state(&ceremony.id).await), not_there);
    assert_eq!(problem(&two.cancel(&ceremony.id).await), not_there);
    let stepped_up = token(&one.prove(&ceremony.id, &app.factor, &code).await);
    assert_eq!(claims(&stepped_up)["sid"], "1");
    assert_eq!(problem(&two.state(&ceremony.id).await), not_there);
    assert_eq!(two.post("/mfa_fresh").await.status, 401);
    assert_eq!(one.with_token(&stepped_up).post("/mfa_fresh").await.status, 200);
    // Another client in the same session is another one too.
    let login = Login::of("alice").client_id("app").session("1").method(Method::PWD);
    let other = one.with_token(&service.issuer.issue_login(login).await.unwrap());
    assert_eq!(problem(&other.state(&ceremony.id).await), not_there);
    // A wrong answer of another session's to this ceremony is none.
    assert_eq!(service.events.count(EventKind::Failed), 0);
}

/// T23: a session in which another user logged in finishes nothing of the first one's.
async fn t23_a_ceremony_does_not_change_hands(setup: Setup) {
    let service = setup.start().await;
    let alice = session(&service, "alice", "shared").await;
    let bob = session(&service, "bob", "shared").await;
    let (hers, his) = (alice.enrol_totp().await, bob.enrol_totp().await);
    let ceremony = alice.begin_mfa().await;
    let now = service.now();
    for (factor, code) in [
        (&hers.factor, hers.code(now)),
        (&his.factor, his.code(now)),
        (&hers.factor, his.code(now)),
        (&hers.factor, hers.wrong_code(now)),
    ] {
        let answer = bob.prove(&ceremony.id, factor, &code).await;
        assert_eq!(problem(&answer), (404, "no-such-ceremony".to_owned()));
        assert!(bob.state(&ceremony.id).await.json().get("factors").is_none());
    }
    // With his factor she finishes nothing either.
    let answer = alice.prove(&ceremony.id, &his.factor, &his.code(now)).await;
    assert_eq!(problem(&answer), (404, "no-such-factor".to_owned()));
    // Hers is as it was.
    let state = alice.state(&ceremony.id).await.json();
    assert_eq!(state["status"], "pending");
    let wrong = alice.prove(&ceremony.id, &hers.factor, &hers.wrong_code(now)).await;
    assert_eq!(wrong.json()["attempts_left"], 4, "it is the first");
    let stepped_up = token(&alice.prove(&ceremony.id, &hers.factor, &hers.code(now)).await);
    assert_eq!(claims(&stepped_up)["sub"], "alice");
}

/// The names that a token's claims may have.
const CLAIMS: [&str; 13] = [
    "iss",
    "sub",
    "aud",
    "client_id",
    "iat",
    "exp",
    "jti",
    "scope",
    "acr",
    "amr",
    "auth_time",
    "sid",
    "cnf",
];

/// T33: every token that is issued, by whichever factor.
#[tokio::test]
async fn t33_nothing_secret_is_in_a_token() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let alice = service.login("alice").await;
        let mut secrets = vec!["alice@example.com".to_owned(), "+4915112345678".to_owned()];
        let begun = alice.enrol(json!({ "method": "totp" })).await;
        let secret = begun["secret"].as_str().unwrap();
        secrets.push(secret.to_owned());
        let mut app = stepup_tests::authority::TotpApp::scan(secret);
        let code = app.code(service.now());
        let confirmed = alice.confirm(begun["id"].as_str().unwrap(), &code).await.json();
        app.factor = confirmed["factor"]["id"].as_str().unwrap().to_owned();
        secrets.push(app.factor.clone());
        service.wait(30);
        let strong = alice.step_up(&app).await;
        let mut tokens = vec![alice.token.clone(), strong.token.clone()];
        let email = strong.enrol_email("alice@example.com").await;
        let text = strong.enrol_text("+4915112345678").await;
        let (recovery, codes) = strong.enrol_recovery().await;
        secrets.extend(codes.clone());
        for (factor, code) in [(&email, None), (&text, None), (&recovery, Some(&codes[0]))] {
            let ceremony = alice.begin_mfa().await;
            let code = match code {
                Some(code) => code.clone(),
                None => {
                    assert_eq!(alice.prompt(&ceremony.id, factor).await.status, 200);
                    service.outbox.last_code()
                }
            };
            tokens.push(token(&alice.prove(&ceremony.id, factor, &code).await));
            secrets.extend([code, factor.clone(), ceremony.id]);
        }
        assert_eq!(tokens.len(), 5);
        for token in tokens {
            let said = claims(&token);
            let names = said.as_object().unwrap().keys();
            let unknown: Vec<_> = names.filter(|name| !CLAIMS.contains(&name.as_str())).collect();
            assert_eq!(unknown, Vec::<&String>::new());
            // Times are digits like codes are, so the values are looked at one by one.
            let texts: Vec<String> = strings(&said);
            for secret in &secrets {
                let found = texts.iter().find(|text| text.contains(secret.as_str()));
                assert_eq!(found, None, "{secret} in {said}");
            }
            let header = crate::put_together::header(&token);
            let mut names: Vec<_> = header.as_object().unwrap().keys().collect();
            names.sort();
            assert_eq!(names, ["alg", "kid", "typ"]);
        }
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(strings).collect(),
        Value::Object(members) => members.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

/// C4: who begins and walks away has proved nothing, whatever is sent beside the token.
#[tokio::test]
async fn c4_a_ceremony_that_was_begun_opens_nothing() {
    for framework in Framework::ALL {
        let service = Setup::new(framework).start().await;
        let alice = service.login("alice").await;
        alice.enrol_totp().await;
        let ceremony = alice.begin_mfa().await;
        is_challenged(&alice, "/mfa_fresh").await;
        is_challenged(&alice, &format!("/mfa_fresh?ceremony={}", ceremony.id)).await;
        is_challenged(&alice.with_token(&alice.token), "/mfa").await;
        let id = alice.with_token(&ceremony.id).post("/mfa_fresh").await;
        assert_eq!((id.status.as_u16(), id.ran), (401, 0));
    }
}

async fn is_challenged(user: &User<'_>, path: &str) {
    let answer = user.post(path).await;
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
    assert!(answer.challenge().contains(r#"error="insufficient_user_authentication""#));
}
