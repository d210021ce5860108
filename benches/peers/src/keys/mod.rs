//! Part three: keys that come from an issuer, when somebody invents key names and when the issuer
//! changes its key.

mod flood;
mod learn;
mod rotation;

use std::time::{Duration, Instant};

use http::StatusCode;
use stepup_benches::{Sent, Tokens, credential};
use stepup_core::{Algorithm, Gate, Network};
use stepup_tests::AUDIENCE;
use tokio::runtime::Runtime;

use crate::Failure;
use crate::app::App;
use crate::issuer::LoopbackIssuer;
use crate::peers;
use crate::subject::Peer;
use crate::tokens::tokens;
pub(crate) use flood::{Flood, Waits};
pub(crate) use learn::LONGEST;
pub(crate) use rotation::{COUNT as ROTATED, Rotation};

const ALGORITHM: Algorithm = Algorithm::Rs256;
/// How long the issuer takes to answer.
pub(crate) const DELAY: Duration = Duration::from_millis(50);

/// Somebody who fetches keys, with one setting.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// As it comes.
    Default(Peer),
    /// `jwt-authorizer` asks at most once in this time; by default in 600 s.
    JwtAuthorizer(Duration),
}

impl Subject {
    pub(crate) const ALL: [Self; 9] = [
        Self::Default(Peer::StepupAxum),
        Self::Default(Peer::StepupPoem),
        Self::Default(Peer::JwtAuthorizer),
        Self::JwtAuthorizer(Duration::from_secs(1)),
        Self::JwtAuthorizer(Duration::ZERO),
        Self::Default(Peer::AxumJwtAuth),
        Self::Default(Peer::TowerOauth2),
        Self::Default(Peer::Aliri),
        Self::Default(Peer::Keycloak),
    ];

    pub(crate) const fn peer(self) -> Peer {
        match self {
            Self::Default(peer) => peer,
            Self::JwtAuthorizer(_) => Peer::JwtAuthorizer,
        }
    }

    pub(crate) fn name(self) -> String {
        match self {
            Self::Default(peer) => peer.to_string(),
            Self::JwtAuthorizer(interval) => {
                format!("{}, at most once in {} s", self.peer(), interval.as_secs())
            }
        }
    }

    /// The app with the keys that this issuer publishes.
    async fn open(self, issuer: &LoopbackIssuer, tokens: &Tokens) -> Result<App, Failure> {
        match self {
            Self::Default(peer) if peer.is_ours() => {
                let gate = Gate::builder(&issuer.url, AUDIENCE).network(Network::Loopback);
                peers::ready(peers::ours(peer, gate.discover().await?), tokens).await
            }
            Self::Default(peer) => peers::open(peer, issuer, Sent::Nothing, tokens).await,
            Self::JwtAuthorizer(interval) => {
                let router = peers::jwt_authorizer_with_interval(issuer, interval).await?;
                peers::ready(App::Axum07(router), tokens).await
            }
        }
    }

    /// A new issuer and the app that trusts it, which has run for two seconds: longer than the
    /// shortest time in which one of them asks only once.
    async fn service(self) -> Result<(LoopbackIssuer, Tokens, App), Failure> {
        let issuer = LoopbackIssuer::start(DELAY).await?;
        let tokens = tokens(&issuer, ALGORITHM)?;
        let app = self.open(&issuer, &tokens).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok((issuer, tokens, app))
    }
}

pub(crate) struct Measured {
    pub(crate) subject: Subject,
    pub(crate) flood: Flood,
    pub(crate) rotation: Rotation,
    /// Until a token under the new key was accepted; measured only if asked for.
    pub(crate) learnt: Option<Option<Duration>>,
}

pub(crate) fn measure(
    runtime: &Runtime,
    chosen: &[Peer],
    slow: bool,
) -> Result<Vec<Measured>, Failure> {
    let subjects: Vec<_> =
        Subject::ALL.into_iter().filter(|subject| chosen.contains(&subject.peer())).collect();
    runtime.block_on(async {
        let forged = flood::forged()?;
        let mut all = Vec::new();
        for &subject in &subjects {
            let flood = flood::flood(subject, &forged).await?;
            let rotation = rotation::rotate(subject).await?;
            all.push(Measured { subject, flood, rotation, learnt: None });
        }
        if slow {
            for (measured, learnt) in all.iter_mut().zip(learn::all(&subjects).await?) {
                measured.learnt = Some(learnt);
            }
        }
        Ok(all)
    })
}

/// Sends a request with this token; the answer, and how long it took.
async fn send(mut app: App, token: &str) -> Option<(StatusCode, Duration)> {
    let request = app.request(Some(credential(token).ok()?)).ok()?;
    let begin = Instant::now();
    let (status, _) = app.send(request).await?;
    Some((status, begin.elapsed()))
}
