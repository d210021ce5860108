//! P1, S10, I7: nothing secret stands in a log, in a store, or in what objects say of themselves.

use std::path::Path;
use std::sync::Arc;

use sqlx::Row as _;
use sqlx::postgres::PgPoolOptions;
use stepup_authority::store::{Change, Commit, Key, Kind, MemoryStore, Revision, Store, Write};
use stepup_tests::authority::{Kept, Setup};
use stepup_tests::{Framework, Log};

use crate::secrets::Secrets;
use crate::story;
use crate::strong::with_strong_factors;
use crate::watched::Watched;

/// The story in both frameworks; each leaves a clean log and store behind. Then something is
/// planted, which has to be found: the look was a real one.
async fn nothing_secret<D: Future<Output = Vec<u8>>>(
    framework: Framework,
    store: Arc<dyn Store>,
    dump: impl Fn() -> D,
) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let watched = Watched::new(store.clone());
    let setup = Setup::new(framework).store(Arc::new(watched.clone()));
    let (setup, hook) = with_strong_factors(setup).await;
    let service = setup.start().await;
    let secrets = story::run(&service, &hook).await;
    tracing::trace!("the end");
    drop(guard);
    let text = log.text();
    assert!(text.contains("step-up") && text.contains("the end"), "it logs");
    assert!(text.contains("TRACE") && text.contains("a user could not be asked"), "{text}");
    assert!(!text.contains("webauthn_rs_core"), "what verifies keys tells of each: {text}");
    let debug = format!("{} {store:?} {store:#?}", story::debug(&service));
    let records = dump().await;
    assert!(records.len() > 4_000, "{} bytes are too few", records.len());
    for (place, bytes) in [
        ("the log", text.as_bytes()),
        ("what objects say", debug.as_bytes()),
        ("what was written", &watched.written()),
        ("the store", &records),
    ] {
        assert_eq!(secrets.found_in(bytes), [""; 0], "{framework:?}: in {place}");
    }
    plant(&*store, &secrets).await;
    let found = secrets.found_in(&dump().await);
    assert!(found.len() >= PLANTED, "{found:?} is all that was found of what was planted");
}

const PLANTED: usize = 12;

async fn plant(store: &dyn Store, secrets: &Secrets) {
    let key = Key::of(Kind::Account, &["planted"]);
    let epoch = store.read(std::slice::from_ref(&key)).await.unwrap().epoch;
    let step = secrets.count() / PLANTED;
    let planted = secrets.each().step_by(step).flat_map(|(_, needle)| [needle, b" "].concat());
    let write = Write::Put {
        revision: Revision::new().unwrap(),
        value: planted.collect(),
        keep_until: None,
    };
    let done = store.commit(epoch, &[Change { key, read: None, write }]).await;
    assert_eq!(done, Ok(Commit::Done));
}

#[tokio::test]
async fn p1_s10_i7_nothing_secret_is_logged_or_kept_in_memory() {
    for framework in Framework::ALL {
        let store = Watched::new(Arc::new(MemoryStore::new()));
        nothing_secret(framework, Arc::new(store.clone()), || async { store.written() }).await;
    }
}

#[tokio::test]
async fn p1_s10_i7_nothing_secret_is_logged_or_kept_in_sqlite() {
    let kept = Kept::sqlite();
    for framework in Framework::ALL {
        let place = kept.place().await;
        let path = place.url.strip_prefix("sqlite:").unwrap().to_owned();
        let dump = || async { files_beside(Path::new(&path)) };
        nothing_secret(framework, place.open().await, dump).await;
    }
}

/// The file, its write-ahead log, and whatever else begins with its name.
fn files_beside(path: &Path) -> Vec<u8> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let folder = std::fs::read_dir(path.parent().unwrap()).unwrap().flatten();
    let files: Vec<_> = folder
        .filter(|file| file.file_name().to_str().is_some_and(|other| other.starts_with(name)))
        .map(|file| std::fs::read(file.path()).unwrap())
        .collect();
    assert!(files.len() >= 2, "the write-ahead log is among {} files", files.len());
    files.concat()
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn p1_s10_i7_nothing_secret_is_logged_or_kept_in_postgres() {
    let kept = Kept::postgres();
    for framework in Framework::ALL {
        let place = kept.place().await;
        nothing_secret(framework, place.open().await, || tables(&place.url)).await;
    }
}

/// Every row of every table, with what it has in hex as the bytes that it stands for.
async fn tables(url: &str) -> Vec<u8> {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await.unwrap();
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    let tables = sqlx::query(tables).fetch_all(&pool).await.unwrap();
    assert!(!tables.is_empty());
    let mut dump = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        let rows = sqlx::AssertSqlSafe(format!("SELECT t::text FROM \"{table}\" t"));
        for row in sqlx::query(rows).fetch_all(&pool).await.unwrap() {
            let row: String = row.get(0);
            dump.extend([row.as_bytes(), b"\n"].concat());
            for part in row.split(|letter: char| !letter.is_ascii_alphanumeric()) {
                let hex = part.strip_prefix('x').filter(|hex| hex.len().is_multiple_of(2));
                let bytes = hex.and_then(|hex| {
                    let digits = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
                    digits.map(|digits| u8::from_str_radix(digits, 16).ok()).collect()
                });
                let bytes: Vec<u8> = bytes.unwrap_or_else(|| part.as_bytes().to_vec());
                dump.extend([&bytes[..], b"\n"].concat());
            }
        }
    }
    dump
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn p1_s10_i7_nothing_secret_is_logged_or_kept_in_redis() {
    let kept = Kept::redis();
    let Kept::Redis(server) = &kept else { unreachable!() };
    for framework in Framework::ALL {
        server.ask(&["FLUSHALL"]);
        // All keys and values, as they are, in one file.
        server.ask(&["CONFIG", "SET", "rdbcompression", "no"]);
        let dump = || async {
            server.ask(&["SAVE"]);
            let folder = server.ask(&["CONFIG", "GET", "dir"]);
            let folder = folder.strip_prefix("dir ").unwrap();
            std::fs::read(Path::new(folder).join("dump.rdb")).unwrap()
        };
        nothing_secret(framework, kept.place().await.open().await, dump).await;
    }
}

#[test]
fn whatever_is_secret_is_found_where_it_stands() {
    let mut secrets = Secrets::default();
    secrets.text("text", "secret text");
    secrets.bytes("bytes", &[1, 200, 3, 77, 5, 6, 7, 8, 9]);
    secrets.code("code", "123456");
    for (name, needle) in secrets.each() {
        for hay in [needle.to_vec(), [b"\0 \xff\"", needle, b"\"\n"].concat()] {
            assert!(secrets.found_in(&hay).iter().any(|found| found == name), "{name}");
        }
        assert!(!secrets.found_in(&needle[1..]).iter().any(|found| found == name), "{name}");
    }
    assert_eq!(secrets.found_in(b"SECRET TEXT"), ["text"]);
    // A date is no code.
    assert_eq!(secrets.found_in(b"at 1234567 or a123456 or 123456b"), [""; 0]);
    assert_eq!(secrets.found_in(b"\"123456\""), ["code"]);
}
