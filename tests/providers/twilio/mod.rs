//! Twilio Verify.

mod codes;
mod double;
mod faults;
mod journey;
mod pushes;
mod removed;
mod totp;
mod withdrawn;

use stepup_authority::factor::TwilioVerify;
use stepup_tests::Framework;
use stepup_tests::authority::{Service, Setup, User};

use self::double::{KEY, SECRET, SERVICE, Twilio};

fn verify(twilio: &Twilio) -> TwilioVerify {
    TwilioVerify::new(KEY, SECRET, SERVICE).unwrap().base_url(&twilio.http.url).unwrap()
}

/// With each of Twilio's factors beside the authority's own, whose names they do not take.
async fn start(framework: Framework, twilio: &Twilio) -> Service {
    let verify = verify(twilio);
    let setup = Setup::new(framework).with(move |builder| {
        builder
            .factor(verify.sms().named("t-sms"))
            .factor(verify.call())
            .factor(verify.whatsapp())
            .factor(verify.email().named("t-email"))
            .factor(verify.sms().with_own_codes().named("t-own"))
            .factor(verify.totp("Bank").unwrap().named("t-totp"))
            .factor(verify.push("Confirm?").unwrap().named("t-push"))
    });
    setup.start().await
}

/// Enrols a number for a method, and lets half a minute go by: the factor.
async fn enrol_number(
    service: &Service,
    user: &User<'_>,
    twilio: &Twilio,
    method: &str,
    number: &str,
) -> String {
    let begun = user.enrol(serde_json::json!({ "method": method, "phone": number })).await;
    let answer = user.confirm(begun["id"].as_str().unwrap(), &twilio.code(number)).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    service.wait(30);
    answer.json()["factor"]["id"].as_str().unwrap().to_owned()
}
