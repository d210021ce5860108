//! The whole loop: a weak token, a challenge, a ceremony, a stepped-up token, admitted.

mod memory;
mod story;
