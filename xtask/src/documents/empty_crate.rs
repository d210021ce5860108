//! A crate with nothing but what a document shows: its dependencies, and the snippets for them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::blocks::Block;
use super::served::checkout;
use crate::step::{Step, With as _, cargo, target_folder};

/// The first thing that people copy. In other documents a `toml` block is lines to add: crates and
/// features of these names have to be there.
const WHOLE: [&str; 2] = ["README.md", "docs/bank.md"];

pub(super) fn check(document: &str, manifest: &Block, all: &[Block]) -> Result<(), String> {
    let whole = WHOLE.contains(&document);
    let place = format!("{}-{}", document.replace('/', "-"), manifest.line);
    let section = if whole { "" } else { "[dependencies]\n" };
    let snippets = if whole { snippets(manifest, all)? } else { String::new() };
    let folder = written(&place, section, manifest, &format!("{snippets}fn main() {{}}\n"))?;
    let mut build = cargo(if whole { ["check"].as_slice() } else { &["tree", "--depth", "0"] });
    build.arg("--quiet").arg("--manifest-path").arg(folder.join("Cargo.toml"));
    built(format!("an empty crate with the dependencies of {document}"), build)
}

/// A program of these dependencies, which is this file.
pub(super) fn program(name: &str, manifest: &Block, file: &str) -> Result<PathBuf, String> {
    let folder = written(name, "", manifest, file)?;
    let mut build = cargo(["build", "--quiet", "--manifest-path"]);
    build.arg(folder.join("Cargo.toml"));
    built(format!("the program {name}"), build)?;
    let program = target_folder().join("debug").join(NAME);
    std::path::absolute(&program).map_err(|error| format!("{}: {error}", program.display()))
}

/// The folder of the crate.
fn written(place: &str, section: &str, manifest: &Block, main: &str) -> Result<PathBuf, String> {
    let folder = target_folder().join("shown").join(place);
    let write = |file: &str, text: &str| {
        let file = folder.join(file);
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))
    };
    let sources = folder.join("src");
    fs::create_dir_all(&sources).map_err(|error| format!("{}: {error}", sources.display()))?;
    // The versions of here, so that little is compiled twice.
    let lock = checkout()?.join("Cargo.lock");
    let lock = fs::read_to_string(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    write("Cargo.lock", &lock)?;
    let package = format!("[package]\nname = \"{NAME}\"\nedition = \"2024\"\n\n");
    write("Cargo.toml", &format!("{package}{section}{}{}", manifest.text, ours(manifest)?))?;
    write("src/main.rs", main)?;
    Ok(folder)
}

fn built(title: String, build: Command) -> Result<(), String> {
    // As in the workspace, and for the same reason.
    let build = build.with("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    let build = build.with("CARGO_TARGET_DIR", &target_folder().to_string_lossy());
    Step::new(title, build).run()
}

const NAME: &str = "shown";

/// Crates of this project, which are taken from here: they need not be published.
fn ours(manifest: &Block) -> Result<String, String> {
    let checkout = checkout()?;
    let names = manifest.text.lines().filter_map(|line| Some(line.split_once(" = ")?.0));
    let patches = names.filter(|name| name.starts_with("stepup-")).map(|name| {
        let path = checkout.join(name);
        format!("{name} = {{ path = \"{}\" }}\n", path.display())
    });
    Ok(format!("\n[workspace]\n\n[patch.crates-io]\n{}", patches.collect::<String>()))
}

/// Each in a module of its own: they are steps, and have names in common.
fn snippets(manifest: &Block, all: &[Block]) -> Result<String, String> {
    let other = if manifest.text.contains("poem") { "axum" } else { "poem" };
    let of_this = |block: &&Block| block.language == "rust" && !block.text.contains(other);
    let modules: String = all
        .iter()
        .filter(of_this)
        .map(|block| format!("mod line_{} {{\n{}}}\n", block.line, block.text))
        .collect();
    if modules.is_empty() {
        return Err("no snippet is of these dependencies".to_owned());
    }
    // A snippet is a part of a program, in which somebody calls it.
    Ok(format!("#![deny(warnings)]\n#![allow(dead_code)]\n{modules}"))
}
