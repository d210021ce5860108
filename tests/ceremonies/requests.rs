//! O27: nothing is changed by a link, a form or another site's page.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::authority::{AUTHORITY, Service, TotpApp, User};
use stepup_tests::{Answer, Payload};

use crate::scene::{FORM, JSON, exchange, is, said, send, setups, token};

const APP: &str = "https://app.example";

/// A request that changes something, and the status that it has when nothing is wrong with it.
struct Page<'a> {
    user: &'a User<'a>,
    method: &'static str,
    path: String,
    body: String,
    status: u16,
}

impl Page<'_> {
    async fn send(&self, service: &Service, headers: &[(&str, &str)]) -> Answer {
        send(service, self.user, (self.method, &self.path), headers, &self.body).await
    }

    fn has_body(&self) -> bool {
        self.body.len() > 2
    }
}

impl std::fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// All of them: of a login, and of the same stepped up, which may change factors.
async fn pages<'a>(
    service: &Service,
    login: &'a User<'a>,
    strong: &'a User<'a>,
    app: &TotpApp,
) -> Vec<Page<'a>> {
    let now = service.now();
    let (first, second) = (login.begin_mfa().await.id, login.begin_mfa().await.id);
    let new = strong.enrol(json!({ "method": "totp" })).await;
    let new_app = TotpApp::scan(new["secret"].as_str().unwrap());
    let new = new["id"].as_str().unwrap();
    let ceremonies = "/step-up/ceremonies";
    let factor = &app.factor;
    let proof = json!({ "factor": factor, "code": app.code(now) });
    let confirm = json!({ "code": new_app.code(now) });
    let page = |user, method, path, body: Value, status| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Page { user, method, path, body, status }
    };
    let begin = json!({ "acr_values": "mfa" });
    let enrol = json!({ "method": "totp" });
    vec![
        page(login, "POST", ceremonies.to_owned(), begin, 201),
        page(login, "POST", format!("{ceremonies}/{first}/factors/{factor}"), json!({}), 200),
        page(login, "POST", format!("{ceremonies}/{first}/proof"), proof, 200),
        page(login, "DELETE", format!("{ceremonies}/{second}"), Value::Null, 204),
        page(strong, "POST", "/step-up/enrolments".to_owned(), enrol, 201),
        page(strong, "POST", format!("/step-up/enrolments/{new}"), confirm, 201),
        page(strong, "DELETE", format!("/step-up/factors/{factor}"), Value::Null, 204),
    ]
}

async fn users(service: &Service) -> (User<'_>, User<'_>, TotpApp) {
    let alice = service.login("alice").await;
    let app = alice.enrol_totp().await;
    let strong = alice.step_up(&app).await;
    (alice, strong, app)
}

#[tokio::test]
async fn o27_a_page_of_another_site_changes_nothing() {
    for setup in setups() {
        let service = setup.with(|builder| builder.allow_origin(APP)).start().await;
        let (alice, strong, app) = users(&service).await;
        let pages = pages(&service, &alice, &strong, &app).await;
        let (before, sent) = (service.events.all(), service.outbox.sent());
        for page in &pages {
            for origin in [
                "https://evil.example",
                "null",
                "",
                "https://bank.example.evil.example",
                "https://bank.example@evil.example",
                "http://bank.example",
                "https://bank.example:8443",
                "https://bank.example/",
                "https://BANK.example",
                "https://app.example.evil.example",
                "https://bank.example https://evil.example",
            ] {
                let answer = page.send(&service, &[JSON, ("origin", origin)]).await;
                assert_eq!(said(&answer), is(403, "cross-site"), "{page} from {origin}");
            }
            let two = [JSON, ("origin", AUTHORITY), ("origin", "https://evil.example")];
            let answer = page.send(&service, &two).await;
            assert!([400, 403].contains(&answer.status.as_u16()), "{page}");
        }
        assert_eq!((service.events.all(), service.outbox.sent()), (before, sent));
        // The service's own pages, and those that it allows, do all of it.
        for (number, page) in pages.iter().enumerate() {
            let headers = [JSON, ("origin", [AUTHORITY, APP][number % 2])];
            let answer = page.send(&service, &headers).await;
            assert_eq!(answer.status, page.status, "{page}: {}", answer.json());
        }
    }
}

/// A page that reads the body takes JSON alone, which no form can send.
#[tokio::test]
async fn o27_a_form_changes_nothing() {
    for setup in setups() {
        let service = setup.start().await;
        let (alice, strong, app) = users(&service).await;
        let pages = pages(&service, &alice, &strong, &app).await;
        let before = service.events.all();
        for page in pages.iter().filter(|page| page.has_body()) {
            for kind in [
                Some(FORM.1),
                Some("text/plain"),
                Some("text/plain; application/json"),
                Some("multipart/form-data; boundary=x"),
                Some("application/jsonp"),
                Some("text/json"),
                Some(""),
                None,
            ] {
                let headers: Vec<_> = kind.map(|kind| ("content-type", kind)).into_iter().collect();
                let answer = page.send(&service, &headers).await;
                assert_eq!(said(&answer), is(415, "not-json"), "{page} as {kind:?}");
            }
        }
        assert_eq!(service.events.all(), before);
        for page in pages.iter().filter(|page| page.has_body()) {
            let headers = [("content-type", "application/json; charset=utf-8")];
            let answer = page.send(&service, &headers).await;
            assert_eq!(answer.status, page.status, "{page}: {}", answer.json());
        }
    }
}

#[tokio::test]
async fn o27_a_link_changes_nothing() {
    for setup in setups() {
        let service = setup.start().await;
        let (alice, strong, app) = users(&service).await;
        let pages = pages(&service, &alice, &strong, &app).await;
        let before = service.events.all();
        for page in &pages {
            let send_as = async |method: &'static str, path: &str, headers: &[(&str, &str)]| {
                send(&service, page.user, (method, path), headers, &page.body).await
            };
            // The state of a ceremony can be looked at.
            let is_state = page.path.contains("/ceremonies/") && page.method == "DELETE";
            for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH"] {
                if is_state && method == "GET" {
                    continue;
                }
                let answer = send_as(method, &page.path, &[JSON]).await;
                assert_eq!(answer.status, 405, "{method} {page}: {}", answer.json());
                let allow = answer.headers["allow"].to_str().unwrap();
                assert!(allow.contains(page.method), "{page}: {allow}");
            }
            // Nor is there a way to say another method than the request has.
            let headers = [JSON, ("x-http-method-override", page.method)];
            let disguised = format!("{}?_method={}", page.path, page.method);
            let answer = send_as("GET", &disguised, &headers).await;
            assert_eq!(answer.status, if is_state { 200 } else { 405 }, "{page}");
        }
        assert_eq!(service.events.all(), before);
        let factors = strong.get("/step-up/factors").await.json();
        assert_eq!(factors["factors"].as_array().unwrap().len(), 1);
    }
}

/// The token endpoint takes a token in its body; a page of another site has none, nor its answer.
#[tokio::test]
async fn o27_the_token_endpoint_refuses_other_sites_and_other_bodies() {
    for setup in setups() {
        let service = setup.start().await;
        let (alice, _, app) = users(&service).await;
        let ceremony = alice.begin_mfa().await.id;
        let form = |code: &str| {
            format!(
                "grant_type=urn:ietf:params:oauth:grant-type:token-exchange\
                 &subject_token_type=urn:ietf:params:oauth:token-type:access_token\
                 &subject_token={}&ceremony={ceremony}&factor={}&code={code}",
                alice.token, app.factor
            )
        };
        let body = form(&app.code(service.now()));
        let call = async |method: &str, headers: &[(&str, &str)]| {
            let mut request = http::Request::builder().method(method).uri("/step-up/token");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let body = Payload::Bytes(body.clone().into_bytes());
            service.api.call(request.body(body).expect("a request")).await
        };
        let before = service.events.all();
        let evil = ("origin", "https://evil.example");
        for headers in [&[FORM, evil][..], &[("content-type", "text/plain")], &[JSON], &[]] {
            let answer = call("POST", headers).await;
            assert_eq!((answer.status.as_u16(), token(&answer)), (400, None), "{headers:?}");
        }
        for method in ["GET", "HEAD", "OPTIONS", "PUT"] {
            assert_eq!(call(method, &[FORM]).await.status, 405);
        }
        assert_eq!(service.events.all(), before);
        assert_eq!(call("POST", &[FORM, ("origin", AUTHORITY)]).await.status, 200);
    }
}

/// A form has texts alone: what a passkey answers is no guess there, and its client is told where it
/// goes.
#[tokio::test]
async fn an_object_in_a_form_is_told_where_to_go_and_is_no_guess() {
    for setup in setups() {
        let service = setup.start().await;
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let begun = alice.begin_mfa().await;
        let credential = ("credential", "%7B%22id%22%3A%22AQ%22%7D");
        for _ in 0..6 {
            let answer =
                exchange(&service, &alice, &begun.id, &[("factor", &app.factor), credential]).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["error"]),
                (400, &json!("invalid_request"))
            );
            let described = answer.json()["error_description"].to_string();
            assert!(described.contains("`/proof`"), "{described}");
        }
        assert_eq!(service.events.count(EventKind::Failed), 0);
        // What is a text is an answer as any other.
        let text = [("factor", app.factor.as_str()), ("credential", "AQ")];
        let answer = exchange(&service, &alice, &begun.id, &text).await;
        assert_eq!(answer.json()["error"], "invalid_grant");
        assert_eq!(service.events.count(EventKind::Failed), 1);
        let proved = alice.prove(&begun.id, &app.factor, &app.code(service.now())).await;
        assert!(token(&proved).is_some(), "{}", proved.json());
    }
}
