//! What a challenge asks for, in words.

use std::fmt;

use super::Challenge;

/// Longer than any level or scope that means something to a person, and shorter than most tokens.
const LONGEST: usize = 64;
/// More than anybody reads.
const MOST: usize = 8;

/// What it asks for, in words. Fit for a person and for a log: in place of what is no plain name of
/// a level, method or scope, and of addresses, stands `…`.
impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a login")?;
        if !self.acr_values().is_empty() {
            write!(f, " at level {}", listed(self.acr_values(), " or "))?;
        }
        if !self.amr_values().is_empty() {
            write!(f, " by {}", listed(self.amr_values(), " and "))?;
        }
        if let Some(seconds) = self.max_age() {
            write!(f, ", at most {seconds} s old")?;
        }
        if !self.scope().is_empty() {
            write!(f, ", with the scope {}", listed(self.scope(), " "))?;
        }
        Ok(())
    }
}

fn listed(names: &[String], between: &str) -> String {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b":._-+".contains(&byte);
    let is_name = |name: &str| name.len() <= LONGEST && name.bytes().all(is_of_name);
    let shown = names.iter().map(|name| if is_name(name) { name } else { "…" });
    let more = (names.len() > MOST).then_some("…");
    shown.take(MOST).chain(more).collect::<Vec<_>>().join(between)
}
