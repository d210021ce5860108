//! Core decides, adapters translate, macros spell.

use crate::sources::{code, dependencies, root, rust_files};

#[test]
fn each_crate_depends_on_what_the_design_allows() {
    for (krate, expected) in [
        (
            "stepup-core",
            &[
                "arc-swap",
                "aws-lc-rs",
                "base64-simd",
                "bytes",
                "http",
                "inventory",
                "quick_cache",
                "reqwest",
                "rustls-pki-types",
                "serde",
                "serde_json",
                "tokio",
                "tracing",
                "url",
                "zeroize",
            ][..],
        ),
        ("stepup-macros", &["proc-macro2", "quote", "strsim", "syn"]),
        (
            "stepup-axum",
            &["axum", "http", "stepup-authority", "stepup-core", "stepup-macros", "tower"],
        ),
        (
            "stepup-poem",
            &["http", "poem", "stepup-authority", "stepup-core", "stepup-macros", "tracing"],
        ),
        (
            "stepup-authority",
            &[
                "argon2",
                "aws-lc-rs",
                "base64-simd",
                "bytes",
                "form_urlencoded",
                "http",
                "http-body",
                "http-body-util",
                "lettre",
                "qrcode",
                "redis",
                "reqwest",
                "rustls",
                "serde",
                "serde_json",
                "sqlx",
                "stepup-core",
                "subtle",
                "tokio",
                "tokio-util",
                "totp-rs",
                "tracing",
                "url",
                "uuid",
                "webauthn-rs-core",
                "zeroize",
            ],
        ),
        (
            "stepup-client",
            &[
                "async-trait",
                "aws-lc-rs",
                "base64-simd",
                "form_urlencoded",
                "futures-util",
                "http",
                "reqwest",
                "reqwest-middleware",
                "serde_json",
                "stepup-core",
                "tokio",
                "tracing",
                "url",
                "zeroize",
            ],
        ),
    ] {
        let mut found = dependencies(krate);
        found.sort();
        assert_eq!(found, expected, "{krate}: is the new arrow meant?");
    }
}

/// What one does not use one does not build.
#[test]
fn clients_stores_and_the_authority_come_with_features_alone() {
    for (krate, optional) in [
        ("stepup-core", &["reqwest", "tokio", "url", "zeroize"][..]),
        ("stepup-axum", &["stepup-authority"]),
        ("stepup-poem", &["stepup-authority"]),
        ("stepup-authority", &["lettre", "redis", "reqwest", "rustls", "sqlx", "url"]),
        ("stepup-client", &["form_urlencoded", "reqwest", "reqwest-middleware"]),
    ] {
        let manifest = std::fs::read_to_string(root().join(krate).join("Cargo.toml")).unwrap();
        let section = manifest.split("\n[dependencies]\n").nth(1).unwrap();
        for name in optional {
            let line = section.lines().find(|line| line.starts_with(&format!("{name} ")));
            let is_optional = line.is_some_and(|line| line.contains("optional = true"));
            assert!(is_optional, "{krate}: {name}: {line:?}");
        }
        // The client's one is what most come for, and `reqwest` is theirs already.
        let default = manifest.contains("\ndefault = ") && krate != "stepup-client";
        assert!(!default, "{krate} has default features");
    }
}

/// What the authority knows of core: words of its vocabulary, and what a gate is built and asked
/// with. How a token is verified is core's business.
#[test]
fn the_authority_knows_core_by_its_public_words() {
    const WORDS: [&str; 17] = [
        "Algorithm",
        "Authentication",
        "Clock",
        "Gate",
        "GateBuilder",
        "GateError",
        "KeySet",
        "Ladder",
        "Level",
        "LiveKeys",
        "ManualClock",
        "Method",
        "Rejection",
        "RequestHead",
        "Requirement",
        "SystemClock",
        "Timestamp",
    ];
    for (file, text) in rust_files("stepup-authority/src") {
        let code: String = code(&text).collect::<Vec<_>>().join(" ");
        for krate in ["stepup_axum", "stepup_poem", "stepup_macros", "axum::", "poem::"] {
            assert!(!code.contains(krate), "{file}: {krate}");
        }
        for after in code.split("stepup_core::").skip(1) {
            let list = after.strip_prefix('{').and_then(|list| list.split('}').next());
            let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or_default();
            for word in list.unwrap_or(&after[..end]).split(',') {
                let word = word.trim().split(" as ").next().unwrap_or_default();
                assert!(word.is_empty() || WORDS.contains(&word), "{file}: `{word}`: is it meant?");
            }
        }
    }
}

/// A service without a framework: what decides stands in `service/`, and no store decides.
#[test]
fn stores_know_nothing_of_what_they_keep() {
    for (file, text) in rust_files("stepup-authority/src/store") {
        for line in code(&text) {
            for word in ["crate::ceremony", "crate::account", "crate::factor", "crate::service"] {
                assert!(!line.contains(word), "{file}: {line}");
            }
        }
    }
}

/// Levels are compared where a proof's worth is decided, and guesses are counted in one place.
#[test]
fn factors_count_nothing_and_write_nothing() {
    for (file, text) in rust_files("stepup-authority/src/factor") {
        for line in code(&text) {
            for word in ["crate::store::Store", "crate::books", "crate::account", "at_least"] {
                let is_its_own = match word {
                    // What was asked of a device, of which a user may have many.
                    "crate::books" => file == "push/keeping.rs",
                    // What a provider's `acr` values are worth to each other.
                    "at_least" => file.starts_with("provider/oidc/"),
                    _ => false,
                };
                assert!(is_its_own || !line.contains(word), "{file}: {line}");
            }
        }
    }
}

/// `cargo xtask test` looks at each feature by itself.
#[test]
fn every_feature_is_in_a_list_of_the_chores() {
    let chores = std::fs::read_to_string(root().join("xtask/src/main.rs")).unwrap();
    for krate in ["stepup-core", "stepup-axum", "stepup-poem", "stepup-authority"] {
        let manifest = std::fs::read_to_string(root().join(krate).join("Cargo.toml")).unwrap();
        let features = manifest.split("\n[features]\n").nth(1).unwrap();
        let features = features.split("\n[").next().unwrap();
        let names = features.lines().filter(|line| !line.starts_with('#'));
        for name in names.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name) {
            assert!(chores.contains(&format!("\"{name}\"")), "{krate}: {name}");
        }
    }
}

/// T28: RUSTSEC-2023-0071 has no fix. The crate comes in for the public keys of the feature
/// `webauthn` alone, by one crate, and by no other.
#[test]
fn t28_no_crate_whose_private_operations_leak() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let lock = read("Cargo.lock");
    let depends = |package: &&str| package.lines().any(|line| line.trim() == "\"rsa\",");
    let name = |package: &str| package.lines().nth(1).unwrap_or_default().to_owned();
    let by: Vec<_> = lock.split("[[package]]").filter(depends).map(name).collect();
    assert_eq!(by, ["name = \"crypto-glue\""], "`rsa` comes in by these");
    let deny = read("deny.toml");
    let bans = deny.split("[bans]").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap();
    let ban = "{ crate = \"rsa\", wrappers = [\"crypto-glue\"] }";
    assert!(bans.contains(ban), "deny.toml bans it no longer");
}

#[test]
fn the_vocabulary_knows_nothing_of_tokens_and_requests() {
    for (file, text) in rust_files("stepup-core/src") {
        if file.starts_with("resource/") || file == "lib.rs" {
            continue;
        }
        for line in code(&text) {
            assert!(!line.contains("resource"), "{file}: {line}");
        }
    }
}

#[test]
fn nothing_in_core_can_sign() {
    for (file, text) in rust_files("stepup-core/src") {
        for line in code(&text) {
            for word in ["KeyPair", "SigningKey", "EncodingKey", ".sign("] {
                assert!(!line.contains(word), "{file}: {line}");
            }
        }
    }
}

/// No status, no header name, no comparison of levels or times: those are core's.
#[test]
fn adapters_only_translate() {
    for adapter in ["stepup-axum/src", "stepup-poem/src"] {
        for (file, text) in rust_files(adapter) {
            for line in code(&text) {
                for word in [
                    "StatusCode::",
                    "header::",
                    "WWW",
                    "acr_values",
                    "auth_time",
                    "at_least",
                    "now()",
                    "evaluate",
                ] {
                    assert!(!line.contains(word), "{adapter}/{file}: {line}");
                }
            }
        }
    }
}

#[test]
fn macros_name_no_framework_type_of_their_own() {
    for (file, text) in rust_files("stepup-macros/src") {
        for line in code(&text) {
            for word in ["axum::", "poem::", "stepup_core"] {
                assert!(!line.contains(word), "{file}: {line}");
            }
        }
    }
}

#[test]
fn no_unsafe_code_and_no_panic_outside_tests() {
    for folder in [
        "stepup-core/src",
        "stepup-macros/src",
        "stepup-axum/src",
        "stepup-poem/src",
        "stepup-authority/src",
    ] {
        for (file, text) in rust_files(folder) {
            for line in code(&text) {
                for word in [
                    "unsafe ",
                    ".unwrap()",
                    ".expect(",
                    "todo!",
                    "unimplemented!",
                    "dbg!",
                    "println!",
                ] {
                    assert!(!line.contains(word), "{folder}/{file}: {line}");
                }
            }
        }
    }
}
