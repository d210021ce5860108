//! Every public item of a published crate has documentation with an example.

use crate::sources::rust_files;

const ITEMS: [&str; 7] = [
    "pub fn ",
    "pub async fn ",
    "pub const ",
    "pub struct ",
    "pub enum ",
    "pub trait ",
    "pub type ",
];

/// Public by their place only: nobody can name them.
const UNNAMED: [&str; 3] = ["GuardFirst", "Refused", "Sealed"];

#[test]
fn every_public_item_has_an_example() {
    let mut bare = Vec::new();
    for krate in ["stepup-core", "stepup-axum", "stepup-poem", "stepup-authority", "stepup-client"]
    {
        let folder = &format!("{krate}/src");
        for (file, text) in rust_files(folder) {
            let lines: Vec<_> = text.lines().map(str::trim).collect();
            for (number, line) in lines.iter().enumerate() {
                let Some(item) = ITEMS.iter().find_map(|item| line.strip_prefix(item)) else {
                    continue;
                };
                let item = item.strip_prefix("fn ").unwrap_or(item);
                if UNNAMED.iter().any(|name| item.starts_with(name)) {
                    continue;
                }
                let above = lines[..number].iter().rev().take_while(|line| !line.is_empty());
                let above: Vec<_> = above.collect();
                let hidden = above.iter().any(|line| line.contains("doc(hidden)"));
                let shown = |line: &&&str| line.contains("```") || line.contains("include_str!");
                if !hidden && !above.iter().any(shown) {
                    bare.push(format!("{folder}/{file}:{}: {line}", number + 1));
                }
            }
        }
    }
    assert!(bare.is_empty(), "without an example:\n{}", bare.join("\n"));
}
