//! R-JWT-01: a key has one algorithm, and its other ones are not tried.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::json;
use stepup_core::{Algorithm, Gate, KeySet};
use stepup_tests::{AUDIENCE, ISSUER, Issuer, Token, clock};

use crate::forge::{base64url, message};
use crate::trial::{Trial, Verdict};

const ENCODINGS: [(&str, &dyn RsaEncoding); 6] = [
    ("RS256", &RSA_PKCS1_SHA256),
    ("RS384", &RSA_PKCS1_SHA384),
    ("RS512", &RSA_PKCS1_SHA512),
    ("PS256", &RSA_PSS_SHA256),
    ("PS384", &RSA_PSS_SHA384),
    ("PS512", &RSA_PSS_SHA512),
];

#[test]
fn r_jwt_01_an_rsa_key_signs_with_its_one_algorithm() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let parts = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
    let token = |alg: &str, encoding: &'static dyn RsaEncoding, kid: &str| {
        let message =
            message(format!(r#"{{"typ":"at+jwt","alg":"{alg}"{kid}}}"#), Token::new().payload());
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .expect("signs");
        format!("{message}.{}", base64url(signature))
    };
    for (own, _) in ENCODINGS {
        let jwk = json!({"kty": "RSA", "alg": own, "kid": "rsa",
            "n": base64url(&parts.n), "e": base64url(&parts.e)});
        // Beside it a key for the control.
        let issuer = Issuer::new(Algorithm::Es256);
        let keys = json!({"keys": [issuer.jwk(), jwk]}).to_string();
        let clock = clock();
        let gate = Gate::builder(ISSUER, AUDIENCE)
            .keys(KeySet::from_jwks(keys.as_bytes()).expect("good keys"))
            .clock(clock.clone())
            .build()
            .expect("a gate");
        let trial = Trial::behind(issuer, clock, &gate);
        for kid in [r#","kid":"rsa""#, ""] {
            for (alg, _) in ENCODINGS {
                for (made, encoding) in ENCODINGS {
                    let verdict = if alg == own && made == own {
                        Verdict::Admitted
                    } else {
                        Verdict::Invalid
                    };
                    let name = format!("a key for {own}, header {alg}{kid}, signed with {made}");
                    let line = format!("Bearer {}", token(alg, encoding, kid));
                    trial.judge(name, "/mfa_fresh", &[&line], verdict);
                }
            }
        }
        trial.control("/mfa_fresh");
    }
}
