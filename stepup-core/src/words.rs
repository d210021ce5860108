//! A few distinct words, put together while compiling: demanded methods, demanded scopes.

use crate::charset::is_acr;
use crate::ladder::same;

const MOST: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words {
    words: [&'static str; MOST],
    len: usize,
}

impl Words {
    pub(crate) const NONE: Self = Self { words: [""; MOST], len: 0 };

    /// Panics, while compiling, on a word that a quoted, space-separated list cannot carry and on
    /// more than eight words.
    #[expect(clippy::indexing_slicing, reason = "evaluated while compiling")]
    #[track_caller]
    pub(crate) const fn with(mut self, word: &'static str) -> Self {
        assert!(is_acr(word), "a method or scope is visible ASCII without space, quote, backslash");
        let mut i = 0;
        while i < self.len {
            if same(self.words[i], word) {
                return self;
            }
            i += 1;
        }
        assert!(self.len < MOST, "a requirement names at most eight methods and eight scopes");
        self.words[self.len] = word;
        self.len += 1;
        self
    }

    #[expect(clippy::indexing_slicing, reason = "the index runs below `len`")]
    #[track_caller]
    pub(crate) const fn union(mut self, other: Self) -> Self {
        let mut i = 0;
        while i < other.len {
            self = self.with(other.words[i]);
            i += 1;
        }
        self
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.words.iter().copied().take(self.len)
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
