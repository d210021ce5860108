//! Who proves that a customer is there: the factors that this bank takes.

use std::sync::Arc;
use std::time::Duration;

use stepup_authority::factor::{EmailCode, Push, RecoveryCodes, Totp, WebAuthn};
use stepup_authority::store::{MemoryStore, RedisStore, SqlStore, Store};
use stepup_authority::{Authority, FirstEnrolment, Issuer};
use stepup_axum::Gate;
use url::Url;

use crate::StartError;
use crate::notices::ByMail;
use crate::options::Place;

pub(crate) fn authority(
    issuer: &Issuer,
    gate: &Gate,
    notices: ByMail,
) -> Result<Authority, StartError> {
    let origin = issuer.issuer();
    let host = Url::parse(origin)?.host_str().unwrap_or_default().to_owned();
    // Below what NIST SP 800-63B-4 §3.1.3.1 asks for, and this bank's own decision.
    let codes_by_mail_reach_mfa =
        EmailCode::new(notices.post.0.clone()).accepted_as_second_factor();
    let authority = Authority::builder(issuer.clone(), gate.clone())
        .factor(WebAuthn::new(&host, [origin])?.rp_name("The Bank"))
        .factor(Push::new(issuer))
        .factor(Totp::new("The Bank"))
        .factor(codes_by_mail_reach_mfa)
        .factor(RecoveryCodes::new())
        .first_enrolment(FirstEnrolment::AfterLogin { within: Duration::from_secs(300) })
        .notify(notices)
        .store_patience(PATIENCE * 2)
        .build()?;
    Ok(authority)
}

/// For the disk of a laptop that does something else as well; a service that has other instances
/// to ask is better off with the default, a fraction of a second.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn store(place: &Place) -> Result<Arc<dyn Store>, StartError> {
    let opened: Result<Arc<dyn Store>, _> = match place {
        Place::Memory => Ok(Arc::new(MemoryStore::new())),
        Place::Sqlite(path) => sql(&format!("sqlite:{}", path.display())).await,
        Place::Postgres(url) => sql(url).await,
        Place::Redis(url) => {
            let opened = RedisStore::builder(url).namespace("bank").patience(PATIENCE).open().await;
            opened.map(|store| Arc::new(store) as _)
        }
    };
    Ok(opened.map_err(|error| format!("the store cannot be used: {error}; look at --store"))?)
}

async fn sql(url: &str) -> Result<Arc<dyn Store>, stepup_authority::store::StoreError> {
    Ok(Arc::new(SqlStore::builder(url).patience(PATIENCE).open().await?))
}
