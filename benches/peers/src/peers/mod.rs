//! Each peer as its own documentation sets it up. All verify `iss` (if they can), `aud`, `exp` and
//! `nbf` (if they can), give the handler what the token says of the caller, and check whatever they
//! have that is nearest to a level.

mod aliri;
mod axum_jwt_auth;
mod grants;
mod jwt_authorizer;
mod keycloak;
mod tower_oauth2;

use std::sync::Arc;
use std::time::Duration;

use poem::Route;
use serde::Deserialize;
use stepup_benches::{
    Sent, Tokens, Way, axum_behind, axum_router, credential, poem_behind, poem_route,
};
use stepup_core::{Algorithm, Gate};

pub(crate) use jwt_authorizer::with_interval as jwt_authorizer_with_interval;

use crate::Failure;
use crate::app::App;
use crate::issuer::LoopbackIssuer;
use crate::subject::Peer;

/// What the handlers are told of the caller, where a peer lets one choose.
#[derive(Clone, Deserialize)]
#[expect(dead_code, reason = "a handler would read them")]
struct Caller {
    iss: String,
    sub: String,
    client_id: String,
    jti: String,
    exp: u64,
    scope: Option<String>,
    acr: Option<String>,
    amr: Option<Vec<String>>,
    auth_time: Option<u64>,
}

impl Caller {
    fn is_high(&self) -> bool {
        matches!(self.acr.as_deref(), Some("mfa" | "phr" | "phrh"))
    }
}

/// The peer's route, for the tokens of this issuer, which it has got the keys of.
pub(crate) async fn open(
    peer: Peer,
    issuer: &LoopbackIssuer,
    sent: Sent,
    tokens: &Tokens,
) -> Result<App, Failure> {
    let algorithm = tokens.issuer.algorithm();
    let axum = |way| Ok::<_, Failure>(App::Axum(axum_router(way, sent, tokens)?));
    let poem = |way| Ok::<_, Failure>(poem_app(poem_route(way, sent, tokens)?));
    let app = match peer {
        Peer::StepupAxum | Peer::StepupPoem => ours(peer, tokens.gate(sent)?),
        Peer::Axum => axum(Way::Bare)?,
        Peer::HandWrittenAxum => axum(Way::HandWritten)?,
        Peer::Poem => poem(Way::Bare)?,
        Peer::HandWrittenPoem => poem(Way::HandWritten)?,
        Peer::PoemGrants => poem_app(grants::route(tokens)?),
        Peer::Axum07 => App::Axum07(jwt_authorizer::bare()),
        Peer::JwtAuthorizer => App::Axum07(jwt_authorizer::router(issuer).await?),
        Peer::AxumJwtAuth => App::Axum(axum_jwt_auth::router(issuer, algorithm).await?),
        Peer::TowerOauth2 => App::Axum(tower_oauth2::router(issuer).await?),
        Peer::Aliri => App::Axum(aliri::router(issuer, algorithm).await?),
        Peer::Keycloak => App::Axum(keycloak::router(issuer).await?),
    };
    ready(app, tokens).await.map_err(|failure| format!("{peer}, {algorithm}: {failure}").into())
}

/// Ours, behind this gate.
pub(crate) fn ours(peer: Peer, gate: Gate) -> App {
    match peer.bare() {
        Peer::Poem => poem_app(poem_behind(gate)),
        _ => App::Axum(axum_behind(gate)),
    }
}

fn poem_app(route: Route) -> App {
    App::Poem(Arc::new(route))
}

/// Some fetch their keys in the background after they were built, some at the first request.
pub(crate) async fn ready(mut app: App, tokens: &Tokens) -> Result<App, Failure> {
    let token = tokens.before(Sent::Nothing).first().ok_or("no token")?;
    let mut answer = None;
    for _ in 0..250 {
        let request = app.request(Some(credential(token)?))?;
        answer = app.send(request).await.map(|(status, _)| status);
        if answer.is_some_and(|status| status.is_success()) {
            return Ok(app);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(format!("refuses a good token: {answer:?}").into())
}

fn not_measured(algorithm: Algorithm) -> Failure {
    format!("{algorithm} is not measured").into()
}
