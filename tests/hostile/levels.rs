//! T15, T16: levels that are lower, or on no ladder.

use stepup_tests::Token;

use crate::trial::{Trial, Verdict};

#[test]
fn t15_a_lower_level_is_asked_to_step_up() {
    let trial = Trial::new();
    let acr = |acr: &str| trial.issuer.token(&Token::new().with("acr", acr));
    let none = trial.issuer.token(&Token::new().without("acr"));
    let lower = [
        ("none", none.clone()),
        ("lower", acr("single-factor")),
        ("unknown", acr("pwd")),
        ("confidence 0", acr("0")),
    ];
    trial.each("/mfa", Verdict::Short, lower.clone());
    trial.each("/mfa_fresh", Verdict::Short, lower);
    trial.each("/mfa", Verdict::Admitted, ["mfa", "phr", "phrh"].map(|level| (level, acr(level))));
    let levels = ["single-factor", "mfa", "phr", "phrh"];
    for (demanded, path) in ["/single", "/mfa", "/phr", "/phrh"].into_iter().enumerate() {
        for (reached, level) in levels.into_iter().enumerate() {
            let verdict = if reached < demanded { Verdict::Short } else { Verdict::Admitted };
            let line = format!("Bearer {}", acr(level));
            trial.judge(format!("{level} at {path}"), path, &[&line], verdict);
        }
        trial.judge(format!("none at {path}"), path, &[&format!("Bearer {none}")], Verdict::Short);
    }
}

/// Not even on the route that demands the least.
#[test]
fn t16_an_unknown_level_ranks_nowhere() {
    let trial = Trial::new();
    let long = "mfa".repeat(1000);
    let rows = [
        "",
        " ",
        "0",
        "1",
        "2",
        "9",
        "10",
        "99",
        "-1",
        "zzz",
        "aaa",
        "MFA",
        "Mfa",
        "mFa",
        "PHRH",
        "mf",
        "mfaa",
        "phrhh",
        "multi-factor",
        "single_factor",
        "aal3",
        "urn:example:mfa",
        "/mfa",
        "null",
        "true",
        "*",
        ".*",
        "%",
        "mfa phr",
        "phr mfa",
        "mfa,phr",
        "mfa+phr",
        " mfa",
        "mfa ",
        "mfa\t",
        "mfa\n",
        "mfa\r\n",
        "mfa\0",
        "\0mfa",
        "mfa\0phr",
        "\"mfa\"",
        "[\"mfa\"]",
        "mf\u{430}",
        "\u{ff4d}\u{ff46}\u{ff41}",
        "m\u{192}a",
        "mf\u{e5}",
        "mfa\u{301}",
        "mfa\u{200b}",
        "\u{feff}mfa",
        "\u{202e}afm",
        "m\u{ad}fa",
        &long,
    ];
    for path in ["/single", "/mfa", "/mfa_fresh", "/phrh"] {
        for acr in rows {
            let token = trial.issuer.token(&Token::new().with("acr", acr));
            trial.judge(
                format!("{acr:?} at {path}"),
                path,
                &[&format!("Bearer {token}")],
                Verdict::Short,
            );
        }
    }
    trial.control("/mfa_fresh");
    let escaped = trial.payload(&Token::new().payload_with_raw("acr", r#""m\u0066a""#));
    trial.each("/mfa", Verdict::Admitted, [("the same letters, escaped", escaped)]);
}
