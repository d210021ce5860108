//! The key that the authority's records are sealed with.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;
use stepup_authority::SealingKeys;

use crate::StartError;
use crate::files;
use crate::options::Place;

const VARIABLE: &str = "STEPUP_SEALING_KEY";

pub(crate) enum Sealing {
    /// From the environment, or for as long as this process lives.
    Given(SealingKeys),
    /// Beside this database, where no real service keeps it: a demonstration on one machine may do
    /// without an environment.
    Beside(PathBuf),
}

impl Sealing {
    pub(crate) fn of(store: &Place) -> Result<Self, StartError> {
        if std::env::var_os(VARIABLE).is_some() {
            return Ok(Self::Given(SealingKeys::from_env(VARIABLE)?));
        }
        match store {
            Place::Memory => Ok(Self::Given(SealingKeys::generate()?)),
            Place::Sqlite(path) => Ok(Self::Beside(path.clone())),
            Place::Postgres(_) | Place::Redis(_) => Err(format!(
                "the environment has no {VARIABLE}, which every instance on this store needs \
                 alike: make one with `openssl rand -base64 32`, and keep it where the store is not"
            )
            .into()),
        }
    }

    /// Once the store is open: beside one that has nothing in it yet a key is made.
    pub(crate) async fn keys(self) -> Result<SealingKeys, StartError> {
        match self {
            Self::Given(keys) => Ok(keys),
            Self::Beside(database) => beside(&database).await,
        }
    }
}

async fn beside(database: &Path) -> Result<SealingKeys, StartError> {
    let path = place(database);
    let mut opened = SqliteConnectOptions::new().filename(database).connect().await?;
    let sealed = sqlx::query("SELECT 1 FROM stepup_records LIMIT 1");
    // In this order: another instance may be about to make both.
    if sealed.fetch_optional(&mut opened).await?.is_some() && !path.exists() {
        let (path, database) = (path.display(), database.display());
        return Err(format!(
            "{database} was sealed with a key that is not there: put {path} back (or set {VARIABLE}, \
             if it was in there), or delete {database} to begin anew"
        )
        .into());
    }
    if !path.exists() {
        let mut secret = [0; 32];
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| "the system has no random numbers")?;
        if files::create_with(&path, &STANDARD.encode(secret))? {
            tracing::info!("made the sealing key {}", path.display());
        }
    }
    let wrong = |why: String| format!("the sealing key {} cannot be used: {why}", path.display());
    let is_secret = files::is_the_owners_alone(&path);
    if !is_secret.map_err(|error| wrong(error.to_string()))? {
        let path = path.display();
        return Err(wrong(format!("others on this machine may read it; chmod 600 {path}")).into());
    }
    let secret = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    Ok(SealingKeys::from_base64(&secret).map_err(|error| wrong(error.to_string()))?)
}

fn place(database: &Path) -> PathBuf {
    database.with_added_extension("sealing-key")
}

/// Says what is to be done about a key that is not the store's: the authority knows of no files.
pub(crate) fn explained(error: &stepup_authority::StartError, store: &Place) -> StartError {
    let error = error.to_string();
    match store {
        Place::Sqlite(database) if error.contains("another sealing key") => {
            let beside = || place(database).display().to_string();
            let key = std::env::var_os(VARIABLE).map_or_else(beside, |_| VARIABLE.to_owned());
            let database = database.display();
            format!(
                "{database} was sealed with another key than that in {key}: put that one back, or \
                 delete {database} to begin anew"
            )
            .into()
        }
        _ => error.into(),
    }
}
