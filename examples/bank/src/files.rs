//! Files that only their owner may read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::StartError;

/// The file, if it is not there.
pub(crate) fn create(path: &Path) -> Result<(), StartError> {
    create_with(path, "").map(|_| ())
}

/// The file with this content; `false` if it is there already.
pub(crate) fn create_with(path: &Path, content: &str) -> Result<bool, StartError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path).and_then(|mut file| file.write_all(content.as_bytes())) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(format!("the file {} cannot be made: {error}", path.display()).into()),
    }
}
