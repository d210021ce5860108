//! Files that only their owner may read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use uuid::Uuid;

use crate::StartError;

/// The file, if it is not there.
pub(crate) fn create(path: &Path) -> Result<(), StartError> {
    made(path, create_new(path).map(|_| ())).map(|_| ())
}

/// The file with all of this content, or no file; `false` if it is there already.
pub(crate) fn create_with(path: &Path, content: &str) -> Result<bool, StartError> {
    let whole = path.with_added_extension(Uuid::now_v7().to_string());
    let written = create_new(&whole).and_then(|mut file| {
        file.write_all(content.as_bytes())?;
        file.sync_all()
    });
    let linked = written.and_then(|()| fs::hard_link(&whole, path));
    let _ = fs::remove_file(&whole);
    made(path, linked)
}

pub(crate) fn is_the_owners_alone(path: &Path) -> io::Result<bool> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn made(path: &Path, result: io::Result<()>) -> Result<bool, StartError> {
    match result {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(format!("the file {} cannot be made: {error}", path.display()).into()),
    }
}
