//! J1, J2: no address that a token or an issuer names leads anywhere it should not. A server that
//! counts stands where they lead.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_core::Network;
use stepup_tests::{Conduct, Issuer, LoopbackIssuer, clock};

use crate::scene::{DUE, KEYS, METADATA, Scene, builder, key, refused};
use crate::still::still;

/// The server that nobody may ask. It would give out a key that is the attacker's.
fn canary() -> (LoopbackIssuer, Issuer) {
    let attacker = key("key-1");
    (LoopbackIssuer::start(&[&attacker]), attacker)
}

#[test]
fn j1_an_address_or_a_key_in_a_token_is_not_used() {
    still(async {
        let (scene, (canary, attacker)) = (Scene::begin().await, canary());
        let keys = format!("{}{KEYS}", canary.url());
        let pem = URL_SAFE_NO_PAD.encode(attacker.public_key_bytes());
        for member in [
            json!({"jku": keys}),
            json!({"x5u": keys}),
            json!({"jku": keys, "x5u": keys}),
            json!({"jwk": attacker.jwk()}),
            json!({"x5c": [pem]}),
            json!({"jwks_uri": keys, "iss": canary.url()}),
            json!({"kid": keys}),
        ] {
            for kid in [json!("key-1"), json!("key-2"), Value::Null] {
                let mut header = attacker.header();
                header["kid"] = kid.clone();
                header.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
                if header["kid"].is_null() {
                    header.as_object_mut().unwrap().remove("kid");
                }
                let token = attacker.sign(&header.to_string(), &scene.claims().payload());
                refused(&scene.ask(&token).await, &header.to_string());
                let elsewhere = scene.claims().with("iss", canary.url()).payload();
                let token = attacker.sign(&header.to_string(), &elsewhere);
                refused(&scene.ask(&token).await, &header.to_string());
            }
        }
        scene.landed().await;
        assert_eq!(canary.all_requests(), 0);
        assert!(scene.fetches() <= 2, "{}", scene.fetches());
    });
}

/// Where a redirect may lead: another host, less safe, or to where clouds keep their secrets.
fn elsewhere(canary: &LoopbackIssuer) -> [String; 4] {
    [
        format!("{}{KEYS}", canary.url()),
        format!("{}{METADATA}", canary.url()),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ]
}

#[test]
fn j2_no_redirect_is_followed_at_the_start() {
    still(async {
        let (canary, _) = canary();
        for page in [METADATA, KEYS] {
            for to in elsewhere(&canary) {
                let idp = LoopbackIssuer::start(&[&key("key-1")]);
                idp.answers(page, Conduct::Redirect(to.clone()));
                let error = builder(&idp, &clock()).discover().await.unwrap_err().to_string();
                let place = if page == KEYS {
                    format!("its `jwks_uri` {}{KEYS}: ", idp.url())
                } else {
                    String::new()
                };
                assert_eq!(
                    error,
                    format!(
                        "the gate's issuer {} cannot be used: {place}it answered with a redirect, \
                         and none is followed: name the address that it leads to",
                        idp.url()
                    )
                );
            }
        }
        assert_eq!(canary.all_requests(), 0);
    });
}

#[test]
fn j2_no_redirect_is_followed_later() {
    still(async {
        let (scene, (canary, attacker)) = (Scene::begin().await, canary());
        for (round, to) in elsewhere(&canary).into_iter().enumerate() {
            scene.idp.answers(KEYS, Conduct::Redirect(to.clone()));
            scene.idp.answers(METADATA, Conduct::Redirect(to.clone()));
            scene.clock.advance(DUE);
            scene.admits(&scene.token(), "the last good keys are kept");
            scene.landed().await;
            assert_eq!(scene.fetches(), round + 2);
            scene.refuses(&scene.signed_by(&attacker), "the canary's key");
        }
        assert_eq!(canary.all_requests(), 0);
    });
}

/// J2, J9: metadata that is read again is checked like the first.
#[test]
fn j2_j9_metadata_cannot_lead_elsewhere_later() {
    let (canary, attacker) = canary();
    let keys = format!("{}{KEYS}", canary.url());
    for (issuer, jwks_uri) in [
        (None, "http://169.254.169.254/keys"),
        (None, "http://10.0.0.1/keys"),
        (None, "file:///etc/passwd"),
        (Some(canary.url()), &keys),
        (Some(""), &keys),
    ] {
        still(async {
            let scene = Scene::begin().await;
            let issuer = issuer.unwrap_or(scene.idp.url());
            scene.idp.put(METADATA, &json!({"issuer": issuer, "jwks_uri": jwks_uri}));
            scene.idp.answers(KEYS, Conduct::Status(404));
            scene.clock.advance(DUE);
            scene.admits(&scene.token(), "before");
            scene.landed().await;
            assert_eq!((scene.fetches(), scene.idp.requests(METADATA)), (2, 2));
            scene.admits(&scene.token(), "the last good keys are kept");
            scene.refuses(&scene.signed_by(&attacker), "the canary's key");
        });
    }
    assert_eq!(canary.all_requests(), 0);
}

/// J2: a name is looked up, and what comes of it is checked.
#[test]
fn j2_a_name_leads_nowhere_that_its_address_may_not() {
    still(async {
        let idp = LoopbackIssuer::start(&[&key("key-1")]);
        let port = idp.url().rsplit(':').next().unwrap();
        let by_name = format!("https://localhost:{port}");
        let gate = stepup_core::Gate::builder(&by_name, stepup_tests::AUDIENCE);
        let error = gate.network(Network::Public).discover().await.unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "the gate's issuer {by_name} cannot be used: the request failed: its address is \
                 this machine's: permit that with `.network(Network::Loopback)`"
            )
        );
        assert_eq!(idp.all_requests(), 0);
    });
}

/// Keys that moved are found, as the issuer's own metadata says where to.
#[test]
fn j9_keys_that_moved_are_found_again() {
    still(async {
        let scene = Scene::begin().await;
        let new = key("key-2");
        let moved = format!("{}/keys/v2", scene.idp.url());
        scene.idp.put(METADATA, &json!({"issuer": scene.idp.url(), "jwks_uri": moved}));
        scene.idp.put("/keys/v2", &json!({"keys": [new.jwk()]}));
        scene.idp.answers(KEYS, Conduct::Status(404));
        scene.clock.advance(DUE);
        scene.admits(&scene.token(), "before");
        scene.landed().await;
        scene.admits(&scene.signed_by(&new), "the new key");
        scene.clock.advance(DUE);
        scene.admits(&scene.signed_by(&new), "the new key");
        scene.landed().await;
        assert_eq!((scene.fetches(), scene.idp.requests("/keys/v2")), (2, 2));
    });
}
