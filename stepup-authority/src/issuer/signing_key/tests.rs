#![cfg(test)]

use serde_json::{Value, json};
use stepup_core::KeySet;

use super::*;
use Algorithm::{EdDsa, Es256, Rs256};

const P256: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvwoKs3LsEKO5pMJMwgDCwx/97Eb2qkkp\
                    H+4tNh6MdWWhRANCAARCDNmFasbH3Gv2ahR9l013t8Xw951eXOjJxroBdcQDwzmgzcgNlnPjpqwatjed\
                    o1U9OM4cVCXys5O8MetUzKvC";
const P384: &str = "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA2vwPzAUxkWdj5nuiCmmR7BATUM1Tbik3j\
                    Kaee/eYB9O3aDU15qlGa/XBqKGM8/d+hZANiAASyzlqf4UX6RC4wuR2GPCKoa7ZebJK1TTDReuNd12pB\
                    8/siE1l86fmsJXuZpnhPekR4TaMHD7eiY/5LjXS60iInC6rLMqVu3fx5kXEpHkSMO6HCK7LL8TFGpZaa\
                    YtOH5v4=";
const ED: &str = "MC4CAQAwBQYDK2VwBCIEILMcKTdFh5LU/FwrkFi2OYJnNwRZG71II7Ctsw2NsTsz";
const RSA_1024: &str = "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAOUajv7cvaOtMmgXzSHAQEMveKre\
                        cnZC9ytAJPyZdwycmHPIDHEYaGiUs6t/jk+Nq2ya1CogkUyhFUQgkIeWWS8jKto4Fbe9ysnlucN2\
                        kKOs4SWOEvVSiG4ciVPPS9El/TknGylbmDZDn//UVFJMkqbRshGaTNy7RDCE8EIBTIc/AgMBAAEC\
                        gYB3sUNp1WtiGrdN+Llb27P3JdL1+hd0v5GgT/fC3G588UcYnjgZ0fWiRaYEgDSaTVp0+ALGK5Od\
                        pD6XBCheHedjIrrH9TdyLLbTHV9rIm2/JrPlyWfeuaKIzhT065qCErwWT/oGwn46xRl8gzhID507\
                        Tz9gCUaJ0HwD6JqavLjNUQJBAP2sOuc9zyqkX76rGYNUvHgfaXEyjOSfKLXGh3JX8MBOECNgEcqi\
                        A/PBamhBtotzLXP/46mGUiahzj9Xca2vyccCQQDnNKBRVXbhbNzkEXLt2f80E3Xs4LS953VadLAF\
                        iZxGFfldNhaZDT7mioY5UkOl3hyr/vjbg7o85vVpZlXBkBbJAkBMqqP2xXB6Q8mIF7ATSCXZ7Cxz\
                        AMMiSZQFNCY1gayKgk1QU7Ws10B4iCk/rzSbesju+RR2ZNkpQdfSvvvlcW57AkEApls8WylGT27Y\
                        BRX0/uUS9jJmcFlCUz3eN4asPF/GXLtk4EeRvPBF6PWVHFtvp0IImUztXG0MrNN1ky/51jtJ2QJA\
                        QgQYpONpu9SVoV51UTpl2nTVmzr1sImQGwiM9r6+qFmxQFLCI1cw8f90nt1kLjzUVpPuDb/O1nEH\
                        gQvdN4YlXQ==";

fn pem(base64: &str) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n")
}

#[test]
fn t27_a_key_is_of_a_kind_that_is_used_and_not_weak() {
    for (base64, algorithm) in [(P256, Es256), (ED, EdDsa)] {
        let key = SigningKey::from_pem(pem(base64).as_bytes()).unwrap();
        assert_eq!(key.algorithm(), algorithm);
    }
    for (name, base64, said) in [
        ("1024 bits", RSA_1024, "less than 2048 bits"),
        ("P-384", P384, "of a kind that is not used here"),
        ("nothing inside", "AAAA", "malformed"),
        ("empty", "", "malformed"),
    ] {
        let error = SigningKey::from_pem(pem(base64).as_bytes()).unwrap_err().to_string();
        assert!(error.contains(said), "{name}: {error}");
    }
    for algorithm in [Algorithm::Es384, Algorithm::Ps256, Algorithm::Rs512] {
        assert!(SigningKey::generate(algorithm).is_err(), "{algorithm}");
    }
}

/// The one that is read back, under the same name, signs for the same public key.
#[test]
fn each_algorithm_signs_what_core_verifies_and_survives_the_store() {
    for algorithm in [Es256, EdDsa, Rs256] {
        let key = SigningKey::generate(algorithm).unwrap();
        let again = SigningKey::from_pkcs8(&key.to_pkcs8().unwrap()).unwrap();
        assert_eq!(key.public(), again.public());
        let set = json!({ "keys": [key.public()] }).to_string();
        assert_eq!(KeySet::from_jwks(set.as_bytes()).unwrap().algorithms(), [algorithm]);
        assert!(!set.contains("\"d\""), "{set}");
        for signer in [&key, &again] {
            let token = signer.sign(&json!({"sub": "alice"})).unwrap();
            let parts: Vec<_> = token.split('.').collect();
            let [header, claims, _] = parts.as_slice() else { panic!("three parts") };
            let read = |part: &str| -> Value {
                let bytes = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(part).unwrap();
                serde_json::from_slice(&bytes).unwrap()
            };
            let expected = json!({"alg": algorithm.name(), "typ": "at+jwt", "kid": key.kid()});
            assert_eq!(read(header), expected);
            assert_eq!(read(claims), json!({"sub": "alice"}));
        }
    }
}

#[test]
fn debug_shows_the_name_alone() {
    let key = SigningKey::from_pem(pem(ED).as_bytes()).unwrap();
    assert_eq!(format!("{key:?}"), format!("SigningKey(EdDSA {})", key.kid()));
}

#[cfg(unix)]
#[test]
fn s10_a_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::temp_dir().join(format!("stepup-signing-key-{}.pem", std::process::id()));
    std::fs::write(&path, pem(P256)).unwrap();
    for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        match SigningKey::from_file(&path) {
            Ok(key) => assert!(good && key.algorithm() == Es256, "{mode:o}"),
            Err(error) => {
                let error = error.to_string();
                assert!(!good && error.contains(&format!("(mode {mode:o})")), "{error}");
                assert!(error.contains("chmod 600"), "{error}");
            }
        }
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&path, "-----BEGIN PUBLIC KEY-----").unwrap();
    let error = SigningKey::from_file(&path).unwrap_err().to_string();
    assert!(error.contains("is no signing key: the signing key is a public key"), "{error}");
    std::fs::write(&path, [b'x'; 70_000]).unwrap();
    assert!(SigningKey::from_file(&path).unwrap_err().to_string().contains("64 KiB"));
    std::fs::remove_file(&path).unwrap();
    let error = SigningKey::from_file(&path).unwrap_err().to_string();
    assert!(error.contains("cannot be read"), "{error}");
}
