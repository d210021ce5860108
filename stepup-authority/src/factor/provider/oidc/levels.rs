//! What the provider's words for a login are worth.

use stepup_core::{Level, Method};

/// Each `acr` value and each method with its level; the values in the order they were given.
#[derive(Default)]
pub(super) struct Levels {
    by_acr: Vec<(Level, String)>,
    by_method: Vec<(Level, Method<'static>)>,
}

impl Levels {
    pub(super) fn add(&mut self, level: Level, acr: String) {
        self.by_acr.push((level, acr));
    }

    pub(super) fn add_method(&mut self, level: Level, method: Method<'static>) {
        self.by_method.push((level, method));
    }

    fn all(&self) -> impl Iterator<Item = Level> {
        let by_method = self.by_method.iter().map(|(level, _)| *level);
        self.by_acr.iter().map(|(level, _)| *level).chain(by_method)
    }

    pub(super) fn find(&self, name: &str) -> Option<Level> {
        if self.all().next().is_none() {
            return (name == Level::SINGLE_FACTOR.name()).then_some(Level::SINGLE_FACTOR);
        }
        self.all().find(|level| level.name() == name)
    }

    /// Where none is set, a login is one factor.
    pub(super) fn highest(&self) -> Level {
        self.all().reduce(higher).unwrap_or(Level::SINGLE_FACTOR)
    }

    /// The highest that a login shows; `None` where levels are set and it shows none of them. A
    /// value that is not known is not a higher one.
    pub(super) fn reached(&self, acr: Option<&str>, amr: &[String]) -> Option<Level> {
        if self.all().next().is_none() {
            return Some(Level::SINGLE_FACTOR);
        }
        let named = self.by_acr.iter().filter(|(_, known)| Some(known.as_str()) == acr);
        let used = |method: &Method<'_>| amr.iter().any(|used| used == method.name());
        let proved = self.by_method.iter().filter(|(_, method)| used(method));
        let named = named.map(|(level, _)| *level);
        named.chain(proved.map(|(level, _)| *level)).reduce(higher)
    }

    /// What to ask for: this level and those above it, it first. Without one all, the highest
    /// first, so that the best that the user has there is enrolled.
    pub(super) fn acr_values(&self, level: Option<&str>) -> String {
        let needed = level.and_then(|level| self.find(level));
        let mut wanted: Vec<&(Level, String)> = self.by_acr.iter().collect();
        wanted.retain(|(level, _)| needed.is_none_or(|needed| level.at_least(needed)));
        // Stable: of one level, the first that was set stays first.
        wanted.sort_by(|(a, _), (b, _)| {
            let by_height = a.at_least(*b).cmp(&b.at_least(*a));
            if needed.is_some() { by_height } else { by_height.reverse() }
        });
        wanted.iter().map(|(_, acr)| acr.as_str()).collect::<Vec<_>>().join(" ")
    }
}

fn higher(a: Level, b: Level) -> Level {
    if a.at_least(b) { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels() -> Levels {
        let mut levels = Levels::default();
        levels.add(Level::MFA, "urn:a".to_owned());
        levels.add(Level::PHR, "urn:key".to_owned());
        levels.add(Level::MFA, "urn:b".to_owned());
        levels.add_method(Level::SINGLE_FACTOR, Method::PWD);
        levels
    }

    #[test]
    fn the_highest_that_a_login_shows_counts_and_an_unknown_value_for_nothing() {
        for (acr, amr, expected) in [
            (Some("urn:a"), &[][..], Some(Level::MFA)),
            (Some("urn:key"), &["pwd"], Some(Level::PHR)),
            (None, &["otp", "pwd"], Some(Level::SINGLE_FACTOR)),
            (Some("urn:A"), &["PWD"], None),
            (Some("phr"), &["hwk"], None),
            (None, &[], None),
        ] {
            let amr: Vec<String> = amr.iter().map(|&method| method.to_owned()).collect();
            assert_eq!(levels().reached(acr, &amr), expected, "{acr:?} {amr:?}");
        }
        let none = Levels::default();
        assert_eq!(none.reached(Some("urn:key"), &[]), Some(Level::SINGLE_FACTOR));
        assert_eq!((none.highest(), levels().highest()), (Level::SINGLE_FACTOR, Level::PHR));
    }

    #[test]
    fn what_is_asked_for_reaches_the_level_and_begins_with_it() {
        for (level, expected) in [
            (Some("single-factor"), "urn:a urn:b urn:key"),
            (Some("mfa"), "urn:a urn:b urn:key"),
            (Some("phr"), "urn:key"),
            (None, "urn:key urn:a urn:b"),
        ] {
            assert_eq!(levels().acr_values(level), expected, "{level:?}");
        }
        assert_eq!(Levels::default().acr_values(None), "");
    }
}
