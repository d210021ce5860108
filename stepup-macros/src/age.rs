//! `max_age = "5m"`: a whole number and a unit.

use syn::LitStr;

pub(crate) struct Age {
    pub(crate) seconds: u64,
    /// For people: `5 minutes`.
    pub(crate) words: String,
}

impl Age {
    pub(crate) fn parse(text: &LitStr) -> syn::Result<Self> {
        let value = text.value();
        let fail = |message: String| Err(syn::Error::new_spanned(text, message));
        let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
        let (number, unit) = value.split_at(end);
        let (factor, word) = match unit {
            "s" => (1, "second"),
            "m" => (60, "minute"),
            "h" => (60 * 60, "hour"),
            "d" => (24 * 60 * 60, "day"),
            "" if !number.is_empty() => {
                return fail(format!(
                    "`max_age` has no unit; write `\"{number}s\"` for seconds or `\"{number}m\"` \
                     for minutes"
                ));
            }
            _ => {
                let hint = meant(&value).map_or_else(
                    || ", as in `\"5m\"`".to_owned(),
                    |age| format!("; did you mean `\"{age}\"`?"),
                );
                return fail(format!(
                    "`max_age` is a whole number and a unit (`s`, `m`, `h`, `d`) in quotes{hint}"
                ));
            }
        };
        if number.is_empty() {
            return fail(format!("`max_age` has no number before its unit, as in `\"5{unit}\"`"));
        }
        let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
        match seconds {
            Some(0) => fail(
                "`max_age` of zero can be met by nobody: a login is always some time ago; the \
                 least is `\"1s\"`"
                    .to_owned(),
            ),
            Some(seconds) if seconds <= u64::from(u32::MAX) => {
                let number = number.trim_start_matches('0');
                let plural = if number == "1" { "" } else { "s" };
                Ok(Self { seconds, words: format!("{number} {word}{plural}") })
            }
            _ => fail("`max_age` is too large; at most `\"4294967295s\"`".to_owned()),
        }
    }
}

/// What was meant by `5 min` or `5M`.
fn meant(value: &str) -> Option<String> {
    const WORDS: [&str; 7] = ["seconds", "secs", "minutes", "mins", "hours", "hrs", "days"];
    let value = value.trim().to_lowercase();
    let end = value.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = value.split_at(end);
    let unit = unit.trim_start();
    let initial = unit.chars().next()?;
    let is_known = WORDS.iter().any(|word| word.starts_with(unit));
    (is_known && !number.is_empty()).then(|| format!("{number}{initial}"))
}
