//! The issuer has a new key, and a thousand tokens under it come at the same moment.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use stepup_tests::Issuer;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{ALGORITHM, Subject, send};
use crate::Failure;
use crate::issuer::LoopbackIssuer;
use crate::tokens::token;

pub(crate) const COUNT: usize = 1000;
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Rotation {
    pub(crate) fetches: usize,
    pub(crate) accepted: usize,
    pub(crate) refused: usize,
}

pub(super) async fn rotate(subject: Subject) -> Result<Rotation, Failure> {
    let (issuer, tokens, app) = subject.service().await?;
    let key = new_key(&issuer, &tokens.issuer);
    let before = issuer.fetches();
    let mut sending = JoinSet::new();
    let together = Arc::new(Barrier::new(COUNT));
    for id in 0..COUNT {
        let (app, together) = (app.clone(), together.clone());
        let token = token(&key, &issuer, id)?;
        sending.spawn(async move {
            together.wait().await;
            send(app, &token).await
        });
    }
    let mut answers = Vec::new();
    let all = timeout(PATIENCE, async {
        while let Some(answer) = sending.join_next().await {
            answers.extend(answer.ok().flatten());
        }
    });
    // What is not answered by then is neither accepted nor refused.
    let _ = all.await;
    let accepted = answers.iter().filter(|(status, _)| *status == StatusCode::OK).count();
    let fetches = issuer.fetches() - before;
    Ok(Rotation { fetches, accepted, refused: answers.len() - accepted })
}

/// Published beside the old one.
pub(super) fn new_key(issuer: &LoopbackIssuer, old: &Issuer) -> Issuer {
    let key = Issuer::with_kid(ALGORITHM, "key-2");
    issuer.publish(&[old.jwk(), key.jwk()]);
    key
}
