//! Factors that only users can enrol, and those that a provider keeps. The providers are doubles of
//! the test's, which know the bank as it calls itself here.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use stepup_authority::factor::{
    Auth0Mfa, Auth0Tenant, DeliveryError, FactorFuture, FirebaseFactor, OidcClient, OidcFactor,
    Okta, Push, TwilioVerify, User, WebAuthn,
};
use stepup_authority::{AuthorityBuilder, Issuer};
use stepup_core::{Clock, Gate, KeySet, Level, Profile};
use stepup_tests::authority::{AUTHORITY, Maker};

/// Where each is, by its name; of Firebase, its keys.
pub type Providers = BTreeMap<String, String>;

/// What a login at Auth0 is answered with: made by the test, for one question each.
#[derive(Clone, Default)]
pub struct MfaTokens(Arc<Mutex<HashMap<String, String>>>);

impl MfaTokens {
    pub fn bring(&self, user: &str, token: &str) {
        let mut tokens = self.0.lock().expect("nothing panicked with it");
        tokens.insert(user.to_owned(), token.to_owned());
    }

    fn take(&self, user: &str) -> FactorFuture<'static, Result<String, DeliveryError>> {
        let token = self.0.lock().expect("nothing panicked with it").remove(user);
        let token = token.ok_or_else(|| DeliveryError::new("the test has brought none"));
        Box::pin(std::future::ready(token))
    }
}

/// All of them, none of which takes the name of a factor of the authority's own.
pub fn with_all(
    builder: AuthorityBuilder,
    issuer: &Issuer,
    providers: &Providers,
    tokens: &MfaTokens,
    clock: impl Clock + 'static,
) -> AuthorityBuilder {
    let (twilio, okta) = (twilio(&providers["twilio"]), okta(&providers["okta"]));
    let ask = twilio.push("Confirm?").expect("a question");
    let auth0 = Auth0Tenant::new(&providers["auth0"], "client", "known-to+everybody");
    let auth0 = auth0.expect("a tenant");
    let tokens = || {
        let tokens = tokens.clone();
        move |user: String| tokens.take(&user)
    };
    builder
        .factor(keys())
        .factor(Push::new(issuer))
        .factor(firebase(&providers["firebase"], clock))
        .factor(oidc(&providers["oidc"]))
        .factor(twilio.sms().named("twilio-sms"))
        .factor(twilio.totp("Bank").expect("a name").named("twilio-totp"))
        .factor(ask.named("twilio-push").accept_push_without_typed_number())
        .factor(okta.sms().named("okta-sms"))
        .factor(okta.totp().named("okta-totp"))
        .factor(okta.push().named("okta-push").accept_push_without_typed_number())
        .factor(Auth0Mfa::otp(&auth0, same))
        .factor(Auth0Mfa::sms(&auth0, same, tokens()))
        .factor(Auth0Mfa::push(&auth0, same, tokens()).accept_push_without_typed_number())
}

fn same(user: User<'_>) -> Option<String> {
    Some(user.subject.to_owned())
}

fn keys() -> WebAuthn {
    let (keys, maker) = (WebAuthn::new("bank.example", [AUTHORITY]), Maker::of_vectors());
    let keys = keys.expect("an origin of the domain");
    keys.trusting(maker.root(), [Maker::MODEL]).expect("a certificate")
}

fn firebase(keys: &str, clock: impl Clock + 'static) -> FirebaseFactor {
    let gate = Gate::builder("https://securetoken.google.com/bank-7", "bank-7")
        .profile(Profile::firebase())
        .keys(KeySet::from_jwks(keys.as_bytes()).expect("keys"))
        .clock(clock)
        .except_module("stepup_tests")
        .build()
        .expect("the gate is built");
    FirebaseFactor::new(gate).expect("a gate for Firebase alone").known_as(same)
}

fn oidc(url: &str) -> OidcFactor {
    let client = OidcClient::secret_basic("bank-7", "secret");
    let oidc = OidcFactor::new("oidc", url, client, "https://bank.example/return");
    oidc.expect("a provider").level(Level::MFA, "urn:two-factors").expect("one level")
}

fn twilio(url: &str) -> TwilioVerify {
    let (key, service) =
        ("SK0123456789abcdef0123456789abcdef", "VA0123456789abcdef0123456789abcdef");
    let verify = TwilioVerify::new(key, "sec:ret", service).expect("names of Twilio's");
    verify.base_url(url).expect("an address")
}

fn okta(url: &str) -> Okta {
    let known = |user: User<'_>| Some(format!("00u{}", user.subject));
    Okta::new(url, "00QCjAl4MlV-WPXM", known).expect("an organisation")
}
