//! Statements that no device of ours makes.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use stepup_authority::EventKind;
use stepup_tests::Framework;
use stepup_tests::authority::Setup;

use crate::scene::{Asking, Phone, send, start, token};

const REPLY: &str = r#"{"alg":"ES256","typ":"stepup-push-reply+jwt"}"#;

/// Whatever, signed with the device's own key.
fn signed(phone: &Phone<'_>, header: &str, claims: &str) -> String {
    let key = phone.device.to_pkcs8().unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key).unwrap();
    signed_with(&key, header, claims)
}

fn signed_with(key: &EcdsaKeyPair, header: &str, claims: &str) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn post(phone: &Phone<'_>, id: &str, body: &str) -> (u16, String) {
    let request = Request::post(format!("{}/requests/{id}", phone.device.page()))
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_owned()));
    let answer = send(phone.service, request.unwrap()).await;
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    let name = body["type"].as_str().unwrap_or_default().rsplit('/').next().unwrap().to_owned();
    (answer.status().as_u16(), name)
}

/// R-PUSH-02: nothing but the device's signature over exactly what it was asked is an answer; and
/// nothing of all this uses the request up.
#[tokio::test]
async fn o25_only_what_was_asked_is_answered() {
    for framework in Framework::ALL {
        let service = start(Setup::new(framework)).await;
        let alice = service.login("alice").await;
        let phone = Phone::of(&service, &alice, "Telephone").await;
        let asking = Asking::begin(&alice).await;
        let asked = phone.asked().await;
        let genuine = phone.device.approve(&asked, &asking.number).unwrap();
        let genuine: Value = serde_json::from_slice(genuine.body()).unwrap();
        let genuine = genuine["jwt"].as_str().unwrap().to_owned();
        let parts: Vec<&str> = genuine.split('.').collect();
        let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            claims.to_string()
        };
        let malformed = (400, "device-malformed");
        let unknown = (401, "device-not-this");
        let otherwise = (422, "device-shown-otherwise");
        let mut statements = vec![
            // Headers.
            (
                signed(
                    &phone,
                    r#"{"alg":"none","typ":"stepup-push-reply+jwt"}"#,
                    &claims.to_string(),
                ),
                malformed,
            ),
            (
                signed(
                    &phone,
                    r#"{"alg":"HS256","typ":"stepup-push-reply+jwt"}"#,
                    &claims.to_string(),
                ),
                malformed,
            ),
            (signed(&phone, r#"{"alg":"ES256","typ":"JWT"}"#, &claims.to_string()), malformed),
            (signed(&phone, r#"{"alg":"ES256"}"#, &claims.to_string()), malformed),
            (
                signed(
                    &phone,
                    r#"{"alg":"ES256","typ":"stepup-push-poll+jwt"}"#,
                    &claims.to_string(),
                ),
                malformed,
            ),
            (
                signed(
                    &phone,
                    r#"{"alg":"ES256","typ":"stepup-push-reply+jwt","crit":["b64"]}"#,
                    &claims.to_string(),
                ),
                malformed,
            ),
            (
                signed(
                    &phone,
                    r#"{"alg":"none","alg":"ES256","typ":"stepup-push-reply+jwt"}"#,
                    &claims.to_string(),
                ),
                malformed,
            ),
            // Signatures.
            (format!("{}.{}.", parts[0], parts[1]), unknown),
            (format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode([0; 64])), unknown),
            (
                format!(
                    "{}.{}.{}",
                    parts[0],
                    URL_SAFE_NO_PAD.encode(with("decision", json!("deny"))),
                    parts[2]
                ),
                unknown,
            ),
            (format!("{}.{}", parts[0], parts[1]), malformed),
            (String::new(), malformed),
        ];
        for (claims, expected) in [
            (with("aud", json!("https://evil.example/step-up/methods/push/devices/1.2")), unknown),
            (with("aud", json!(format!("{}x", phone.device.page()))), unknown),
            (with("request", json!("A".repeat(22))), malformed),
            (with("shown", json!(URL_SAFE_NO_PAD.encode([0; 32]))), otherwise),
            (with("shown", json!("")), otherwise),
            (with("decision", json!("maybe")), malformed),
            (with("decision", json!("deny")), malformed),
            (with("number", json!(null)), malformed),
            (with("number", json!(123_456)), malformed),
            (with("number", json!("12345")), malformed),
            (with("number", json!("１２３４５６")), malformed),
            (with("number", json!(format!(" {}", asking.number))), malformed),
            (with("more", json!(true)), malformed),
            (format!("[{claims}]"), malformed),
            (claims.to_string().replacen('{', r#"{"decision":"deny","#, 1), malformed),
        ] {
            statements.push((signed(&phone, REPLY, &claims), expected));
        }
        for (jwt, (status, name)) in statements {
            let body = json!({ "jwt": jwt }).to_string();
            let answer = post(&phone, asked.id(), &body).await;
            assert_eq!(answer, (status, name.to_owned()), "{framework:?} {jwt}");
        }
        for body in ["", "{}", "[]", r#"{"jwt":1}"#, r#"{"jwt":"","jwt":""}"#] {
            assert_eq!(post(&phone, asked.id(), body).await, (400, "device-malformed".to_owned()));
        }
        assert_eq!(asking.poll(&alice).await.status, 202);
        assert_eq!(service.events.count(EventKind::Denied), 0);
        let body = json!({ "jwt": genuine }).to_string();
        assert_eq!(post(&phone, asked.id(), &body).await.0, 200);
        token(&asking.poll(&alice).await);
    }
}

/// R-PUSH-03: whoever knows the secret pairs a key that they have the private half of, and no other.
#[tokio::test]
async fn r_push_03_a_device_has_the_key_that_it_pairs() {
    const PAIRING: &str = r#"{"alg":"ES256","typ":"stepup-push-pairing+jwt"}"#;
    for framework in Framework::ALL {
        let service = start(Setup::new(framework)).await;
        let alice = service.login("alice").await;
        let begun = alice.enrol(json!({ "method": "push" })).await;
        let (page, secret) = begun["pairing_uri"].as_str().unwrap().split_once('#').unwrap();
        let own = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let other = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let jwk = |key: &EcdsaKeyPair| {
            let point = key.public_key().as_ref();
            let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            json!({ "kty": "EC", "crv": "P-256", "x": number(&point[1..33]), "y": number(&point[33..]) })
        };
        let pair = async |key: Value, change: (&str, Value)| {
            let mut claims = json!({ "aud": page, "secret": secret, "key": key, "name": "Phone" });
            claims[change.0] = change.1;
            let jwt = signed_with(&own, PAIRING, &claims.to_string());
            let request = Request::post(page).body(Bytes::from(json!({ "jwt": jwt }).to_string()));
            send(&service, request.unwrap()).await.status().as_u16()
        };
        let same = || ("name", json!("Phone"));
        let with = |name: &str, value: Value| {
            let mut key = jwk(&own);
            key[name] = value;
            key
        };
        assert_eq!(pair(jwk(&other), same()).await, 401, "the key of somebody else");
        // No point of the curve.
        assert_eq!(pair(with("y", jwk(&other)["y"].clone()), same()).await, 401);
        for (name, value) in [
            ("kty", json!("RSA")),
            ("crv", json!("P-384")),
            ("x", json!("")),
            ("y", json!(URL_SAFE_NO_PAD.encode([7; 33]))),
            ("d", json!("private")),
        ] {
            assert_eq!(pair(with(name, value), same()).await, 400, "{name}");
        }
        assert_eq!(pair(jwk(&own), ("aud", json!("https://evil.example/1.2"))).await, 401);
        assert_eq!(pair(jwk(&own), ("iss", json!("more"))).await, 400);
        assert_eq!(crate::scene::finish(&alice, &begun).await.status, 409);
        assert_eq!(pair(jwk(&own), same()).await, 200);
        assert_eq!(crate::scene::finish(&alice, &begun).await.status, 201);
    }
}

/// What is no page of a device's is none.
#[tokio::test]
async fn other_pages_are_not_there() {
    for framework in Framework::ALL {
        let service = start(Setup::new(framework)).await;
        let alice = service.login("alice").await;
        let phone = Phone::of(&service, &alice, "Telephone").await;
        let page = phone.device.page();
        for (method, uri) in [
            ("GET", page.to_owned()),
            ("DELETE", page.to_owned()),
            ("POST", format!("{page}/requests")),
            ("GET", format!("{page}/requests/1")),
            ("POST", format!("{page}/other/1")),
            ("POST", page.replace("devices/", "devices/x")),
            ("POST", page.replace("devices", "device")),
            ("POST", "https://bank.example/step-up/methods/push/devices/..%2f".to_owned()),
        ] {
            let request = Request::builder().method(method).uri(&uri).body(Bytes::new()).unwrap();
            let answer = send(&service, request).await;
            assert_eq!(answer.status(), 404, "{framework:?} {method} {uri}");
        }
        // A page of another site's has nothing to say here.
        let request = Request::post(page)
            .header("origin", "https://evil.example")
            .body(Bytes::new())
            .unwrap();
        assert_eq!(send(&service, request).await.status(), 403);
        for line in ["", "Stepup-Device", "Bearer x", "Stepup-Device x", "Stepup-Device a.b.c"] {
            let request = Request::get(format!("{page}/requests")).header("authorization", line);
            let answer = send(&service, request.body(Bytes::new()).unwrap()).await;
            assert_eq!(answer.status(), 401, "{line:?}");
        }
    }
}
