//! A private key in PEM (RFC 7468 §10), and what is wrong where there is none.

use base64_simd::STANDARD;
use zeroize::Zeroizing;

use crate::start_error::StartError;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// The DER of the one `PRIVATE KEY` section.
pub(super) fn private_key(pem: &[u8]) -> Result<Zeroizing<Vec<u8>>, StartError> {
    let text = std::str::from_utf8(pem).map_err(|_| {
        StartError::new("the signing key is no text: give it in PEM, not in DER or a keystore")
    })?;
    let mut found = None;
    for section in text.split(BEGIN).skip(1) {
        let Some((label, rest)) = section.split_once(DASHES) else { continue };
        if label != "PRIVATE KEY" {
            continue;
        }
        if found.is_some() {
            return Err(StartError::new(
                "the signing key's text has more than one `-----BEGIN PRIVATE KEY-----` section: \
                 give one key; older ones that are still published are given with `.and_before(…)`",
            ));
        }
        let end = "-----END PRIVATE KEY-----";
        let (body, _) = rest.split_once(end).ok_or_else(|| {
            StartError::new(
                "the signing key is cut off: it has no `-----END PRIVATE KEY-----` line",
            )
        })?;
        found = Some(decode(body)?);
    }
    found.ok_or_else(|| StartError::new(what_else(text)))
}

fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, StartError> {
    // Made large enough at once: no copy stays behind where it grew.
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    base64.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    STANDARD.decode_to_vec(&*base64).map(Zeroizing::new).map_err(|_| {
        StartError::new(
            "the signing key's `PRIVATE KEY` section is not base64: take the file as it was made",
        )
    })
}

/// What the text is, if it is no private key of the form that is read here.
fn what_else(text: &str) -> &'static str {
    let has = |label: &str| text.contains(&format!("{BEGIN}{label}{DASHES}"));
    if has("ENCRYPTED PRIVATE KEY") || text.contains("ENCRYPTED") {
        "the signing key is encrypted, and a service has no password for it: keep the file safe \
         and decrypt it with `openssl pkcs8 -topk8 -nocrypt -in key.pem -out signing-key.pem`"
    } else if has("EC PRIVATE KEY") || has("RSA PRIVATE KEY") {
        "the signing key is in an older form (`EC PRIVATE KEY`, `RSA PRIVATE KEY`): write it as \
         PKCS#8 with `openssl pkcs8 -topk8 -nocrypt -in key.pem -out signing-key.pem`"
    } else if has("OPENSSH PRIVATE KEY") {
        "the signing key is one of SSH: make one for tokens with \
         `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out signing-key.pem`"
    } else if has("PUBLIC KEY") || has("RSA PUBLIC KEY") || has("CERTIFICATE") {
        "the signing key is a public key or a certificate, which cannot sign: give the private \
         half (`-----BEGIN PRIVATE KEY-----`)"
    } else {
        "the signing key's text has no `-----BEGIN PRIVATE KEY-----` section: make a key with \
         `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out signing-key.pem`"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(label: &str) -> String {
        format!("-----BEGIN {label}-----\nc2VjcmV0\n-----END {label}-----\n")
    }

    #[test]
    fn p3_what_is_no_private_key_is_named_with_the_way_out() {
        let good = section("PRIVATE KEY");
        let old_encrypted = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n";
        for (name, text, said) in [
            ("nothing", String::new(), "has no `-----BEGIN PRIVATE KEY-----` section"),
            ("base64 alone", "c2VjcmV0".to_owned(), "openssl genpkey"),
            ("SEC 1", section("EC PARAMETERS") + &section("EC PRIVATE KEY"), "an older form"),
            ("PKCS#1", section("RSA PRIVATE KEY"), "openssl pkcs8 -topk8"),
            ("encrypted", section("ENCRYPTED PRIVATE KEY"), "is encrypted"),
            ("encrypted, older", old_encrypted.to_owned(), "is encrypted"),
            ("public", section("PUBLIC KEY"), "cannot sign"),
            ("certificate", section("CERTIFICATE"), "cannot sign"),
            ("SSH", section("OPENSSH PRIVATE KEY"), "one of SSH"),
            ("two", good.repeat(2), "more than one"),
            ("cut off", good.split_once("-----END").unwrap().0.to_owned(), "cut off"),
            ("not base64", good.replace("c2Vj", "c2V?"), "not base64"),
        ] {
            let error = private_key(text.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with("the signing key"), "{name}: {error}");
            assert!(error.contains(said), "{name}: {error}");
            assert!(!error.contains("c2Vj") && !error.contains("secret"), "{name}: {error}");
        }
        assert!(private_key(b"\xff").is_err());
    }

    #[test]
    fn what_stands_around_the_key_does_not_matter() {
        let good = section("PRIVATE KEY");
        for text in [
            good.clone(),
            format!("my key\n{good}\n"),
            good.replace('\n', "\r\n"),
            section("CERTIFICATE") + &good,
            section("EC PARAMETERS") + &good,
        ] {
            assert_eq!(&**private_key(text.as_bytes()).unwrap(), b"secret", "{text}");
        }
    }
}
