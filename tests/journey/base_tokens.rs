//! Logins of another provider: what is exchanged for them, and what is not (ISS-01).

use std::time::Duration;

use serde_json::{Value, json};
use stepup_authority::factor::{Kind, Totp};
use stepup_authority::{Authority, FirstEnrolment, SigningKeys};
use stepup_core::{Algorithm, KeySet, TrustedIssuer};
use stepup_tests::authority::{AUTHORITY, BANK_API, Service, Setup, TotpApp, User};
use stepup_tests::{AUDIENCE, Framework, ISSUER, Issuer, NOW, Token};

use crate::put_together::{all_factors, claims, header, issuer, problem, start, token};

stepup_tests::on_every_store!(
    iss_01_a_stepped_up_token_is_no_wider_than_the_login
    iss_01_a_token_that_is_fetched_again_has_no_more_than_the_login_has_now
);

fn trusted(name: &str, partner: &Issuer) -> TrustedIssuer {
    let keys = KeySet::from_jwks(partner.jwks().as_bytes()).unwrap();
    TrustedIssuer::new(name, AUDIENCE).keys(keys)
}

/// A login with a password, a minute ago.
pub(crate) fn login() -> Token {
    let token = Token::new().without("acr").with("amr", json!(["pwd"]));
    token.with("sid", "s-1").with("scope", "read pay")
}

pub(crate) async fn with_partner(setup: Setup, partner: &Issuer) -> Service {
    let outbox = setup.outbox.clone();
    let trust = |gate: stepup_core::GateBuilder| gate.trust(trusted(ISSUER, partner));
    start(setup, trust, |builder| all_factors(builder, &outbox)).await
}

pub(crate) async fn user<'a>(service: &'a Service, partner: &Issuer, login: &Token) -> User<'a> {
    service.login("alice").await.with_token(&partner.token(login))
}

async fn proved(service: &Service, user: &User<'_>, app: &TotpApp, wanted: Value) -> Value {
    let ceremony = user.begin(wanted).await;
    let answer = user.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
    let body = answer.json();
    assert_eq!(body["access_token"], token(&answer));
    service.wait(30);
    body
}

/// The whole of it: RFC 9068 §2.1 and §2.2, and nothing that is not of the login. Its methods are
/// those that were used now: the login's are older than `auth_time` says, so they add to the level
/// alone.
async fn iss_01_a_stepped_up_token_is_no_wider_than_the_login(setup: Setup) {
    let partner = Issuer::new(Algorithm::Es256);
    let service = with_partner(setup, &partner).await;
    let alice = user(&service, &partner, &login()).await;
    let answer = alice.post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0));
    assert!(answer.challenge().contains(r#"error="insufficient_user_authentication""#));
    let app = alice.enrol_totp().await;
    let at = service.now();
    let wanted = json!({ "acr_values": "mfa phr phrh", "max_age": 300 });
    let body = proved(&service, &alice, &app, wanted).await;
    let stepped_up = body["access_token"].as_str().unwrap();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!((&body["acr"], &body["auth_time"]), (&json!("mfa"), &json!(at)));
    assert_eq!(body["scope"], "read pay");

    let said = claims(stepped_up);
    assert!(said["jti"].as_str().unwrap().len() >= 22, "128 bits: {said}");
    assert_ne!(said["jti"], claims(&alice.token)["jti"]);
    let expected = json!({
        "iss": AUTHORITY, "sub": "alice", "aud": BANK_API, "client_id": "web", "iat": at,
        "exp": at + 300, "jti": said["jti"], "scope": "read pay", "acr": "mfa",
        "amr": ["otp", "mfa"], "auth_time": at, "sid": "s-1",
    });
    assert_eq!(said, expected);
    let header = header(stepped_up);
    let keys: Value = serde_json::from_slice(&service.issuer.jwks().await.unwrap()).unwrap();
    let kids: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
    assert!(kids.contains(&&header["kid"]), "{header} {keys}");
    let answer = alice.with_token(stepped_up).post("/mfa_fresh").await;
    assert_eq!((answer.status.as_u16(), answer.ran), (200, 1));

    // Longer than neither what was asked for nor the login.
    for (name, login, max_age, lives) in [
        ("as long as it may", login(), json!(null), 300),
        ("a max_age beyond that", login(), json!(3600), 300),
        ("a short max_age", login(), json!(20), 20),
        ("the end of the login", login().with("exp", service.now() + 240), json!(300), 240),
    ] {
        let alice = user(&service, &partner, &login).await;
        // The login itself ends while these go on.
        let login_ends = claims(&alice.token)["exp"].as_u64().unwrap();
        let at = service.now();
        let lives = lives.min(login_ends - at);
        let wanted = json!({ "acr_values": "mfa", "max_age": max_age });
        let body = proved(&service, &alice, &app, wanted).await;
        let said = claims(body["access_token"].as_str().unwrap());
        assert_eq!(
            (&said["exp"], &body["expires_in"]),
            (&json!(at + lives), &json!(lives)),
            "{name}"
        );
    }

    // What the login does not say, the token does not.
    for (claim, also_of_the_answer) in [("sid", false), ("scope", true)] {
        let alice = user(&service, &partner, &login().without(claim)).await;
        let body = proved(&service, &alice, &app, json!({ "acr_values": "mfa" })).await;
        let said = claims(body["access_token"].as_str().unwrap());
        assert_eq!(said.get(claim), None, "{said}");
        assert_eq!(said["acr"], "mfa");
        assert!(!also_of_the_answer || body.get(claim).is_none(), "{body}");
    }
}

async fn iss_01_a_token_that_is_fetched_again_has_no_more_than_the_login_has_now(setup: Setup) {
    let partner = Issuer::new(Algorithm::Es256);
    let service = with_partner(setup, &partner).await;
    let wide = user(&service, &partner, &login()).await;
    let app = wide.enrol_totp().await;
    let narrow = user(&service, &partner, &login().with("scope", "read").with("jti", "2")).await;
    for (begun, fetched) in [(&wide, &narrow), (&narrow, &wide)] {
        let ceremony = begun.begin_mfa().await;
        let code = app.code(service.now());
        let first = token(&begun.prove(&ceremony.id, &app.factor, &code).await);
        let again = fetched.state(&ceremony.id).await;
        assert_eq!(again.json()["scope"], "read");
        let again = claims(&token(&again));
        assert_eq!(again["scope"], "read");
        assert_eq!(again["jti"], claims(&first)["jti"]);
        service.wait(30);
    }
}

/// R-NIST-01: what the login was with is added only where it is known, recent, and of another kind.
#[tokio::test]
async fn iss_01_a_login_of_which_too_little_is_known_becomes_no_mfa() {
    let half_a_day = 12 * 60 * 60;
    for framework in Framework::ALL {
        for (name, login, undeclared, expected) in [
            ("no methods", login().without("amr"), None, None),
            (
                "taken for a password",
                login().without("amr"),
                Some(Kind::Knowledge),
                Some("otp mfa"),
            ),
            ("taken for a device", login().without("amr"), Some(Kind::Possession), None),
            ("said to be otherwise", login(), Some(Kind::Possession), Some("otp mfa")),
            ("of the same kind", login().with("amr", json!(["otp"])), None, None),
            ("of no kind", login().with("amr", json!(["mfa"])), None, None),
            ("of whatever age", login().without("auth_time"), None, None),
            (
                "as old as may be",
                login().with("auth_time", NOW + 30 - half_a_day),
                None,
                Some("otp mfa"),
            ),
            ("too old", login().with("auth_time", NOW + 29 - half_a_day), None, None),
        ] {
            let partner = Issuer::new(Algorithm::Es256);
            let setup = Setup::new(framework);
            let outbox = setup.outbox.clone();
            let trust = |gate: stepup_core::GateBuilder| gate.trust(trusted(ISSUER, &partner));
            let service = start(setup, trust, |builder| {
                let builder = all_factors(builder, &outbox);
                match undeclared {
                    Some(kind) => builder.undeclared_logins_are(kind),
                    None => builder,
                }
            })
            .await;
            let fresh = user(&service, &partner, &self::login()).await;
            let app = fresh.enrol_totp().await;
            let alice = user(&service, &partner, &login).await;
            let begun = alice.try_begin(json!({ "acr_values": "mfa phr phrh" })).await;
            match expected {
                None => {
                    let body = begun.json();
                    assert_eq!(begun.status, 403, "{name}: {body}");
                    assert_eq!(body["error"], "unmet_authentication_requirements", "{name}");
                    assert_eq!(body["enrol"], json!([]), "{name}: nothing would help");
                    // What is reached is said as it is.
                    let body = proved(&service, &alice, &app, json!({ "max_age": 300 })).await;
                    let said = claims(body["access_token"].as_str().unwrap());
                    assert_eq!(
                        (&said["acr"], &said["amr"]),
                        (&json!("single-factor"), &json!(["otp"]))
                    );
                    let stepped_up = alice.with_token(body["access_token"].as_str().unwrap());
                    assert_eq!(stepped_up.post("/mfa_fresh").await.status, 401, "{name}");
                    assert_eq!(stepped_up.post("/fresh").await.status, 200, "{name}");
                }
                Some(amr) => {
                    assert_eq!(begun.status, 201, "{name}: {}", begun.json());
                    let wanted = json!({ "acr_values": "mfa phr phrh" });
                    let body = proved(&service, &alice, &app, wanted).await;
                    let said = claims(body["access_token"].as_str().unwrap());
                    let amr: Vec<_> = amr.split(' ').collect();
                    assert_eq!(
                        (&said["acr"], &said["amr"]),
                        (&json!("mfa"), &json!(amr)),
                        "{name}"
                    );
                }
            }
        }
    }
}

/// C11: users of two providers who are called alike are two users.
#[tokio::test]
async fn c11_users_of_two_providers_are_told_apart() {
    const OTHER: &str = "https://other.example";
    for framework in Framework::ALL {
        let (one, two) = (Issuer::new(Algorithm::Es256), Issuer::new(Algorithm::Es256));
        let setup = Setup::new(framework);
        let outbox = setup.outbox.clone();
        let trust = |gate: stepup_core::GateBuilder| {
            gate.trust(trusted(ISSUER, &one)).trust(trusted(OTHER, &two))
        };
        let service = start(setup, trust, |builder| {
            all_factors(builder, &outbox).subjects(|login| match login.issuer() {
                ISSUER => Some(format!("one|{}", login.subject())),
                OTHER if login.subject() == "alice" => Some("two|alice".to_owned()),
                _ => None,
            })
        })
        .await;
        let alice = user(&service, &one, &login()).await;
        let app = alice.enrol_totp().await;
        let body = proved(&service, &alice, &app, json!({ "acr_values": "mfa" })).await;
        let stepped_up = body["access_token"].as_str().unwrap();
        assert_eq!(claims(stepped_up)["sub"], "one|alice");
        let factors = alice.with_token(stepped_up).get("/step-up/factors").await.json();
        assert_eq!(factors["factors"][0]["id"], app.factor, "her own, by either token");

        let namesake = user(&service, &two, &login().with("iss", OTHER)).await;
        assert_eq!(namesake.get("/step-up/factors").await.json()["factors"], json!([]));
        let unmet = namesake.try_begin(json!({ "acr_values": "mfa" })).await;
        assert_eq!(unmet.status, 403);
        let ceremony = alice.begin_mfa().await;
        let answer = namesake.prove(&ceremony.id, &app.factor, &app.code(service.now())).await;
        assert_eq!(problem(&answer), (404, "no-such-ceremony".to_owned()));

        let nobody = user(&service, &two, &login().with("iss", OTHER).with("sub", "eve")).await;
        assert_eq!(problem(&nobody.get("/step-up/factors").await), (403, "not-a-user".to_owned()));
        // R-9068-09: a client's own token, which has no user.
        let client = user(&service, &one, &login().with("sub", "web")).await;
        assert_eq!(problem(&client.get("/step-up/factors").await), (403, "not-a-user".to_owned()));
        // The mapping is for the logins of others: whoever issues the authority's own tokens says
        // himself whose they are.
        let own = service.login("alice").await;
        assert_eq!(own.get("/step-up/factors").await.json()["factors"], json!([]));
    }
}

#[tokio::test]
async fn p3_two_providers_whose_users_nothing_tells_apart_do_not_start() {
    let (one, two) = (Issuer::new(Algorithm::Es256), Issuer::new(Algorithm::Es256));
    let setup = Setup::new(Framework::Axum);
    let own = issuer(&setup, AUTHORITY, SigningKeys::in_store(Algorithm::Es256)).await;
    let build = |gate: stepup_core::GateBuilder, subjects: bool| {
        let builder = Authority::builder(own.clone(), gate.build().unwrap())
            .factor(Totp::new("Bank"))
            .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) });
        let builder = if subjects {
            builder.subjects(|login| Some(format!("{} {}", login.issuer(), login.subject())))
        } else {
            builder
        };
        builder.build().map(|_| ()).map_err(|error| error.to_string())
    };
    let of_one = || own.gate().trust(trusted(ISSUER, &one));
    let of_two = || of_one().trust(trusted("https://other.example", &two));
    assert_eq!(build(of_one(), false), Ok(()));
    assert_eq!(build(of_two(), true), Ok(()));
    assert_eq!(
        build(of_two(), false).unwrap_err(),
        "the authority's logins come from several issuers, or from a verifier of the service's \
         own, and users of two may be called alike: say with `.subjects(…)` whom a login belongs to",
    );
}
