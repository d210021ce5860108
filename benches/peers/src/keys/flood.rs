//! Ten thousand tokens whose `kid` nobody has heard of, and what becomes of the good ones.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::json;
use stepup_benches::quantile;
use stepup_tests::Issuer;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout};

use super::{ALGORITHM, Subject, send};
use crate::Failure;
use crate::app::App;

pub(crate) const COUNT: usize = 10_000;
/// So many each millisecond: five seconds for all.
const AT_ONCE: usize = 2;
const TICK: Duration = Duration::from_millis(1);
/// Good requests come as often as this, whether the last one is answered or not.
const GOOD_TICK: Duration = Duration::from_millis(2);
const ALONE: Duration = Duration::from_secs(2);
/// How long the answers to the last ones are waited for.
const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Flood {
    /// Of the keys, from the first false token to the end.
    pub(crate) fetches: usize,
    /// Of the false tokens, at the end.
    pub(crate) unanswered: usize,
    /// What false tokens get: the first answer.
    pub(crate) answer: Option<StatusCode>,
    pub(crate) alone: Waits,
    pub(crate) during: Waits,
}

/// How long good requests took, in milliseconds; for ever, if they were not answered.
pub(crate) struct Waits {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) longest: f64,
    /// Of the good requests, answered otherwise than with 200 or not at all.
    pub(crate) failed: usize,
}

/// Signed by a key of the attacker's.
pub(super) fn forged() -> Result<Arc<Vec<String>>, Failure> {
    let attacker = Issuer::new(ALGORITHM);
    let mut random = fastrand::Rng::with_seed(9470);
    let payload = stepup_benches::token("http://127.0.0.1", 0, "mfa")?.payload();
    let forged = (0..COUNT).map(|_| {
        let kid = format!("{:032x}", random.u128(..));
        let header = json!({"typ": "at+jwt", "alg": ALGORITHM.name(), "kid": kid});
        attacker.sign(&header.to_string(), &payload)
    });
    Ok(Arc::new(forged.collect()))
}

pub(super) async fn flood(subject: Subject, forged: &Arc<Vec<String>>) -> Result<Flood, Failure> {
    let (issuer, tokens, app) = subject.service().await?;
    let good = Arc::new(tokens.good);
    let alone = good_requests(app.clone(), good.clone(), Instant::now() + ALONE).await;

    let before = issuer.fetches();
    let length = TICK * u32::try_from(COUNT / AT_ONCE)?;
    let during = tokio::spawn(good_requests(app.clone(), good, Instant::now() + length));
    let mut false_requests = JoinSet::new();
    let mut ticks = interval(TICK);
    for batch in 0..COUNT / AT_ONCE {
        ticks.tick().await;
        for place in batch * AT_ONCE..(batch + 1) * AT_ONCE {
            let (app, forged) = (app.clone(), forged.clone());
            false_requests.spawn(async move { send(app, forged.get(place)?).await });
        }
    }
    let mut answers = Vec::new();
    let all = timeout(PATIENCE, async {
        while let Some(answer) = false_requests.join_next().await {
            answers.push(answer.ok().flatten().map(|(status, _)| status));
        }
    });
    // Whoever is too slow has not answered: the count says it.
    let _ = all.await;
    Ok(Flood {
        fetches: issuer.fetches() - before,
        unanswered: COUNT - answers.len(),
        answer: answers.first().copied().flatten(),
        alone,
        during: during.await?,
    })
}

async fn good_requests(app: App, tokens: Arc<Vec<String>>, end: Instant) -> Waits {
    let mut requests = JoinSet::new();
    let mut ticks = interval(GOOD_TICK);
    let mut sent = 0;
    while Instant::now() < end {
        ticks.tick().await;
        let (app, tokens) = (app.clone(), tokens.clone());
        requests.spawn(async move { send(app, tokens.get(sent % tokens.len())?).await });
        sent += 1;
    }
    let mut waits = Vec::with_capacity(sent);
    let all = timeout(PATIENCE, async {
        while let Some(answer) = requests.join_next().await {
            if let Ok(Some((StatusCode::OK, wait))) = answer {
                waits.push(wait.as_secs_f64() * 1000.0);
            }
        }
    });
    // As above.
    let _ = all.await;
    let failed = sent - waits.len();
    waits.resize(sent, f64::INFINITY);
    let longest = quantile(&waits, 100);
    Waits { p50: quantile(&waits, 50), p99: quantile(&waits, 99), longest, failed }
}
