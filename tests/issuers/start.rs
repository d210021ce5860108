//! What is wrong with an issuer is said before a server listens: what, of which, and what to do.

use std::time::Duration;

use serde_json::json;
use stepup_core::{Gate, GateBuilder, Network, Profile, TrustedIssuer};
use stepup_tests::{AUDIENCE, Conduct, LoopbackIssuer, clock};

use crate::scene::{KEYS, METADATA, builder, key};
use crate::still::still;

/// Handlers that demand what some issuers cannot give.
mod strong {
    use stepup_axum::step_up;

    #[step_up(level = "phr")]
    pub(super) async fn transfer() {}
}

mod by_key {
    use stepup_axum::step_up;

    #[step_up(methods("hwk"))]
    pub(super) async fn sign() {}
}

fn error_of(gate: GateBuilder) -> String {
    still(async { gate.discover().await.expect_err("it must not start").to_string() })
}

/// Of an issuer that was changed in some way.
fn error_after(change: impl FnOnce(&LoopbackIssuer)) -> String {
    let idp = LoopbackIssuer::start(&[&key("key-1")]);
    change(&idp);
    let error = error_of(builder(&idp, &clock()));
    let prefix = format!("the gate's issuer {} cannot be used: ", idp.url());
    let what = error.strip_prefix(&prefix).unwrap_or_else(|| panic!("{error}"));
    what.replace(idp.url(), "IDP")
}

#[test]
fn an_address_that_may_not_be_asked() {
    let not_https = "it is not https (plain http is for this machine alone, with \
                     `.network(Network::Loopback)`)";
    let private =
        "its address is one of a private network: permit that with `.network(Network::Private)`";
    let ours = "its address is this machine's: permit that with `.network(Network::Loopback)`";
    let not_ours = "its address is not this machine's, as `Network::Loopback` demands";
    let never = "its address is no host's";
    for (network, issuer, expected) in [
        (Network::Public, "http://127.0.0.1:1", not_https),
        (Network::Public, "http://idp.example", not_https),
        (Network::Private, "http://10.0.0.1", not_https),
        (Network::Public, "ftp://idp.example", not_https),
        (Network::Public, "https://10.0.0.1", private),
        (Network::Public, "https://[fd00::1]/realms/demo", private),
        (Network::Public, "https://127.0.0.1:1", ours),
        (Network::Loopback, "https://8.8.8.8", not_ours),
        (Network::Loopback, "http://192.168.1.1", not_ours),
        (Network::Public, "https://169.254.169.254", never),
        (Network::Private, "https://169.254.169.254", never),
        (Network::Loopback, "http://0.0.0.0:1", never),
        (Network::Public, "https://user:secret@idp.example", "it carries a user name or password"),
        (Network::Public, "idp.example", "it is no URL"),
        (Network::Public, "/realms/demo", "it is no URL"),
    ] {
        let error = error_of(Gate::builder(issuer, AUDIENCE).network(network));
        assert_eq!(error, format!("the gate's issuer {issuer} cannot be used: {expected}"));
    }
}

#[test]
fn metadata_that_cannot_be_used() {
    let another = "its metadata names another issuer: give the gate the `issuer` that stands \
                   there, to the letter (a slash at the end counts)";
    let no_object = "its metadata is no JSON object of the kind";
    let nowhere = |status| {
        format!(
            "it answered {status} wherever metadata could be (`/.well-known/openid-configuration`, \
             `/.well-known/oauth-authorization-server`): is it spelled as the `iss` of its tokens?"
        )
    };
    for (conduct, expected) in [
        (Conduct::Html, no_object),
        (Conduct::Cut, no_object),
        (Conduct::Huge { stated: true }, "its answer is longer than 128 KiB"),
        (Conduct::Huge { stated: false }, "its answer is longer than 128 KiB"),
        (Conduct::Status(500), "it answered 500"),
        (Conduct::Status(204), "it answered 204"),
        (Conduct::Status(404), &nowhere(404)),
    ] {
        let error = error_after(|idp| idp.answers(METADATA, conduct.clone()));
        assert_eq!(error, expected, "{conduct:?}");
    }
    for (issuer, expected) in [("https://evil.example", another), ("IDP/", another), ("", another)]
    {
        let error = error_after(|idp| {
            let issuer = issuer.replace("IDP", idp.url());
            idp.put(
                METADATA,
                &json!({"issuer": issuer, "jwks_uri": format!("{}{KEYS}", idp.url())}),
            );
        });
        assert_eq!(error, expected, "{issuer}");
    }
    let jwks_uri = |jwks_uri: Option<&str>| {
        error_after(|idp| match jwks_uri {
            Some(uri) => idp.put(METADATA, &json!({"issuer": idp.url(), "jwks_uri": uri})),
            None => idp.put(METADATA, &json!({"issuer": idp.url()})),
        })
    };
    assert_eq!(jwks_uri(None), "its metadata names no `jwks_uri`");
    for (uri, expected) in [
        ("http://10.0.0.1/", "its address is not this machine's, as `Network::Loopback` demands"),
        ("http://169.254.169.254/", "its address is no host's"),
        ("/keys", "it is no URL"),
    ] {
        assert_eq!(jwks_uri(Some(uri)), format!("its `jwks_uri`: {expected}"), "{uri}");
    }
}

#[test]
fn metadata_is_looked_for_in_every_place() {
    still(async {
        let key = key("key-1");
        let idp = LoopbackIssuer::start(&[&key]);
        let issuer = format!("{}/tenant", idp.url());
        let document = json!({"issuer": issuer, "jwks_uri": format!("{}{KEYS}", idp.url())});
        for place in [
            "/tenant/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server/tenant",
            "/tenant/.well-known/oauth-authorization-server",
        ] {
            idp.put(place, &document);
            idp.answers(place, Conduct::Good);
            let gate = Gate::builder(&issuer, AUDIENCE).network(Network::Loopback);
            gate.clock(clock()).discover().await.expect(place);
            idp.answers(place, Conduct::Status(404));
        }
    });
}

#[test]
fn keys_that_cannot_be_used() {
    let empty = "the key set has no key that can check a signature";
    let no_set = "the text is no JSON Web Key Set (`{\"keys\": […]}`)";
    for (conduct, expected) in [
        (Conduct::Html, no_set),
        (Conduct::Cut, no_set),
        (Conduct::Huge { stated: true }, "its answer is longer than 256 KiB"),
        (Conduct::Huge { stated: false }, "its answer is longer than 256 KiB"),
        (Conduct::Status(500), "it answered 500"),
        (Conduct::Status(404), "it answered 404"),
    ] {
        let error = error_after(|idp| idp.answers(KEYS, conduct.clone()));
        assert_eq!(error, format!("its `jwks_uri` IDP/keys: {expected}"), "{conduct:?}");
    }
    for (document, expected) in [
        (json!({"keys": []}), empty),
        (json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}), empty),
        (json!({}), no_set),
        (json!([]), no_set),
    ] {
        let error = error_after(|idp| idp.put(KEYS, &document));
        assert_eq!(error, format!("its `jwks_uri` IDP/keys: {expected}"), "{document}");
    }
}

#[test]
fn a_connection_that_cannot_be_used() {
    let refused = error_after(LoopbackIssuer::stop);
    assert!(refused.starts_with("the request failed: Connection refused"), "{refused}");
    let idp = LoopbackIssuer::start(&[&key("key-1")]);
    let https = idp.url().replace("http:", "https:");
    assert_eq!(
        error_of(Gate::builder(&https, AUDIENCE).network(Network::Private)),
        format!(
            "the gate's issuer {https} cannot be used: the request failed: received corrupt \
             message of type InvalidContentType"
        )
    );
    assert_eq!(idp.all_requests(), 0);
}

#[test]
fn settings_out_of_range() {
    let stale = "the gate's stale keys are gone by for a minute to a day: set that with \
                 `.stale_keys_for(…)`";
    let wait = "the gate's wait for its issuer is above ten minutes: set less with \
                `.wait_for_issuer(…)`, and let whoever starts the service start it again";
    let idp = LoopbackIssuer::start(&[&key("key-1")]);
    let gate = || builder(&idp, &clock());
    let seconds = Duration::from_secs;
    for (gate, expected) in [
        (gate().stale_keys_for(seconds(59)), stale),
        (gate().stale_keys_for(Duration::ZERO), stale),
        (gate().stale_keys_for(seconds(86_401)), stale),
        (gate().stale_keys_for(Duration::MAX), stale),
        (gate().wait_for_issuer(seconds(601)), wait),
        (gate().wait_for_issuer(Duration::MAX), wait),
    ] {
        assert_eq!(error_of(gate), expected);
    }
    assert_eq!(
        error_of(gate().trust(TrustedIssuer::new(idp.url(), "orders"))),
        format!(
            "the gate's issuer {} stands there twice: its tokens cannot be for both",
            idp.url()
        )
    );
    assert_eq!(idp.all_requests(), 0, "nobody is asked for what is wrong here");
}

/// The line of the handler, whatever it is.
fn without_line(error: &str) -> String {
    let (before, after) = error.split_once("start.rs:").expect("a place");
    let (line, after) = after.split_once(')').expect("a place");
    assert!(line.parse::<u32>().is_ok(), "{error}");
    format!("{before}start.rs:LINE){after}")
}

/// Design rule: nobody is sent to log in for what the issuer cannot do.
#[test]
fn a_level_that_the_issuer_does_not_offer() {
    let _ = strong::transfer;
    let offering = |values: serde_json::Value| {
        let idp = LoopbackIssuer::start(&[&key("key-1")]);
        let jwks_uri = format!("{}{KEYS}", idp.url());
        let metadata =
            json!({"issuer": idp.url(), "jwks_uri": jwks_uri, "acr_values_supported": values});
        idp.put(METADATA, &metadata);
        idp
    };
    let gate = |idp: &LoopbackIssuer| builder(idp, &clock()).except_module("stepup_tests");
    let idp = offering(json!(["single-factor", "mfa"]));
    assert_eq!(
        without_line(&error_of(gate(&idp))),
        format!(
            "issuers::start::strong::transfer (tests/issuers/start.rs:LINE) demands `level phr`, \
             which no token of {} can show: its metadata offers (`acr_values_supported`) \
             single-factor, mfa, and none of phr, phrh; set one up there, or name the one that it \
             has with `.level(…, \"…\")`; if another gate guards the handler, say \
             `.except_module(\"issuers::start::strong\")`",
            idp.url()
        )
    );
    for values in [json!(["phr"]), json!(["mfa", "phrh"]), json!([])] {
        let idp = offering(values.clone());
        let gate = still(async { gate(&idp).discover().await });
        assert!(gate.is_ok(), "{values}: {gate:?}");
    }
    let elsewhere = gate(&idp).except_module("issuers::start::strong");
    assert!(still(async { elsewhere.discover().await }).is_ok());
}

#[test]
fn a_profile_that_lacks_what_a_handler_demands() {
    let _ = by_key::sign;
    let idp = LoopbackIssuer::start(&[&key("key-1")]);
    let gate = builder(&idp, &clock()).except_module("stepup_tests");
    let gate = gate.except_module("issuers::start::strong").profile(Profile::clerk());
    assert_eq!(
        without_line(&error_of(gate)),
        format!(
            "issuers::start::by_key::sign (tests/issuers/start.rs:LINE) demands `by hwk`, which \
             no token of {} can show: Clerk's tokens name no methods, and none can be added; demand a level; if \
             another gate guards the handler, say `.except_module(\"issuers::start::by_key\")`",
            idp.url()
        )
    );
}
