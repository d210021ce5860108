//! What a browser is given.

use std::time::Duration;

use http::HeaderMap;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::everywhere;
use crate::support::Open;

everywhere!(
    every_answer_says_what_a_browser_may_do_with_it
    pages_are_kept_by_browsers_and_asked_for_anew
    the_outbox_is_a_page_for_people_and_a_list_for_programs
    the_bank_says_whether_it_is_ready
    callers_who_hang_up_lose_nothing
    the_demo_says_who_is_there
);

fn check(path: &str, headers: &HeaderMap) {
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert_eq!(
        policy,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        "{path}"
    );
    assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
    assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
    assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
}

async fn every_answer_says_what_a_browser_may_do_with_it(bank: Open) {
    let alice = bank.login("alice").await;
    for (method, path, status, kind) in [
        ("GET", "/", 200, "text/html; charset=utf-8"),
        ("GET", "/phone", 200, "text/html; charset=utf-8"),
        ("GET", "/assets/app.js", 200, "text/javascript; charset=utf-8"),
        ("GET", "/assets/phone.js", 200, "text/javascript; charset=utf-8"),
        ("GET", "/assets/outbox.js", 200, "text/javascript; charset=utf-8"),
        ("GET", "/assets/style.css", 200, "text/css; charset=utf-8"),
        ("GET", "/assets/icon.svg", 200, "image/svg+xml"),
        ("GET", "/assets/index.html", 404, "application/problem+json"),
        ("GET", "/assets/../Cargo.toml", 404, "application/problem+json"),
        ("GET", "/assets/%2e%2e%2fCargo.toml", 404, "application/problem+json"),
        ("GET", "/nothing", 404, "application/problem+json"),
        ("DELETE", "/accounts", 405, "application/problem+json"),
        ("GET", "/accounts", 200, "application/json"),
        ("POST", "/transfers", 401, "application/problem+json"),
        ("GET", "/step-up/factors", 200, "application/json"),
        ("GET", "/step-up/nothing", 404, "application/problem+json"),
    ] {
        let answer = alice.send(method, path, &[], String::new()).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        let says = answer.headers["content-type"].to_str().unwrap();
        assert!(says.starts_with(kind), "{method} {path}: {says}");
        check(path, &answer.headers);
        let is_asset = kind.starts_with("text") || kind.starts_with("image");
        let cache = if is_asset { "no-cache" } else { "no-store" };
        assert_eq!(answer.headers["cache-control"], cache, "{method} {path}");
    }
}

async fn pages_are_kept_by_browsers_and_asked_for_anew(bank: Open) {
    let nobody = bank.nobody();
    let mut seen = Vec::new();
    for path in ["/", "/phone", "/assets/app.js", "/assets/style.css"] {
        let first = nobody.get(path).await;
        let etag = first.headers["etag"].to_str().unwrap().to_owned();
        let again = nobody.send("GET", path, &[("if-none-match", &etag)], String::new()).await;
        assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""), "{path}");
        assert_eq!(again.headers["etag"], etag);
        check(path, &again.headers);
        let other = nobody.send("GET", path, &[("if-none-match", "\"0\"")], String::new()).await;
        assert_eq!((other.status.as_u16(), other.text), (200, first.text), "{path}");
        let head = nobody.send("HEAD", path, &[], String::new()).await;
        assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""), "{path}");
        seen.push(etag);
    }
    seen.dedup();
    assert_eq!(seen.len(), 4, "each has its own");
}

async fn the_outbox_is_a_page_for_people_and_a_list_for_programs(bank: Open) {
    let nobody = bank.nobody();
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = nobody.send("GET", "/demo/outbox", &[("accept", browser)], String::new()).await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    for accept in ["application/json", "*/*"] {
        let list = nobody.send("GET", "/demo/outbox", &[("accept", accept)], String::new()).await;
        assert!(list.headers["content-type"].to_str().unwrap().starts_with("application/json"));
        let varies = list.headers.get_all("vary").iter().any(|header| header == "accept");
        assert!(list.json.is_array() && varies, "{:?}", list.headers);
    }
}

async fn the_bank_says_whether_it_is_ready(bank: Open) {
    let answer = bank.nobody().get("/healthz").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "ready"));
}

async fn the_demo_says_who_is_there(bank: Open) {
    let demo = bank.nobody().get("/demo").await.json;
    let names: Vec<_> =
        demo["users"].as_array().unwrap().iter().map(|user| &user["name"]).collect();
    assert_eq!(names, ["Alice Archer", "Bob Baker"]);
    for user in demo["users"].as_array().unwrap() {
        assert_eq!(user["totp_secret"].as_str().unwrap().len(), 32, "{user}");
    }
}

/// What was begun for them is given up in the middle, wherever that is.
async fn callers_who_hang_up_lose_nothing(bank: Open) {
    let address = bank.url.trim_start_matches("http://");
    for moment in 0..600 {
        let mut caller = TcpStream::connect(address).await.unwrap();
        caller.write_all(b"GET /demo HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_micros(moment % 60 * 50)).await;
    }
    assert_eq!(bank.login("alice").await.balance().await, "2400.00");
}
