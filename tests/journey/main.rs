//! The whole loop: a weak token, a challenge, a ceremony, a stepped-up token, admitted; in both
//! frameworks and on every store.

mod story;
