//! What a proof is worth, and to which login.

use std::time::Duration;

use stepup_core::{Authentication, Ladder, Level, Method, Timestamp};

/// What sort of thing a factor is: two of one sort are no more than one (PCI DSS 8.5.1).
///
/// ```
/// use stepup_authority::factor::Kind;
/// use stepup_core::Method;
/// assert_eq!(Kind::of(Method::PWD), Some(Kind::Knowledge));
/// assert_eq!(Kind::of(Method::MFA), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "complete: NIST SP 800-63 knows three")]
pub enum Kind {
    /// Something that the user is.
    Inherence,
    /// Something that the user knows.
    Knowledge,
    /// Something that the user has.
    Possession,
}

impl Kind {
    /// What an `amr` value (RFC 8176) is evidence of; `None` where it names no one kind.
    ///
    /// ```
    /// use stepup_authority::factor::Kind;
    /// use stepup_core::Method;
    /// assert_eq!(Kind::of(Method::OTP), Some(Kind::Possession));
    /// ```
    #[must_use]
    pub fn of(method: Method<'_>) -> Option<Self> {
        match method.name() {
            "pwd" | "pin" | "kba" => Some(Self::Knowledge),
            "otp" | "sms" | "tel" | "hwk" | "swk" | "sc" | "pop" => Some(Self::Possession),
            "face" | "fpt" | "iris" | "retina" | "vbm" => Some(Self::Inherence),
            _ => None,
        }
    }
}

/// What a factor proves: by itself, and together with a login of another [`Kind`].
///
/// ```
/// use stepup_authority::factor::{Kind, Strength};
/// use stepup_core::{Level, Method};
///
/// let authenticator_app = Strength::new(Kind::Possession, [Method::OTP], Level::SINGLE_FACTOR)
///     .with_another_kind(Level::MFA);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strength {
    kind: Kind,
    methods: Vec<Method<'static>>,
    alone: Level,
    with_another_kind: Option<Level>,
}

/// What a login and a proof come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) level: Level,
    pub(crate) methods: Vec<String>,
}

impl Strength {
    /// A factor of this kind, the `amr` values that name it, and the level that it reaches by
    /// itself.
    ///
    /// ```
    /// use stepup_authority::factor::{Kind, Strength};
    /// use stepup_core::{Level, Method};
    /// let strength = Strength::new(Kind::Knowledge, [Method::PIN], Level::SINGLE_FACTOR);
    /// ```
    #[must_use]
    pub fn new(
        kind: Kind,
        methods: impl IntoIterator<Item = Method<'static>>,
        alone: Level,
    ) -> Self {
        Self { kind, methods: methods.into_iter().collect(), alone, with_another_kind: None }
    }

    /// The level that it reaches with a login by a factor of another kind.
    ///
    /// ```
    /// use stepup_authority::factor::{Kind, Strength};
    /// use stepup_core::{Level, Method};
    /// let strength = Strength::new(Kind::Possession, [Method::OTP], Level::SINGLE_FACTOR)
    ///     .with_another_kind(Level::MFA);
    /// ```
    #[must_use]
    pub fn with_another_kind(self, level: Level) -> Self {
        Self { with_another_kind: Some(level), ..self }
    }

    /// The same with levels of this ladder, which go by their names.
    ///
    /// # Errors
    ///
    /// The level that is not on it.
    pub(crate) fn on(self, ladder: &Ladder) -> Result<Self, Level> {
        let find = |level: Level| ladder.find(level.name()).ok_or(level);
        let alone = find(self.alone)?;
        let with_another_kind = self.with_another_kind.map(find).transpose()?;
        Ok(Self { alone, with_another_kind, ..self })
    }

    /// Whether a login names it among its methods.
    pub(crate) fn is_used_by(&self, login: &Authentication) -> bool {
        self.methods.iter().any(|method| login.used(*method))
    }

    pub(crate) fn methods(&self) -> &[Method<'static>] {
        &self.methods
    }

    /// Every level that it may come to.
    pub(crate) fn levels(&self) -> impl Iterator<Item = Level> {
        [Some(self.alone), self.with_another_kind].into_iter().flatten()
    }

    /// What it comes to with this login, if that is not older than `combine_within`.
    ///
    /// The login adds to the level and not to the methods: all methods of a token are as old as
    /// its `auth_time` says, and those of the login are older.
    pub(crate) fn reached(
        &self,
        login: &Authentication,
        undeclared: Option<Kind>,
        now: Timestamp,
        combine_within: Duration,
    ) -> Reached {
        let is_recent =
            login.auth_time().is_some_and(|at| now.seconds_since(at) <= combine_within.as_secs());
        let mut methods: Vec<String> =
            self.methods.iter().map(|method| method.name().to_owned()).collect();
        if is_recent
            && let Some(level) = self.with_another_kind
            && is_of_another_kind(login, undeclared, self.kind)
        {
            methods.push(Method::MFA.name().to_owned());
            return Reached { level, methods };
        }
        Reached { level: self.alone, methods }
    }
}

fn is_of_another_kind(login: &Authentication, undeclared: Option<Kind>, kind: Kind) -> bool {
    if login.methods().next().is_none() {
        return undeclared.is_some_and(|undeclared| undeclared != kind);
    }
    login.methods().filter_map(Kind::of).any(|proved| proved != kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factor::{
        DeliveryError, EmailCode, Factor, FactorFuture, Mail, Mailer, RecoveryCodes, Text,
        TextCode, TextSender, Totp,
    };

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn login(methods: &[Method<'static>]) -> Authentication {
        let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX)
            .with_level(Level::SINGLE_FACTOR)
            .with_auth_time(NOW);
        methods.iter().fold(login, |login, method| login.with_method(*method))
    }

    fn otp() -> Strength {
        Strength::new(Kind::Possession, [Method::OTP], Level::SINGLE_FACTOR)
            .with_another_kind(Level::MFA)
    }

    /// PCI DSS 8.5.1, R-NIST-01.
    #[test]
    fn two_factors_of_one_kind_are_no_mfa() {
        for (methods, undeclared, level, amr) in [
            (&[Method::PWD][..], None, Level::MFA, "otp mfa"),
            (&[Method::PIN, Method::OTP], None, Level::MFA, "otp mfa"),
            (&[Method::FACE], None, Level::MFA, "otp mfa"),
            (&[Method::OTP], None, Level::SINGLE_FACTOR, "otp"),
            (&[Method::SMS, Method::HWK], None, Level::SINGLE_FACTOR, "otp"),
            (&[Method::MFA], None, Level::SINGLE_FACTOR, "otp"),
            (&[Method::USER], Some(Kind::Knowledge), Level::SINGLE_FACTOR, "otp"),
            (&[], None, Level::SINGLE_FACTOR, "otp"),
            (&[], Some(Kind::Knowledge), Level::MFA, "otp mfa"),
            (&[], Some(Kind::Possession), Level::SINGLE_FACTOR, "otp"),
        ] {
            let reached = otp().reached(&login(methods), undeclared, NOW, DAY);
            assert_eq!(reached.level, level, "{methods:?} {undeclared:?}");
            assert_eq!(reached.methods.join(" "), amr, "{methods:?} {undeclared:?}");
        }
    }

    #[test]
    fn iss_01_an_old_or_undated_login_adds_nothing() {
        let old = login(&[Method::PWD]);
        let later = |seconds| NOW.plus(Duration::from_secs(seconds));
        assert_eq!(otp().reached(&old, None, later(DAY.as_secs()), DAY).level, Level::MFA);
        let reached = otp().reached(&old, None, later(DAY.as_secs() + 1), DAY);
        assert_eq!(reached.level, Level::SINGLE_FACTOR);
        assert_eq!(reached.methods, ["otp"]);
        let undated = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX)
            .with_method(Method::PWD);
        assert_eq!(otp().reached(&undated, None, NOW, DAY).level, Level::SINGLE_FACTOR);
    }

    struct Nowhere;

    impl Mailer for Nowhere {
        fn send<'a>(&'a self, _: &'a Mail) -> FactorFuture<'a, Result<(), DeliveryError>> {
            Box::pin(std::future::ready(Ok(())))
        }
    }

    impl TextSender for Nowhere {
        fn send<'a>(&'a self, _: &'a Text) -> FactorFuture<'a, Result<(), DeliveryError>> {
            Box::pin(std::future::ready(Ok(())))
        }
    }

    #[test]
    fn r_otp_07_nothing_that_is_typed_resists_phishing() {
        let typed: [Box<dyn Factor>; 5] = [
            Box::new(Totp::new("Bank")),
            Box::new(EmailCode::new(Nowhere)),
            Box::new(EmailCode::new(Nowhere).accepted_as_second_factor()),
            Box::new(TextCode::new(Nowhere)),
            Box::new(RecoveryCodes::new()),
        ];
        for factor in typed {
            let strength = factor.strength();
            let reached = strength.reached(&login(&[Method::PWD, Method::FACE]), None, NOW, DAY);
            assert!(!reached.level.at_least(Level::PHR), "{factor:?}");
            assert!(!strength.levels().any(|level| level.at_least(Level::PHR)), "{factor:?}");
        }
    }

    /// A ladder of a service's own has the levels of the same names.
    #[test]
    fn levels_go_by_their_names() {
        const OWN: &Ladder = &Ladder::new(&["anonymous", "single-factor", "mfa", "notarised"]);
        let on_own = otp().on(OWN).unwrap();
        let reached = on_own.reached(&login(&[Method::PWD]), None, NOW, DAY);
        assert_eq!(reached.level, OWN.level("mfa"));
        const OTHER: &Ladder = &Ladder::new(&["single-factor", "strong"]);
        assert_eq!(otp().on(OTHER), Err(Level::MFA));
    }

    #[test]
    fn c9_what_counts_for_nothing_more_stays_single() {
        let mail = Strength::new(Kind::Possession, [Method::new("email")], Level::SINGLE_FACTOR);
        let reached = mail.reached(&login(&[Method::PWD]), None, NOW, DAY);
        assert_eq!(reached, Reached { level: Level::SINGLE_FACTOR, methods: vec!["email".into()] });
    }
}
