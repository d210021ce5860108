//! H3: another spelling of a path is another path, or meets the guard (CVE-2026-2880,
//! CVE-2026-33808, CVE-2021-32637).

use std::collections::BTreeSet;

use stepup_core::Algorithm;
use stepup_tests::{Framework, Issuer, NOW, Served, Token, clock, gate};

use crate::{raw, routes};

/// Spellings of a path, as they stand in a request line. Nothing between here and the server puts
/// them right.
fn spellings(path: &str) -> BTreeSet<String> {
    let name = &path[1..];
    let (first, rest) = name.split_at(1);
    let escaped = format!("%{:02x}", first.as_bytes()[0]);
    let (upper, capital) = (name.to_uppercase(), first.to_uppercase() + rest);
    let before = "/ // /. /./. /.. /x/.. /%2e /%2E%2e /x/%2e%2e /%2f %2f /%5c /; /;x=1 /%00 /%20 \
                  /%09 /\\ /x/..; /public/.. /~ /*";
    let behind = "/ // /. /.. /./ /%2e %2f %2F %5c \\ ; ;x=1 ;.css %3b %00 %20 %09 %0a %0d%0a %23 \
                  %3f %25 %252f . .. .json .css ~ * ? ?x=1 ?? ?; ?/../x & # #/x : @x /x /x/.. \
                  /%2e%2e/x é %c0%af %ff %u002f % %2";
    let mut spellings = BTreeSet::from([path.to_owned()]);
    spellings.extend(before.split(' ').map(|before| format!("{before}/{name}")));
    spellings.extend(behind.split(' ').map(|behind| format!("/{name}{behind}")));
    spellings.extend([
        name.to_owned(),
        format!("/{upper}"),
        format!("/{capital}"),
        format!("/{escaped}{rest}"),
        format!("/{}{rest}", escaped.to_uppercase()),
        format!("/%25{}{rest}", &escaped[1..]),
        format!("http://api.example/{name}"),
        format!("http://api.example//{name}"),
        format!("https://other.example/{name}"),
        format!("http://user@api.example/{name}"),
        format!("//other.example/{name}"),
        format!("/http://api.example/{name}"),
    ]);
    spellings
}

#[test]
fn h3_no_spelling_of_a_path_goes_around_the_guard() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    // Enough for the most demanding.
    let best = Token::new()
        .with("acr", "phrh")
        .with("auth_time", NOW)
        .with("iat", NOW)
        .with("amr", vec!["hwk", "pin", "sc"])
        .with("scope", "payments accounts:read");
    let best = format!("Bearer {}", issuer.token(&best));
    for framework in Framework::ALL {
        let served = Served::api(framework, &gate(&issuer, &clock()));
        let ask = |target: &str, headers: &[(&str, &str)]| {
            raw::status(served.address(), raw::request("POST", target, headers))
        };
        for path in routes::guarded() {
            let spellings = spellings(&path);
            assert!(spellings.len() >= 80, "{}", spellings.len());
            for spelling in &spellings {
                let status = ask(spelling, &[]);
                // 400 is the server's own word for what is no request line.
                assert!(
                    [400, 401, 404, 405].contains(&status),
                    "{framework:?} {spelling}: {status}"
                );
                assert_eq!(served.ran(), 0, "{framework:?} {spelling}");
            }
        }
        // The spellings that do lead to the handler are those that met its guard.
        for spelling in spellings("/mfa") {
            let before = served.ran();
            ask(&spelling, &[("authorization", &best)]);
            if served.ran() > before {
                assert_eq!(ask(&spelling, &[]), 401, "{framework:?} {spelling}");
            }
        }
        assert!(served.ran() >= 5, "{framework:?}: some do");
    }
}
