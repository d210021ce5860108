//! `stepup explain`, of headers and of APIs in both frameworks.

use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::bank::Bank;
use crate::process::{run, stepup};
use crate::raw::{Raw, answer};

/// The words for each shape are tested where they are written.
#[tokio::test]
async fn a_header_as_it_is_copied() {
    let step_up = "Bearer error=\"insufficient_user_authentication\", max_age=300";
    let lines = format!("WWW-Authenticate: {step_up}\nwww-authenticate: Basic realm=\"a\"");
    for header in [step_up, &lines] {
        let ended = run(&mut stepup(&["explain", header])).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{header}");
        assert!(ended.stdout.contains("at most 5 minutes old"), "{}", ended.stdout);
        assert_eq!(ended.stdout.contains("Basic is another scheme"), header == lines);
    }
    let ended = run(&mut stepup(&["explain", "Bearer a=1, a=2"])).await;
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    assert!(ended.stderr.contains("a parameter stands twice"), "{}", ended.stderr);
    let okta = "Bearer error=insufficient_authentication_context, acr_values=urn:okta:loa:2fa:any";
    let ended = run(&mut stepup(&["explain", okta, "--dialect", "okta"])).await;
    assert!(ended.stdout.contains("asks for a step-up"), "{}", ended.stdout);
}

#[tokio::test]
async fn an_api_is_asked() {
    for framework in Framework::ALL {
        let bank = Bank::open(Setup::new(framework)).await;
        let alice = bank.service.login("alice").await;
        let (signed, _) = alice.token.rsplit_once('.').unwrap();
        let forged = format!("{signed}.{}", "A".repeat(86));
        for (page, token, more, expected) in [
            ("/mfa", "", &[][..], &["without a token: 401", "Bearer wants a token"][..]),
            ("/mfa", &alice.token, &["--no-token"], &["without a token", "wants a token"]),
            (
                "/mfa_fresh",
                &alice.token,
                &[],
                &["with a token: 401", "says    \"This needs", "mfa: two factors", "5 minutes old"],
            ),
            ("/mfa", &forged, &[], &["the token is expired, revoked"]),
            ("/verified", &alice.token, &[], &["200 OK", "It asks for nothing."]),
            ("/nowhere", &alice.token, &["-X", "post"], &["POST", "404", "no challenge in it"]),
        ] {
            let page = bank.page(page);
            let mut command = stepup(&[&["explain", page.as_str()], more].concat());
            if !token.is_empty() {
                command.env("STEPUP_TOKEN", token);
            }
            let ended = run(&mut command).await;
            assert_eq!(ended.code, 0, "{framework:?} {page}: {}", ended.stderr);
            for part in expected {
                assert!(ended.stdout.contains(part), "{framework:?} {page}: {}", ended.stdout);
            }
            assert!(!ended.stdout.contains("eyJ"), "{}", ended.stdout);
        }
    }
}

/// UTF-8, and the one byte a letter that HTTP had before it.
#[tokio::test]
async fn what_an_api_says_is_shown_in_its_letters() {
    let says = "Öffnen – bitte";
    let in_utf_8 = says.as_bytes().to_vec();
    for (bytes, expected) in [(in_utf_8, says), (b"\xd6ffnen bitte".to_vec(), "Öffnen bitte")] {
        let header = b"www-authenticate: Bearer error=\"invalid_token\", error_description=\"";
        let begin = b"HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n";
        let server = Raw::answering([&begin[..], header, &bytes, b"\"\r\n\r\n"].concat());
        let ended = run(&mut stepup(&["explain", &server.url])).await;
        assert!(ended.stdout.contains(&format!("\"{expected}\"")), "{}", ended.stdout);
    }
}

#[tokio::test]
async fn answers_that_apis_should_not_give() {
    let step_up = "www-authenticate: Bearer error=\"insufficient_user_authentication\"\r\n";
    for (status, headers, expected) in [
        ("401 Unauthorized", "", "without a WWW-Authenticate header, which RFC 9110"),
        ("403 Forbidden", "", "no other login helps"),
        ("403 Forbidden", step_up, "clients act on 401 alone"),
        ("302 Found", "location: https://elsewhere.example\r\n", "leads elsewhere"),
    ] {
        let server = Raw::answering(answer(status, headers, ""));
        let ended = run(&mut stepup(&["explain", &server.url])).await;
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(ended.stdout.contains(expected), "{status}: {}", ended.stdout);
    }
    let broken = Raw::answering(answer("401 Unauthorized", "www-authenticate: a=1\r\n", ""));
    assert_eq!(run(&mut stepup(&["explain", &broken.url])).await.code, 1);
    assert_eq!(run(&mut stepup(&["explain", "http://127.0.0.1:1"])).await.code, 3);
}
