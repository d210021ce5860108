//! What a store does that it must not.

use std::fmt;

use crate::store::StoreError;

/// A case of the suite that does not hold.
///
/// ```
/// # use stepup_authority::store::conformance::Nonconformance;
/// fn say(found: &Nonconformance) {
///     // As in: `commits::keeping: a commit that keeps a changed record: expected Conflict, found Done`
///     eprintln!("{found}");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonconformance {
    case: &'static str,
    found: String,
}

impl Nonconformance {
    pub(super) const fn new(case: &'static str, found: String) -> Self {
        Self { case, found }
    }

    pub(super) fn in_case(self, case: &'static str) -> Self {
        Self { case, ..self }
    }

    /// The name of the case.
    ///
    /// ```
    /// # use stepup_authority::store::conformance::Nonconformance;
    /// fn is_a_race(found: &Nonconformance) -> bool {
    ///     found.case().starts_with("races::")
    /// }
    /// ```
    #[must_use]
    pub const fn case(&self) -> &'static str {
        self.case
    }
}

/// A case that has no name yet: the suite gives it.
impl From<String> for Nonconformance {
    fn from(found: String) -> Self {
        Self::new("", found)
    }
}

/// Where the suite runs nothing is wrong with a store, so an error is one.
impl From<StoreError> for Nonconformance {
    fn from(error: StoreError) -> Self {
        Self::from(format!("an error where none is due: {error}"))
    }
}

impl fmt::Display for Nonconformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.found)
    }
}

impl std::error::Error for Nonconformance {}
