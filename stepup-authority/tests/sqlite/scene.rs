//! A folder of its own for each test, and short words for what the tests do.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use stepup_authority::store::{
    Change, Commit, Key, Kind, Record, Revision, SqlStore, Store, StoreError, Write,
};

/// Gone with the test, unless it failed hard.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static FOLDERS: AtomicU32 = AtomicU32::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("stepup-sqlite-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("step-up.db")
    }

    pub(crate) fn url(&self) -> String {
        url(&self.file())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

pub(crate) fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

pub(crate) fn key(name: &str) -> Key {
    Key::of(Kind::Ceremony, &[name])
}

pub(crate) fn put(name: &str, read: Option<Revision>, value: &[u8]) -> Change {
    let revision = Revision::new().unwrap();
    let write = Write::Put { revision, value: value.to_vec(), keep_until: None };
    Change { key: key(name), read, write }
}

pub(crate) async fn commit(store: &dyn Store, changes: &[Change]) -> Result<Commit, StoreError> {
    let epoch = store.read(&[]).await?.epoch;
    store.commit(epoch, changes).await
}

pub(crate) async fn read(store: &dyn Store, name: &str) -> Result<Option<Record>, StoreError> {
    Ok(store.read(&[key(name)]).await?.records.remove(0))
}

pub(crate) async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    // What is right does not depend on how fast the machine is.
    Ok(Arc::new(SqlStore::builder(url).patience(Duration::from_secs(10)).open().await?))
}

pub(crate) async fn create(store: &dyn Store, name: &str, value: &[u8]) {
    assert_eq!(commit(store, &[put(name, None, value)]).await, Ok(Commit::Done));
}
