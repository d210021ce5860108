//! `stepup-axum` and `stepup-poem` have the same files and the same public names.

use std::collections::BTreeSet;

use crate::sources::rust_files;

fn files(adapter: &str) -> Vec<String> {
    rust_files(adapter).into_iter().map(|(name, _)| name).collect()
}

/// What `lib.rs` exports, and the public functions and traits of `guarded`.
fn names(adapter: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (file, text) in rust_files(adapter) {
        if file == "lib.rs" {
            for exported in text.split("pub use ").skip(1) {
                let list = exported.split(';').next().expect("a statement");
                let list = list.rsplit_once("::{").map_or(list, |(_, list)| list);
                for name in list.split([',', '{', '}', '\n']) {
                    let name = name.trim().rsplit(" as ").next().expect("a name");
                    let name = name.rsplit("::").next().expect("a name").trim();
                    if !name.is_empty() {
                        names.insert(name.to_owned());
                    }
                }
            }
        }
        if file == "guarded.rs" {
            for route in text.split("\nroute!(").skip(1) {
                let name = route.split(',').next().expect("a name");
                names.insert(format!("guarded::{name}"));
            }
        }
    }
    names
}

#[test]
fn the_twins_have_the_same_files() {
    assert_eq!(files("stepup-axum/src"), files("stepup-poem/src"));
}

/// axum's state is typed, so it has words for where the gate comes from; poem's routing has no
/// `any` and `on`: an endpoint takes all methods by itself.
#[test]
fn the_twins_have_the_same_names() {
    let (axum, poem) = (names("stepup-axum/src"), names("stepup-poem/src"));
    assert!(
        axum.contains("step_up") && axum.contains("SteppedUp") && axum.contains("guarded::post")
    );
    let only_axum: Vec<_> = axum.difference(&poem).collect();
    assert_eq!(only_axum, ["FindGate", "FromExtension", "FromState", "HasGate", "guarded::any"]);
    let only_poem: Vec<_> = poem.difference(&axum).collect();
    assert!(only_poem.is_empty(), "{only_poem:?}");
}
