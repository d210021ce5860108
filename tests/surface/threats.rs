//! What tests are named after stands in `docs/threats.md`, with where it is held; and what stands
//! there has a test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::sources::{root, test_texts};

/// Each folder in these is a place.
const PARENTS: [&str; 2] = ["tests", "examples"];

/// Each of these is one.
const CRATES: [&str; 7] = [
    "stepup-core",
    "stepup-macros",
    "stepup-axum",
    "stepup-poem",
    "stepup-authority",
    "stepup-client",
    "stepup-cli",
];

/// Handles, and the places that have them.
type Held = BTreeMap<String, BTreeSet<String>>;

/// The handle that these words begin with, and how many of them are its: a letter with a number in
/// one word, or a number of two digits behind what it is about.
fn handle(words: &[&str]) -> Option<(String, usize)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let two = |text: &str| text.len() == 2 && digits(text);
    match *words {
        ["R", about, number, ..] if two(number) => Some((format!("R-{about}-{number}"), 3)),
        [about @ ("ISS" | "CLI"), number, ..] if two(number) => {
            Some((format!("{about}-{number}"), 2))
        }
        [row, ..] => {
            let (letter, number) = row.split_at_checked(1)?;
            let is_one = "BCFHIJMOPST".contains(letter) && number.len() <= 2 && digits(number);
            is_one.then(|| (row.to_owned(), 1))
        }
        [] => None,
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).collect()
}

/// All handles in a text.
fn handles(text: &str) -> Vec<String> {
    let words = words(text);
    (0..words.len()).filter_map(|at| handle(&words[at..])).map(|(one, _)| one).collect()
}

/// Those that a name begins with. Its last word is what it says.
fn handles_of_name(name: &str) -> Vec<String> {
    let name = name.to_ascii_uppercase();
    let words = words(&name);
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some((one, length)) = handle(&words[at..words.len() - 1]) {
        found.push(one);
        at += length;
    }
    found
}

/// Of a test's text: in its comments, and at the beginning of its names.
fn used(text: &str) -> impl Iterator<Item = String> {
    text.lines().flat_map(|line| {
        let comment = line.split_once("//").map(|(_, comment)| handles(comment));
        let name = line.split_once("fn ").or_else(|| line.split_once("test('"));
        let name = name.and_then(|(_, name)| name.split(['(', '<', '\'']).next());
        comment.into_iter().chain(name.map(handles_of_name)).flatten()
    })
}

fn in_tests() -> Held {
    let mut places = CRATES.map(|name| (name.to_owned(), name.to_owned(), "rs")).to_vec();
    places.push(("typescript".to_owned(), "clients/typescript/test".to_owned(), "mjs"));
    for parent in PARENTS {
        for entry in fs::read_dir(root().join(parent)).expect("a folder") {
            let entry = entry.expect("an entry");
            if entry.path().is_dir() {
                let name = entry.file_name().into_string().expect("a plain name");
                places.push((name.clone(), format!("{parent}/{name}"), "rs"));
            }
        }
    }
    let mut held = Held::new();
    for (place, folder, ending) in places {
        for one in test_texts(&folder, ending).iter().flat_map(|text| used(text)) {
            held.entry(one).or_default().insert(place.clone());
        }
    }
    held
}

/// The first and the last cell of each row that begins with a handle.
fn in_document() -> Held {
    let text = fs::read_to_string(root().join("docs/threats.md")).expect("it");
    let mut listed = Held::new();
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [one, .., places] = cells.as_slice() else { continue };
        if handles(one) == [*one] {
            let places = places.split(',').map(|place| place.trim().trim_matches('`').to_owned());
            let twice = listed.insert((*one).to_owned(), places.collect());
            assert!(twice.is_none(), "{one} stands twice");
        }
    }
    listed
}

#[test]
fn what_tests_are_named_after_is_in_the_document() {
    let listed = in_document();
    let unlisted: Vec<_> =
        in_tests().into_iter().filter(|(one, _)| !listed.contains_key(one)).collect();
    assert!(unlisted.is_empty(), "not in docs/threats.md: {unlisted:#?}");
}

#[test]
fn what_is_in_the_document_is_held_where_it_says() {
    let (listed, held) = (in_document(), in_tests());
    assert!(!listed.is_empty(), "it has rows");
    let mut nowhere = Vec::new();
    for (one, places) in &listed {
        let held = held.get(one);
        for place in places {
            if !held.is_some_and(|held| held.contains(place)) {
                nowhere.push(format!("{one} in `{place}`"));
            }
        }
    }
    assert!(nowhere.is_empty(), "of docs/threats.md no test has {nowhere:#?}");
}

/// As `(`place`, `place`: handles; …)` behind each promise; of a range its ends are looked at.
#[test]
fn what_is_promised_is_held_where_it_says() {
    let (listed, held) = (in_document(), in_tests());
    let promises = fs::read_to_string(root().join("SECURITY.md")).expect("it");
    let mut nowhere = Vec::new();
    for part in promises.split(['(', ';', ')']) {
        let quoted = part.split('`').skip(1).step_by(2);
        let is_place = |name: &&str| held.values().any(|places| places.contains(*name));
        let places: Vec<_> = quoted.filter(is_place).collect();
        for one in handles(part) {
            if !listed.contains_key(&one) {
                nowhere.push(format!("{one} in docs/threats.md"));
            }
            for place in &places {
                if !held.get(&one).is_some_and(|held| held.contains(*place)) {
                    nowhere.push(format!("{one} in `{place}`"));
                }
            }
        }
    }
    assert!(nowhere.is_empty(), "of SECURITY.md there is no {nowhere:#?}");
}
