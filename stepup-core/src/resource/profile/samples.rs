//! Tokens of every provider, and what is read from them: facts from each provider's documentation,
//! in `samples/`, through all that happens below the signature.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::{Profile, SettledProfile};
use crate::authentication::Authentication;
use crate::clock::Timestamp;
use crate::ladder::Ladder;
use crate::level::Level;
use crate::method::Method;
use crate::resource::claims::Claims;
use crate::resource::issuer::IssuerRules;
use crate::resource::numeric_date::NumericDate;
use crate::resource::verifier::TokenFault;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    /// What it follows: a page of the provider's, a section of a standard, or "odd shape".
    source: String,
    audience: String,
    header: Header,
    claims: Value,
    #[serde(default)]
    settings: Settings,
    expected: Expected,
}

#[derive(Deserialize)]
struct Header {
    typ: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings {
    levels: Vec<(String, String)>,
    methods: Vec<(String, String)>,
    acr_claim: Option<String>,
    amr_claim: Option<String>,
    auth_time_claim: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Expected {
    Refused,
    Client(Client),
    User(Box<User>),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Client {
    client_id: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct User {
    client_id: Option<String>,
    level: Option<String>,
    methods: Vec<String>,
    auth_time: Option<u64>,
    scopes: Vec<String>,
    session: Option<String>,
    token_id: Option<String>,
    /// When each level was reached. Not there: none of it has a date of its own, and the login's
    /// stands for all.
    reached: Option<BTreeMap<String, u64>>,
    /// The key that the token is bound to.
    #[serde(default)]
    key: Option<String>,
    /// The client understands the provider's own challenge.
    #[serde(default)]
    claims_challenge: bool,
}

impl Settings {
    fn on(self, mut profile: Profile) -> SettledProfile {
        let level = |name: &str| Ladder::BUILT_IN.find(name).unwrap();
        for (name, acr) in self.levels {
            profile = profile.level(level(&name), acr);
        }
        for (name, method) in self.methods {
            profile = profile.level_by_method(level(&name), Method::new(method.leak()));
        }
        if let Some(claim) = self.acr_claim {
            profile = profile.acr_claim(claim);
        }
        if let Some(claim) = self.amr_claim {
            profile = profile.amr_claim(claim);
        }
        if let Some(claim) = self.auth_time_claim {
            profile = profile.auth_time_claim(claim);
        }
        profile.settle(Ladder::BUILT_IN).unwrap()
    }
}

impl Expected {
    fn of(result: Result<Authentication, TokenFault>) -> Self {
        let Ok(read) = result else { return Self::Refused };
        if !read.is_user() {
            assert!(!read.subject().is_empty());
            assert_eq!((read.level(), read.auth_time()), (None, None));
            let client_id = read.client_id().unwrap_or_default().to_owned();
            return Self::Client(Client { client_id });
        }
        let text = |text: Option<&str>| text.map(str::to_owned);
        let dates: BTreeMap<_, _> = Ladder::BUILT_IN
            .levels()
            .filter(|level| read.level().is_some_and(|held| held.at_least(*level)))
            .filter_map(|level| Some((level, read.reached_at(level)?)))
            .map(|(level, at)| (level.name().to_owned(), at.as_secs()))
            .collect();
        Self::User(Box::new(User {
            client_id: text(read.client_id()),
            level: text(read.level().map(Level::name)),
            methods: read.methods().map(|method| method.name().to_owned()).collect(),
            auth_time: read.auth_time().map(Timestamp::as_secs),
            scopes: read.scopes().map(str::to_owned).collect(),
            session: text(read.session()),
            token_id: text(read.token_id()),
            reached: Some(dates),
            key: text(read.key_thumbprint()),
            claims_challenge: read.takes_claims_challenge(),
        }))
    }

    /// In full: what an undated login reached, it reached then.
    fn spelt_out(mut self) -> Self {
        let Self::User(user) = &mut self else { return self };
        if user.reached.is_none() {
            let held = user.level.as_deref().and_then(|name| Ladder::BUILT_IN.find(name));
            let levels = Ladder::BUILT_IN
                .levels()
                .filter(|level| held.is_some_and(|held| held.at_least(*level)));
            let at = user.auth_time;
            user.reached =
                Some(levels.filter_map(|level| Some((level.name().to_owned(), at?))).collect());
        }
        self
    }
}

impl Sample {
    fn run(self, profile: Profile) -> Result<(), String> {
        let Self { name, source, audience, header, claims, settings, expected } = self;
        let date = |claim: &str| {
            let number = claims.get(claim)?;
            let whole = number.as_u64().and_then(NumericDate::from_secs);
            whole.or_else(|| NumericDate::from_fraction(number.as_f64()?))
        };
        // A token without `iat` is to be refused for that, and not for its age.
        let now = date("iat").or_else(|| date("nbf")).or_else(|| date("auth_time"));
        let now = now.map_or(Timestamp::from_secs(0), |at| at.ceil);
        let rules = IssuerRules {
            issuer: claims.get("iss").and_then(Value::as_str).unwrap_or_default().into(),
            audience: audience.into(),
            profile: settings.on(profile),
            skew: Duration::from_secs(5),
        };
        let json = serde_json::to_vec(&claims).unwrap();
        let read = || {
            if !rules.profile.accepts_type(header.typ.as_deref()) {
                return Err(TokenFault::Type);
            }
            rules.token(Claims::read(&json, rules.profile.own_claims())?, now)
        };
        let result = read();
        if let (Ok(read), Some(subject)) = (&result, claims.get("sub").and_then(Value::as_str))
            && read.is_user()
        {
            assert_eq!(read.subject(), subject, "{name}");
        }
        let fault = result.as_ref().err().copied();
        let (read, expected) = (Expected::of(result), expected.spelt_out());
        if read == expected {
            return Ok(());
        }
        let why = fault.map(|fault| format!(" ({fault})")).unwrap_or_default();
        Err(format!("{name} [{source}]\n  expected {expected:?}\n  read     {read:?}{why}"))
    }
}

/// Every sample of one provider; what is wrong is said of all at once.
fn run(profile: &Profile, json: &str) {
    let samples: Vec<Sample> = serde_json::from_str(json).unwrap();
    assert!(samples.len() >= 10, "what became of the samples of {}?", profile.name());
    let mut wrong = String::new();
    for sample in samples {
        if let Err(difference) = sample.run(profile.clone()) {
            write!(wrong, "\n{difference}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}:{wrong}", profile.name());
}

macro_rules! samples {
    ($($test:ident: $profile:ident,)*) => {
        $(
            #[test]
            fn $test() {
                run(
                    &Profile::$profile(),
                    include_str!(concat!("samples/", stringify!($profile), ".json")),
                );
            }
        )*

        #[test]
        fn every_profile_has_samples() {
            assert!(Profile::names().eq([$(stringify!($profile)),*]));
        }
    };
}

samples! {
    r_9068_01_rfc9068: rfc9068,
    r_jwt_12_oidc: oidc,
    r_16_okta: okta,
    r_16_auth0: auth0,
    r_16_authx: authx,
    r_16_entra: entra,
    r_16_keycloak: keycloak,
    r_16_cognito: cognito,
    r_16_firebase: firebase,
    r_16_supabase: supabase,
    r_16_clerk: clerk,
    r_16_ping: ping,
    r_16_duende: duende,
    r_16_logto: logto,
    r_16_zitadel: zitadel,
    r_16_ory: ory,
    r_16_google: google,
}
