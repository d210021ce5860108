//! T11, J8: several issuers in one gate share nothing.

use stepup_core::{KeySet, Network, TrustedIssuer};
use stepup_tests::{AUDIENCE, Api, Framework, Issuer, LoopbackIssuer, NOW, Token, clock};

use crate::scene::{DUE, KEYS, METADATA, builder, key};
use crate::still::{still, tasks};

const OTHER_AUDIENCE: &str = "orders";

/// Two issuers, each with a key of the same name, and a gate that trusts both.
struct Two {
    ours: (LoopbackIssuer, Issuer),
    theirs: (LoopbackIssuer, Issuer),
    apis: [Api; 2],
    clock: std::sync::Arc<stepup_core::ManualClock>,
}

impl Two {
    async fn begin() -> Self {
        let [ours, theirs] = [(); 2].map(|()| {
            let key = key("key-1");
            (LoopbackIssuer::start(&[&key]), key)
        });
        let clock = clock();
        let gate = builder(&ours.0, &clock)
            .trust(TrustedIssuer::new(theirs.0.url(), OTHER_AUDIENCE))
            .discover()
            .await
            .unwrap();
        tasks(2).await;
        Self {
            ours,
            theirs,
            apis: Framework::ALL.map(|framework| Api::new(framework, &gate)),
            clock,
        }
    }

    async fn expect(&self, token: &str, status: u16, what: &str) {
        for api in &self.apis {
            let answer = api.post_with("/mfa", token).await;
            assert_eq!(answer.status, status, "{what}: {answer:?}");
        }
    }
}

fn claims(issuer: &str, audience: &str) -> Token {
    Token::new().with("iss", issuer).with("aud", audience).with("exp", NOW + 1_000_000)
}

#[test]
fn t11_j8_keys_are_never_shared() {
    still(async {
        let two = Two::begin().await;
        let (ours, theirs) = (two.ours.0.url(), two.theirs.0.url());
        let (our_key, their_key) = (&two.ours.1, &two.theirs.1);
        for (what, key, issuer, audience, status) in [
            ("ours", our_key, ours, AUDIENCE, 200),
            ("theirs", their_key, theirs, OTHER_AUDIENCE, 200),
            ("ours, under their key of the same name", their_key, ours, AUDIENCE, 401),
            ("theirs, under our key of the same name", our_key, theirs, OTHER_AUDIENCE, 401),
            ("ours, for our audience there", our_key, ours, OTHER_AUDIENCE, 401),
            ("theirs, for our audience here", their_key, theirs, AUDIENCE, 401),
            ("nobody's", our_key, "https://evil.example", AUDIENCE, 401),
            ("an empty one's", our_key, "", AUDIENCE, 401),
            ("ours with a slash", our_key, &format!("{ours}/"), AUDIENCE, 401),
            ("ours in capitals", our_key, &ours.to_uppercase(), AUDIENCE, 401),
        ] {
            two.expect(&key.token(&claims(issuer, audience)), status, what).await;
        }
        tasks(2).await;
        assert_eq!((two.ours.0.requests(KEYS), two.theirs.0.requests(KEYS)), (1, 1));
    });
}

#[test]
fn t11_an_unknown_key_makes_its_own_issuer_be_asked() {
    still(async {
        let two = Two::begin().await;
        let new = key("key-2");
        two.theirs.0.publish(&[&two.theirs.1, &new]);
        let theirs = claims(two.theirs.0.url(), OTHER_AUDIENCE);
        two.expect(&new.token(&theirs), 200, "their new key").await;
        two.expect(&new.token(&claims(two.ours.0.url(), AUDIENCE)), 401, "is not ours").await;
        tasks(2).await;
        assert_eq!((two.ours.0.requests(KEYS), two.theirs.0.requests(KEYS)), (2, 2));
    });
}

#[test]
fn f2_one_issuer_that_is_down_takes_no_other_along() {
    still(async {
        let two = Two::begin().await;
        let theirs = two.theirs.1.token(&claims(two.theirs.0.url(), OTHER_AUDIENCE));
        let ours = two.ours.1.token(&claims(two.ours.0.url(), AUDIENCE));
        two.theirs.0.stop();
        two.clock.advance(DUE * 13);
        two.expect(&theirs, 503, "theirs, of an issuer that has long been down").await;
        two.expect(&ours, 200, "ours").await;
        tasks(2).await;
        two.expect(&theirs, 503, "theirs").await;
        two.expect(&ours, 200, "ours").await;
    });
}

/// An issuer whose keys are given is asked for its metadata, never for keys.
#[test]
fn keys_that_are_given_are_not_fetched() {
    still(async {
        let (given, published, clock) = (key("key-1"), key("key-2"), clock());
        let idp = LoopbackIssuer::start(&[&published]);
        let keys = KeySet::from_jwks(given.jwks().as_bytes()).unwrap();
        let gate = builder(&idp, &clock).keys(keys).discover().await.unwrap();
        tasks(0).await;
        clock.advance(DUE * 100);
        let claims = claims(idp.url(), AUDIENCE).with("exp", NOW + 1_000_000);
        for framework in Framework::ALL {
            let api = Api::new(framework, &gate);
            assert_eq!(api.post_with("/mfa", &given.token(&claims)).await.status, 200);
            assert_eq!(api.post_with("/mfa", &published.token(&claims)).await.status, 401);
        }
        assert_eq!((idp.requests(METADATA), idp.requests(KEYS)), (0, 0));
    });
}

/// The first that cannot be used is named.
#[test]
fn t11_every_issuer_is_checked_at_the_start() {
    still(async {
        let (ours, theirs) = (key("key-1"), LoopbackIssuer::start(&[]));
        let idp = LoopbackIssuer::start(&[&ours]);
        let gate = builder(&idp, &clock()).network(Network::Loopback);
        let gate = gate.trust(TrustedIssuer::new(theirs.url(), OTHER_AUDIENCE));
        let error = gate.discover().await.unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "the gate's issuer {0} cannot be used: its `jwks_uri` {0}{KEYS}: the key set has \
                 no key that can check a signature",
                theirs.url()
            )
        );
    });
}
