//! T9: among tokens that differ in one byte each is answered with its own claims, or not at all
//! (CVE-2026-35039).

use http::Request;
use stepup_core::{Algorithm, Gate, KeySet, KnownTokens, Timestamp};
use stepup_tests::{AUDIENCE, Api, Framework, ISSUER, Issuer, NOW, Token, block_on, clock};

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Genuine tokens in each of four runs, and how many that differ in one byte go with each: a
/// hundred thousand in all.
const GENUINE: usize = 1_250;
const FORGED: usize = 18;

const LEVELS: [&str; 3] = ["mfa", "phr", "phrh"];

fn gate_of(issuer: &Issuer, known: KnownTokens) -> Gate {
    let keys = KeySet::from_jwks(issuer.jwks().as_bytes()).expect("good keys");
    let gate = Gate::builder(ISSUER, AUDIENCE).keys(keys).clock(clock()).known_tokens(known);
    gate.build().expect("good settings")
}

/// The token with another letter at one place, a different one each time.
fn neighbour(token: &str, nth: usize) -> String {
    let signature = token.rfind('.').expect("a token") + 1;
    // Every third differs in its signature alone.
    let place = match nth % 3 {
        0 => signature + nth / 3 % (token.len() - signature),
        _ => nth % signature,
    };
    let mut bytes = token.as_bytes().to_vec();
    let own = LETTERS.iter().position(|letter| *letter == bytes[place]).unwrap_or_default();
    bytes[place] = LETTERS[(own + 1 + nth % (LETTERS.len() - 1)) % LETTERS.len()];
    let neighbour = String::from_utf8(bytes).expect("letters");
    assert_ne!(neighbour, token);
    neighbour
}

#[test]
fn t9_a_hundred_thousand_neighbours_are_told_apart() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    let mut nth = 0;
    for framework in Framework::ALL {
        for known in [KnownTokens::default(), KnownTokens::as_digests(10_000)] {
            let api = Api::new(framework, &gate_of(&issuer, known));
            let genuine: Vec<_> = (0..GENUINE)
                .map(|n| {
                    let (subject, level) = (format!("user-{n:04}"), LEVELS[n % 3]);
                    let token = Token::new().with("sub", subject.as_str()).with("acr", level);
                    (issuer.token(&token), format!("{subject} Some(Level({level}))"))
                })
                .collect();
            let ask = |token: &str| block_on(api.post_with("/both", token));
            let is_its_own = |(token, claims): &(String, String)| {
                let answer = ask(token);
                assert_eq!((answer.status.as_u16(), answer.ran), (200, 1), "{framework:?}");
                assert_eq!(answer.body, claims, "{framework:?} {known:?}");
            };
            for pair in &genuine {
                is_its_own(pair);
                for _ in 0..FORGED {
                    let answer = ask(&neighbour(&pair.0, nth));
                    assert_eq!((answer.status.as_u16(), answer.ran), (401, 0), "{framework:?}");
                    assert!(answer.challenge().contains("invalid_token"), "{framework:?}");
                    nth += 1;
                }
            }
            // Now all of them are known.
            genuine.iter().rev().for_each(is_its_own);
        }
    }
    assert_eq!(nth + 4 * 2 * GENUINE, 100_000);
}

/// Whatever of a token can be asked for is its own, from the map as from the token.
#[test]
fn t9_every_claim_is_the_tokens_own() {
    let issuer = Issuer::new(Algorithm::EdDsa);
    for known in [KnownTokens::default(), KnownTokens::as_digests(10_000), KnownTokens::none()] {
        let gate = gate_of(&issuer, known);
        for round in 0..2 {
            for n in 0..300 {
                let [sub, client, jti, scope] =
                    ["sub", "client", "jti", "scope"].map(|claim| format!("{claim}-{n}"));
                let (auth_time, exp) = (NOW - 1 - n, NOW + 1 + n);
                let level = LEVELS[(n % 3) as usize];
                let token = Token::new()
                    .with("sub", sub.as_str())
                    .with("client_id", client.as_str())
                    .with("jti", jti.as_str())
                    .with("scope", scope.as_str())
                    .with("iat", NOW)
                    .with("auth_time", auth_time)
                    .with("exp", exp)
                    .with("acr", level);
                let line = format!("Bearer {}", issuer.token(&token));
                let request = Request::get("/").header("authorization", line).body(());
                let request = request.expect("a request");
                let name = format!("{known:?}, token {n}, round {round}");
                let found = block_on(gate.verify(&request))
                    .unwrap_or_else(|error| panic!("{name}: {error:?}"));
                assert_eq!(found.subject(), sub, "{name}");
                assert_eq!(found.client_id(), Some(client.as_str()), "{name}");
                assert_eq!(found.token_id(), Some(jti.as_str()), "{name}");
                assert_eq!(found.scopes().collect::<Vec<_>>(), [scope.as_str()], "{name}");
                assert_eq!(found.auth_time(), Some(Timestamp::from_secs(auth_time)), "{name}");
                assert_eq!(found.expires_at(), Timestamp::from_secs(exp), "{name}");
                assert_eq!(found.level().map(|level| level.name()), Some(level), "{name}");
            }
        }
    }
}
