//! What a commit takes of the disk alone.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

use crate::Failure;

/// One write of a page of 8 KiB that is on disk when it is done.
pub(crate) struct Page(Arc<File>);

impl Page {
    /// In a file that is gone with it.
    pub(crate) fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("stepup-page-{}", std::process::id()));
        let file = File::create(&path)?;
        std::fs::remove_file(path)?;
        Ok(Self(Arc::new(file)))
    }

    pub(crate) fn write(&self) -> impl Future<Output = Result<(), String>> + Send + 'static {
        let file = self.0.clone();
        async move {
            let written = tokio::task::spawn_blocking(move || {
                (&*file).write_all(&[0; 8192])?;
                file.sync_data()
            });
            let written = written.await.map_err(|error| error.to_string())?;
            written.map_err(|error| error.to_string())
        }
    }
}
