#![cfg(test)]

use std::sync::Arc;

use serde_json::json;
use stepup_core::{ManualClock, Timestamp};

use super::paired::Paired;
use super::*;
use crate::SealingKeys;
use crate::factor::trial::{ALICE, Trial, enrol};
use crate::store::{Key, Kind as RecordKind, MemoryStore, Store};

const NOW: u64 = 1_800_000_000;

async fn opened(store: &Arc<MemoryStore>, name: &str) -> Issuer {
    let keys = SealingKeys::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
    let builder = Issuer::builder(name, "https://bank.example/api");
    let builder = builder.clock(ManualClock::at(Timestamp::from_secs(NOW)));
    let store: Arc<dyn Store> = store.clone();
    builder.open(store, Arc::new(keys)).await.unwrap()
}

async fn issuer(store: &Arc<MemoryStore>) -> Issuer {
    opened(store, "https://bank.example").await
}

/// R-OTP-07: the number is typed, and whoever asks for it on a page of theirs can hand it on.
#[tokio::test]
async fn r_otp_07_a_push_reaches_mfa_at_most() {
    let push = Push::new(&issuer(&Arc::default()).await);
    let levels: Vec<Level> = push.strength().levels().collect();
    assert_eq!(levels, [Level::SINGLE_FACTOR, Level::MFA]);
    assert!(!push.is_guessable() && push.needs_prompt() && !push.is_single());
}

#[tokio::test]
async fn p3_it_cools_down_for_a_minute_to_an_hour() {
    let issuer = issuer(&Arc::default()).await;
    for seconds in [60, 300, 3600] {
        assert!(Push::new(&issuer).cool_down(Duration::from_secs(seconds)).is_ok(), "{seconds}");
    }
    for seconds in [0, 59, 3601, u64::MAX] {
        let error = Push::new(&issuer).cool_down(Duration::from_secs(seconds)).unwrap_err();
        assert!(error.to_string().starts_with("pushes cool down for"), "{seconds}");
    }
}

/// O24: two that are enrolled at once, and one that is enrolled again, are asked no oftener than one.
#[tokio::test]
async fn o24_devices_of_a_user_share_a_line_and_of_another_not() {
    let push = Push::new(&issuer(&Arc::default()).await);
    let none = Map::new();
    let line = async |user: User<'_>| {
        let enrolled = push.enrol(user, &none).await.unwrap();
        Paired::read(&enrolled.data).unwrap().line
    };
    let first = line(ALICE).await;
    assert_eq!((first.len(), line(ALICE).await), (22, first.clone()));
    assert_ne!(line(User { subject: "bob", ..ALICE }).await, first);
    assert_ne!(line(User { issuer: "https://other.example", ..ALICE }).await, first);
    // What was begun when keys were others goes on.
    let paired = Paired { line: "L".repeat(22), ..paired() };
    assert_eq!(line(User { enrolled: &[&paired.write()], ..ALICE }).await, paired.line);
}

fn paired() -> Paired {
    let text = || "A".repeat(22);
    Paired { line: text(), device: text(), key: String::new(), name: String::new() }
}

/// Devices find the service where it is mounted, whatever its issuer is called.
#[tokio::test]
async fn its_pages_are_where_the_authority_is() {
    for (name, path, page) in [
        ("https://bank.example", None, "https://bank.example/step-up/methods/push/devices/"),
        ("https://bank.example/id", None, "https://bank.example/step-up/methods/push/devices/"),
        (
            "https://bank.example:8443",
            Some("/auth"),
            "https://bank.example:8443/auth/methods/push/devices/",
        ),
    ] {
        let push = Push::new(&opened(&Arc::default(), name).await);
        let push = path.into_iter().fold(push, Push::path);
        let enrolled = enrol(&push, json!({})).await.unwrap();
        let uri = enrolled.show["pairing_uri"].as_str().unwrap().to_owned();
        assert!(uri.starts_with(page), "{uri}");
    }
}

/// S10: who has the store alone reads neither whom it is about nor what is asked, and cannot try
/// all numbers for the one that it is.
#[tokio::test]
async fn s10_its_record_is_sealed() {
    let store = Arc::default();
    let issuer = issuer(&store).await;
    let push = Push::new(&issuer).labelled(|_| "Account 4711".to_owned());
    let enrolled = enrol(&push, json!({})).await.unwrap();
    assert!(enrolled.is_by_answer && !enrolled.is_proved);
    let paired = Paired { key: "key".to_owned(), ..Paired::read(&enrolled.data).unwrap() };
    let secret = enrolled.show["secret"].as_str().unwrap().to_owned();
    let trial = Trial::of(paired.write()).at(NOW);
    let prompt = trial.prompt(&push).unwrap();
    let number = prompt.show["number"].as_str().unwrap().to_owned();
    let outgoing = prompt.outgoing.unwrap();
    let details = std::str::from_utf8(outgoing.details()).unwrap();
    assert!(details.contains("Account 4711") && !details.contains(&number), "{details}");
    assert!(push.deliver(&outgoing).await.is_ok());
    let key = [Key::of(RecordKind::Factor, &[issuer.issuer(), "push", &paired.line])];
    let record = store.read(&key).await.unwrap().records.remove(0).unwrap();
    let text = String::from_utf8_lossy(&record.value);
    for secret in ["Account 4711", "alice", &secret, &number, &paired.device, "request"] {
        assert!(!text.contains(secret), "{secret}");
    }
    // It opens as this record and no other.
    let context = ["push", key[0].as_str()];
    let opened = issuer.sealing().open(&context, &record.value).unwrap();
    assert!(std::str::from_utf8(&opened).unwrap().contains("Account 4711"));
    assert!(issuer.sealing().open(&["push", "factor:other"], &record.value).is_none());
}

/// What is kept of another method, or of an enrolment that came to nothing, is no device.
#[tokio::test]
async fn what_it_did_not_keep_it_does_not_read() {
    let push = Push::new(&issuer(&Arc::default()).await);
    for data in ["", "{}", "seed", r#"{"line":"a","device":"b"}"#] {
        let trial = Trial::of(data).at(NOW);
        assert!(trial.prompt(&push).is_err(), "{data}");
        assert!(matches!(trial.check(&push, "123456").await, Checked::Gone), "{data}");
    }
}
