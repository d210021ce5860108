//! The memory of this process.

use crate::Failure;

/// What was resident, in KiB, with each further kind of record.
pub(crate) struct Growth {
    /// With all that the harness holds.
    pub(crate) before: u64,
    /// The users and their factor.
    pub(crate) accounts: u64,
    /// A ceremony each, begun.
    pub(crate) ceremonies: u64,
    /// A code each, sent; and what is remembered of its address.
    pub(crate) codes: u64,
}

/// What is resident of this process, in KiB: the count of `/proc/self/statm`, where it is in pages.
pub(crate) fn resident() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let size = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no VmRSS")?;
    Ok(size.trim().parse()?)
}
