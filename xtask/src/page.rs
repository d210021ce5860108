//! The page of `examples/bank`. What it builds to is committed, so that Rust alone runs the bank.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node;
use crate::step::Step;

/// Builds it anew, where the bank has it from.
pub(crate) fn build() -> Result<(), String> {
    node::page_packages()?;
    Step::new("building the bank's page", npm_build()).run()
}

/// Whether what is committed is what the sources build, to the byte.
pub(crate) fn check() -> Result<(), String> {
    let built = std::env::temp_dir().join(format!("stepup-page-{}", std::process::id()));
    let mut build = npm_build();
    build.arg("--").arg(&built);
    Step::new("the bank's page is what its sources build", build).run()?;
    let committed = node::path(node::PAGE.0).join("dist");
    let differing = differing(&committed, &built);
    fs::remove_dir_all(&built).map_err(|error| format!("{}: {error}", built.display()))?;
    match differing?.as_slice() {
        [] => Ok(()),
        files => Err(format!(
            "{}: not what the sources build: {}. Run `cargo xtask page` and commit what it writes",
            committed.display(),
            files.join(", "),
        )),
    }
}

fn npm_build() -> Command {
    node::npm(&["run", "--silent", "build"], node::PAGE.0)
}

/// The files that are not the same in both, by their paths.
fn differing(one: &Path, other: &Path) -> Result<Vec<String>, String> {
    let (one, other) = (files(one)?, files(other)?);
    let mut names: Vec<_> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    let differs = |name: &&String| one.get(*name) != other.get(*name);
    Ok(names.into_iter().filter(differs).cloned().collect())
}

/// All below this folder, by their paths in it.
fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let here = folder.join(&below);
        let failed = |error| format!("{}: {error}", here.display());
        for entry in fs::read_dir(&here).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = below.join(entry.file_name());
            if entry.file_type().map_err(failed)?.is_dir() {
                folders.push(name);
            } else {
                let content = fs::read(entry.path()).map_err(failed)?;
                found.insert(name.to_string_lossy().replace('\\', "/"), content);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        for (file, content) in files {
            let file = folder.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        folder
    }

    #[test]
    fn a_byte_a_file_more_or_one_less_is_found() {
        let same = ("index.html", "<p>");
        let one = folder("one", &[same, ("assets/app.js", "1"), ("assets/old.js", "")]);
        let other = folder("other", &[same, ("assets/app.js", "2"), ("new.html", "")]);
        let found = differing(&one, &other);
        let none = differing(&one, &one);
        fs::remove_dir_all(&one).unwrap();
        fs::remove_dir_all(&other).unwrap();
        assert_eq!(found.unwrap(), ["assets/app.js", "assets/old.js", "new.html"]);
        assert_eq!(none.unwrap(), [""; 0]);
        assert!(differing(&one, &other).unwrap_err().contains("xtask-one"));
    }
}
