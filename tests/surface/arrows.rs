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
        ("stepup-axum", &["axum", "http", "stepup-core", "stepup-macros", "tower"]),
        ("stepup-poem", &["http", "poem", "stepup-core", "stepup-macros", "tracing"]),
    ] {
        let mut found = dependencies(krate);
        found.sort();
        assert_eq!(found, expected, "{krate}: is the new arrow meant?");
    }
}

/// What one does not use one does not build.
#[test]
fn core_without_features_has_no_client_and_no_executor() {
    let manifest = std::fs::read_to_string(root().join("stepup-core/Cargo.toml")).unwrap();
    for krate in ["reqwest", "tokio", "url", "zeroize"] {
        let line = manifest.lines().find(|line| line.starts_with(krate));
        assert!(line.is_some_and(|line| line.contains("optional = true")), "{krate}: {line:?}");
    }
}

/// T28: RUSTSEC-2023-0071 has no fix, so the crate is nowhere in the tree and may not come in.
#[test]
fn t28_no_crate_whose_private_operations_leak() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    assert!(!read("Cargo.lock").contains("name = \"rsa\""), "`rsa` is in Cargo.lock");
    let deny = read("deny.toml");
    let bans = deny.split("[bans]").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap();
    assert!(bans.contains("{ crate = \"rsa\" }"), "deny.toml bans it no longer");
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
    let crates = ["stepup-core/src", "stepup-macros/src", "stepup-axum/src", "stepup-poem/src"];
    for folder in crates {
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
