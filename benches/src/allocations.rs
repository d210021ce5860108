//! The run that counts allocations. It is a program of its own: counting slows every allocation
//! down, and would be in every time.

use crate::{Failure, Read, report, suite};

/// Two rotations of all tokens.
const ROUNDS: usize = 50;

/// Counts the allocations of everything with this counter and prints the tables.
///
/// # Errors
///
/// An app answers otherwise than it must.
pub fn allocations(read: Read) -> Result<(), Failure> {
    report::allocations(&suite::measure(ROUNDS, read, "")?)
}
