//! How long it takes until a token under a new key is accepted, all at the same time: up to 70 s.

use std::time::{Duration, Instant};

use http::StatusCode;

use super::{Subject, rotation, send};
use crate::Failure;
use crate::tokens::token;

pub(crate) const LONGEST: Duration = Duration::from_secs(70);
const EVERY: Duration = Duration::from_millis(500);

/// In the order of the subjects.
pub(super) async fn all(subjects: &[Subject]) -> Result<Vec<Option<Duration>>, Failure> {
    let learning: Vec<_> = subjects.iter().map(|&subject| tokio::spawn(learn(subject))).collect();
    let mut learnt = Vec::new();
    for task in learning {
        learnt.push(task.await??);
    }
    Ok(learnt)
}

async fn learn(subject: Subject) -> Result<Option<Duration>, Failure> {
    let (issuer, tokens, app) = subject.service().await?;
    let key = rotation::new_key(&issuer, &tokens.issuer);
    let begin = Instant::now();
    let mut id = 0;
    while begin.elapsed() < LONGEST {
        let answer = send(app.clone(), &token(&key, &issuer, id)?).await;
        if answer.is_some_and(|(status, _)| status == StatusCode::OK) {
            return Ok(Some(begin.elapsed()));
        }
        tokio::time::sleep(EVERY).await;
        id += 1;
    }
    Ok(None)
}
