//! O14, O16: what the sources say of comparing and of random numbers.

use std::fs;
use std::path::Path;

/// The code below a folder of the authority, without tests and comments, by file.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut open = vec![root.join("stepup-authority/src").join(folder)];
    let mut found = Vec::new();
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("text");
            let is_test = path.parent().is_some_and(|folder| folder.ends_with("tests"));
            if is_test || path.ends_with("tests.rs") || text.contains("#![cfg(test)]") {
                continue;
            }
            let code = text.split("#[cfg(test)]\nmod").next().expect("a beginning");
            let is_code = |line: &&str| !line.trim_start().starts_with("//");
            let code: Vec<_> = code.lines().filter(is_code).collect();
            found.push((path.to_string_lossy().into_owned(), code.join("\n")));
        }
    }
    found
}

/// The types of a file, each with the attributes above it and its members.
fn types(code: &str) -> Vec<(&str, &str)> {
    let mut types = Vec::new();
    for (at, _) in code.match_indices("struct ").chain(code.match_indices("enum ")) {
        let is_word = code[..at].ends_with([' ', '\n']);
        let name = code[at..].split(' ').nth(1).unwrap_or_default();
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if !is_word || name.is_empty() {
            continue;
        }
        let begin = code[..at].rfind("\n\n").map_or(0, |at| at + 2);
        let end = code[at..].find("\n\n").map_or(code.len(), |end| at + end);
        types.push((name, &code[begin..end]));
    }
    types
}

/// What has a code, the tag or hash of one, or a secret in it.
const HOLD_CODES: [&str; 11] = [
    "Answer",
    "Carried",
    "Check",
    "Enrolled",
    "Mail",
    "OneTimeCode",
    "Outgoing",
    "Prompt",
    "Text",
    "Vault",
    "Hasher",
];

#[test]
fn o14_what_holds_a_code_cannot_be_compared() {
    let sources = sources("factor");
    let mut seen = Vec::new();
    for (file, code) in &sources {
        for (name, text) in types(code) {
            let holds = HOLD_CODES.contains(&name) || text.contains("Zeroizing<");
            if holds {
                seen.push(name);
                assert!(!text.contains("PartialEq"), "{name} in {file}");
            }
            let by_hand = code.contains(&format!("PartialEq for {name}"));
            assert!(!holds || !by_hand, "{name} in {file}");
        }
    }
    for name in HOLD_CODES {
        assert!(seen.contains(&name), "{name} has another name now");
    }
}

/// Each `==` in the factors is about lengths, places, characters, colours, addresses or kinds. Those
/// whose secrets others compare (a provider, a signature) compare names of what they kept.
#[test]
fn o14_codes_are_compared_by_the_vault_or_in_constant_time() {
    let mut by_vault = 0;
    for (file, code) in sources("factor") {
        let elsewhere = ["provider", "webauthn", "push"]
            .iter()
            .any(|folder| file.contains(&format!("/factor/{folder}/")));
        for line in code.lines() {
            let compares = line.contains("==") || line.contains("!=") || line.contains(".eq(");
            let lower = line.to_ascii_lowercase().replace("encode", "");
            let secret = ["code", "secret", "digits", "tag", "kept", "hash", "answer", "token"];
            let secret = if elsewhere { &secret[..3] } else { &secret[..] };
            let about = secret.iter().any(|word| lower.contains(word));
            let harmless = [".len()", "Color::", "StatusCode::", "is_ascii_digit", ".is_some()"];
            let harmless = harmless.iter().any(|part| line.contains(part));
            assert!(!compares || !about || harmless, "{file}: {line}");
            by_vault += line.matches(".vault.matches(").count();
        }
        for other in ["memcmp", ".cmp(", "starts_with(code", "contains(code", "strip_prefix(code"] {
            assert!(elsewhere || !code.contains(other), "{file}: {other}");
        }
        if file.ends_with("recovery/list.rs") {
            assert_eq!(code.matches(".ct_eq(").count(), 1, "{file}");
        }
    }
    assert_eq!(by_vault, 2, "of a sent code, and of one that a provider sends for us");
    let sealing = sources("").into_iter().find(|(file, _)| file.ends_with("src/sealing.rs"));
    let (_, sealing) = sealing.expect("the vault's file");
    let matches = sealing.split("fn matches").nth(1).expect("it").split("\n    }").next();
    assert!(matches.expect("its body").contains("hmac::verify("), "which takes constant time");
}

/// O16: that the codes are spread evenly is a test beside them, in `factor/code.rs`.
#[test]
fn o16_random_numbers_are_the_systems_and_nobody_seeds_them() {
    let mut generators = 0;
    for (file, code) in sources("") {
        let is_random = file.ends_with("/random.rs");
        for line in code.lines() {
            let names = ["SystemRandom", "rand::", "StdRng", "SmallRng", "thread_rng", "fastrand"];
            let named = names.iter().any(|name| line.contains(name));
            generators += usize::from(is_random && named);
            let signs = ["/issuer/", "/push/jws.rs"].iter().any(|place| file.contains(place));
            let signs = signs && line.contains("SystemRandom");
            assert!(!named || is_random || signs, "{file}: {line}");
            assert!(!line.to_ascii_lowercase().contains("seed"), "{file}: {line}");
        }
    }
    assert!(generators > 0, "there is one");
    let beside = sources("factor").into_iter().find(|(file, _)| file.ends_with("factor/code.rs"));
    let (_, code) = beside.expect("the file of codes");
    assert!(code.contains("LIMIT: u32 = u32::MAX - u32::MAX % CODES"), "no modulo bias");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stepup-authority/Cargo.toml");
    let manifest = fs::read_to_string(manifest).expect("a manifest");
    assert!(!manifest.lines().any(|line| line.starts_with("rand")), "no other generator");
}
