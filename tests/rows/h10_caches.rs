//! H10: what caches may keep.

use std::time::Duration;

use http::{HeaderMap, Request};
use stepup_core::{
    Algorithm, Authentication, Credential, Gate, Level, MalformedCredential, Timestamp,
    Verification, Verifier, VerifyError,
};
use stepup_tests::{Answer, ISSUER, Issuer, NOW, Token, block_on, clock, gate};

use crate::app::App;

fn ask(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    block_on(app.call(request.body(()).expect("a request")))
}

/// RFC 9111 §3 and §3.5: whether a cache that serves many may keep the answer to a `GET`.
fn may_be_shared(with_authorization: bool, answer: &Answer) -> bool {
    let lines = answer.headers.get_all("cache-control").into_iter();
    let lines: Vec<_> = lines.map(|line| line.to_str().expect("ASCII").to_lowercase()).collect();
    let says = |name: &str| {
        let mut directives = lines.iter().flat_map(|line| line.split(','));
        directives.any(|directive| directive.trim().split('=').next() == Some(name))
    };
    let for_all = says("public") || says("must-revalidate") || says("s-maxage");
    // RFC 9110 §15.1: those that may be kept although they say nothing of it, and occur here.
    let by_status = [200, 404, 405].contains(&answer.status.as_u16());
    !says("no-store")
        && !says("private")
        && (for_all || !with_authorization)
        && (for_all || says("max-age") || by_status)
}

#[derive(Debug)]
struct Unreachable;

impl Verifier for Unreachable {
    fn verify<'a>(&'a self, _: Credential<'a>, _: Timestamp) -> Verification<'a> {
        Verification::Ready(Err(VerifyError::Unavailable { retry_after: Duration::ZERO }))
    }
}

#[test]
fn h10_no_cache_keeps_a_rejection() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let bearer = |token: &Token| format!("Bearer {}", issuer.token(token));
    let none: &[(&str, &str)] = &[];
    let good = bearer(&Token::new());
    let weak = bearer(&Token::new().with("acr", "single-factor"));
    let of_a_client = bearer(&Token::new().with("sub", "web"));
    let expired = bearer(&Token::new().with("exp", NOW));
    let apps = App::both(&gate(&issuer, &clock()));
    let unreachable = Gate::with_verifier(Unreachable).realm("own").build().expect("good settings");
    let unreachable = App::both(&unreachable);
    for (app, unreachable) in apps.iter().zip(&unreachable) {
        for (app, headers, status) in [
            (app, none, 401),
            (app, &[("authorization", "Basic YTpi")][..], 401),
            (app, &[("authorization", "Bearer a")], 401),
            (app, &[("authorization", expired.as_str())], 401),
            (app, &[("authorization", weak.as_str())], 401),
            (app, &[("authorization", of_a_client.as_str())], 403),
            (app, &[("authorization", "Bearer")], 400),
            (app, &[("authorization", good.as_str()), ("authorization", good.as_str())], 400),
            (unreachable, &[("authorization", good.as_str())], 503),
        ] {
            // The handler's own permission to keep its answer is not taken for ours.
            for path in ["/balance", "/rates"] {
                let answer = ask(app, path, headers);
                let name = format!("{:?} {path}: {status}", app.framework);
                assert_eq!((answer.status.as_u16(), answer.ran), (status, 0), "{name}");
                let lines: Vec<_> = answer.headers.get_all("cache-control").iter().collect();
                assert_eq!(lines, ["no-store"], "{name}");
                assert!(!may_be_shared(!headers.is_empty(), &answer), "{name}");
            }
        }
    }
}

/// Nothing has to be said of these: RFC 9111 §3.5 keeps a shared cache from keeping the answer to
/// a request with `Authorization`, unless the handler allows it in so many words.
#[test]
fn h10_a_success_is_the_handlers_own() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let good = format!("Bearer {}", issuer.token(&Token::new()));
    for app in App::both(&gate(&issuer, &clock())) {
        for (path, says, shared) in
            [("/balance", None, false), ("/rates", Some("public, max-age=60"), true)]
        {
            let answer = ask(&app, path, &[("authorization", &good)]);
            let name = format!("{:?} {path}", app.framework);
            assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{name}");
            let said = answer.headers.get("cache-control").map(|value| value.as_bytes());
            assert_eq!(said, says.map(str::as_bytes), "{name}");
            assert!(answer.headers.get("vary").is_none(), "{name}");
            assert_eq!(may_be_shared(true, &answer), shared, "{name}");
        }
    }
}

/// Sessions in a cookie.
#[derive(Debug)]
struct Sessions;

impl Verifier for Sessions {
    fn credential<'h>(
        &self,
        headers: &'h HeaderMap,
    ) -> Result<Option<Credential<'h>>, MalformedCredential> {
        let cookie = headers.get("cookie").and_then(|cookie| cookie.to_str().ok());
        Ok(cookie.and_then(|cookie| cookie.strip_prefix("session=")).map(Credential::new))
    }

    fn verify<'a>(&'a self, _: Credential<'a>, now: Timestamp) -> Verification<'a> {
        let until = now.plus(Duration::from_secs(60));
        let login = Authentication::of_user(ISSUER, "alice", until).with_level(Level::MFA);
        Verification::Ready(Ok(std::sync::Arc::new(login)))
    }
}

/// RFC 9111 §3.5 speaks of `Authorization` alone. Where a verifier of the application's own reads
/// a cookie, a handler that says nothing leaves its answer to any cache.
#[test]
fn h10_behind_a_cookie_a_handler_has_to_speak_for_itself() {
    let gate = Gate::with_verifier(Sessions).realm("own").clock(clock()).build();
    for app in App::both(&gate.expect("good settings")) {
        let answer = ask(&app, "/balance", &[("cookie", "session=1")]);
        assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{:?}", app.framework);
        assert!(may_be_shared(false, &answer), "{:?}", app.framework);
        let answer = ask(&app, "/balance", &[]);
        assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{:?}", app.framework);
        assert!(!may_be_shared(false, &answer), "{:?}", app.framework);
    }
}
