//! The key that the authority's records are sealed with.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use stepup_authority::SealingKeys;

use crate::StartError;
use crate::files;
use crate::options::Place;

const VARIABLE: &str = "STEPUP_SEALING_KEY";

/// From the environment. A demonstration on one machine may do without: its key is made when it
/// first starts, and kept beside the database, where no real service keeps one.
pub(crate) fn keys(store: &Place) -> Result<SealingKeys, StartError> {
    if std::env::var_os(VARIABLE).is_some() {
        return Ok(SealingKeys::from_env(VARIABLE)?);
    }
    match store {
        Place::Memory => Ok(SealingKeys::generate()?),
        Place::Sqlite(path) => beside(path),
        Place::Postgres(_) | Place::Redis(_) => Err(format!(
            "the environment has no {VARIABLE}, which every instance on this store needs alike: \
             make one with `openssl rand -base64 32`, and keep it where the store is not"
        )
        .into()),
    }
}

fn beside(database: &Path) -> Result<SealingKeys, StartError> {
    let path = database.with_added_extension("sealing-key");
    let mut secret = [0; 32];
    aws_lc_rs::rand::fill(&mut secret).map_err(|_| "the system has no random numbers")?;
    if files::create_with(&path, &STANDARD.encode(secret))? {
        tracing::info!("made the sealing key {}", path.display());
    }
    let wrong = |why: String| format!("the sealing key {} cannot be used: {why}", path.display());
    let secret = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    Ok(SealingKeys::from_base64(&secret).map_err(|error| wrong(error.to_string()))?)
}
