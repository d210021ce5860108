//! R-JWT-06: base64url in its one spelling. Header and payload are signed as they are spelled.

use stepup_tests::Token;

use crate::forge::{base64url, segments, signed};
use crate::trial::{Trial, Verdict};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The same bytes with each unused bit of the last letter set.
fn loose(segment: &str) -> Vec<String> {
    let unused = match segment.len() % 4 {
        2 => 4,
        3 => 2,
        _ => 0,
    };
    let (rest, last) = segment.split_at(segment.len() - 1);
    let value = LETTERS.iter().position(|letter| last.as_bytes() == [*letter]).expect("a letter");
    (1..1 << unused).map(|bits| format!("{rest}{}", char::from(LETTERS[value | bits]))).collect()
}

/// Header and payload whose text has the letters that the alphabets differ in, and unused bits.
fn parts(fill: usize) -> (String, String) {
    let x = format!("{}???>>>~~~\u{ff}\u{ff}", "x".repeat(fill));
    let header = format!(r#"{{"typ":"at+jwt","alg":"ES256","kid":"key-1","x":"{x}"}}"#);
    (base64url(header), base64url(Token::new().with("x", x).payload()))
}

#[test]
fn r_jwt_06_base64url_has_one_spelling() {
    let trial = Trial::new();
    let mut counts = [0; 3];
    for fill in 0..3 {
        let (h, p) = parts(fill);
        let mut rows = Vec::new();
        let both = [(0, h.as_str()), (1, p.as_str())];
        for (place, segment) in both {
            let sign = |spelled: &str| {
                let (h, p) = if place == 0 { (spelled, &*p) } else { (&*h, spelled) };
                signed(&trial.issuer, &format!("{h}.{p}"))
            };
            assert!(segment.contains(['-', '_']), "the alphabets differ in {segment}");
            rows.push((
                format!("+ and /, part {place}"),
                sign(&segment.replace('-', "+").replace('_', "/")),
            ));
            let unused = loose(segment);
            counts[place] += unused.len();
            rows.extend(
                unused.iter().map(|text| (format!("unused bits, part {place}"), sign(text))),
            );
            rows.push((format!("a letter more, part {place}"), sign(&format!("{segment}A"))));
            rows.push((format!("a tilde, part {place}"), sign(&format!("{segment}~"))));
            // Outside the letters of any token.
            for (name, text) in [
                ("padded", format!("{segment}=")),
                ("padded twice", format!("{segment}==")),
                ("a space", format!("{segment} ")),
                ("a tab", format!("{segment}\t")),
                ("a space inside", format!("{} {}", &segment[..4], &segment[4..])),
                ("percent", format!("{segment}%3D")),
            ] {
                let line = format!("Bearer {}", sign(&text));
                let name = format!("{name}, part {place}");
                trial.judge(name, "/mfa_fresh", &[&line], Verdict::Malformed);
            }
        }
        let good = signed(&trial.issuer, &format!("{h}.{p}"));
        let [_, _, s] = segments(&good);
        let unused = loose(s);
        counts[2] += unused.len();
        rows.extend(
            unused.iter().map(|s| ("unused bits, part 2".to_owned(), format!("{h}.{p}.{s}"))),
        );
        rows.push(("padded, part 2".to_owned(), format!("{good}=")));
        rows.push(("padded twice, part 2".to_owned(), format!("{good}==")));
        rows.push(("padded often, part 2".to_owned(), format!("{good}====")));
        rows.push(("a tilde, part 2".to_owned(), format!("{good}~")));
        trial.each("/mfa_fresh", Verdict::Admitted, [("as it should be", good)]);
        trial.each("/mfa_fresh", Verdict::Invalid, rows);
    }
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

#[test]
fn r_jwt_06_a_signature_has_no_other_alphabet() {
    let trial = Trial::new();
    // Signatures differ each time: one of them has both letters.
    let good = std::iter::repeat_with(|| trial.good())
        .find(|token| segments(token)[2].contains('-') && segments(token)[2].contains('_'))
        .expect("one of them");
    let [h, p, s] = segments(&good);
    let rows = [s.replace('-', "+"), s.replace('_', "/"), s.replace('-', "+").replace('_', "/")];
    trial.each("/mfa_fresh", Verdict::Invalid, rows.map(|s| ("+ or /", format!("{h}.{p}.{s}"))));
}
