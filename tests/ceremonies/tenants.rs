//! C11: two authorities that share a store, and the provider of the logins, share nothing else.

use std::sync::Arc;

use serde_json::json;
use stepup_authority::factor::{EmailCode, RecoveryCodes, Totp};
use stepup_authority::{Authority, FirstEnrolment, Issuer, SealingKeys};
use stepup_core::{Algorithm, KeySet, ManualClock, TrustedIssuer};
use stepup_tests::authority::{BANK_API, Events, Outbox, Service, Setup};
use stepup_tests::{Api, Framework, ISSUER, NOW, Token};

use crate::scene::{exchange, granted, is, said, setups, token};

/// An authority of this name on a store that others have too, with the same secret.
pub async fn tenant(name: &str, beside: &Setup, provider: &stepup_tests::Issuer) -> Service {
    let clock: Arc<ManualClock> = beside.clock.clone();
    let framework: Framework = beside.framework;
    let sealing = SealingKeys::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let issuer = Issuer::builder(name, BANK_API).clock(clock.clone());
    let issuer = issuer.open(beside.store.clone(), Arc::new(sealing.unwrap())).await.unwrap();
    let keys = KeySet::from_jwks(provider.jwks().as_bytes()).unwrap();
    let trusted = TrustedIssuer::new(ISSUER, BANK_API).keys(keys);
    let gate = issuer.gate().trust(trusted).build().unwrap();
    let (outbox, events) = (Outbox::default(), Events::default());
    let authority = Authority::builder(issuer.clone(), gate.clone())
        .factor(Totp::new(name))
        .factor(EmailCode::new(outbox.clone()).accepted_as_second_factor())
        .factor(RecoveryCodes::new())
        .first_enrolment(FirstEnrolment::AfterLogin { within: std::time::Duration::from_secs(300) })
        .events(events.clone())
        .build()
        .unwrap();
    let api = Api::with_authority(framework, &gate, &authority);
    Service { api, authority, issuer, gate, clock, outbox, events }
}

#[tokio::test]
async fn c11_two_authorities_on_one_store_know_nothing_of_each_other() {
    for setup in setups() {
        let provider = stepup_tests::Issuer::new(Algorithm::EdDsa);
        let one = tenant("https://one.example", &setup, &provider).await;
        let two = tenant("https://two.example", &setup, &provider).await;
        // One login, of the provider that both trust: user, client and session are the same.
        let login = Token::new()
            .with("aud", BANK_API)
            .with("acr", "single-factor")
            .with("amr", json!(["pwd"]))
            .with("sid", "s1")
            .with("exp", NOW + 3600);
        let login = provider.token(&login);
        let here = one.login("alice").await.with_token(&login);
        let there = two.login("alice").await.with_token(&login);
        let app = here.enrol_totp().await;
        let factors = there.get("/step-up/factors").await.json();
        assert_eq!(factors["factors"], json!([]), "she has none there");
        let other = there.enrol_totp().await;
        let begun = here.step_up(&app).await.enrol(json!({ "method": "totp" })).await;
        let enrolment = begun["id"].as_str().unwrap();
        let ceremony = here.begin_mfa().await.id;
        for (factor, code) in
            [(&app.factor, app.code(one.now())), (&other.factor, other.code(one.now()))]
        {
            for answer in [
                there.prove(&ceremony, factor, &code).await,
                there.prompt(&ceremony, factor).await,
                there.state(&ceremony).await,
                there.cancel(&ceremony).await,
                there.confirm(enrolment, &code).await,
            ] {
                assert_eq!(said(&answer), is(404, "no-such-ceremony"));
            }
            let more = [("factor", factor.as_str()), ("code", code.as_str())];
            let answer = exchange(&two, &there, &ceremony, &more).await;
            assert_eq!((answer.status.as_u16(), token(&answer)), (400, None));
        }
        // Her factor of here is none there, in a ceremony of there.
        let own = there.begin_mfa().await.id;
        let answer = there.prove(&own, &app.factor, &app.code(one.now())).await;
        assert_eq!(said(&answer), is(404, "no-such-factor"));
        // Her guesses there are none here, and the token of here is none there.
        for _ in 0..5 {
            there.prove(&own, &other.factor, &other.wrong_code(two.now())).await;
        }
        let answer = here.prove(&ceremony, &app.factor, &app.code(one.now())).await;
        assert_eq!(granted(&answer)["iss"], "https://one.example");
        let stepped_up = token(&answer).unwrap();
        assert_eq!(here.with_token(&stepped_up).post("/mfa").await.status, 200);
        assert_eq!(there.with_token(&stepped_up).post("/mfa").await.status, 401);
        assert_eq!(there.with_token(&stepped_up).state(&own).await.status, 401);
    }
}
