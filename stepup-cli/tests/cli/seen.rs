//! What a person sees on a terminal, and what they type there.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use stepup_authority::EventKind;
use stepup_core::Level;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::bank::Bank;
use crate::elsewhere::Elsewhere;
use crate::raw::{Raw, answer};
use crate::screen::Screen;

const CTRL_C: &[u8] = b"\x03";

/// Something turns while it waits, and Ctrl-C leaves a line that is empty. A terminal that has
/// nothing but lines is shown lines.
#[tokio::test]
async fn a_terminal_shows_that_it_goes_on_and_is_left_whole() {
    let phone = Elsewhere::reaching(Level::MFA, &[None]);
    let of_bank = phone.clone();
    let setup = Setup::new(Framework::Axum).with(move |builder| builder.factor(of_bank));
    let bank = Bank::open(setup).await;
    let alice = bank.service.login("alice").await;
    phone.enrol(&alice).await;
    let line = format!("call POST {url}/mfa --authority {url}", url = bank.url);
    for (number, terminal) in ["xterm", "dumb"].into_iter().enumerate() {
        let mut screen = Screen::open(terminal, &line, &alice.token);
        if terminal == "dumb" {
            screen.shows("Waiting for", 1).await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        } else {
            for frame in ["|", "/", "-"] {
                // However narrow it is, a line is one.
                screen.shows(&format!("\u{1b}[?7l\r{frame} Waiting for"), 1).await;
            }
        }
        screen.is_typed(CTRL_C);
        let (code, text) = screen.ended().await;
        assert_eq!(code, 130, "{text}");
        match terminal {
            "dumb" => {
                assert_eq!(text.matches("Waiting for").count(), 1, "{text:?}");
                assert!(!text.contains('\u{1b}'), "{text:?}");
            }
            _ => assert!(text.ends_with("\r\u{1b}[K"), "{text:?}"),
        }
        assert_eq!(bank.service.events.count(EventKind::Cancelled), number + 1);
    }
}

#[tokio::test]
async fn a_terminal_that_is_closed_cancels_the_ceremony() {
    let bank = Bank::open(Setup::new(Framework::Axum)).await;
    let alice = bank.service.login("alice").await;
    alice.enrol_totp().await;
    let line = format!("call POST {url}/mfa --authority {url}", url = bank.url);
    let screen = Screen::open("xterm", &line, &alice.token);
    screen.shows("Code of", 1).await;
    screen.close();
    let heard = async {
        while bank.service.events.count(EventKind::Cancelled) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), heard).await.expect("the authority hears of it");
}

/// Pushes that lapse, and a person who presses Enter all the time: one press sends one push.
#[tokio::test]
async fn b8_what_was_typed_before_a_question_is_no_answer() {
    let polls = AtomicUsize::new(0);
    let server = Raw::start(move |head| {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        if path.ends_with("/proof") {
            // Time to type in.
            let first = polls.fetch_add(1, Ordering::SeqCst) == 0;
            std::thread::sleep(Duration::from_millis(if first { 1_500 } else { 100 }));
            return answer("409 Conflict", "", r#"{"type":"https://x/prompt-over"}"#);
        }
        match path.as_str() {
            "/step-up/ceremonies" => {
                let factor = r#"{"id":"f_1","method":"push","level":"mfa","hint":""}"#;
                let body = format!(r#"{{"id":"c_1","expires_in":300,"factors":[{factor}]}}"#);
                answer("201 Created", "", &body)
            }
            path if path.starts_with("/step-up/") => answer("200 OK", "", r#"{"prompt":{}}"#),
            _ => {
                let step_up = "Bearer error=\"insufficient_user_authentication\"";
                answer("401 Unauthorized", &format!("www-authenticate: {step_up}\r\n"), "")
            }
        }
    });
    let pushes = || server.seen().iter().filter(|head| head.contains("/factors/f_1 ")).count();
    let line = format!("call POST {url}/mfa --authority {url}", url = server.url);
    let mut screen = Screen::open("xterm", &line, "login");
    // Before the first question, and more than one at the next.
    for (keys, first_shown, then_pushes) in
        [(&b"\n\n\n"[..], "Waiting for your phone", 1), (b"\n\n\n\n\n", "Press Enter", 2)]
    {
        screen.shows(first_shown, 1).await;
        screen.is_typed(keys);
        screen.shows("Press Enter", then_pushes).await;
        // Long enough for another push, if one is sent.
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert_eq!(pushes(), then_pushes, "{}", screen.text());
    }
    screen.is_typed(CTRL_C);
    assert_eq!(screen.ended().await.0, 130);
}
