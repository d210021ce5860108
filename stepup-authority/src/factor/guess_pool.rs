//! Wrong answers that somebody else counts, too.

/// Factors whose wrong answers their provider counts together, and locks the user for more than so
/// many of them in a row ([`Factor::guess_pool`](super::Factor::guess_pool)).
///
/// What the provider may have looked at counts until the user is right at a factor of the pool, in a
/// ceremony or an enrolment, however long that takes: of a window that passes the provider knows
/// nothing. A pool that is used up is answered `factor-locked`, and its guessable factors are asked
/// nothing. One that cannot be guessed, a push for example, is not counted, and its right answer
/// frees the others; so does [`Authority::unlock`](crate::Authority::unlock).
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
    /// All factors that name it so share `most` wrong answers in a row of one user.
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
