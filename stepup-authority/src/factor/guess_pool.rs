//! Wrong answers that somebody else counts, too.

/// Factors whose wrong answers their provider counts together, and locks the user for more than so
/// many of them ([`Factor::guess_pool`](super::Factor::guess_pool)).
///
/// ```
/// use stepup_authority::factor::GuessPool;
/// let pool = GuessPool::new("directory.example", 4);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuessPool {
    pub(crate) name: String,
    pub(crate) most: u32,
}

impl GuessPool {
    /// All factors that name it so share `most` wrong answers of one user within the
    /// [`guess_window`](crate::Limits::guess_window).
    ///
    /// ```
    /// # use stepup_authority::factor::GuessPool;
    /// let pool = GuessPool::new("directory.example", 4);
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, most: u32) -> Self {
        Self { name: name.into(), most }
    }
}
