//! A folder for the time of a test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// It is gone with all that is in it when this is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// In memory, where that is a file system with room: most of what tests wrote to disks was
    /// waiting.
    pub(crate) fn new(name: &str) -> Self {
        static PARENT: OnceLock<PathBuf> = OnceLock::new();
        Self::below(PARENT.get_or_init(|| in_memory().unwrap_or_else(std::env::temp_dir)), name)
    }

    /// Where temporary files are, for what is about a disk.
    pub(super) fn on_disk(name: &str) -> Self {
        Self::below(&std::env::temp_dir(), name)
    }

    fn below(parent: &Path, name: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("stepup-{name}-{}-{number}", std::process::id());
        let path = parent.join(name);
        std::fs::create_dir(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Linux has one, of which containers get as little as 64 MB.
fn in_memory() -> Option<PathBuf> {
    const ROOM: u64 = 1 << 20;
    let folder = PathBuf::from("/dev/shm");
    let free = Command::new("df").args(["-P", "-k"]).arg(&folder).output().ok()?;
    let free = String::from_utf8(free.stdout).ok()?;
    let kilobytes: u64 = free.lines().last()?.split_whitespace().nth(3)?.parse().ok()?;
    (kilobytes >= ROOM).then_some(folder)
}
