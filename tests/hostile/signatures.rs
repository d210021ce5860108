//! T26: signatures that are none.

use stepup_core::Algorithm;
use stepup_tests::{Issuer, Token};

use crate::forge::{base64url, der, der_integer, message};
use crate::trial::{Trial, Verdict};

const ALL: [Algorithm; 9] = [
    Algorithm::EdDsa,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
];

/// The order of P-256.
const N_256: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

/// The order of Ed25519, its least byte first.
const L_25519: [u8; 32] = [
    0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn next(mut number: [u8; 32]) -> [u8; 32] {
    number[31] += 1;
    number
}

/// The usual message and its signature.
fn good(issuer: &Issuer) -> (String, Vec<u8>) {
    let message = message(issuer.header().to_string(), Token::new().payload());
    let signature = issuer.signature(message.as_bytes());
    (message, signature)
}

fn each(trial: &Trial, rows: Vec<(&str, Vec<u8>)>) {
    let (message, _) = good(&trial.issuer);
    let rows = rows.into_iter().map(|(name, signature)| {
        (
            format!("{}: {name}", trial.issuer.algorithm()),
            format!("{message}.{}", base64url(signature)),
        )
    });
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}

/// What is wrong with any algorithm. Deterministic ones sign the same message the same way.
fn spoilt(issuer: &Issuer) -> Vec<(&'static str, Vec<u8>)> {
    let (message, signature) = good(issuer);
    let length = signature.len();
    let flip = |place: usize, bit: u8| {
        let mut flipped = signature.clone();
        flipped[place] ^= bit;
        flipped
    };
    let (first, second) = signature.split_at(length / 2);
    vec![
        ("empty", Vec::new()),
        ("one byte", vec![0]),
        ("zeros", vec![0; length]),
        ("ones", vec![0xFF; length]),
        ("cut by one", signature[..length - 1].to_vec()),
        ("cut by one in front", signature[1..].to_vec()),
        ("half", first.to_vec()),
        ("a zero behind", [&signature[..], &[0]].concat()),
        ("a zero in front", [&[0], &signature[..]].concat()),
        ("twice", [&signature[..], &signature].concat()),
        ("halves changed", [second, first].concat()),
        ("backwards", signature.iter().rev().copied().collect()),
        ("first bit", flip(0, 0x80)),
        ("a bit in the middle", flip(length / 2, 0x01)),
        ("last bit", flip(length - 1, 0x01)),
        ("another message's", issuer.signature(b"another")),
        (
            "the payload's alone",
            issuer.signature(message.split_once('.').expect("two").1.as_bytes()),
        ),
        ("with the dot behind", issuer.signature(format!("{message}.").as_bytes())),
        ("another key's", Issuer::new(issuer.algorithm()).signature(message.as_bytes())),
    ]
}

#[test]
fn t26_es256_takes_r_and_s_in_range_and_nothing_else() {
    let trial = Trial::new();
    let (message, signature) = good(&trial.issuer);
    let (r, s) = signature.split_at(32);
    let (zero, one, ones) = ([0; 32], next([0; 32]), [0xFF; 32]);
    let in_der = der(0x30, &[der_integer(r), der_integer(s)].concat());
    let es384 = Issuer::new(Algorithm::Es384).signature(message.as_bytes());
    each(
        &trial,
        vec![
            ("r and s are 0", [zero, zero].concat()),
            ("r is 0", [&zero, s].concat()),
            ("s is 0", [r, &zero].concat()),
            ("r and s are 1", [one, one].concat()),
            ("r is n", [&N_256, s].concat()),
            ("s is n", [r, &N_256].concat()),
            ("r and s are n", [N_256, N_256].concat()),
            ("r is n + 1", [&next(N_256), s].concat()),
            ("s is n + 1", [r, &next(N_256)].concat()),
            ("r is 2^256 - 1", [&ones, s].concat()),
            ("s is 2^256 - 1", [r, &ones].concat()),
            ("r is 0, s is n", [zero, N_256].concat()),
            ("DER", in_der),
            ("DER of zeros", vec![0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00]),
            ("63 bytes", signature[..63].to_vec()),
            ("65 bytes", [&signature[..], &[0]].concat()),
            ("128 bytes", [&signature[..], &signature].concat()),
            ("r and s of 33 bytes", [&[0], r, &[0], s].concat()),
            ("r and s of 64 bytes", [&[0; 32], r, &[0; 32], s].concat()),
            ("P1363 behind a format byte", [&[4], &signature[..]].concat()),
            ("ES384", es384),
        ],
    );
}

#[test]
fn t26_eddsa_takes_one_signature_and_no_sibling() {
    let trial = Trial::of(Issuer::new(Algorithm::EdDsa));
    let (_, signature) = good(&trial.issuer);
    let (r, s) = signature.split_at(32);
    let mut carry = 0;
    let mut sum: Vec<u8> = Vec::new();
    for (a, b) in s.iter().zip(L_25519) {
        let digit = u16::from(*a) + u16::from(b) + carry;
        sum.push(digit as u8);
        carry = digit >> 8;
    }
    let mut neutral = [0; 32];
    neutral[0] = 1;
    each(
        &trial,
        vec![
            ("s + L", [r, &sum].concat()),
            ("s is L", [r, &L_25519].concat()),
            ("s is 0", [r, &[0; 32]].concat()),
            ("r is the neutral element", [&neutral, s].concat()),
            ("neutral and 0", [neutral, [0; 32]].concat()),
            ("r with its sign turned", [&[&r[..31], &[r[31] ^ 0x80]].concat(), s].concat()),
        ],
    );
}

#[test]
fn t26_no_algorithm_takes_a_spoilt_signature() {
    for algorithm in ALL {
        let trial = Trial::of(Issuer::new(algorithm));
        let rows = spoilt(&trial.issuer);
        each(&trial, rows);
    }
}

/// A byte of the payload or of the header, turned after signing.
#[test]
fn t26_every_algorithm_covers_header_and_payload() {
    for algorithm in ALL {
        let trial = Trial::of(Issuer::new(algorithm));
        let good = trial.good();
        let (message, signature) = good.rsplit_once('.').expect("three parts");
        let header = trial.issuer.header().to_string();
        let payload = Token::new().with("acr", "phr").payload();
        let dot = message.find('.').expect("two parts");
        let turned = |place: usize| {
            let mut text = message.as_bytes().to_vec();
            text[place] = if text[place] == b'A' { b'B' } else { b'A' };
            format!("{}.{signature}", String::from_utf8(text).expect("ASCII"))
        };
        let rows = [
            ("another level", format!("{}.{signature}", crate::forge::message(&header, payload))),
            ("the payload's first", turned(dot + 1)),
            ("the payload's middle", turned((dot + message.len()) / 2)),
            ("the payload's last", turned(message.len() - 1)),
            ("the header's first", turned(0)),
            ("the header's last", turned(dot - 1)),
        ];
        trial.each(
            "/mfa_fresh",
            Verdict::Invalid,
            rows.map(|(name, token)| (format!("{algorithm}: {name}"), token)),
        );
    }
}

/// Signed by a key of another curve or type that stands nowhere, under every header.
#[test]
fn t26_a_key_of_another_curve_signs_nothing() {
    let trial = Trial::new();
    let mut rows = Vec::new();
    for other in [Algorithm::Es384, Algorithm::EdDsa, Algorithm::Rs256] {
        let other = Issuer::new(other);
        for alg in ["ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "RS256"] {
            for kid in [r#","kid":"key-1""#, ""] {
                let header = format!(r#"{{"typ":"at+jwt","alg":"{alg}"{kid}}}"#);
                let token = other.sign(&header, &Token::new().payload());
                rows.push((format!("{} under {header}", other.algorithm()), token));
            }
        }
    }
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
}
