//! What the provider's words for a login are worth.

use stepup_core::{Level, Method};

use crate::StartError;

/// Each `acr` value and each method with its level; the values in the order they were given.
#[derive(Default)]
pub(super) struct Levels {
    by_acr: Vec<(Level, String)>,
    by_method: Vec<(Level, Method<'static>)>,
}

impl Levels {
    /// # Errors
    ///
    /// One that has a level, or a level of another ladder than the others: of two such neither is
    /// higher.
    pub(super) fn add(&mut self, level: Level, acr: String) -> Result<(), StartError> {
        if self.by_acr.iter().any(|(_, known)| *known == acr) {
            return Err(twice("acr", &acr));
        }
        self.check_ladder(level)?;
        self.by_acr.push((level, acr));
        Ok(())
    }

    /// # Errors
    ///
    /// As of [`add`](Self::add).
    pub(super) fn add_method(
        &mut self,
        level: Level,
        method: Method<'static>,
    ) -> Result<(), StartError> {
        if self.by_method.iter().any(|(_, known)| *known == method) {
            return Err(twice("amr", method.name()));
        }
        self.check_ladder(level)?;
        self.by_method.push((level, method));
        Ok(())
    }

    fn check_ladder(&self, level: Level) -> Result<(), StartError> {
        let is_beside = |other: Level| level.at_least(other) || other.at_least(level);
        match self.all().find(|other| !is_beside(*other)) {
            None => Ok(()),
            Some(other) => Err(StartError::new(format!(
                "the levels `{}` and `{}` of a login at the OpenID Provider are of two ladders: take \
                 all of them from the one that the authority's gate has",
                other.name(),
                level.name()
            ))),
        }
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

    /// Each that a login can have.
    pub(super) fn each(&self) -> Vec<Level> {
        let all: Vec<Level> = self.all().collect();
        if all.is_empty() { vec![Level::SINGLE_FACTOR] } else { all }
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

    /// The lowest of those of these names that are set.
    pub(super) fn lowest(&self, names: &[String]) -> Option<Level> {
        let set = self.all().filter(|level| names.iter().any(|name| name == level.name()));
        set.reduce(|a, b| if a.at_least(b) { b } else { a })
    }

    /// What to ask for: this level and those above it, it first. Without one all, the highest
    /// first, so that the best that the user has there is enrolled.
    pub(super) fn acr_values(&self, needed: Option<Level>) -> String {
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

fn twice(claim: &str, value: &str) -> StartError {
    StartError::new(format!(
        "the `{claim}` value `{value}` of the OpenID Provider has a level already: give each value one"
    ))
}

fn higher(a: Level, b: Level) -> Level {
    if a.at_least(b) { a } else { b }
}

#[cfg(test)]
mod tests {
    use stepup_core::Ladder;

    use super::*;

    fn levels() -> Levels {
        let mut levels = Levels::default();
        for (level, acr) in [(Level::MFA, "urn:a"), (Level::PHR, "urn:key"), (Level::MFA, "urn:b")]
        {
            levels.add(level, acr.to_owned()).unwrap();
        }
        levels.add_method(Level::SINGLE_FACTOR, Method::PWD).unwrap();
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
    fn a_value_has_one_level_and_all_levels_one_ladder() {
        const OTHER: Level = Ladder::new(&["low", "mfa"]).level("mfa");
        let mut levels = levels();
        for (refused, expected) in [
            (levels.add(Level::PHR, "urn:a".to_owned()), "the `acr` value `urn:a` "),
            (levels.add_method(Level::MFA, Method::PWD), "the `amr` value `pwd` "),
            (levels.add(OTHER, "urn:c".to_owned()), "the levels `mfa` and `mfa` "),
            (levels.add_method(OTHER, Method::OTP), "the levels `mfa` and `mfa` "),
        ] {
            let refused = refused.unwrap_err().to_string();
            assert!(refused.starts_with(expected), "{refused}");
        }
        assert_eq!(levels.all().count(), 4);
    }

    #[test]
    fn what_is_asked_for_reaches_the_level_and_begins_with_it() {
        for (level, expected) in [
            (Some(Level::SINGLE_FACTOR), "urn:a urn:b urn:key"),
            (Some(Level::MFA), "urn:a urn:b urn:key"),
            (Some(Level::PHR), "urn:key"),
            (None, "urn:key urn:a urn:b"),
        ] {
            assert_eq!(levels().acr_values(level), expected, "{level:?}");
        }
        assert_eq!(Levels::default().acr_values(None), "");
    }

    #[test]
    fn the_lowest_that_is_wanted_and_set_is_enough() {
        for (wanted, lowest) in [
            (&["phr", "mfa"][..], Some(Level::MFA)),
            (&["phrh", "phr"], Some(Level::PHR)),
            (&["mfa", "single-factor"], Some(Level::SINGLE_FACTOR)),
            (&["phrh"], None),
            (&[], None),
        ] {
            let wanted: Vec<String> = wanted.iter().map(|&level| level.to_owned()).collect();
            assert_eq!(levels().lowest(&wanted), lowest, "{wanted:?}");
        }
    }
}
