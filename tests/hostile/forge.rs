//! Putting tokens together by hand.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use stepup_tests::Issuer;

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The three segments of a token.
pub(crate) fn segments(token: &str) -> [&str; 3] {
    let segments: Vec<_> = token.split('.').collect();
    segments.try_into().expect("three segments")
}

/// A header and a payload, not signed yet.
pub(crate) fn message(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}", base64url(header), base64url(payload))
}

/// Signs these bytes, whatever they are.
pub(crate) fn signed(issuer: &Issuer, message: &str) -> String {
    format!("{message}.{}", base64url(issuer.signature(message.as_bytes())))
}

/// One DER value (X.690 §8.1).
pub(crate) fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().position(|byte| *byte > 0).unwrap_or(length.len() - 1)..];
    let head = if content.len() < 0x80 { vec![tag] } else { vec![tag, 0x80 | length.len() as u8] };
    [&head, length, content].concat()
}

/// An unsigned number in DER.
pub(crate) fn der_integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count().min(bytes.len() - 1);
    let bytes = &bytes[zeros..];
    let sign: &[u8] = if bytes[0] > 0x7F { &[0] } else { &[] };
    der(0x02, &[sign, bytes].concat())
}

const RSA_ENCRYPTION: &[u8] =
    &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
const EC_P256: &[u8] = &[
    0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
    0x03, 0x01, 0x07,
];

/// `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7) of an RSA or a P-256 key.
pub(crate) fn spki(issuer: &Issuer) -> Vec<u8> {
    let kind = if issuer.algorithm().name() == "ES256" { EC_P256 } else { RSA_ENCRYPTION };
    let bits = der(0x03, &[&[0], issuer.public_key_bytes().as_slice()].concat());
    der(0x30, &[der(0x30, kind), bits].concat())
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
