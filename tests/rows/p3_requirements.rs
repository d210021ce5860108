//! P3: demands that nobody could meet, or no header carry, and ladders that are none. In a `const`
//! each of these panics is a compile error with the same words.

use std::fs;
use std::panic::{UnwindSafe, catch_unwind};
use std::time::Duration;

use stepup_core::{Ladder, Level, Method, Requirement};

fn panics_with<T>(name: &str, make: impl FnOnce() -> T + UnwindSafe, expected: &str) {
    let Err(panic) = catch_unwind(make) else { panic!("{name}: it is taken") };
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
    assert_eq!(said, Some(expected), "{name}");
}

#[test]
fn p3_a_ladder_that_is_none_does_not_start() {
    const NAME: &str = "a level's name is visible ASCII without space, quote and backslash";
    const TWICE: &str = "a level stands on a ladder once";
    const NOTHING: &str = "acr `0` means no confidence (OpenID Connect Core §2) and is no level";
    let names: Vec<&'static str> = (0..33).map(|n| &*format!("level-{n}").leak()).collect();
    let many: &'static [&'static str] = names.leak();
    let rows: [(&[&str], &str); 16] = [
        (&[], "a ladder needs at least one level"),
        (many, "a ladder has at most 32 levels"),
        (&[""], NAME),
        (&["mfa", ""], NAME),
        (&["m f a"], NAME),
        (&["mfa "], NAME),
        (&["mfa\n"], NAME),
        (&["mfa\t"], NAME),
        (&["\"mfa\""], NAME),
        (&["m\\fa"], NAME),
        (&["\u{217f}fa"], NAME),
        (&["0"], NOTHING),
        (&["0", "1", "2"], NOTHING),
        (&["mfa", "mfa"], TWICE),
        (&["single-factor", "mfa", "single-factor"], TWICE),
        (&["a", "b", "c", "b"], TWICE),
    ];
    for (names, expected) in rows {
        let names: &'static [&'static str] = names.to_vec().leak();
        panics_with(&format!("{names:?}"), || Ladder::new(names), expected);
    }
    for name in ["", "MFA", "mfa ", "gold", "single_factor"] {
        let expected = "this ladder has no level of this name";
        panics_with(name, move || Ladder::BUILT_IN.level(name), expected);
    }
    assert_eq!(Ladder::new(&many[..32]).levels().count(), 32, "the control");
}

#[test]
fn p3_a_demand_that_nobody_can_meet_does_not_start() {
    const ZERO: &str = "`max_age` is at least a second: nobody could meet a shorter one";
    const WHOLE: &str = "`max_age` is in whole seconds";
    const LARGE: &str = "`max_age` is at most 4294967295 seconds";
    for (age, expected) in [
        (Duration::ZERO, ZERO),
        (Duration::from_millis(5), ZERO),
        (Duration::from_nanos(999_999_999), ZERO),
        (Duration::from_millis(1500), WHOLE),
        (Duration::new(300, 1), WHOLE),
        (Duration::from_secs(1 << 32), LARGE),
        (Duration::from_secs(u64::MAX), LARGE),
        (Duration::MAX, WHOLE),
    ] {
        panics_with(&format!("{age:?}"), move || Requirement::max_age(age), expected);
    }
    const WORD: &str = "a method or scope is visible ASCII without space, quote, backslash";
    for word in ["", " ", "a b", "a\"b", "a\\b", "a\r\nb", "a\0", "\u{e9}"] {
        panics_with(word, move || Requirement::scope(word), WORD);
        panics_with(word, move || Requirement::method(Method::new(word)), WORD);
    }
    let fine = Requirement::max_age(Duration::from_secs(u64::from(u32::MAX)));
    assert_eq!(fine.to_string(), "at most 4294967295 s ago", "the control");
}

#[test]
fn p3_demands_that_do_not_fit_together_do_not_start() {
    const LADDERS: &str = "levels of two ladders cannot be compared: demand one of them";
    const EIGHT: &str = "a requirement names at most eight methods and eight scopes";
    const NESTED: &str = "an alternative has no alternatives of its own: write them out in one \
                          `AnyOf` (`any_of`)";
    const BOTH: &str =
        "only one side can have alternatives: write them out in one `AnyOf` (`any_of`)";
    let scopes = (0..8).map(|n| Requirement::scope(format!("s{n}").leak()));
    let eight = scopes.reduce(Requirement::and).expect("eight scopes");
    let mfa = Requirement::level(Level::MFA);
    let pin = Requirement::method(Method::PIN);
    let other = Requirement::level(Ladder::new(&["single-factor", "mfa"]).level("mfa"));
    let either = Requirement::any_of(vec![mfa, pin].leak());
    let ninth = Requirement::scope("ninth");
    let any = |alternatives: Vec<Requirement>| Requirement::any_of(alternatives.leak());
    panics_with("two ladders", || mfa.and(other), LADDERS);
    panics_with("two ladders, the other way", || other.and(mfa), LADDERS);
    panics_with("two ladders, one in an alternative", || either.and(other), LADDERS);
    panics_with("a ninth scope", || eight.and(ninth), EIGHT);
    panics_with("a ninth scope in an alternative", move || any(vec![ninth, mfa]).and(eight), EIGHT);
    panics_with("alternatives twice", || either.and(either), BOTH);
    panics_with("alternatives in one", move || any(vec![mfa, either]), NESTED);
    for (name, few) in [("no alternative", vec![]), ("one alternative", vec![mfa])] {
        panics_with(name, move || any(few), "`any_of` needs at least two alternatives");
    }
    panics_with("no words", || mfa.because(""), "a reason needs words");
    let fine = eight.and(Requirement::scope("s7"));
    assert_eq!(fine, eight, "the control: the same scope again is no ninth");
}

/// What `#[step_up]` refuses is pinned in `ui`, for both frameworks; these are the settings.
#[test]
fn p3_the_attribute_refuses_bad_settings_while_compiling() {
    for (case, expected) in [
        ("nothing_demanded", "nothing is demanded"),
        ("unknown_level", "unknown level `mfaa`; did you mean `mfa`?"),
        ("unknown_level", "unknown level `MFA`; did you mean `mfa`?"),
        ("unknown_level", "unknown level `` "),
        ("level_without_quotes", "a level's name stands in quotes"),
        ("level_is_not_a_type", "a level is a name in quotes"),
        ("levels_of_two_ladders", "levels of two ladders cannot be compared"),
        ("max_age_of_zero", "`max_age` of zero can be met by nobody"),
        ("max_age_type_of_zero", "`max_age` is at least a second"),
        ("max_age_without_unit", "`max_age` has no unit; write `\"300s\"` for seconds"),
        ("max_age_that_is_odd", "`max_age` is a whole number and a unit"),
        ("max_age_too_large", "`max_age` is too large; at most `\"4294967295s\"`"),
        ("unknown_method", "unknown method `hkw`; did you mean `hwk`?"),
        ("methods_that_are_no_list", "`methods` takes a list"),
        ("wrong_number_of_methods", "`methods` names one to eight methods"),
        ("duplicate_method", "`hwk` stands twice; keep one"),
        ("duplicate_key", "`level` stands twice; keep one"),
        ("unknown_key", "unknown key `levle`; did you mean `level`?"),
        ("key_without_a_value", "`level` has no value"),
        ("bare_text", "a text without a key"),
        ("empty_reason", "`reason` is empty"),
        ("two_requirements", "a second requirement; to demand both, write a tuple"),
        ("not_a_requirement", "`WireTransfer` is not a step-up requirement"),
        ("constant_in_place_of_a_type", "is a value, and a type is wanted"),
    ] {
        for framework in ["axum", "poem"] {
            let file = format!("ui/{framework}/fail/{case}.stderr");
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(text.contains(expected), "{file}");
        }
    }
}
