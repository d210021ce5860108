//! Google's keys cannot be had.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use serde_json::json;
use stepup_authority::factor::FirebaseFactor;
use stepup_core::{
    Authentication, Credential, Gate, Level, ManualClock, Timestamp, Verification, Verifier,
    VerifyError,
};
use stepup_tests::authority::Setup;
use stepup_tests::{Framework, NOW};
use tokio::time::Instant;

use super::{GOOGLE, UID, claims, google, problem};

const WELL: u8 = 0;
const DOWN: u8 = 1;
const SLOW: u8 = 2;

/// What a gate does with Google's keys, or without.
#[derive(Clone, Debug, Default)]
struct Google(Arc<AtomicU8>);

impl Verifier for Google {
    fn verify<'a>(&'a self, _: Credential<'a>, now: Timestamp) -> Verification<'a> {
        match self.0.load(Ordering::Relaxed) {
            WELL => {
                let expires_at = now.plus(Duration::from_secs(3600));
                let sign_in = Authentication::of_user(GOOGLE, UID, expires_at);
                Verification::Ready(Ok(Arc::new(
                    sign_in.with_level(Level::MFA).with_auth_time(now),
                )))
            }
            DOWN => {
                let retry_after = Duration::from_secs(7);
                Verification::Ready(Err(VerifyError::Unavailable { retry_after }))
            }
            _ => Verification::Pending(Box::pin(std::future::pending())),
        }
    }
}

/// Timers run ahead, so the five seconds of the last are short.
#[tokio::test(start_paused = true)]
async fn f12_while_googles_keys_are_not_to_be_had_nothing_is_counted() {
    let signer = google();
    let header = signer.header().to_string();
    for framework in Framework::ALL {
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(NOW)));
        let google = Google::default();
        let gate = Gate::with_verifier(google.clone()).realm("bank").clock(clock.clone());
        let gate = gate.except_module("stepup_tests").build().unwrap();
        let factor = FirebaseFactor::new(gate).unwrap();
        let setup = Setup::new(framework).clock(clock);
        let service = setup.with(|builder| builder.factor(factor)).start().await;
        let token = || signer.sign(&header, &claims(service.now()).to_string());
        let alice = service.login("alice").await;
        let app = alice.enrol_totp().await;
        let alice = alice.step_up(&app).await;
        let begun = alice.enrol(json!({ "method": "firebase" })).await;
        let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        let enrolled = alice.call("POST", &path, &json!({ "id_token": token() })).await;
        assert_eq!(enrolled.status, 201, "{}", enrolled.json());
        service.wait(60);

        let alice = service.login("alice").await;
        let begun = alice.begin_mfa().await;
        let factor = begun.factor("firebase");
        assert_eq!(alice.prompt(&begun.id, &factor).await.status, 200);
        let answer = json!({ "factor": factor, "id_token": token() });
        // More often than one may be wrong.
        for (state, retry_after) in
            [DOWN; 7].map(|down| (down, "7")).into_iter().chain([(SLOW, "5")])
        {
            google.0.store(state, Ordering::Relaxed);
            let begun_at = Instant::now();
            let refused = alice.prove_with(&begun.id, &answer).await;
            assert_eq!(problem(&refused), (503, "unavailable".to_owned()), "{}", refused.json());
            assert_eq!(refused.headers["retry-after"], retry_after);
            assert!(begun_at.elapsed() < Duration::from_secs(6), "{:?}", begun_at.elapsed());
            assert!(refused.json()["factors"].to_string().contains("totp"), "others are named");
        }
        google.0.store(WELL, Ordering::Relaxed);
        let proved = alice.prove_with(&begun.id, &answer).await;
        assert_eq!(proved.status, 200, "{}", proved.json());
    }
}
