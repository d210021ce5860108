//! What a page of another origin really reads, in Chromium.

use std::net::SocketAddr;
use std::process::Command;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderValue, Method};
use poem::endpoint::EndpointExt as _;
use poem::middleware::Cors;
use serde_json::{Value, json};
use stepup_core::{Algorithm, Dpop, EXPOSED_HEADERS, Gate, KeySet};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, Prover, Served, Token, clock};
use tower_http::cors::CorsLayer;
use url::Url;

use crate::app::{App, Inner};

/// Makes the calls that its address lists, one after the other, and shows what it could read.
const PAGE: &str = r#"<!DOCTYPE html><meta charset="utf-8"><body><script type="module">
const read = ["www-authenticate", "dpop-nonce", "cache-control", "x-total"];
const shown = [];
for (const [url, init] of JSON.parse(new URLSearchParams(location.search).get("calls"))) {
  try {
    const response = await fetch(url, init);
    const headers = read.filter((name) => response.headers.has(name));
    shown.push([response.status, headers, (await response.text()).length > 0]);
  } catch (error) {
    shown.push([error.name]);
  }
}
document.body.textContent = JSON.stringify(shown);
</script>"#;

/// What the page shows of these calls.
fn shown(page: SocketAddr, calls: &Value) -> Value {
    let mut url = Url::parse(&format!("http://{page}/")).unwrap();
    url.query_pairs_mut().append_pair("calls", &calls.to_string());
    let profile =
        std::env::temp_dir().join(format!("preflight-{}-{}", std::process::id(), page.port()));
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--virtual-time-budget=20000", "--dump-dom", url.as_str()])
        .output()
        .expect("Chromium starts");
    let _ = std::fs::remove_dir_all(profile);
    let dom = String::from_utf8(output.stdout).unwrap();
    let body = dom.split("<body>").nth(1).and_then(|rest| rest.split("</body>").next());
    serde_json::from_str(body.unwrap_or_default()).unwrap_or_else(|_| panic!("{dom}"))
}

/// The app in both frameworks, for this page, exposing these.
fn apps(gate: &Gate, page: &str, exposed: &[HeaderName]) -> [App; 2] {
    let dpop = HeaderName::from_static("dpop");
    let layer = CorsLayer::new()
        .allow_origin(page.parse::<HeaderValue>().unwrap())
        .allow_methods([Method::DELETE])
        .allow_headers([AUTHORIZATION, dpop.clone()])
        .expose_headers(exposed.to_vec());
    let cors = Cors::new()
        .allow_origin(page)
        .allow_methods([Method::DELETE, Method::GET, Method::POST])
        .allow_headers([AUTHORIZATION, dpop])
        .expose_headers(exposed.to_vec());
    let layered = |router: Router| router.layer(layer);
    App::both_with(gate, layered, |endpoint| endpoint.with(cors).boxed())
}

fn served(app: &App) -> Served {
    match app.inner.clone() {
        Inner::Axum(router) => Served::axum(router),
        Inner::Poem(endpoint) => Served::poem(endpoint),
    }
}

#[test]
#[ignore = "needs Chromium; `cargo xtask test` runs it"]
fn r_9449_10_a_page_in_chromium_reads_challenges_and_answers() {
    let (issuer, prover) = (Issuer::new(Algorithm::Es256), Prover::new(Algorithm::Es256));
    let gate = Gate::builder(ISSUER, AUDIENCE)
        .keys(KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap())
        .clock(clock())
        .dpop(Dpop::at(AUDIENCE).with_nonces(&[7; 32]))
        .build()
        .unwrap();
    let bearer = |token: Token| format!("Bearer {}", issuer.token(&token));
    let (good, weak) = (bearer(Token::new()), bearer(Token::new().with("acr", "single-factor")));
    let bound = issuer.token(&prover.token());
    let proof = prover.sign(&prover.proof("/plain", &bound));
    let page = Served::axum(Router::new().route("/", get(async || Html(PAGE))));
    let origin = format!("http://{}", page.address());

    let exposed = ["www-authenticate", "dpop-nonce", "cache-control"];
    let [challenge, told, kept] =
        [&[exposed[0], exposed[2]], &exposed[..], &exposed[2..]].map(|names| json!(names));
    for app in apps(&gate, &origin, &EXPOSED_HEADERS) {
        let address = served(&app);
        let call = |method: &str, path: &str, headers: Value| {
            let url = format!("http://{}{path}", address.address());
            json!([url, { "method": method, "headers": headers }])
        };
        let calls = json!([
            call("POST", "/plain", json!({})),
            call("POST", "/plain", json!({ "authorization": weak })),
            call("POST", "/plain", json!({ "authorization": good })),
            call("GET", "/plain/step-up", json!({ "authorization": weak })),
            call("GET", "/plain/step-up", json!({ "authorization": good })),
            call(
                "POST",
                "/plain",
                json!({ "authorization": format!("DPoP {bound}"), "dpop": proof })
            ),
            call("DELETE", "/any", json!({ "authorization": weak })),
            call("PUT", "/any", json!({ "authorization": good })),
        ]);
        let expected = json!([
            [401, challenge, true],
            [401, challenge, true],
            [200, [], false],
            [401, challenge, true],
            [204, kept, false],
            [401, told, true],
            [401, challenge, true],
            ["TypeError"],
        ]);
        assert_eq!(shown(page.address(), &calls), expected, "{:?}", app.framework);
        // What the browser was told is what the check said before.
        let checked = app.check(&gate, "POST", "/plain", &origin);
        assert_eq!(checked, Ok(()), "{:?}", app.framework);
        assert!(app.check(&gate, "PUT", "/any", &origin).is_err(), "{:?}", app.framework);
    }

    // Exposing nothing, and from another origin: the check says so, and so does the browser.
    for (origin, seen) in
        [(&*origin, json!([[401, kept, true]])), ("http://a", json!([["TypeError"]]))]
    {
        for app in apps(&gate, origin, &[]) {
            let address = served(&app);
            let url = format!("http://{}/plain", address.address());
            let calls = json!([[url, { "method": "POST", "headers": { "authorization": weak } }]]);
            assert_eq!(shown(page.address(), &calls), seen, "{:?}", app.framework);
            let page = format!("http://{}", page.address());
            assert!(app.check(&gate, "POST", "/plain", &page).is_err(), "{:?}", app.framework);
        }
    }
}
