//! What it takes to change a user's factors.

use std::sync::Arc;
use std::time::Duration;

use stepup_core::{Ladder, Level, Requirement};

use crate::account::Account;
use crate::factor::Factor;

/// What it takes, for each level and factor: requirements are for ever, so all of them are made
/// when the authority is built.
#[derive(Debug)]
pub(crate) struct ChangeRules {
    ladder: &'static Ladder,
    levels: Vec<(Level, ChangeRule)>,
    methods: Vec<(String, ChangeRule)>,
    first: ChangeRule,
}

/// One requirement, and a name by which a record remembers it.
#[derive(Clone, Debug)]
pub(crate) struct ChangeRule {
    pub(crate) name: String,
    pub(crate) needed: &'static Requirement,
}

const WHY: &str = "We need to know that it is you who changes this.";

impl ChangeRules {
    /// A proof has to be as fresh as `within`; for the first factor, the login as `first_within`.
    pub(crate) fn new(
        ladder: &'static Ladder,
        factors: &[Arc<dyn Factor>],
        within: Duration,
        first_within: Duration,
    ) -> Self {
        let fresh = Requirement::max_age(within).because(WHY);
        let rule = |name: String, needed: Requirement| ChangeRule {
            name,
            needed: Box::leak(Box::new(needed)),
        };
        let of_level = |level: Level| {
            let needed = Requirement::level(level).and(fresh);
            (level, rule(format!("level {level}"), needed))
        };
        let of_method = |factor: &dyn Factor| {
            let strength = factor.strength();
            let methods = strength.methods().iter();
            let needed =
                methods.fold(fresh, |needed, method| needed.and(Requirement::method(*method)));
            (factor.method().to_owned(), rule(format!("method {}", factor.method()), needed))
        };
        let first = Requirement::max_age(first_within);
        Self {
            ladder,
            levels: ladder.levels().map(of_level).collect(),
            methods: factors.iter().map(|factor| of_method(&**factor)).collect(),
            first: rule("first".to_owned(), first),
        }
    }

    /// For this account: a proof at the highest level that its factors reach (R-BIND-01), disabled
    /// ones and such as this authority no longer has among them, so that no number of wrong
    /// answers lowers it. Where that is no more than a login has, a proof with one of its factors.
    /// `None`: nothing that is known of them would do, so nobody but the service may.
    pub(crate) fn of(&self, account: &Account, factors: &[Arc<dyn Factor>]) -> Option<&ChangeRule> {
        if account.factors.is_empty() {
            return Some(&self.first);
        }
        let of_method = |method: &str| factors.iter().find(|factor| factor.method() == method);
        let mut highest = self.ladder.levels().next();
        for factor in &account.factors {
            let reached = match of_method(&factor.method) {
                Some(known) => {
                    let strength = known.strength_of(&factor.grade).on(self.ladder);
                    strength.map_or_else(|_| Vec::new(), |strength| strength.levels().collect())
                }
                None => self.ladder.levels().next_back().into_iter().collect::<Vec<_>>(),
            };
            for level in reached {
                if highest.is_none_or(|highest| !highest.at_least(level)) {
                    highest = Some(level);
                }
            }
        }
        let by_method = || {
            account.factors.iter().find_map(|factor| {
                let known = self.methods.iter().find(|(name, _)| *name == factor.method);
                known.map(|(_, rule)| rule)
            })
        };
        let by_level = || {
            let level = self.levels.iter().find(|(level, _)| Some(*level) == highest);
            level.map(|(_, rule)| rule)
        };
        if highest.is_some_and(|level| self.is_beyond_a_login(level)) {
            by_level()
        } else {
            by_method()
        }
    }

    /// Whether a level is more than a login has that names one: `single-factor`, or the weakest on
    /// a ladder without it.
    pub(crate) fn is_beyond_a_login(&self, level: Level) -> bool {
        let of_login = self.ladder.find(Level::SINGLE_FACTOR.name());
        let of_login = of_login.or(self.ladder.levels().next());
        of_login.is_none_or(|of_login| !of_login.at_least(level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::EnrolledFactor;
    use crate::factor::{
        DeliveryError, EmailCode, FactorFuture, Mail, Mailer, RecoveryCodes, Totp,
    };

    struct Nowhere;

    impl Mailer for Nowhere {
        fn send<'a>(&'a self, _: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
            Box::pin(std::future::ready(Ok(())))
        }
    }

    fn factor(method: &str, wrong_in_a_row: u32) -> EnrolledFactor {
        EnrolledFactor {
            id: format!("f_{method}"),
            method: method.to_owned(),
            hint: String::new(),
            grade: String::new(),
            data: String::new(),
            enrolled_at: 0,
            wrong_in_a_row,
            last_step: None,
            spent: Vec::new(),
        }
    }

    /// R-BIND-01, O27: the most that any factor of the account reaches, whatever became of it;
    /// and never what a login alone has.
    #[test]
    fn r_bind_01_o27_it_takes_the_most_that_the_factors_reach() {
        let factors: [Arc<dyn Factor>; 3] = [
            Arc::new(Totp::new("Bank")),
            Arc::new(EmailCode::new(Nowhere)),
            Arc::new(RecoveryCodes::new()),
        ];
        let minute = Duration::from_secs(60);
        let rules = ChangeRules::new(Ladder::BUILT_IN, &factors, minute, minute);
        for (enrolled, expected) in [
            (vec![], "first"),
            (vec![("email", 0)], "method email"),
            (vec![("totp", 0)], "level mfa"),
            (vec![("email", 0), ("totp", 0)], "level mfa"),
            // Guessed at until it was disabled: that makes nothing easier.
            (vec![("email", 0), ("totp", 100)], "level mfa"),
            (vec![("email", 100)], "method email"),
            // No longer one of the authority's.
            (vec![("email", 0), ("palm", 0)], "level phrh"),
        ] {
            let enrolled = enrolled.iter().map(|(method, wrong)| factor(method, *wrong));
            let account = Account { factors: enrolled.collect(), ..Account::default() };
            assert_eq!(rules.of(&account, &factors).unwrap().name, expected);
        }
    }

    /// A ladder of one level, and a factor that the authority no longer has: a login is not enough.
    #[test]
    fn o27_what_is_not_known_takes_no_less() {
        const LADDER: &Ladder = &Ladder::new(&["basic"]);
        let minute = Duration::from_secs(60);
        let rules = ChangeRules::new(LADDER, &[], minute, minute);
        let account = Account { factors: vec![factor("palm", 0)], ..Account::default() };
        assert!(rules.of(&account, &[]).is_none());
    }
}
