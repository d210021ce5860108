//! The same story for each factor that a provider keeps, whatever the framework and the store.

use serde_json::json;
use stepup_authority::EventKind;
use stepup_tests::authority::{Ceremony, Setup};

use crate::doubles::Doubles;
use crate::providers::{MfaTokens, with_all};

stepup_tests::on_every_store!(what_a_provider_asks_for_ends_in_a_token_that_is_admitted);

const METHODS: [&str; 11] = [
    "twilio-sms",
    "twilio-totp",
    "twilio-push",
    "okta-sms",
    "okta-totp",
    "okta-push",
    "auth0-otp",
    "auth0-sms",
    "auth0-push",
    "firebase",
    "oidc",
];

async fn what_a_provider_asks_for_ends_in_a_token_that_is_admitted(setup: Setup) {
    let doubles = Doubles::start(&setup.clock).await;
    let (clock, places, tokens) = (setup.clock.clone(), doubles.places(), MfaTokens::default());
    let brought = tokens.clone();
    let setup = setup
        .with_issuer(move |builder, issuer| with_all(builder, issuer, &places, &tokens, clock));
    let service = setup.start().await;
    for (number, method) in METHODS.into_iter().enumerate() {
        let (name, phone) = (format!("user{number}"), format!("+49151123456{number:02}"));
        let user = service.login(&name).await;
        let bring = || brought.bring(&name, &doubles.auth0.mfa_token(&name));
        bring();
        let begun = user.enrol(json!({ "method": method, "phone": phone })).await;
        let shown = doubles.shown(method, &name, &phone, &begun);
        let path = format!("/step-up/enrolments/{}", begun["id"].as_str().unwrap());
        let answer = user.call("POST", &path, &shown).await;
        assert_eq!(answer.status, 201, "{method}: {}", answer.json());
        // An app shows another code then, and another question may be asked.
        service.wait(90);
        doubles.okta.codes_change();
        bring();

        let answer = async |ceremony: Ceremony| {
            let factor = ceremony.factor(method);
            let prompt = user.prompt(&ceremony.id, &factor).await;
            assert_eq!(prompt.status, 200, "{method}: {}", prompt.json());
            let mut answer = doubles.answer(method, &name, &phone, &prompt.json()["prompt"]);
            answer["factor"] = factor.into();
            user.prove_with(&ceremony.id, &answer).await
        };
        user.admitted_to("/mfa_fresh", "mfa", answer).await;
    }
    for kind in [EventKind::Enrolled, EventKind::Proved, EventKind::Issued] {
        assert_eq!(service.events.count(kind), METHODS.len(), "{kind:?}");
    }
    doubles.are_content();
}
