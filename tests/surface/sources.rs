//! The project's files.

use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// All Rust files below a folder that users get, by their path from it, with their text up to the
/// tests.
pub fn rust_files(folder: &str) -> Vec<(String, String)> {
    let folder = root().join(folder);
    let mut found = Vec::new();
    let mut open = vec![folder.clone()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.ends_with("tests.rs") {
                // By its name nothing that users get.
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("text");
                if ["#![cfg(test)]", "#![cfg(fuzzing)]"].iter().any(|only| text.contains(only)) {
                    continue;
                }
                let text = text.split("#[cfg(test)]").next().expect("a beginning").to_owned();
                let name =
                    path.strip_prefix(&folder).expect("below").to_string_lossy().into_owned();
                found.push((name, text));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no sources below {}", folder.display());
    found
}

/// The normal dependencies of a crate, by name.
pub fn dependencies(krate: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(krate).join("Cargo.toml")).expect("a manifest");
    let after = manifest.split("\n[dependencies]\n").nth(1).expect("it has dependencies");
    let section = after.split("\n[").next().expect("a section");
    let names = section.lines().filter(|line| !line.starts_with('#'));
    let names = names.filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The lines that are code: no comment, no documentation.
pub fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}
