//! What every operation answers alike.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use http::Request;
use http::request::Builder;
use serde_json::Value;
use stepup_authority::Login;
use stepup_tests::{Answer, Payload};

use super::{Stage, concrete};
use crate::client::{Client, FORM, JSON};

const BODY: &[u8] = b"{\"method\":\"totp\"}";

async fn send(client: &Client<'_>, request: Builder, payload: Payload) -> Answer {
    client.send(request.body(payload).unwrap(), JSON, &Value::Null).await
}

/// No token, two, a foreign one, a client's own; a page of another site.
pub async fn who_may_not(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let alice = service.login("alice").await;
    let job = Login::of("job").client_id("job");
    let job = service.issuer.issue_login(job).await.unwrap();
    let client = stage.client(&service, &alice.token);
    for (method, path) in stage.description.operations() {
        if !stage.description.takes_a_login(&method, &path) {
            continue;
        }
        let body = || Payload::Bytes(BODY.to_vec());
        let path = concrete(&path);
        let with_body = |request: Builder| request.header("content-type", JSON);
        let bare = with_body(Request::builder().method(&*method).uri(&path));
        assert_eq!(send(&client, bare, body()).await.status, 401);
        let two = with_body(client.request(&method, &path));
        let two = two.header("authorization", "Bearer again");
        assert_eq!(send(&client, two, body()).await.status, 400);
        let foreign = with_body(client.with("a.b.c").request(&method, &path));
        assert_eq!(send(&client, foreign, body()).await.status, 401);
        let job = with_body(client.with(&job).request(&method, &path));
        assert_eq!(send(&client, job, body()).await.status, 403);
        let elsewhere = with_body(client.request(&method, &path));
        let elsewhere = elsewhere.header("origin", "https://other.example");
        assert_eq!(send(&client, elsewhere, body()).await.status, 403);
    }
}

/// Too large, too slow, not JSON, not an object.
pub async fn what_cannot_be_read(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let alice = service.login("alice").await;
    let client = stage.client(&service, &alice.token);
    for (method, path) in stage.description.operations() {
        let media = stage.description.operation(&method, &path).pointer("/requestBody/content");
        // A factor's own page looks at the body alone.
        let media = media.filter(|_| !path.contains("/methods/"));
        let takes = |wanted: &str| media.is_some_and(|media| media.get(wanted).is_some());
        let path = concrete(&path);
        let large = Payload::Bytes(vec![b' '; 16 * 1024 + 1]);
        assert_eq!(send(&client, client.request(&method, &path), large).await.status, 413);
        tokio::time::pause();
        let endless = Payload::Endless(Arc::new(AtomicUsize::new(0)));
        assert_eq!(send(&client, client.request(&method, &path), endless).await.status, 408);
        tokio::time::resume();
        let array = || Payload::Bytes(b"[]".to_vec());
        if takes(JSON) {
            let untyped = client.request(&method, &path);
            assert_eq!(send(&client, untyped, array()).await.status, 415);
            let typed = client.request(&method, &path).header("content-type", JSON);
            assert_eq!(send(&client, typed, array()).await.status, 400);
        }
        if takes(FORM) {
            let untyped = client.request(&method, &path);
            assert_eq!(send(&client, untyped, array()).await.status, 400);
        }
    }
}

pub async fn documents(stage: Stage<'_>) {
    let service = stage.setup().start().await;
    let client = stage.client(&service, "");
    for path in ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server"] {
        for method in ["GET", "HEAD"] {
            let request = Request::builder().method(method).uri(path);
            assert_eq!(send(&client, request, Payload::NONE).await.status, 200);
        }
    }
    for (method, path, name) in
        [("GET", "/step-up/nothing", "NoSuchPage"), ("PUT", "/step-up/factors", "MethodNotAllowed")]
    {
        let request = Request::builder().method(method).uri(path).body(Payload::NONE).unwrap();
        let answer = service.api.call(request).await;
        let checked = stage.description.check_shared(name, &answer);
        checked.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        stage.seen.note_problem(&answer);
    }
}
