//! Okta.

mod codes;
mod double;
mod faults;
mod journey;
mod lockout;
mod pushes;
mod users;
mod withdrawn;

use serde_json::json;
use stepup_authority::factor::{self, Okta as Organisation};
use stepup_tests::Framework;
use stepup_tests::authority::{Service, Setup, User};

use self::double::{APP_CODE, Okta, TOKEN};
use crate::scene::confirm;

/// With each of Okta's factors beside the authority's own, whose names they do not take. Who is
/// called `stranger…` is nobody there.
async fn start(framework: Framework, okta: &Okta) -> Service {
    start_in(Setup::new(framework), okta).await
}

async fn start_in(setup: Setup, okta: &Okta) -> Service {
    start_with(setup, okta, |user| {
        (!user.subject.starts_with("stranger")).then(|| format!("00u{}", user.subject))
    })
    .await
}

/// With what is said of who a user is at Okta.
async fn start_with(
    setup: Setup,
    okta: &Okta,
    known: impl Fn(factor::User<'_>) -> Option<String> + Send + Sync + 'static,
) -> Service {
    let okta = Organisation::new(&okta.http.url, TOKEN, known).unwrap();
    let setup = setup.with(move |builder| {
        builder
            .factor(okta.sms().named("o-sms"))
            .factor(okta.call())
            .factor(okta.email().named("o-email"))
            .factor(okta.totp().named("o-totp"))
            .factor(okta.push())
    });
    setup.start().await
}

/// The factor at Okta that a method takes.
fn at_okta(method: &str) -> &'static str {
    match method {
        "o-sms" => "sms1",
        "call" => "clf1",
        "o-email" => "emf1",
        "o-totp" => "ost1",
        _ => "opf1",
    }
}

/// Enrols what the user has there, and lets half a minute go by.
async fn enrol(service: &Service, user: &User<'_>, okta: &Okta, method: &str) -> String {
    let begun = user.enrol(json!({ "method": method })).await;
    let code = match method {
        "o-totp" => APP_CODE.to_owned(),
        "push" => {
            okta.user_says("SUCCESS");
            String::new()
        }
        method => okta.code(&format!("00u{}", user.subject), at_okta(method)),
    };
    let answer = confirm(user, &begun, &json!({ "code": code })).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    okta.codes_change();
    service.wait(30);
    answer.json()["factor"]["id"].as_str().unwrap().to_owned()
}
