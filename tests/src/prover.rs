//! A client that holds a key, and proves it (RFC 9449 §4).

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stepup_core::Algorithm;

use crate::{AUDIENCE, Issuer, NOW, Token};

/// Holds a key.
pub struct Prover {
    pair: Issuer,
}

impl Prover {
    /// With a new key for this algorithm.
    pub fn new(algorithm: Algorithm) -> Self {
        Self { pair: Issuer::new(algorithm) }
    }

    /// The members that make the key, and no others.
    pub fn jwk(&self) -> Value {
        let mut jwk = self.pair.jwk();
        let members = jwk.as_object_mut().expect("an object");
        members.retain(|name, _| ["kty", "crv", "x", "y", "n", "e"].contains(&name.as_str()));
        jwk
    }

    /// The key's thumbprint (RFC 7638): of the members in the order of their names.
    pub fn thumbprint(&self) -> String {
        let mut jwk = self.jwk();
        jwk.sort_all_objects();
        encode(digest(&SHA256, jwk.to_string().as_bytes()).as_ref())
    }

    /// The good token, bound to this key.
    pub fn token(&self) -> Token {
        Token::new().with("cnf", json!({"jkt": self.thumbprint()}))
    }

    /// A proof for a `POST` to this path of the API with this token, made now.
    pub fn proof(&self, path: &str, token: &str) -> Proof {
        Proof {
            header: json!({
                "typ": "dpop+jwt",
                "alg": self.pair.algorithm().name(),
                "jwk": self.jwk(),
            }),
            claims: json!({
                "jti": format!("{:x}", rand()),
                "htm": "POST",
                "htu": format!("{AUDIENCE}{path}"),
                "iat": NOW,
                "ath": encode(digest(&SHA256, token.as_bytes()).as_ref()),
            }),
        }
    }

    /// The text of a proof.
    pub fn sign(&self, proof: &Proof) -> String {
        self.pair.sign(&proof.header.to_string(), &proof.claims.to_string())
    }

    /// Signs this header and payload as they stand.
    pub fn sign_raw(&self, header: &str, payload: &str) -> String {
        self.pair.sign(header, payload)
    }
}

/// A proof before it is signed.
#[derive(Clone)]
pub struct Proof {
    pub header: Value,
    pub claims: Value,
}

impl Proof {
    /// Sets a claim.
    pub fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.claims[claim] = value.into();
        self
    }

    /// Leaves a claim out.
    pub fn without(mut self, claim: &str) -> Self {
        self.claims.as_object_mut().expect("an object").remove(claim);
        self
    }

    /// Sets a member of the header.
    pub fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    /// Leaves a member of the header out.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.as_object_mut().expect("an object").remove(name);
        self
    }
}

fn rand() -> u128 {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).expect("random bytes");
    u128::from_be_bytes(bytes)
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
