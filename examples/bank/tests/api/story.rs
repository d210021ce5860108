//! A password, a refusal, a proof, and the money goes through.

use serde_json::{Value, json};
use stepup_client::{
    AccessToken, Answer, Asked, AuthorityStepper, BoxFuture, Offer, Prompter, Question, StepUp,
    Trouble,
};
use stepup_tests::authority::TotpApp;

use super::everywhere;
use crate::support::Open;

everywhere!(
    money_is_sent_after_a_code_of_an_app
    money_is_sent_after_a_code_from_the_outbox
    a_proof_is_good_for_five_minutes_and_a_login_for_an_hour
    a_client_confirms_and_repeats_by_itself
);

async fn money_is_sent_after_a_code_of_an_app(bank: Open) {
    let alice = bank.login("alice").await;
    let statement = alice.get("/accounts").await;
    assert_eq!(statement.status, 200);
    assert_eq!(
        statement.json,
        json!({
            "user": "alice",
            "name": "Alice Archer",
            "email": "alice@example.com",
            "accounts": [
                { "number": "XX12 BANK 0000 0000 1001", "name": "Current account",
                  "balance": "2400.00", "currency": "EUR" },
                { "number": "XX12 BANK 0000 0000 1002", "name": "Savings account",
                  "balance": "12500.00", "currency": "EUR" },
            ],
            "transfers": [],
        })
    );

    let refused = alice.pay("bob", json!(25)).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    assert!(challenge.contains(r#"acr_values="mfa phr phrh", max_age="300""#), "{challenge}");
    assert_eq!(refused.json["detail"], "Confirm that it is you who sends this money.");
    assert_eq!(alice.balance().await, "2400.00");

    let app = bank.app("alice").await;
    let confirmed = alice.step_up(&refused, &app).await;
    let sent = confirmed.pay("bob", json!(25)).await;
    assert_eq!(sent.status, 200, "{}", sent.text);
    let receipt =
        json!({ "to": "Bob Baker", "amount": "25.00", "at": bank.now(), "balance": "2375.00" });
    assert_eq!(sent.json, receipt);
    assert_eq!(confirmed.pay("bob", json!("0.50")).await.status, 200);

    let at = bank.now();
    let transfers = |direction: &str| {
        let (from, to) = ("Alice Archer", "Bob Baker");
        json!([
            { "from": from, "to": to, "amount": "0.50", "at": at, "direction": direction },
            { "from": from, "to": to, "amount": "25.00", "at": at, "direction": direction },
        ])
    };
    let statement = alice.get("/accounts").await.json;
    assert_eq!(statement["transfers"], transfers("out"));
    assert_eq!(statement["accounts"][0]["balance"], "2374.50");
    let bob = bank.login("bob").await.get("/accounts").await.json;
    // Whoever is paid sees by whom.
    assert_eq!(bob["transfers"], transfers("in"));
    assert_eq!(bob["accounts"][0]["balance"], "841.00");
}

async fn money_is_sent_after_a_code_from_the_outbox(bank: Open) {
    let alice = bank.login("alice").await;
    let refused = alice.pay("bob", json!(25)).await;
    let (page, factor) = alice.begin(&refused, "email").await;
    let asked = alice.call("POST", &format!("{page}/factors/{factor}"), &Value::Null).await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    let mails = bank.mail_to("alice@example.com").await;
    assert!(mails.iter().any(|mail| mail.starts_with("\"Your confirmation code\"")), "{mails:?}");
    let code = alice.code_mailed_to("alice@example.com").await;
    let confirmed = alice.prove(&page, &json!({ "factor": factor, "code": code })).await;
    assert_eq!(confirmed.pay("bob", json!(25)).await.status, 200);
    assert!(bank.mail_to("bob@example.com").await.iter().all(|mail| !mail.contains(&code)));
}

async fn a_proof_is_good_for_five_minutes_and_a_login_for_an_hour(bank: Open) {
    let alice = bank.login("alice").await;
    let app = bank.app("alice").await;
    let begun = bank.now();
    let confirmed = alice.confirmed(&app).await;
    bank.wait(begun + 299 - bank.now());
    assert_eq!(confirmed.pay("bob", json!(1)).await.status, 200);
    bank.wait(2);
    assert_eq!(confirmed.pay("bob", json!(1)).await.status, 401);
    // The login goes on, and can be stepped up again.
    let again = alice.confirmed(&app).await;
    assert_eq!(again.pay("bob", json!(1)).await.status, 200);
    bank.wait(3600);
    assert_eq!(alice.get("/accounts").await.status, 401);
    assert_eq!(bank.nobody().get("/accounts").await.status, 401);
}

/// Somebody at a keyboard who types what their app shows.
struct AtTheirApp {
    app: TotpApp,
    now: u64,
}

impl Prompter for AtTheirApp {
    fn choose<'a>(&'a self, asked: &'a Asked, offers: &'a [Offer]) -> BoxFuture<'a, Option<usize>> {
        assert_eq!(asked.reason(), Some("Confirm that it is you who sends this money."));
        let place = offers.iter().position(|offer| offer.method() == "totp");
        Box::pin(std::future::ready(place))
    }

    fn answer<'a>(&'a self, _: &'a Asked, _: &'a Question) -> BoxFuture<'a, Answer> {
        Box::pin(std::future::ready(Answer::code(self.app.code(self.now))))
    }

    fn tell(&self, trouble: &Trouble) {
        panic!("{trouble:?}");
    }
}

async fn a_client_confirms_and_repeats_by_itself(bank: Open) {
    let alice = bank.login("alice").await;
    let person = AtTheirApp { app: bank.app("alice").await, now: bank.now() };
    let stepper = AuthorityStepper::new(&bank.url, person).unwrap().without("webauthn");
    let token = AccessToken::bearer(alice.token.as_deref().unwrap());
    let step_up = StepUp::builder(token, stepper).origin(&bank.url).build().unwrap();
    let client = step_up.client(reqwest::Client::builder().no_proxy()).unwrap().build();
    let order = json!({ "to": "bob", "amount": 25 }).to_string();
    let request = client.post(format!("{}/transfers", bank.url)).body(order);
    let sent = request.header("content-type", "application/json").send().await.unwrap();
    assert_eq!(sent.status(), 200);
    assert_eq!(alice.balance().await, "2375.00");
}
