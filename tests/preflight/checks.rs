//! A CORS layer that is missing, misplaced or set up wrongly is found before the server listens.

use std::fmt::Write as _;

use http::header::{CONTENT_TYPE, HeaderName};
use stepup_core::{Algorithm, Dpop, Gate, KeySet};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, clock};

use crate::layer::{Layer, Lines, behind};

const PAGE: &str = "https://app.example";

const ORIGIN: (&str, &str) = ("access-control-allow-origin", PAGE);
const ANY: (&str, &str) = ("access-control-allow-origin", "*");
const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");
const HEADERS: (&str, &str) = ("access-control-allow-headers", "authorization, dpop");
const METHODS: (&str, &str) = ("access-control-allow-methods", "GET,POST, DELETE");
const EXPOSED: (&str, &str) = ("access-control-expose-headers", "WWW-Authenticate, DPoP-Nonce");
const GOOD: Lines = &[ORIGIN, HEADERS, METHODS];
const READ: Lines = &[ORIGIN, EXPOSED];

fn gates() -> [Gate; 2] {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let builder = || {
        let keys = KeySet::from_jwks(issuer.jwks().as_bytes()).unwrap();
        Gate::builder(ISSUER, AUDIENCE).keys(keys).clock(clock())
    };
    [builder().build().unwrap(), builder().dpop(Dpop::at(AUDIENCE)).build().unwrap()]
}

#[test]
fn h11_a_wrong_layer_is_found_before_the_server_listens() {
    let [bearer, dpop] = gates();
    let with = |preflight, call| Layer { preflight: Some((200, preflight)), call };
    let refused = |status| Layer { preflight: Some((status, GOOD)), call: READ };
    let mut failures = String::new();
    for (name, gate, layer, expected) in [
        ("as it should be", &dpop, with(GOOD, READ), ""),
        (
            "everybody, without their credentials",
            &bearer,
            with(
                &[ANY, ("access-control-allow-headers", "AUTHORIZATION"), METHODS],
                &[ANY, ("access-control-expose-headers", "*")],
            ),
            "",
        ),
        (
            "lists over several lines",
            &dpop,
            with(
                &[
                    ORIGIN,
                    ("access-control-allow-headers", "x-a"),
                    ("access-control-allow-headers", "dpop , Authorization"),
                    METHODS,
                ],
                &[
                    ORIGIN,
                    ("access-control-expose-headers", "www-authenticate"),
                    ("access-control-expose-headers", "x-a,dpop-nonce"),
                ],
            ),
            "",
        ),
        ("none", &bearer, Layer { preflight: None, call: &[] }, "was answered 405; put a CORS"),
        ("a login asked for before it", &bearer, refused(401), "the preflight was answered 401"),
        ("a redirect before it", &bearer, refused(302), "the preflight was answered 302"),
        (
            "another origin",
            &bearer,
            with(&[("access-control-allow-origin", "https://other.example"), HEADERS], READ),
            "the preflight's answer does not allow the origin",
        ),
        (
            "an origin with a slash",
            &bearer,
            with(&[("access-control-allow-origin", "https://app.example/"), HEADERS], READ),
            "the preflight's answer does not allow the origin",
        ),
        (
            "the origin twice",
            &bearer,
            with(&[ORIGIN, ORIGIN, HEADERS], READ),
            "the preflight's answer does not allow the origin",
        ),
        (
            "everybody, with their credentials",
            &bearer,
            with(&[ANY, CREDENTIALS, HEADERS], READ),
            "the preflight's answer does not allow the origin",
        ),
        (
            "no header",
            &bearer,
            with(&[ORIGIN, METHODS], READ),
            "the header `authorization` may not be sent",
        ),
        (
            "every header",
            &bearer,
            with(&[ORIGIN, METHODS, ("access-control-allow-headers", "*")], READ),
            "the header `authorization` may not be sent",
        ),
        (
            "no proof",
            &dpop,
            with(&[ORIGIN, METHODS, ("access-control-allow-headers", "authorization")], READ),
            "the header `dpop` may not be sent",
        ),
        (
            "a preflight's answer alone",
            &bearer,
            with(GOOD, &[EXPOSED]),
            "the guard's answer does not allow the origin",
        ),
        (
            "everybody, with their credentials, when it is too late",
            &bearer,
            with(GOOD, &[ANY, CREDENTIALS, EXPOSED]),
            "the guard's answer does not allow the origin",
        ),
        (
            "nothing exposed",
            &bearer,
            with(GOOD, &[ORIGIN]),
            "the header `www-authenticate` cannot be read",
        ),
        (
            "another exposed",
            &bearer,
            with(GOOD, &[ORIGIN, ("access-control-expose-headers", "x-www-authenticate")]),
            "the header `www-authenticate` cannot be read",
        ),
        (
            "all exposed, with credentials",
            &bearer,
            with(GOOD, &[ORIGIN, CREDENTIALS, ("access-control-expose-headers", "*")]),
            "the header `www-authenticate` cannot be read",
        ),
        (
            "no nonce exposed",
            &dpop,
            with(GOOD, &[ORIGIN, ("access-control-expose-headers", "www-authenticate")]),
            "the header `dpop-nonce` cannot be read",
        ),
    ] {
        for app in behind(gate, layer) {
            let said = app.check(gate, "POST", "/plain", PAGE).err();
            let said = said.map_or(String::new(), |error| error.to_string());
            let begins = "POST /plain, called by a page of https://app.example: ";
            let right = match expected {
                "" => said.is_empty(),
                _ => said.starts_with(begins) && said.contains(expected),
            };
            if !right {
                let _ = writeln!(failures, "{name} ({:?}): {said:?}", app.framework);
            }
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// `GET`, `HEAD` and `POST` need no leave (Fetch Standard §2.2.1); all others do.
#[test]
fn h11_a_method_needs_leave() {
    let [bearer, _] = gates();
    for (methods, method, expected) in [
        ("", "GET", true),
        ("", "POST", true),
        ("", "PUT", false),
        ("GET,POST", "PUT", false),
        ("put", "PUT", false),
        ("GET, PUT", "PUT", true),
        ("*", "PUT", true),
    ] {
        // Leaked: a row is data, and a layer is `Copy`.
        let lines: Lines =
            Box::leak(Box::new([ORIGIN, HEADERS, ("access-control-allow-methods", methods)]));
        for app in behind(&bearer, Layer { preflight: Some((204, lines)), call: READ }) {
            let said = app.check(&bearer, method, "/any", PAGE).err();
            let said = said.map(|error| error.to_string());
            let name = format!("{:?}: {method}, {methods:?} allowed: {said:?}", app.framework);
            let refused = said.is_some_and(|said| said.contains("the method is not allowed"));
            assert_eq!(refused, !expected, "{name}");
        }
    }
}

/// JSON needs leave (Fetch Standard §2.2.2), and a browser that has none says nothing of it to the
/// page.
#[test]
fn h11_a_header_of_the_page_needs_leave() {
    let [bearer, dpop] = gates();
    let sends = [CONTENT_TYPE, HeaderName::from_static("idempotency-key")];
    for (gate, allowed, expected) in [
        (&bearer, "authorization", "the header `content-type` may not be sent"),
        (&bearer, "authorization,content-type", "the header `idempotency-key` may not be sent"),
        (&bearer, "Idempotency-Key, Content-Type, Authorization", ""),
        (&bearer, "authorization, *", ""),
        (&bearer, "*", "the header `authorization` may not be sent"),
        (&dpop, "authorization,content-type,idempotency-key", "the header `dpop` may not be sent"),
    ] {
        // Leaked: a row is data, and a layer is `Copy`.
        let lines: Lines =
            Box::leak(Box::new([ORIGIN, METHODS, ("access-control-allow-headers", allowed)]));
        for app in behind(gate, Layer { preflight: Some((204, lines)), call: READ }) {
            let said = app.check_sending(&sends, gate, "POST", "/plain", PAGE).err();
            let said = said.map_or(String::new(), |error| error.to_string());
            let is_right = said.contains(expected) && said.is_empty() == expected.is_empty();
            assert!(is_right, "{:?}: {allowed:?} allowed: {said:?}", app.framework);
        }
    }
}

/// A proxy that answers nothing by itself, and adds lines to all that comes back: enough where
/// preflights come to a guard.
#[test]
fn r_9110_06_a_guard_leaves_the_leave_to_a_proxy() {
    let [bearer, _] = gates();
    for app in behind(&bearer, Layer { preflight: None, call: &[ORIGIN, HEADERS, EXPOSED] }) {
        assert_eq!(app.check(&bearer, "POST", "/any", PAGE), Ok(()), "{:?}", app.framework);
    }
    for app in behind(&bearer, Layer { preflight: None, call: &[] }) {
        let said = app.check(&bearer, "POST", "/any", PAGE).unwrap_err().to_string();
        let expected = "the preflight's answer does not allow the origin";
        assert!(said.contains(expected), "{:?}: {said}", app.framework);
    }
}

/// A route that is open is told as it is by the check without an origin.
#[test]
fn h11_an_open_route_is_no_better_for_its_layer() {
    let [bearer, dpop] = gates();
    for app in behind(&bearer, Layer { preflight: Some((204, GOOD)), call: READ }) {
        let said = app.check(&bearer, "POST", "/nowhere", PAGE).unwrap_err().to_string();
        assert!(said.contains("there is no such route"), "{:?}: {said}", app.framework);
        let said = app.check(&dpop, "POST", "/plain", PAGE).unwrap_err().to_string();
        assert!(said.contains("the guard there is of another gate"), "{:?}: {said}", app.framework);
    }
}

#[test]
fn an_origin_is_written_as_browsers_write_it() {
    let [bearer, _] = gates();
    for app in
        behind(&bearer, Layer { preflight: Some((204, &[ANY, HEADERS])), call: &[ANY, EXPOSED] })
    {
        for origin in [
            "https://app.example",
            "https://app.example:8443",
            "https://xn--bcher-kva.example",
            "http://localhost:3000",
            "http://127.0.0.1:443",
            "http://[::1]:8080",
            "chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek",
        ] {
            assert_eq!(app.check(&bearer, "POST", "/plain", origin), Ok(()), "{origin}");
        }
        for origin in [
            "",
            "*",
            "null",
            "app.example",
            "https://",
            "https://app.example/",
            "https://a/b",
            "https://a?b",
            "https://a#b",
            "https://me@a",
            "https://a, https://b",
            "https://a\n",
            "HTTPS://app.example",
            "https://App.example",
            "https://app.example:443",
            "http://app.example:80",
            "https://app.example:",
            "https://app.example:08443",
            "https://app.example:65536",
            "https://app.example.",
            "https://bücher.example",
            "https://app example",
            "http://127.1",
            "http://[0::1]",
            "http://[::1",
            "://app.example",
        ] {
            let said = app.check(&bearer, "POST", "/plain", origin).unwrap_err().to_string();
            assert!(said.contains("that is no origin; write it"), "{origin:?}: {said}");
        }
    }
}
