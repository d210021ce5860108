//! The files of a fresh PostgreSQL cluster. `initdb` takes a second to make them, a copy a tenth of
//! that.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::postgres::succeed;

const SETTINGS: [&str; 5] =
    ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];

/// Makes this folder, with what this `initdb` puts into it.
pub(super) fn fresh(mut initdb: Command, data: &Path) {
    let kept = kept(&initdb);
    if kept.is_dir() {
        copy(&kept, data);
        return;
    }
    succeed(initdb.arg("-D").arg(data).args(SETTINGS));
    let ours = kept.with_extension(std::process::id().to_string());
    copy(data, &ours);
    // Another test may have been faster: one is as good as the other.
    if std::fs::rename(&ours, &kept).is_err() {
        std::fs::remove_dir_all(&ours).expect("it was made here");
    }
}

/// In the build folder, for as long as the program and its settings are the same.
fn kept(initdb: &Command) -> PathBuf {
    let program = Path::new(initdb.get_program());
    let file = program.metadata().expect("PostgreSQL is installed");
    let mut hasher = DefaultHasher::new();
    (program, file.len(), file.modified().ok(), SETTINGS).hash(&mut hasher);
    let test = std::env::current_exe().expect("a test is a program");
    test.with_file_name(format!("postgresql-{:016x}", hasher.finish()))
}

/// With its owner and who may read it, of both of which PostgreSQL is particular.
fn copy(from: &Path, to: &Path) {
    succeed(Command::new("cp").arg("-a").arg(from).arg(to));
}
