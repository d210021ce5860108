//! What README.md and the guides in `docs` show holds: commands are run, dependencies build the
//! snippets beside them in an empty crate, answers are what a server says. A block that nothing
//! here knows is an error: nobody can add one that is not tried.

mod blocks;
mod empty_crate;
mod one_file;
mod served;
mod shown;
mod typescript;

use std::collections::BTreeSet;
use std::fs;
use std::time::Instant;

use crate::node::path;
use blocks::{Block, blocks};
use shown::{SHOWN, Shown};

/// Where documents are included as examples, which `cargo test --doc` compiles.
const INCLUDED: [&str; 2] = ["tests/src/lib.rs", "examples/bank/src/lib.rs"];

/// Of this document, or of all.
pub(crate) fn check(only: Option<&str>) -> Result<(), String> {
    let mut included = String::new();
    for file in INCLUDED {
        included += &read(file)?;
    }
    let mut seen = BTreeSet::new();
    for document in only.map_or_else(documents, |only| Ok(vec![only.to_owned()]))? {
        let begin = Instant::now();
        println!("\n== what {document} shows");
        let blocks = blocks(&read(&document)?);
        let mut rest = blocks.iter().peekable();
        while let Some(block) = rest.next() {
            let output = rest.next_if(|next| block.language == "sh" && next.language == "text");
            let failed = |what| format!("{document}:{}: {what}", block.line);
            match block.language.as_str() {
                "rust" if included.contains(&format!("../{document}\")]")) => {}
                "rust" => return Err(failed(format!("not included in {}", INCLUDED.join(", ")))),
                "ts" => typescript::check(&document, block).map_err(failed)?,
                "toml" => empty_crate::check(&document, block, &blocks).map_err(failed)?,
                _ => {
                    let shown = checked(block, output.map(|output| output.text.as_str()));
                    seen.extend(shown.map_err(failed)?);
                }
            }
        }
        println!("== what {document} shows: {:.0} s", begin.elapsed().as_secs_f64());
    }
    let forgotten = SHOWN.iter().find(|(begin, _)| !seen.contains(begin));
    match forgotten.filter(|_| only.is_none()) {
        Some((begin, _)) => {
            Err(format!("xtask/src/documents/shown.rs: no document shows `{begin}`"))
        }
        None => Ok(()),
    }
}

/// Whether this is what its commands, or else its first line, say it is.
fn checked(block: &Block, output: Option<&str>) -> Result<Vec<&'static str>, String> {
    let all = match block.language.as_str() {
        "sh" => block.commands(),
        "text" | "http" | "sql" => vec![block.text.clone()],
        other => return Err(format!("a block in `{other}`, which nothing tries")),
    };
    all.iter()
        .map(|text| {
            let known = SHOWN.iter().find(|(begin, _)| text.starts_with(begin));
            let (begin, how) = known.ok_or_else(|| {
                let first = text.lines().next().unwrap_or_default();
                format!(
                    "`{first}` is shown and never tried: say how in xtask/src/documents/shown.rs"
                )
            })?;
            println!("   {begin}");
            tried(how, text, output).map_err(|what| format!("`{begin}`: {what}"))?;
            Ok(*begin)
        })
        .collect()
}

fn tried(how: &Shown, text: &str, output: Option<&str>) -> Result<(), String> {
    match (how, output) {
        (Shown::Run, _) => shown::run(text, output),
        (Shown::By(check), None) => check(text),
        (Shown::By(_), Some(_)) => Err("nothing compares the output below it".to_owned()),
        (Shown::Elsewhere(file), _) if path(file).is_file() => Ok(()),
        (Shown::Elsewhere(file), _) => Err(format!("{file} is not there")),
    }
}

/// README.md and what is in `docs`. The settings on the providers' pages are for their consoles.
fn documents() -> Result<Vec<String>, String> {
    let folder = fs::read_dir(path("docs")).map_err(|error| format!("docs: {error}"))?;
    let names = folder.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let guides = names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}"));
    let mut documents: Vec<_> = guides.chain(["README.md".to_owned()]).collect();
    documents.sort();
    Ok(documents)
}

fn read(file: &str) -> Result<String, String> {
    fs::read_to_string(path(file)).map_err(|error| format!("{file}: {error}"))
}
