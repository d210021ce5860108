//! Requirements as types, so that a handler's signature can name them.

use std::time::Duration;

use crate::requirement::Requirement;

/// A type that stands for a requirement, so that a handler's signature can name it.
///
/// The levels ([`level::Mfa`](crate::level::Mfa)), methods ([`method::Hwk`](crate::method::Hwk)),
/// [`MaxAge<SECONDS>`](MaxAge), [`AnyOf`] and tuples of up to eight (all of them, the stricter of
/// each part) are such types; so are your own.
///
/// ```
/// use stepup_core::{Level, MaxAge, Require, Requirement, level};
/// use std::time::Duration;
///
/// assert_eq!(
///     <(level::Mfa, MaxAge<300>)>::REQUIREMENT,
///     Requirement::level(Level::MFA).and(Requirement::max_age(Duration::from_secs(300))),
/// );
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step-up requirement",
    label = "not a requirement",
    note = "write `impl Require for {Self} {{ const REQUIREMENT: Requirement = …; }}`, or use a level \
            (`level::Mfa`), `MaxAge<300>`, a tuple of them (all) or `AnyOf<(…)>` (one)"
)]
pub trait Require: Send + Sync + 'static {
    /// What is demanded.
    const REQUIREMENT: Requirement;
}

/// Demands that the login lie at most this many seconds ago.
///
/// ```
/// use stepup_core::{MaxAge, Require};
/// assert_eq!(MaxAge::<300>::REQUIREMENT.to_string(), "at most 300 s ago");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MaxAge<const SECONDS: u64>;

impl<const SECONDS: u64> Require for MaxAge<SECONDS> {
    const REQUIREMENT: Requirement = Requirement::max_age(Duration::from_secs(SECONDS));
}

/// Demands one of the requirements in a tuple.
///
/// ```
/// use stepup_core::{AnyOf, MaxAge, Require, level};
/// type Strong = AnyOf<(level::Phr, (level::Mfa, MaxAge<60>))>;
/// assert_eq!(
///     Strong::REQUIREMENT.to_string(),
///     "one of (level phr) or (level mfa, at most 60 s ago)",
/// );
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AnyOf<T>(std::marker::PhantomData<T>);

macro_rules! tuples {
    ($([$first:ident $($rest:ident)*])*) => {$(
        impl<$first: Require, $($rest: Require),*> Require for ($first, $($rest,)*) {
            const REQUIREMENT: Requirement = $first::REQUIREMENT$(.and($rest::REQUIREMENT))*;
        }
    )*};
}

macro_rules! any_of {
    ($([$($name:ident)*])*) => {$(
        impl<$($name: Require),*> Require for AnyOf<($($name,)*)> {
            const REQUIREMENT: Requirement = Requirement::any_of(&[$($name::REQUIREMENT),*]);
        }
    )*};
}

tuples! { [A] [A B] [A B C] [A B C D] [A B C D E] [A B C D E F] [A B C D E F G] [A B C D E F G H] }
any_of! { [A B] [A B C] [A B C D] [A B C D E] [A B C D E F] [A B C D E F G] [A B C D E F G H] }
