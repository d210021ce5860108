//! The gap between what is demanded and what was verified.

/// Why a part of a requirement is not met.
///
/// ```
/// assert_ne!(stepup_core::Gap::Missing, stepup_core::Gap::TooWeak);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// The login says nothing about it.
    Missing,
    /// The login was too long ago.
    Stale,
    /// The login says something else or something weaker.
    TooWeak,
}

/// What a login lacks, part by part.
///
/// ```
/// use stepup_core::{Authentication, Gap, MaxAge, Require, Timestamp, level};
///
/// let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX)
///     .with_auth_time(Timestamp::from_secs(1_000));
/// let short = <(level::Mfa, MaxAge<60>)>::REQUIREMENT
///     .evaluate(&login, Timestamp::from_secs(1_061))
///     .unwrap_err();
/// assert_eq!(short.level(), Some(Gap::Missing));
/// assert_eq!(short.age(), Some(Gap::Stale));
/// assert_eq!(short.methods(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    pub(crate) level: Option<Gap>,
    pub(crate) age: Option<Gap>,
    pub(crate) methods: Option<Gap>,
    pub(crate) scope: Option<Gap>,
    pub(crate) no_user: bool,
    /// Which of the requirement's paths these are the gaps of.
    pub(crate) alternative: usize,
}

impl Shortfall {
    pub(crate) const ALL_MISSING: Self = Self {
        level: Some(Gap::Missing),
        age: Some(Gap::Missing),
        methods: Some(Gap::Missing),
        scope: Some(Gap::Missing),
        no_user: false,
        alternative: 0,
    };

    /// The level: missing (no `acr`, or one that is not on the ladder) or too weak.
    ///
    /// ```
    /// # use stepup_core::{Authentication, MaxAge, Require, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// # let short = MaxAge::<60>::REQUIREMENT.evaluate(&login, Timestamp::MAX).unwrap_err();
    /// assert_eq!(short.level(), None);
    /// ```
    #[must_use]
    pub const fn level(&self) -> Option<Gap> {
        self.level
    }

    /// The age: missing (no `auth_time`) or stale.
    ///
    /// ```
    /// # use stepup_core::{Authentication, Gap, MaxAge, Require, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// # let short = MaxAge::<60>::REQUIREMENT.evaluate(&login, Timestamp::MAX).unwrap_err();
    /// assert_eq!(short.age(), Some(Gap::Missing));
    /// ```
    #[must_use]
    pub const fn age(&self) -> Option<Gap> {
        self.age
    }

    /// The methods: missing (no `amr`) or too weak (others than demanded).
    ///
    /// ```
    /// # use stepup_core::{Authentication, MaxAge, Require, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// # let short = MaxAge::<60>::REQUIREMENT.evaluate(&login, Timestamp::MAX).unwrap_err();
    /// assert_eq!(short.methods(), None);
    /// ```
    #[must_use]
    pub const fn methods(&self) -> Option<Gap> {
        self.methods
    }

    /// The scope: missing.
    ///
    /// ```
    /// # use stepup_core::{Authentication, MaxAge, Require, Timestamp};
    /// # let login = Authentication::of_user("https://idp.example", "alice", Timestamp::MAX);
    /// # let short = MaxAge::<60>::REQUIREMENT.evaluate(&login, Timestamp::MAX).unwrap_err();
    /// assert_eq!(short.scope(), None);
    /// ```
    #[must_use]
    pub const fn scope(&self) -> Option<Gap> {
        self.scope
    }

    /// Whether a login is demanded of a token that no user stands behind: a client's own
    /// (client credentials, RFC 6749 §4.4). No step-up can help it.
    ///
    /// ```
    /// use stepup_core::{Authentication, Require, Timestamp, level::Mfa};
    /// let job = Authentication::of_client("https://idp.example", "nightly-job", Timestamp::MAX);
    /// assert!(Mfa::REQUIREMENT.evaluate(&job, Timestamp::from_secs(9)).unwrap_err().no_user());
    /// ```
    #[must_use]
    pub const fn no_user(&self) -> bool {
        self.no_user
    }

    /// Whether a login could close a gap; if not, only the scope lacks.
    pub(crate) fn needs_a_login(&self) -> bool {
        self.level.is_some() || self.age.is_some() || self.methods.is_some()
    }

    /// The parts that lack, by the names that the answer's body uses.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&'static str, Gap)> {
        [("level", self.level), ("age", self.age), ("methods", self.methods), ("scope", self.scope)]
            .into_iter()
            .filter_map(|(part, gap)| Some((part, gap?)))
    }

    pub(crate) fn count(&self) -> usize {
        self.parts().count() + usize::from(self.no_user)
    }
}
