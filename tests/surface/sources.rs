//! The project's files.

use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// All files below a folder with this ending, by their path from the folder, with their text.
fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let folder = root().join(folder);
    let mut found = Vec::new();
    let mut open = vec![folder.clone()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("node_modules") {
                open.push(path);
            } else if path.extension().is_some_and(|its| its == ending) {
                let text = fs::read_to_string(&path).expect("text");
                found.push((path.strip_prefix(&folder).expect("below").to_owned(), text));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no sources below {}", folder.display());
    found
}

/// All Rust files below a folder that users get, by their path from it, with their text up to the
/// tests.
pub fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut found = files(folder, "rs");
    // By its name nothing that users get.
    found.retain(|(path, _)| !path.ends_with("tests.rs"));
    found.retain(|(_, text)| !text.contains("#![cfg(test)]") && !text.contains("#![cfg(fuzzing)]"));
    let up_to_tests = |text: String| text.split("#[cfg(test)]").next().expect("it").to_owned();
    found
        .into_iter()
        .map(|(path, text)| (path.to_string_lossy().into_owned(), up_to_tests(text)))
        .collect()
}

/// The text of all tests below a folder: of whole files, or of what follows `#[cfg(test)]`.
pub fn test_texts(folder: &str, ending: &str) -> Vec<String> {
    let is_test = |path: &Path| {
        path.ends_with("tests.rs") || path.iter().any(|part| part == "tests" || part == "test")
    };
    files(folder, ending)
        .into_iter()
        .filter_map(|(path, text)| {
            if is_test(&Path::new(folder).join(path)) {
                return Some(text);
            }
            text.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned())
        })
        .collect()
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
