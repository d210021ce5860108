//! T30: too long, too deep, too wide. All of it is signed by the right key.

use stepup_core::MAX_TOKEN_BYTES;
use stepup_tests::{AUDIENCE, Token};

use crate::forge::{message, signed};
use crate::trial::{Trial, Verdict};

/// A good token of this many bytes.
fn long(trial: &Trial, bytes: usize) -> String {
    let rest = Token::new().with("x", "").payload().len();
    // Base64 leaves out every fourth length: the header fills the gap.
    for fill in 0..4 {
        let header =
            format!(r#"{{"typ":"at+jwt","alg":"ES256","kid":"key-1","x":"{}"}}"#, "x".repeat(fill));
        let signature = 86 + 1;
        let header_bytes = (header.len() * 4).div_ceil(3) + 1;
        let payload_bytes = (bytes - signature - header_bytes) * 3 / 4;
        let payload = Token::new().with("x", "x".repeat(payload_bytes - rest)).payload();
        let token = signed(&trial.issuer, &message(header, payload));
        if token.len() == bytes {
            return token;
        }
    }
    panic!("no token of {bytes} bytes")
}

#[test]
fn t30_a_long_token_is_not_decoded() {
    let trial = Trial::new();
    assert_eq!(MAX_TOKEN_BYTES, 8192);
    let rows =
        |sizes: &[usize]| sizes.iter().map(|size| (*size, long(&trial, *size))).collect::<Vec<_>>();
    trial.each("/mfa_fresh", Verdict::Admitted, rows(&[1000, 8190, 8191, 8192]));
    let too_long = [8193, 8194, 8195, 16 << 10, 64 << 10, 1 << 20, 10 << 20];
    trial.each("/mfa_fresh", Verdict::Invalid, rows(&too_long));
}

#[test]
fn t30_long_nonsense_is_not_read_either() {
    let trial = Trial::new();
    let good = trial.good();
    let mut rows = Vec::new();
    for size in [8192 - good.len(), 64 << 10, 1 << 20, 10 << 20] {
        rows.extend([
            (format!("{size} letters"), "A".repeat(size)),
            (
                format!("{size} letters in three parts"),
                format!("{0}.{0}.{0}", "A".repeat(size / 3)),
            ),
            (format!("{size} letters behind a good token"), format!("{good}{}", "A".repeat(size))),
            (format!("{size} letters before it"), format!("{}{good}", "A".repeat(size))),
            (format!("{size} dots"), ".".repeat(size)),
            (format!("{size} dots behind a good token"), format!("{good}{}", ".".repeat(size))),
            (format!("{size} equals signs behind it"), format!("{good}{}", "=".repeat(size))),
        ]);
    }
    rows.push(("a million dots".to_owned(), ".".repeat(1_000_000)));
    trial.each("/mfa_fresh", Verdict::Invalid, rows);
    let spaces = format!("{}{good}", " ".repeat(1 << 20));
    trial.each("/mfa_fresh", Verdict::Admitted, [("a million spaces in front", spaces)]);
    let behind = format!("{good}{}", " ".repeat(1 << 20));
    trial.each("/mfa_fresh", Verdict::Malformed, [("a million spaces behind", behind)]);
}

#[test]
fn t30_deep_and_wide_json_is_not_read() {
    let trial = Trial::new();
    let arrays = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let list = |count: usize, of: &str| format!("[{}]", vec![of; count].join(","));
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|i| format!("\"{i}\":1")).collect();
        format!("{{{}}}", members.join(","))
    };
    let audiences = |count: usize| format!("[{}\"{AUDIENCE}\"]", "\"a\",".repeat(count - 1));
    let claim = |claim: &str, raw: &str| trial.payload(&Token::new().payload_with_raw(claim, raw));
    let header = |raw: &str| trial.header_and(&format!("\"x\":{raw}"));
    // The token's own object is the first of 32 levels.
    let (small, large): (Vec<_>, Vec<_>) = [
        ("arrays", arrays(31), arrays(32)),
        ("many arrays", arrays(30), arrays(2500)),
        ("objects", objects(31), objects(32)),
        ("many objects", objects(30), objects(900)),
        ("elements", list(512, "1"), list(513, "1")),
        ("many elements", list(100, "1"), list(2700, "1")),
        ("members", members(128), members(129)),
        ("many members", members(100), members(700)),
        ("elements inside", format!("[{}]", list(512, "[]")), format!("[{}]", list(513, "[]"))),
    ]
    .into_iter()
    .map(|(name, small, large)| ((name, small), (name, large)))
    .unzip();
    for (verdict, rows) in [(Verdict::Admitted, small), (Verdict::Invalid, large)] {
        trial.each("/mfa_fresh", verdict, rows.iter().map(|(name, raw)| (name, claim("x", raw))));
        trial.each("/mfa_fresh", verdict, rows.iter().map(|(name, raw)| (name, header(raw))));
    }
    let claims = |count: usize| {
        let more: String = (0..count).map(|i| format!(",\"x{i}\":1")).collect();
        let good = Token::new().payload();
        trial.payload(&format!("{}{more}}}", &good[..good.len() - 1]))
    };
    let rows = [
        ("audiences", claim("aud", &audiences(512)), claim("aud", &audiences(513))),
        ("methods", claim("amr", &list(512, "\"otp\"")), claim("amr", &list(513, "\"otp\""))),
        // Those that are read stand beside the 128.
        ("claims", claims(128), claims(129)),
    ];
    for (name, small, large) in rows {
        assert!(large.len() <= MAX_TOKEN_BYTES, "{name}: the token's length is not the reason");
        trial.each("/mfa_fresh", Verdict::Admitted, [(name, small)]);
        trial.each("/mfa_fresh", Verdict::Invalid, [(name, large)]);
    }
}
