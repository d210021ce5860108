//! Doubles of all providers. Who checks answers itself takes a right one as often as the real one
//! does; tokens and codes of OpenID Connect are good as often as they are shown.

mod provider;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use stepup_core::ManualClock;

use self::auth0::tenant::{CODE, Tenant};
use self::okta::double::Okta;
use self::provider::Provider;
use self::twilio::double::Twilio;

#[path = "../../providers/double.rs"]
#[allow(dead_code, reason = "their own tests do more with it")]
pub mod double;

#[path = "../../providers/auth0"]
#[allow(dead_code, reason = "their own tests do more with it")]
mod auth0 {
    mod double;
    #[path = "../../races/doubles/tenant.rs"]
    pub mod tenant;
}

#[path = "../../providers/okta"]
#[allow(dead_code, reason = "their own tests do more with it")]
mod okta {
    pub mod double;
}

#[path = "../../providers/twilio"]
#[allow(dead_code, reason = "their own tests do more with it")]
mod twilio {
    pub mod double;
}

pub struct Doubles {
    pub openid: Provider,
    pub twilio: Twilio,
    pub okta: Okta,
    pub auth0: Tenant,
}

#[allow(dead_code, reason = "a walk answers by itself")]
impl Doubles {
    pub async fn start(clock: &Arc<ManualClock>) -> Self {
        let openid = Provider::start(clock).await;
        let auth0 = Tenant::start(clock).await;
        let (twilio, okta) = (Twilio::start(), Okta::start());
        Self { openid, twilio, okta, auth0 }
    }

    /// Where they are, by their names; of Firebase, its keys.
    pub fn places(&self) -> BTreeMap<String, String> {
        let places = [
            ("auth0", self.auth0.url()),
            ("firebase", self.openid.keys()),
            ("oidc", self.openid.url.clone()),
            ("okta", self.okta.http.url.clone()),
            ("twilio", self.twilio.http.url.clone()),
        ];
        places.into_iter().map(|(name, at)| (name.to_owned(), at)).collect()
    }

    /// What shows that the user has what an enrolment is of.
    pub fn shown(&self, method: &str, user: &str, phone: &str, begun: &Value) -> Value {
        if method != "twilio-push" {
            return self.answer(method, user, phone, &begun["prompt"]);
        }
        let identity = begun["identity"].as_str().expect("an identity");
        json!({ "factor_sid": self.twilio.app_makes_factor(identity, "verified") })
    }

    /// The right answer to what was asked last, at this moment.
    pub fn answer(&self, method: &str, user: &str, phone: &str, prompt: &Value) -> Value {
        let code = |code: &str| json!({ "code": code });
        match method {
            "auth0-otp" => json!({ "mfa_token": self.auth0.mfa_token(user), "code": CODE }),
            "auth0-sms" => code(&self.auth0.text()),
            "firebase" => json!({ "id_token": self.openid.firebase_sign_in(user) }),
            "oidc" => self.openid.redirect(prompt, user),
            "okta-sms" => code(&self.okta.code(&format!("00u{user}"), "sms1")),
            "okta-totp" => code(okta::double::APP_CODE),
            "twilio-sms" => code(&self.twilio.code(phone)),
            "twilio-totp" => code(twilio::double::APP_CODE),
            // A yes on a device, which the client asks after.
            "auth0-push" | "okta-push" | "twilio-push" => {
                self.auth0.is_approved(true);
                self.okta.user_says("SUCCESS");
                self.twilio.user_says("approved");
                json!({})
            }
            method => panic!("{method}"),
        }
    }

    /// Nothing was asked that they would not take.
    pub fn are_content(&self) {
        self.auth0.is_content();
        self.okta.http.is_content();
        self.twilio.http.is_content();
    }
}
