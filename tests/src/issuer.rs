//! An issuer of tokens, good and bad: it signs any header and any payload, letter for letter.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use stepup_core::Algorithm;

use crate::{AUDIENCE, ISSUER, NOW};

enum Pair {
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
}

/// One key pair and its name.
pub struct Issuer {
    pair: Pair,
    algorithm: Algorithm,
    kid: String,
}

impl Issuer {
    /// A new key for this algorithm, with the `kid` `key-1`.
    pub fn new(algorithm: Algorithm) -> Self {
        Self::with_kid(algorithm, "key-1")
    }

    /// A new key with a `kid` of its own.
    pub fn with_kid(algorithm: Algorithm, kid: &str) -> Self {
        let rsa = |encoding: &'static dyn RsaEncoding| {
            Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"), encoding)
        };
        let pair = match algorithm {
            Algorithm::EdDsa => Pair::Ed(Ed25519KeyPair::generate().expect("a key")),
            Algorithm::Es256 => {
                Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
            }
            Algorithm::Es384 => {
                Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).expect("a key"))
            }
            Algorithm::Ps256 => rsa(&RSA_PSS_SHA256),
            Algorithm::Ps384 => rsa(&RSA_PSS_SHA384),
            Algorithm::Ps512 => rsa(&RSA_PSS_SHA512),
            Algorithm::Rs256 => rsa(&RSA_PKCS1_SHA256),
            Algorithm::Rs384 => rsa(&RSA_PKCS1_SHA384),
            Algorithm::Rs512 => rsa(&RSA_PKCS1_SHA512),
            other => panic!("no key pair for {other}"),
        };
        Self { pair, algorithm, kid: kid.to_owned() }
    }

    /// The algorithm of the key.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public key as a JWK.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Ec(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let crv = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({"kty": "EC", "crv": crv, "x": encode(x), "y": encode(y)})
            }
            Pair::Ed(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref())})
            }
            Pair::Rsa(pair, _) => {
                let key = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "n": encode(&key.n), "e": encode(&key.e)})
            }
        };
        jwk["kid"] = json!(self.kid);
        jwk["alg"] = json!(self.algorithm.name());
        jwk["use"] = json!("sig");
        jwk
    }

    /// The key set.
    pub fn jwks(&self) -> String {
        json!({"keys": [self.jwk()]}).to_string()
    }

    /// The public key in the encodings that an attacker may take for an HMAC secret.
    pub fn public_key_bytes(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Rsa(pair, _) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// The header that this issuer's tokens carry.
    pub fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": self.algorithm.name(), "kid": self.kid})
    }

    /// Signs this header and payload as they stand.
    pub fn sign(&self, header: &str, payload: &str) -> String {
        let message = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
        let signature = self.signature(message.as_bytes());
        format!("{message}.{}", encode(&signature))
    }

    /// The raw signature over a message.
    pub fn signature(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, message).expect("signs").as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature).expect("signs");
                signature
            }
        }
    }

    /// Signs a token with this issuer's usual header.
    pub fn token(&self, token: &Token) -> String {
        self.sign(&self.header().to_string(), &token.payload())
    }
}

/// The claims of a token. It begins as a good one: alice, `mfa`, logged in a minute ago.
#[derive(Clone)]
pub struct Token(Map<String, Value>);

impl Default for Token {
    fn default() -> Self {
        let Value::Object(claims) = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "alice",
            "client_id": "web",
            "jti": "e1j3V",
            "iat": NOW - 30,
            "exp": NOW + 600,
            "auth_time": NOW - 60,
            "acr": "mfa",
        }) else {
            unreachable!("an object")
        };
        Self(claims)
    }
}

impl Token {
    /// The good token.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a claim.
    pub fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.0.insert(claim.to_owned(), value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without(mut self, claim: &str) -> Self {
        self.0.remove(claim);
        self
    }

    /// The payload's text.
    pub fn payload(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// The payload's text with one claim spelled as it stands here.
    pub fn payload_with_raw(&self, claim: &str, raw: &str) -> String {
        let rest = Value::Object(self.clone().without(claim).0).to_string();
        format!("{{\"{claim}\":{raw},{}", &rest[1..])
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
