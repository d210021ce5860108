use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::challenge::Challenge;
use crate::ladder::Ladder;
use crate::level::Level;

const OTHER: &Ladder = &Ladder::new(&["single-factor", "mfa"]);
const EDGES: [u64; 8] = [
    0,
    1,
    60,
    u32::MAX as u64,
    u32::MAX as u64 + 1,
    Timestamp::MAX.as_secs() - 1,
    Timestamp::MAX.as_secs(),
    u64::MAX,
];

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

fn older(seconds: u64) -> Requirement {
    Requirement::max_age(Duration::from_secs(seconds))
}

fn nobody_special() -> Authentication {
    Authentication::of_user("https://idp.example", "alice", Timestamp::MAX)
}

/// A few near each other, so that many of them are recent enough, and the edges.
fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![8 => 1_000..1_200_u64, 1 => select(&EDGES), 1 => any::<u64>()].prop_map(at)
}

fn level() -> impl Strategy<Value = Level> {
    select(Ladder::BUILT_IN.levels().collect::<Vec<_>>())
}

fn word() -> impl Strategy<Value = &'static str> {
    select(&["hwk", "pin", "otp", "!", "~"])
}

fn age() -> impl Strategy<Value = Requirement> {
    prop_oneof![4 => 1..200_u64, 1 => Just(u64::from(u32::MAX))].prop_map(older)
}

fn method() -> impl Strategy<Value = Requirement> {
    word().prop_map(|name| Requirement::method(Method::new(name)))
}

fn scope() -> impl Strategy<Value = Requirement> {
    word().prop_map(Requirement::scope)
}

fn part() -> impl Strategy<Value = Requirement> {
    prop_oneof![level().prop_map(Requirement::level), age(), method(), scope()]
}

fn all_of(part: impl Strategy<Value = Requirement>) -> impl Strategy<Value = Requirement> {
    vec(part, 1..=4).prop_map(|parts| parts.into_iter().reduce(Requirement::and).unwrap())
}

fn two_demands() -> impl Strategy<Value = (Requirement, Requirement)> {
    let levels = || level().prop_map(Requirement::level);
    prop_oneof![
        (all_of(part()), all_of(part())),
        (levels(), levels()),
        (age(), age()),
        (method(), method()),
        (scope(), scope()),
    ]
}

fn alternatives() -> impl Strategy<Value = &'static [Requirement]> {
    vec(all_of(part()), 2..=3).prop_map(|paths| &*paths.leak())
}

fn any_requirement() -> impl Strategy<Value = Requirement> {
    let own_and_alternatives = (option::of(all_of(part())), alternatives());
    prop_oneof![
        all_of(part()),
        own_and_alternatives.prop_map(|(own, paths)| {
            let one = Requirement::any_of(paths);
            own.map_or(one, |own| own.and(one))
        }),
    ]
}

prop_compose! {
    /// A login whose level and methods have no dates of their own.
    fn undated_login()(
        level in option::of(prop_oneof![8 => level(), 1 => select(OTHER.levels().collect::<Vec<_>>())]),
        auth_time in option::weighted(0.8, moment()),
        methods in vec(word(), 0..4),
        scope in vec(word(), 0..4),
    ) -> Authentication {
        let mut login = nobody_special().with_scope(&scope.join(" "));
        if let Some(level) = level {
            login = login.with_level(level);
        }
        if let Some(auth_time) = auth_time {
            login = login.with_auth_time(auth_time);
        }
        methods.into_iter().map(Method::new).fold(login, Authentication::with_method)
    }
}

prop_compose! {
    fn login()(
        login in undated_login(),
        reached in vec((level(), moment()), 0..3),
        used in vec((word(), moment()), 0..3),
    ) -> Authentication {
        let login = reached.into_iter().fold(login, |login, (level, at)| login.with_level_reached(level, at));
        used.into_iter().fold(login, |login, (name, at)| login.with_method_used(Method::new(name), at))
    }
}

fn last_moment(login: &Authentication) -> Timestamp {
    login.moments().max().unwrap_or(at(0))
}

proptest! {
    /// R-OIDC-08, T10: time alone never makes a login better.
    #[test]
    fn r_oidc_08_what_holds_now_held_before(
        requirement in any_requirement(), login in login(), a in moment(), b in moment(),
    ) {
        let last = last_moment(&login);
        let (earlier, later) = (a.min(b).max(last), a.max(b).max(last));
        if requirement.evaluate(&login, later).is_ok() {
            prop_assert_eq!(requirement.evaluate(&login, earlier), Ok(()));
        }
    }

    #[test]
    fn t10_what_is_stale_stays_stale(
        requirement in all_of(part()), login in login(), a in moment(), b in moment(),
    ) {
        let gap = |now| requirement.evaluate(&login, now).err().and_then(|short| short.age());
        if gap(a.min(b)) == Some(Gap::Stale) {
            prop_assert_eq!(gap(a.max(b)), Some(Gap::Stale));
        }
    }

    #[test]
    fn a_higher_level_never_fails_where_a_lower_one_held(
        requirement in any_requirement(), login in login(), a in level(), b in level(), now in moment(),
    ) {
        let (low, high) = if a.at_least(b) { (b, a) } else { (a, b) };
        if requirement.evaluate(&login.clone().with_level(low), now).is_ok() {
            prop_assert_eq!(requirement.evaluate(&login.with_level(high), now), Ok(()));
        }
    }

    /// With no moment in the future; such a token does not get past a gate.
    #[test]
    fn a_higher_demand_never_holds_where_a_lower_one_failed(
        rest in option::of(all_of(prop_oneof![age(), method(), scope()])),
        login in login(), a in level(), b in level(), now in moment(),
    ) {
        let (low, high) = if a.at_least(b) { (b, a) } else { (a, b) };
        let now = now.max(last_moment(&login));
        let demand = |level| {
            let level = Requirement::level(level);
            rest.map_or(level, |rest| level.and(rest))
        };
        if demand(high).evaluate(&login, now).is_ok() {
            prop_assert_eq!(demand(low).evaluate(&login, now), Ok(()));
        }
    }

    /// R-9470-05: an equal name on another ladder is another matter.
    #[test]
    fn r_9470_05_no_level_of_another_ladder_holds(demanded in level(), now in moment()) {
        for reached in OTHER.levels() {
            let login = nobody_special().with_level(reached).with_level_reached(reached, now);
            let short = Requirement::level(demanded).evaluate(&login, now).unwrap_err();
            prop_assert_eq!(short.level(), Some(Gap::TooWeak));
        }
    }

    /// T6: what a login does not say is missing, whatever is demanded beside it.
    #[test]
    fn t6_absence_satisfies_nothing(requirement in any_requirement(), now in moment()) {
        let short = requirement.evaluate(&nobody_special(), now).unwrap_err();
        let path = requirement.paths().nth(short.alternative).unwrap();
        let missing = |demanded: bool| demanded.then_some(Gap::Missing);
        prop_assert_eq!(short.level(), missing(path.level.is_some()));
        prop_assert_eq!(short.age(), missing(path.max_age.is_some()));
        prop_assert_eq!(short.methods(), missing(!path.methods.is_empty()));
        prop_assert_eq!(short.scope(), missing(!path.scope.is_empty()));
        prop_assert!(!short.no_user());
    }

    /// R-9068-09: whatever is stated of it, a client's token shows no login.
    #[test]
    fn r_9068_09_a_client_has_no_level_age_or_method(
        requirement in all_of(part()), login in login(), now in moment(),
    ) {
        let mut job = Authentication::of_client("https://idp.example", "job", Timestamp::MAX)
            .with_scope(&login.scopes().collect::<Vec<_>>().join(" "))
            .with_level(Level::PHRH)
            .with_auth_time(now)
            .with_level_reached(Level::PHRH, now);
        for name in requirement.methods.iter() {
            job = job.with_method(Method::new(name)).with_method_used(Method::new(name), now);
        }
        let missing = |demanded: bool| demanded.then_some(Gap::Missing);
        let scope = !requirement.scope.iter().all(|scope| login.has_scope(scope));
        let expected = Shortfall {
            level: missing(requirement.level.is_some()),
            age: missing(requirement.max_age.is_some()),
            methods: missing(!requirement.methods.is_empty()),
            scope: missing(scope),
            no_user: requirement.demands_a_login(),
            alternative: 0,
        };
        prop_assert_eq!(job.reached_at(Level::MFA), None);
        let answer = requirement.evaluate(&job, now);
        prop_assert_eq!(answer, if expected.count() == 0 { Ok(()) } else { Err(expected) });
    }

    /// R-9470-04: any of, not all of.
    #[test]
    fn r_9470_04_one_alternative_is_enough(
        own in option::of(all_of(part())), paths in alternatives(), login in login(), now in moment(),
    ) {
        let both = |path| own.map_or(path, |own| own.and(path));
        let answers: Vec<_> =
            paths.iter().map(|path| both(*path).evaluate(&login, now)).collect();
        match both(Requirement::any_of(paths)).evaluate(&login, now) {
            Ok(()) => prop_assert!(answers.contains(&Ok(()))),
            Err(short) => {
                let counts: Vec<_> =
                    answers.iter().map(|answer| answer.unwrap_err().count()).collect();
                let nearest = counts.iter().position(|count| Some(count) == counts.iter().min());
                prop_assert_eq!(Some(short.alternative), nearest);
                prop_assert_eq!(
                    Err(Shortfall { alternative: 0, ..short }),
                    answers[short.alternative]
                );
            }
        }
    }

    /// R-9470-07. Where parts have dates of their own the two demands are more than each:
    /// the level must then be recent, see the table of dates.
    #[test]
    fn r_9470_07_both_demands_hold_or_neither_admits(
        (a, b) in two_demands(), login in undated_login(), now in moment(),
    ) {
        let each = a.evaluate(&login, now).is_ok() && b.evaluate(&login, now).is_ok();
        prop_assert_eq!(a.and(b).evaluate(&login, now).is_ok(), each);
        prop_assert_eq!(b.and(a).evaluate(&login, now).is_ok(), each);
    }

    #[test]
    fn no_input_panics(
        requirement in any_requirement(), login in login(), texts in any::<[String; 5]>(),
        times in any::<[u64; 5]>(), is_user in any::<bool>(),
    ) {
        let [issuer, subject, scope, method, dated] = &texts;
        let [expiry, login_at, reached, used, now] = times.map(at);
        let odd = if is_user {
            Authentication::of_user(issuer.as_str(), subject, expiry)
        } else {
            Authentication::of_client(issuer.as_str(), subject, expiry)
        };
        let odd = odd
            .with_scope(scope)
            .with_auth_time(login_at)
            .with_level_reached(OTHER.level("mfa"), reached)
            .with_method(Method::new(method))
            .with_method_used(Method::new(dated), used);
        for login in [login, odd] {
            let answer = requirement.evaluate(&login, now);
            prop_assert_eq!(answer, requirement.evaluate(&login, now));
            if let Err(short) = answer {
                prop_assert!(short.count() > 0);
                let _text = format!("{requirement} {short:?} {login:?}");
                let _challenge = Challenge::new(&requirement, &short);
            }
        }
    }
}

/// R-9470-04: the level asked for need not be the first that is listed.
#[test]
fn r_9470_04_the_second_listed_level_passes() {
    let login = nobody_special().with_level(Level::PHR);
    assert_eq!(Requirement::level(Level::MFA).evaluate(&login, at(9)), Ok(()));
}

#[test]
fn r_oidc_08_the_boundary_belongs_to_the_fresh() {
    use Gap::{Missing, Stale};
    let now = 1_700_000_000;
    for (max_age, moment, expected) in [
        (300, now, None),
        (300, now - 299, None),
        (300, now - 300, None),
        (300, now - 301, Some(Stale)),
        (300, 0, Some(Stale)),
        (1, now - 1, None),
        (1, now - 2, Some(Stale)),
        (300, now + 1, None),
        (300, now + 60, None),
        (300, now + 61, Some(Missing)),
        (300, now + 10 * 365 * 86_400, Some(Missing)),
        (300, u64::MAX, Some(Missing)),
        (u64::from(u32::MAX), 0, None),
    ] {
        let login = nobody_special().with_auth_time(at(moment));
        let answer = older(max_age).evaluate(&login, at(now));
        assert_eq!(answer.err().and_then(|short| short.age()), expected, "{max_age} {moment}");
        assert_eq!(answer.is_ok(), expected.is_none(), "{max_age} {moment}");
    }
}

/// T18: checked against arithmetic that has room for every difference.
#[test]
fn t18_no_edge_wraps_around() {
    for (max_age, moment, now) in [1, 59, 300, u64::from(u32::MAX)].into_iter().flat_map(|age| {
        EDGES.into_iter().flat_map(move |moment| EDGES.map(move |now| (age, moment, now)))
    }) {
        let login = nobody_special().with_auth_time(at(moment));
        let age = i128::from(at(now).as_secs()) - i128::from(at(moment).as_secs());
        let expected = (-60..=i128::from(max_age)).contains(&age);
        let answer = older(max_age).evaluate(&login, at(now));
        assert_eq!(answer.is_ok(), expected, "{max_age} {moment} {now}");
    }
}

/// A login that meets every part, then without each.
#[test]
fn t6_each_part_left_out_is_missing() {
    let requirement = Requirement::level(Level::MFA)
        .and(older(300))
        .and(Requirement::method(Method::OTP))
        .and(Requirement::scope("pay"));
    let level = |login: Authentication| login.with_level(Level::MFA);
    let time = |login: Authentication| login.with_auth_time(at(1_000));
    let method = |login: Authentication| login.with_method(Method::OTP);
    let scope = |login: Authentication| login.with_scope("read pay");
    let parts =
        |login| requirement.evaluate(&login, at(1_000)).err().map(|short| short.parts().collect());
    let missing =
        |names: &[&'static str]| Some(names.iter().map(|name| (*name, Gap::Missing)).collect());
    for (login, expected) in [
        (level(time(method(scope(nobody_special())))), None::<Vec<_>>),
        (time(method(scope(nobody_special()))), missing(&["level"])),
        (level(method(scope(nobody_special()))), missing(&["age"])),
        (level(time(scope(nobody_special()))), missing(&["methods"])),
        (level(time(method(nobody_special()))), missing(&["scope"])),
    ] {
        assert_eq!(parts(login.clone()), expected, "{login:?}");
    }
}

/// Freshness is that of the event that reached what is demanded: a password typed again now
/// does not freshen the second factor of this morning.
#[test]
fn r_9470_06_each_factor_has_its_own_age() {
    use Gap::{Missing, Stale};
    const NOW: u64 = 100_000;
    let (morning, now) = (at(NOW - 20_000), at(NOW));
    let login = nobody_special;
    let (mfa, phr) = (Requirement::level(Level::MFA), Requirement::level(Level::PHR));
    let single = Requirement::level(Level::SINGLE_FACTOR);
    let otp = Requirement::method(Method::OTP);
    let pwd = Requirement::method(Method::PWD);
    let password_again = || {
        login()
            .with_auth_time(now)
            .with_level_reached(Level::MFA, morning)
            .with_level_reached(Level::SINGLE_FACTOR, now)
            .with_method_used(Method::OTP, morning)
            .with_method_used(Method::PWD, now)
    };
    for (name, requirement, login, expected) in [
        ("password again, level", mfa, password_again(), Some(Stale)),
        ("password again, method", otp, password_again(), Some(Stale)),
        ("password again, both methods", otp.and(pwd), password_again(), Some(Stale)),
        ("password again, that method", pwd, password_again(), None),
        ("password again, lower level", single, password_again(), None),
        ("password again, level and method", mfa.and(pwd), password_again(), Some(Stale)),
        (
            "a higher level dates a lower one",
            mfa,
            login().with_level_reached(Level::PHR, now),
            None,
        ),
        (
            "the later of two",
            mfa,
            login().with_level_reached(Level::MFA, morning).with_level_reached(Level::PHR, now),
            None,
        ),
        (
            "the level was stated but never dated",
            phr,
            login().with_auth_time(now).with_level_reached(Level::MFA, now).with_level(Level::PHR),
            Some(Missing),
        ),
        ("dates of levels count alone", mfa, password_again().with_auth_time(now), Some(Stale)),
        (
            "an undated level has the login's age",
            mfa,
            login().with_level(Level::MFA).with_auth_time(now),
            None,
        ),
        ("an undated method too", otp, login().with_method(Method::OTP).with_auth_time(now), None),
        (
            "a level or method without date beside dated ones",
            mfa,
            login()
                .with_level(Level::MFA)
                .with_auth_time(now)
                .with_method(Method::OTP)
                .with_method_used(Method::PWD, now),
            Some(Missing),
        ),
        (
            "the password's time is not the code's",
            otp,
            login().with_auth_time(now).with_method(Method::OTP).with_method_used(Method::PWD, now),
            Some(Missing),
        ),
        (
            "nothing but age, and a step-up since the login",
            older(400),
            login().with_auth_time(morning).with_level_reached(Level::MFA, now),
            None,
        ),
        ("nothing is dated", otp, login().with_method(Method::OTP), Some(Missing)),
        ("a dated method stands alone", otp, login().with_method_used(Method::OTP, now), None),
        (
            "a dated method counts alone",
            otp,
            login().with_auth_time(morning).with_method_used(Method::OTP, now),
            None,
        ),
    ] {
        let answer = requirement.and(older(300)).evaluate(&login, now);
        assert_eq!(answer.err().and_then(|short| short.age()), expected, "{name}");
        assert_eq!(answer.is_ok(), expected.is_none(), "{name}");
    }
}
