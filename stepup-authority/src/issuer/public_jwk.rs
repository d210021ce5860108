//! The public half of a signing key, as it is published (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use aws_lc_rs::digest::{SHA256, digest};
use base64_simd::URL_SAFE_NO_PAD;
use serde::Serialize;

/// A JSON Web Key with nothing private in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct PublicJwk {
    #[serde(flatten)]
    numbers: Numbers,
    pub(crate) kid: String,
    alg: &'static str,
    #[serde(rename = "use")]
    purpose: &'static str,
}

/// What makes the key: by type, its members in the order of RFC 7638 §3.2, so that written by
/// itself it is what the thumbprint is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Numbers {
    Ec { crv: &'static str, kty: &'static str, x: String, y: String },
    Okp { crv: &'static str, kty: &'static str, x: String },
    Rsa { e: String, kty: &'static str, n: String },
}

impl Numbers {
    /// A point of P-256, uncompressed (SEC 1 §2.3.3).
    pub(super) fn p256(point: &[u8]) -> Option<Self> {
        let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
        Some(Self::Ec { crv: "P-256", kty: "EC", x: base64url(x), y: base64url(y) })
    }

    pub(super) fn ed25519(point: &[u8]) -> Self {
        Self::Okp { crv: "Ed25519", kty: "OKP", x: base64url(point) }
    }

    pub(super) fn rsa(n: &[u8], e: &[u8]) -> Self {
        Self::Rsa { e: base64url(e), kty: "RSA", n: base64url(n) }
    }
}

impl PublicJwk {
    /// Named by its thumbprint: a key has one name, whoever gives it.
    pub(super) fn new(numbers: Numbers, alg: &'static str) -> Self {
        let members = serde_json::to_vec(&numbers).unwrap_or_default();
        let kid = base64url(digest(&SHA256, &members).as_ref());
        Self { numbers, kid, alg, purpose: "sig" }
    }
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1 and RFC 8037 §A.3: the thumbprints that the standards print.
    #[test]
    fn the_name_of_a_key_is_its_thumbprint() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L\
                 6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ\
                 5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD\
                 08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEg\
                 U8awapJzKnqDKgw";
        let rsa = Numbers::Rsa { e: "AQAB".to_owned(), kty: "RSA", n: n.to_owned() };
        let jwk = PublicJwk::new(rsa, "RS256");
        assert_eq!(jwk.kid, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");

        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned();
        let ed = Numbers::Okp { crv: "Ed25519", kty: "OKP", x };
        let jwk = PublicJwk::new(ed, "EdDSA");
        assert_eq!(jwk.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(
            serde_json::to_string(&jwk).unwrap(),
            r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","alg":"EdDSA","use":"sig"}"#,
        );
    }
}
