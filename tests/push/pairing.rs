//! R-PUSH-03: how a device becomes its user's.

use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_authority::device::{Device, DeviceError, Refusal};
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::scene::{finish, is, problem, refused, send, start, start_at};

stepup_tests::on_every_store!(
    r_push_03_a_device_is_enrolled_once_it_has_paired
    r_push_03_nobody_pairs_without_the_secret_or_late
    r_bind_01_a_session_alone_pairs_nothing
);

async fn r_push_03_a_device_is_enrolled_once_it_has_paired(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let begun = alice.enrol(json!({ "method": "push" })).await;
    let uri = begun["pairing_uri"].as_str().unwrap();
    let (page, secret) = uri.split_once('#').unwrap();
    let name = begun["device"].as_str().unwrap();
    assert_eq!(page, format!("https://bank.example/step-up/methods/push/devices/{name}"));
    assert_eq!((secret, secret.len()), (begun["secret"].as_str().unwrap(), 43));
    assert!(begun["qr"].as_str().unwrap().starts_with("<svg "));
    for _ in 0..10 {
        assert_eq!(problem(&finish(&alice, &begun).await), is(409, "pending"));
    }
    let (device, request) = Device::pair(uri, "Alice's telephone").unwrap();
    assert_eq!(device.paired(&send(&service, request.clone()).await), Ok(()));
    assert_eq!(alice.get("/step-up/factors").await.json()["factors"], json!([]));
    // Its answer got lost; and somebody who saw the code comes too late.
    assert_eq!(device.paired(&send(&service, request).await), Ok(()));
    let (second, request) = Device::pair(uri, "Mallory's").unwrap();
    let refusal = second.paired(&send(&service, request).await);
    assert_eq!(refusal, refused(Refusal::NoSuchPairing));

    let answer = finish(&alice, &begun).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    assert_eq!(answer.json()["factor"]["method"], "push");
    assert_eq!(answer.json()["factor"]["hint"], "Alice's telephone");
    assert_eq!(service.events.count(EventKind::Enrolled), 1);
    assert_eq!(service.events.count(EventKind::Failed), 0);
    // R-BIND-01: it gave no token, and is not enrolled twice.
    assert_eq!(answer.json().get("access_token"), None);
    assert_eq!(problem(&finish(&alice, &begun).await), is(410, "ceremony-over"));
}

async fn r_push_03_nobody_pairs_without_the_secret_or_late(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    let begun = alice.enrol(json!({ "method": "push" })).await;
    let uri = begun["pairing_uri"].as_str().unwrap();
    let (page, secret) = uri.split_once('#').unwrap();
    let bobs = service.login("bob").await.enrol(json!({ "method": "push" })).await;
    let bobs = bobs["pairing_uri"].as_str().unwrap();
    let (bobs_page, bobs_secret) = bobs.split_once('#').unwrap();
    let pair = async |uri: &str, name: &str| {
        let (device, request) = Device::pair(uri, name).unwrap();
        device.paired(&send(&service, request).await)
    };
    for (page, secret) in [(page, ""), (page, "secret"), (page, bobs_secret), (bobs_page, secret)] {
        let answer = pair(&format!("{page}#{secret}"), "Telephone").await;
        assert_eq!(answer, refused(Refusal::NoSuchPairing), "{page}#{secret}");
    }
    let unknown = format!("{}A.{}#{secret}", &page[..page.len() - 46], "B".repeat(22));
    assert_eq!(pair(&unknown, "Telephone").await, refused(Refusal::Other(404)), "{unknown}");
    for name in ["", " ", "a\nb", "a\u{202e}b", "\u{200b}", &"x".repeat(65)] {
        assert_eq!(pair(uri, name).await, refused(Refusal::Other(400)), "{name:?}");
    }
    assert_eq!(problem(&finish(&alice, &begun).await), is(409, "pending"));
    service.wait(600);
    assert_eq!(pair(uri, "Telephone").await, refused(Refusal::NoSuchPairing));
    assert_eq!(problem(&finish(&alice, &begun).await), is(410, "ceremony-over"));
    for odd in ["", "#", "bank.example#x", "ftp://bank.example/x#y", "https://bank.example/?a#b"] {
        assert_eq!(Device::pair(odd, "Telephone").unwrap_err(), DeviceError::NotAPairingUri);
    }
}

/// Whoever has a session and no factor of the user's adds no device (O27).
async fn r_bind_01_a_session_alone_pairs_nothing(setup: Setup) {
    let service = start(setup).await;
    let alice = service.login("alice").await;
    alice.enrol_totp().await;
    let refusal = alice.try_enrol(json!({ "method": "push" })).await;
    assert_eq!(refusal.status, 401);
    assert!(refusal.challenge().contains("insufficient_user_authentication"));
    assert_eq!(refusal.json().get("secret"), None::<&Value>);
}

/// A device would look for them in vain.
#[tokio::test]
async fn p3_pages_that_are_elsewhere_do_not_start() {
    for framework in Framework::ALL {
        for (mounted, told) in [
            ("/step-up", "/auth/step-up"),
            ("/auth/step-up", "/step-up"),
            ("/step-up", "/step-up/"),
            ("/step", "/step-up"),
        ] {
            let started = start_at(mounted, Setup::new(framework), |push| push.path(told)).await;
            let error = started.map(drop).unwrap_err().to_string();
            let pages = format!("at `https://bank.example{told}/methods/push/devices`");
            let below = format!("below `https://bank.example{mounted}/methods/push/`");
            assert!(error.contains(&pages) && error.contains(&below), "{error}");
        }
        let setup = Setup::new(framework);
        let service = start_at("/auth/su", setup, |push| push.path("/auth/su")).await.unwrap();
        let elsewhere = service.login("alice").await;
        let details = json!({ "method": "push" });
        let begun = elsewhere.call("POST", "/auth/su/enrolments", &details).await.json();
        let (device, request) =
            Device::pair(begun["pairing_uri"].as_str().unwrap(), "Telephone").unwrap();
        assert_eq!(device.paired(&send(&service, request).await), Ok(()));
    }
}
