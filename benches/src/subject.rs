//! What is measured.

use std::fmt;

use stepup_core::Algorithm;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Subject {
    /// A whole request through a router.
    Request(Framework, Way, Sent),
    /// One piece of the work alone.
    Part(Part, Algorithm),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Framework {
    Axum,
    Poem,
}

impl Framework {
    pub(crate) const ALL: [Self; 2] = [Self::Axum, Self::Poem];
}

/// How the route is guarded.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "private to the workspace")]
pub enum Way {
    /// Not at all.
    Bare,
    /// By an extractor as one writes it without a crate for it.
    HandWritten,
    /// By `#[step_up]`.
    StepUp,
}

/// What the request carries.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "private to the workspace")]
pub enum Sent {
    /// No token.
    Nothing,
    /// A good token that the gate has verified before: one of some hundred.
    Known(Algorithm),
    /// A good token that the gate has not seen.
    Unknown(Algorithm),
    /// A good token, at a gate that remembers none.
    Unkept(Algorithm),
    /// The same with one character of its signature changed.
    BadSignature(Algorithm),
    /// A good one of a login at a lower level, not seen before either.
    LowLevel(Algorithm),
}

impl Sent {
    pub(crate) const KINDS: [fn(Algorithm) -> Self; 5] =
        [Self::Known, Self::Unknown, Self::Unkept, Self::BadSignature, Self::LowLevel];

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let tokens = Self::KINDS.into_iter().flat_map(|kind| ALGORITHMS.into_iter().map(kind));
        [Self::Nothing].into_iter().chain(tokens)
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no token"),
            Self::Known(algorithm) => write!(f, "known token, {algorithm}"),
            Self::Unknown(algorithm) => write!(f, "unknown token, {algorithm}"),
            Self::Unkept(algorithm) => write!(f, "unknown, none kept, {algorithm}"),
            Self::BadSignature(algorithm) => write!(f, "bad signature, {algorithm}"),
            Self::LowLevel(algorithm) => write!(f, "level too low, {algorithm}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Part {
    /// The signature check alone, with a parsed key and a decoded signature.
    RawCheck,
    /// `jsonwebtoken::decode`.
    Decode,
    /// `Gate::admit`.
    Admit,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::RawCheck, Self::Decode, Self::Admit];
}

pub(crate) const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256, Algorithm::EdDsa];
