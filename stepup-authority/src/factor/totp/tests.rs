#![cfg(test)]

use serde_json::json;

use super::*;
use crate::factor::Once;
use crate::factor::trial::{ALICE, Trial, enrol};

/// Of both RFCs' examples.
const SEED: &[u8] = b"12345678901234567890";

/// A moment whose code begins with a zero (RFC 6238 appendix B).
const MOMENT: u64 = 1_111_111_109;
const CODE: &str = "081804";

fn step_of(checked: Checked) -> Option<u64> {
    match checked {
        Checked::Right(proof) => match proof.once {
            Once::Step(step) => Some(step),
            other => panic!("{other:?}"),
        },
        Checked::Wrong => None,
        other => panic!("{other:?}"),
    }
}

fn exact() -> Totp {
    Totp::new("Bank").window(0).unwrap()
}

/// RFC 4226 appendix D: the steps of time are its counter.
#[tokio::test]
async fn r_4226_appendix_d() {
    for (counter, code) in [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
        "520489",
    ]
    .into_iter()
    .enumerate()
    {
        let counter = counter as u64;
        let trial = Trial::of(SEED).at(counter * STEP);
        assert_eq!(step_of(trial.check(&exact(), code).await), Some(counter), "{counter}");
    }
}

/// RFC 6238 appendix B, SHA-1: its last six digits.
#[tokio::test]
async fn r_6238_appendix_b() {
    for (seconds, code) in [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        let trial = Trial::of(SEED).at(seconds);
        let checked = trial.check(&exact(), code.get(2..).unwrap()).await;
        assert_eq!(step_of(checked), Some(seconds / STEP), "{seconds}");
        assert!(matches!(trial.check(&exact(), code).await, Checked::Malformed), "{code}");
    }
}

/// O8, R-OTP-05: the same code names the same step, whenever in its window it comes.
#[tokio::test]
async fn o8_a_code_names_its_own_step() {
    let step = MOMENT / STEP;
    for seconds in [step * STEP - 30, MOMENT, step * STEP + 59] {
        let checked = Trial::of(SEED).at(seconds).check(&Totp::new("Bank"), CODE).await;
        assert_eq!(step_of(checked), Some(step), "{seconds}");
    }
}

/// O9: an older code names an older step, so that it is not right after a newer one.
#[tokio::test]
async fn o9_an_older_code_names_an_older_step() {
    let trial = Trial::of(SEED).at(1_111_111_111);
    let newer = step_of(trial.check(&Totp::new("Bank"), "050471").await);
    let older = step_of(trial.check(&Totp::new("Bank"), CODE).await);
    assert_eq!((older, newer), (Some(37_037_036), Some(37_037_037)));
}

#[tokio::test]
async fn o11_only_the_steps_beside_now() {
    let step = MOMENT / STEP;
    for window in 0..=2u8 {
        let totp = Totp::new("Bank").window(window).unwrap();
        for away in -3i64..=3 {
            let now = step.checked_add_signed(away).unwrap() * STEP;
            for second in [now, now + 29] {
                let checked = Trial::of(SEED).at(second).check(&totp, CODE).await;
                let right = away.unsigned_abs() <= u64::from(window);
                assert_eq!(step_of(checked).is_some(), right, "{away} steps away, of {window}");
            }
        }
    }
    for window in [3, 8, u8::MAX] {
        assert!(Totp::new("Bank").window(window).is_err(), "{window}");
    }
    assert_eq!(Totp::new("Bank").window, 1);
}

/// O12, R-OTP-06.
#[tokio::test]
async fn o12_forty_encodings_of_one_code() {
    let texts = [
        "",
        " 081804",
        "081804 ",
        "\t081804",
        "081804\t",
        "081804\n",
        "\n081804",
        "081804\r\n",
        "081804\0",
        "\u{0}081804",
        "\u{feff}081804",
        "081804\u{feff}",
        "\u{200b}081804",
        "081\u{200d}804",
        "081804\u{fe0f}",
        "\u{202e}408180",
        "\u{a0}081804",
        "081\u{2009}804",
        "081 804",
        "081-804",
        "081\u{2011}804",
        "081.804",
        "081,804",
        "081_804",
        "0 8 1 8 0 4",
        "+81804",
        "+081804",
        "-081804",
        "81804",
        "8180",
        "0081804",
        "00081804",
        "081804081804",
        "081804.0",
        "81804e0",
        "8.1804e4",
        "0x13f8c",
        "13f8c",
        "0o237614",
        "O81804",
        "o81804",
        "08l804",
        "０８１８０４",
        "08180４",
        "٠٨١٨٠٤",
        "۰۸۱۸۰۴",
        "०८१८०४",
        "০৮১৮০৪",
        "๐๘๑๘๐๔",
        "𝟎𝟖𝟏𝟖𝟎𝟒",
        "𝟶𝟾𝟷𝟾𝟶𝟺",
        "⁰⁸¹⁸⁰⁴",
        "₀₈₁₈₀₄",
        "⓪⑧①⑧⓪④",
        "0️⃣81804",
        "%30%38%31%38%30%34",
        "081804%00",
        "&#48;81804",
        "\\u003081804",
        "MDgxODA0",
        "\"081804\"",
        "'081804'",
        "[\"081804\"]",
        "{\"code\":\"081804\"}",
        "081804;081804",
        "081804,050471",
        "code=081804",
    ];
    let values = [
        json!(81804),
        json!(81804.0),
        json!(["081804"]),
        json!(["081804", "050471"]),
        json!({ "code": "081804" }),
        json!(null),
        json!(true),
        json!([0, 8, 1, 8, 0, 4]),
    ];
    assert!(texts.len() >= 40);
    let trial = Trial::of(SEED).at(MOMENT);
    for value in texts.iter().map(|text| json!(text)).chain(values) {
        let checked = trial.check(&Totp::new("Bank"), value.clone()).await;
        assert!(matches!(checked, Checked::Malformed), "{value}: {checked:?}");
    }
    let checked = trial.check_body(&Totp::new("Bank"), &Map::new()).await;
    assert!(matches!(checked, Checked::Malformed));
    assert_eq!(step_of(trial.check(&Totp::new("Bank"), CODE).await), Some(MOMENT / STEP));
}

/// S3: what may have been used is not taken again.
#[tokio::test]
async fn s3_no_step_whose_mark_may_be_lost() {
    let totp = Totp::new("Bank");
    let step = MOMENT / STEP;
    for (lost_in, right) in [(step - 3, true), (step - 2, true), (step - 1, false), (step, false)] {
        let mut trial = Trial::of(SEED).at(MOMENT);
        trial.writes_lost_at = Some(Timestamp::from_secs(lost_in * STEP + 29));
        assert_eq!(step_of(trial.check(&totp, CODE).await).is_some(), right, "{lost_in}");
    }
}

#[tokio::test]
async fn a_secret_that_is_none_is_never_right() {
    for data in [&b""[..], b"short", &SEED[..15]] {
        for code in [CODE, "000000"] {
            let checked = Trial::of(data).at(MOMENT).check(&exact(), code).await;
            assert!(matches!(checked, Checked::Wrong), "{data:?}: {checked:?}");
        }
    }
}

#[tokio::test]
async fn what_is_enrolled_is_what_an_app_computes() {
    let totp = Totp::new("Bank").labelled(|user| format!("{} (main)", user.subject));
    let enrolled = enrol(&totp, json!({ "label": "Evil" })).await.unwrap();
    assert_eq!(enrolled.data.len(), SECRET_LEN);
    assert!(!enrolled.is_proved);
    let uri = enrolled.show["otpauth_uri"].as_str().unwrap();
    let app = totp_rs::Totp::from_url(uri).unwrap();
    assert_eq!((app.issuer(), app.account_name()), (Some("Bank"), "alice (main)"));
    assert_eq!(enrolled.show["secret"], app.secret().to_base32());
    assert!(enrolled.show["qr"].as_str().unwrap().starts_with("<svg "));
    let code = app.generate(MOMENT).to_string();
    let checked = Trial::of(enrolled.data).at(MOMENT).check(&totp, code).await;
    assert_eq!(step_of(checked), Some(MOMENT / STEP));
}

/// R-OTP-06: each enrolment has a secret of its own.
#[tokio::test]
async fn r_otp_06_no_secret_twice() {
    let mut secrets = std::collections::HashSet::new();
    for _ in 0..100 {
        secrets.insert(enrol(&Totp::new("Bank"), json!({})).await.unwrap().data.to_vec());
    }
    assert_eq!(secrets.len(), 100);
}

#[tokio::test]
async fn t33_no_secret_in_debug() {
    let totp = Totp::new("Bank");
    let enrolled = enrol(&totp, json!({})).await.unwrap();
    let secret = enrolled.show["secret"].as_str().unwrap().to_owned();
    let trial = Trial::of(enrolled.data.clone());
    let body = Map::new();
    let check = trial.check_of(&body);
    let debug = format!("{totp:?} {enrolled:?} {check:?} {ALICE:?}");
    let bytes = format!("{:?}", enrolled.data);
    assert!(!debug.contains(&secret) && !debug.contains(bytes.trim_matches(['[', ']'])), "{debug}");
    assert_eq!(format!("{totp:?}"), "Totp { issuer: \"Bank\", window: 1, .. }");
}
